"""A mapping suggested for a table: it has what names and cells state, and leaves the rest open instead of guessing."""

from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
import pytest
from pyproj import Transformer
from tests.lodedata.mapping.suggestion.suggested import deposits, read_as_suggested, table_of, workbook, written

from lodedata.mapping import MappingRefused, load
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.records import Project

CHINESE = """2023年矿产地一览表,,,,,,,,,
序号,矿产地名称,矿种,省份,经度,纬度,矿石量(万吨),品位(%),勘查阶段,备注
1,甲基卡锂矿,锂矿,四川省,"东经101°17′20″","北纬30°19′05″",18877,1.42,勘探,
2,德兴铜矿,铜矿,江西省,"117°44′00″","29°01′00″",120000,0.45,勘探,在产
3,金川镍矿,镍矿,甘肃省,102度11分,38度28分,51500,1.06,详查,-9999
4,个旧锡矿,锡矿,云南省,"103°09′","23°22′",-9999,1.5,普查,
"""


def test_a_chinese_table_is_understood(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "矿产地.csv", CHINESE, "gb18030"))
    table = table_of(text)
    assert (table["encoding"], table["delimiter"], table["header_row"]) == ("gb18030", ",", "2")
    assert table["nulls"][-1] == "-9999"
    assert (table["key"], table["name_zh"], table["division"]) == ("{矿产地名称}", "矿产地名称", "省份")
    assert "'序号' only numbers the rows" in text
    assert table["country"] == {"const": "CHN"}
    assert (table["position"]["lon"], table["position"]["lat"], table["position"]["crs"]) == ("经度", "纬度", "?")
    assert (table["commodities"], table["exploration_stage"], table["note_zh"]) == ([{"column": "矿种"}], "勘查阶段", "备注")
    (estimate,) = table["estimates"]
    assert estimate["category"] == {"const": "?"}
    assert estimate["ore"] == {"column": "矿石量(万吨)", "unit": "万吨"}
    assert estimate["measures"] == [{"commodity": {"column": "矿种"}, "grade": {"column": "品位(%)", "unit": "%"}}]


def test_a_chinese_table_is_read_once_its_open_values_are_set(tmp_path: Path) -> None:
    path = written(tmp_path / "矿产地.csv", CHINESE, "gb18030")
    readings = read_as_suggested(
        path, ('crs: "?"', "crs: CGCS2000"), ('category: {const: "?"}', "category: {const: endowment}")
    )
    jiajika, dexing, jinchuan, gejiu = deposits(readings)
    assert [reading.rows[0].locator for reading in readings] == [f"矿产地.csv, row {n}" for n in (3, 4, 5, 6)]
    assert not any(reading.problems for reading in readings)
    assert (jiajika.name_zh, jiajika.country, jiajika.division) == ("甲基卡锂矿", "CHN", "CN-SC")
    assert [d.commodities[0].code for d in (jiajika, dexing, jinchuan, gejiu)] == ["lithium", "copper", "nickel", "tin"]
    assert jiajika.position is not None and jinchuan.position is not None
    assert (jiajika.position.lon, jiajika.position.lat) == pytest.approx((101 + 17 / 60 + 20 / 3600, 30 + 19 / 60 + 5 / 3600))
    assert (jinchuan.position.lon, jinchuan.position.lat) == pytest.approx((102 + 11 / 60, 38 + 28 / 60))
    (estimate,) = dexing.estimates
    assert estimate.ore is not None and estimate.measures[0].grade is not None
    assert (estimate.ore.value, estimate.measures[0].commodity, estimate.measures[0].grade.value) == (1.2e9, "copper", 0.45)
    assert (gejiu.estimates[0].ore, gejiu.exploration_stage, jinchuan.note_zh) == (None, "pucha", None)


def test_a_suggestion_is_refused_while_a_value_is_open(tmp_path: Path) -> None:
    path = written(tmp_path / "zh.csv", CHINESE)
    mapping = written(tmp_path / "my.yml", write_mapping_suggestion(path))
    with pytest.raises(
        MappingRefused, match=r'enter a value in place of "\?" at publisher, licence.id, licence.name, citation'
    ):
        load(mapping)


PLACES = [("A1", 100.92, 30.31), ("A2", 101.13, 30.22), ("A3", 101.55, 30.05)]


def gauss_krueger(code: int, northing_first: bool) -> str:
    """Return a table of copper deposits in a projected system, in the axis order of Chinese tables or of others."""
    turn = Transformer.from_crs("EPSG:4490", f"EPSG:{code}", always_xy=True)
    lines = ["编号,矿区名称,矿种,X坐标,Y坐标,金属量(吨)"]
    for number, (key, lon, lat) in enumerate(PLACES):
        east, north = turn.transform(lon, lat)
        first, second = (north, east) if northing_first else (east, north)
        lines.append(f"{key},第{number}铜矿,铜,{first:.2f},{second:.2f},{10_000 * (number + 1)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("northing_first", [True, False])
@pytest.mark.parametrize(
    ("code", "line"),
    [
        pytest.param(4522, "zone 34: CGCS2000 3-degree Gauss-Krüger zone 34 is EPSG:4522", id="three degrees, zone before it"),
        pytest.param(4495, "zone 17: 6-degree Gauss-Krüger zone 17 of CGCS2000 is EPSG:4495", id="six degrees, zone before it"),
        pytest.param(4543, "these are metres of a projected system, not degrees", id="three degrees, no zone"),
    ],
)
def test_a_projected_table_is_understood_whichever_axis_comes_first(
    tmp_path: Path, code: int, line: str, northing_first: bool
) -> None:
    path = written(tmp_path / "gk.csv", gauss_krueger(code, northing_first))
    text = write_mapping_suggestion(path)
    assert line in text
    position = table_of(text)["position"]
    assert (
        position == {"lon": "Y坐标", "lat": "X坐标", "crs": "?"}
        if northing_first
        else {"lon": "X坐标", "lat": "Y坐标", "crs": "?"}
    )
    readings = read_as_suggested(
        path,
        ('crs: "?"', f"crs: EPSG:{code}"),
        ('country: {const: "?"}', "country: {const: CHN}"),
        ('category: {const: "?"}', "category: {const: 推断资源量}"),
    )
    for record, (_, lon, lat) in zip(deposits(readings), PLACES, strict=True):
        assert record.position is not None
        assert (record.position.lon, record.position.lat) == pytest.approx((lon, lat), abs=1e-6)
    contained = deposits(readings)[1].estimates[0].measures[0].contained
    assert contained is not None
    assert (contained.reported, contained.basis, contained.value) == (20_000, "metal", 20_000)


def test_a_tonnage_of_metal_is_not_taken_for_gold(tmp_path: Path) -> None:
    """金属量 is an amount of metal; 金 alone is gold."""
    table = table_of(write_mapping_suggestion(written(tmp_path / "gk.csv", gauss_krueger(4522, True))))
    (estimate,) = table["estimates"]
    assert estimate["measures"][0]["commodity"] == {"column": "矿种"}
    gold = table_of(
        write_mapping_suggestion(written(tmp_path / "au.csv", "编号,名称,金品位(g/t),铜金属量(吨)\na,某,1.5,3\nb,另,2.5,4\n"))
    )
    assert [m["commodity"]["const"] for m in gold["estimates"][0]["measures"]] == ["gold", "copper"]


def test_a_misspelled_commodity_does_not_leave_the_metal_of_the_figures_open(tmp_path: Path) -> None:
    path = tmp_path / "矿产地.csv"
    rows = "".join(f"{n},测试矿{n},{'魔铁' if n == 3 else '铜'},{100 + n},0.5,\n" for n in range(1, 13))
    path.write_text(f"矿区编号,矿区名称,主矿种,矿石量(万吨),平均品位(%),备注\n{rows}", "utf-8")
    text = write_mapping_suggestion(path)
    assert 'commodity: {column: "主矿种"}' in text
    # an empty column with a Chinese heading is a note in Chinese
    assert "note_zh: " in text and "note_en: " not in text


def test_the_metal_of_figures_without_one_is_left_open(tmp_path: Path) -> None:
    text = "id,name,country,grade_pct,Ore (Mt)\n1,a,Chile,1.5,10\n2,b,Peru,2.5,20\n3,c,Chile,0.5,30\n"
    (estimate,) = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", text)))["estimates"]
    assert estimate["measures"] == [{"commodity": {"const": "?"}, "grade": {"column": "grade_pct", "unit": "%"}}]
    assert estimate["ore"] == {"column": "Ore (Mt)", "unit": "Mt"}


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("Ore (Mt)", "Mt"),
        ("Ore (mt)", "Mt"),
        ("Ore_Mt", "Mt"),
        ("ore_mt", "Mt"),
        ("ORE_KT", "kt"),
        ("Tonnage", "?"),
        ("矿石量（亿吨）", "亿吨"),
        ("Ore [kt]", "kt"),
    ],
)
def test_a_unit_is_taken_from_the_columns_name_or_left_open(tmp_path: Path, column: str, unit: str) -> None:
    path = written(tmp_path / "t.csv", f"id,name,{column}\n1,a,10\n2,b,20\n")
    table = table_of(write_mapping_suggestion(path))
    assert table["estimates"][0]["ore"]["unit"] == unit


@pytest.mark.parametrize(
    ("column", "figure"),
    [
        ("Cu_pct", {"grade": {"column": "Cu_pct", "unit": "%"}}),
        ("Cu grade (%)", {"grade": {"column": "Cu grade (%)", "unit": "%"}}),
        ("cu_pct", {"grade": {"column": "cu_pct", "unit": "%"}}),
        ("Au_g_t", {"grade": {"column": "Au_g_t", "unit": "g/t"}}),
        ("Li2O(%)", {"grade": {"column": "Li2O(%)", "unit": "%", "basis": "Li2O"}}),
        ("氧化锂(万吨)", {"contained": {"column": "氧化锂(万吨)", "unit": "万吨", "basis": "Li2O"}}),
        ("LiCl contained (kt)", {"contained": {"column": "LiCl contained (kt)", "unit": "kt", "basis": "LiCl"}}),
        ("contained Cu (kt)", {"contained": {"column": "contained Cu (kt)", "unit": "kt", "basis": "metal"}}),
        ("contained_cu", {"contained": {"column": "contained_cu", "unit": "?", "basis": "metal"}}),
    ],
)
def test_a_column_of_a_metal_is_a_grade_or_a_content_with_its_basis(
    tmp_path: Path, column: str, figure: dict[str, Any]
) -> None:
    path = written(tmp_path / "t.csv", f"id,name,discovered,{column}\n1,a,1999,1.5\n2,b,2001,2.5\n")
    (measure,) = table_of(write_mapping_suggestion(path))["estimates"][0]["measures"]
    del measure["commodity"]
    assert measure == figure


COMMAS = """site_id;Deposit Name;Commodity;Country;Long;Lat;Cu_pct;Tonnage_Mt;Discovered
7;Alpha;Copper, Gold;Chile;-70,25;-24,5;0,82;1.250,5;1985
8;Beta;Copper;Peru;-75,1;-14,2;0,55;310;-9999
9;Gamma;Copper;Chile;-69,9;-23,1;1,1;99;1999
"""


def test_a_table_with_decimal_commas_reads_right(tmp_path: Path) -> None:
    path = written(tmp_path / "de.csv", COMMAS)
    readings = read_as_suggested(path, ('crs: "?"', "crs: WGS84"), ('category: {const: "?"}', "category: {const: Inferred}"))
    alpha, beta, _ = deposits(readings)
    assert (alpha.name_en, alpha.country, beta.country, beta.discovery_year) == ("Alpha", "CHL", "PER", None)
    assert [c.code for c in alpha.commodities] == ["copper", "gold"]
    assert alpha.position is not None and alpha.estimates[0].ore is not None
    assert (alpha.position.lon, alpha.position.lat) == (-70.25, -24.5)
    assert (alpha.estimates[0].ore.value, alpha.estimates[0].category) == (1_250_500_000, "inferred-mineral-resource")
    grade = alpha.estimates[0].measures[0].grade
    assert grade is not None
    assert grade.value == 0.82


def test_a_comma_that_may_group_or_divide_is_left_open(tmp_path: Path) -> None:
    text = 'id;name;Ore (kt)\n1;a;"1,234"\n2;b;"5,678"\n'
    assert table_of(write_mapping_suggestion(written(tmp_path / "t.csv", text)))["estimates"][0]["ore"]["decimal"] == "?"
    grouped = text.replace("5,678", "12,345,678")
    assert "decimal" not in table_of(write_mapping_suggestion(written(tmp_path / "t.csv", grouped)))["estimates"][0]["ore"]
    grades = text.replace("name", "Cu (%)").replace(";a;", ";0,5;").replace(";b;", ";0,75;")
    assert table_of(write_mapping_suggestion(written(tmp_path / "t.csv", grades)))["estimates"][0]["ore"]["decimal"] == ","


PROJECTS: list[list[object]] = [
    ["某省锂盐项目"],
    [],
    ["项目名称", "企业", "产品", "产能(万吨/年)", "项目状态", "省份", "经度", "纬度", "统计年份"],
    ["一期", "甲公司", "碳酸锂", 2, "在产", "江西省", 115.512, 27.812, 2023],
    ["二期", "乙公司", "氢氧化锂", 3.5, "在建", "江西省", 115.613, 27.913, 2023],
    ["三期", "丙公司", "碳酸锂", 1, "停产", "江西省", 115.714, 27.954, 2022],
]


def test_a_workbook_of_several_sheets_is_read_from_the_first_with_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", 说明=[], 产能=PROJECTS, 其他=[["id", "name"], [1, "x"]])
    text = write_mapping_suggestion(path)
    assert "# other tables of the file, not read: 其他" in text
    assert table_of(text)["part"] == "产能"
    readings = read_as_suggested(path, ('crs: "?"', "crs: EPSG:4490"))
    found = [record for reading in readings for record in reading.records if isinstance(record, Project)]
    assert [(p.name_zh, p.division, str(p.information_date)) for p in found][2] == ("三期", "CN-JX", "2022")
    first = found[0].phases[0]
    assert first.capacity is not None and first.status is not None
    assert (first.product, first.capacity.value, first.status.code, str(first.status.on)) == (
        "lithium-carbonate",
        20_000,
        "operating",
        "2023",
    )
    assert [p.phases[0].status.code for p in found if p.phases[0].status] == ["operating", "construction", "suspended"]
    assert found[1].owners[0].name_en == "乙公司"


def test_a_column_of_units_is_the_unit_of_the_capacity(tmp_path: Path) -> None:
    text = "id,name,country,commodity,capacity,unit,status\n1,a,Chile,copper,10,kt/a,Operating\n2,b,Peru,tin,20,t/a,Closed\n"
    (phase,) = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", text)))["phases"]
    assert phase["capacity"] == {"column": "capacity", "unit_column": "unit"}
    assert phase["status"] == {"column": "status"}


def test_a_unique_key_is_preferred_to_one_that_repeats_itself(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,code no,name\n1,x,a\n1,y,b\n2,z,c\n"))
    assert table_of(text)["key"] == "{code no}"
    assert "repeated_keys" not in table_of(text)


def test_the_use_of_repeated_keys_is_left_open(tmp_path: Path) -> None:
    rows = "id,name,class,Ore (Mt)\nA7,a,Indicated,1\nA7,a,Inferred,2\nB2,b,Inferred,3\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    table = table_of(text)
    assert (table["key"], table["repeated_keys"]) == ("{id}", "?")
    assert "# 'id' repeats itself, \"A7\" in 2 rows" in text
    for choice in ("merge: the rows of one key", "number: each row", "refuse: a second row"):
        assert choice in text
    with pytest.raises(MappingRefused, match=r"tables.0.repeated_keys"):
        load(written(tmp_path / "my.yml", text))


def test_a_key_is_filled_in_every_row(tmp_path: Path) -> None:
    rows = "record_id,deposit,country\nX-1,Alpha,Chile\n,Beta,Peru\nX-3,Gamma,Chile\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    assert table_of(text)["key"] == "{deposit}"
    assert "no column names a key; 'deposit' is unique in the sampled rows" in text


def test_a_row_number_is_a_key_with_a_warning_if_nothing_else_is_one(tmp_path: Path) -> None:
    text = write_mapping_suggestion(
        written(tmp_path / "t.csv", "序号,矿种,省份\n1,铜矿,江西省\n2,铜矿,江西省\n3,锡矿,云南省\n")
    )
    assert table_of(text)["key"] == "{序号}"
    assert "# warning: '序号' only numbers the rows; if a row is inserted, all that follow change" in text


def test_rows_of_one_name_at_one_position_are_listed(tmp_path: Path) -> None:
    rows = "uid,name,lon,lat,product\nF1,Alpha,10.5,50.25,tin\nF2,Alpha,10.5,50.25,copper\nF3,Beta,11.5,51.25,tin\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    assert (table_of(text)["key"], table_of(text)["repeated_keys"]) == ("{uid}", "?")
    assert '2 rows repeat a name at its position, such as "Alpha" in the data rows 1, 2; to merge them,' in text


def test_a_name_that_repeats_itself_is_completed_to_a_key(tmp_path: Path) -> None:
    rows = "项目名称,产品,产能(万吨/年)\n甲,碳酸锂,1\n甲,氢氧化锂,2\n乙,碳酸锂,3\n"
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", rows)))
    assert (table["key"], table["repeated_keys"]) == ("{项目名称}-{产品}", "?")


def test_the_key_of_a_table_without_key_and_name_is_left_open(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "metal,ore_t\ncopper,1\ntin,1\n"))
    assert table_of(text)["key"] == "?"
    assert "no column names a key; 'metal' is unique in the sampled rows" in text


def test_terms_that_no_vocabulary_knows_are_listed(tmp_path: Path) -> None:
    text = write_mapping_suggestion(
        written(tmp_path / "t.csv", "id,country,commodity\n1,Chille,copper\n2,Peru,unobtainium\n3,Chile,tin\n")
    )
    assert '# not in the vocabulary country: "Chille"; give each a code with `map:`' in text
    assert '# not in the vocabulary commodity: "unobtainium"; give each a code with `map:`' in text


def test_columns_are_recognised_by_their_content(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},{c},{m},{s}\n" for i, (c, m, s) in enumerate([("Chile", "copper", "Operating"), ("Peru", "tin", "Closed")] * 3)
    )
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,where,what,how\n" + rows))
    table = table_of(text)
    assert (table["country"], table["commodities"]) == ("where", [{"column": "what"}])


@pytest.mark.parametrize(
    ("lon", "code"),
    [
        ("经度(西安80)", "EPSG:4610"),
        ("Longitude (CGCS2000)", "EPSG:4490"),
        ("北京54经度", "EPSG:4214"),
        ("Longitude WGS84", "EPSG:4326"),
    ],
)
def test_a_datum_in_a_columns_name_is_taken(tmp_path: Path, lon: str, code: str) -> None:
    lat = lon.replace("经", "纬").replace("Long", "Lat").replace("lon", "lat")
    text = write_mapping_suggestion(written(tmp_path / "t.csv", f"id,{lon},{lat}\n1,117.73,29.02\n2,101.29,30.32\n"))
    assert table_of(text)["position"]["crs"] == code
    assert ("uncertain by 100 m" in text) == (code in ("EPSG:4610", "EPSG:4214"))


def test_a_shifted_map_in_a_columns_name_is_not_taken_for_a_datum(tmp_path: Path) -> None:
    text = write_mapping_suggestion(
        written(tmp_path / "t.csv", "id,经度(GCJ-02),纬度(GCJ-02)\n1,117.73,29.02\n2,101.29,30.32\n")
    )
    assert table_of(text)["position"]["crs"] == "?"
    assert "GCJ-02 (most Chinese web maps) is shifted" in text


def test_coordinates_that_look_swapped_are_left_open(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,lon,lat\n1,29.02,117.73\n2,30.32,101.29\n"))
    assert "the two columns look swapped: a latitude can't be beyond 90" in text
    assert table_of(text)["position"]["crs"] == "?"


def test_coordinates_that_are_no_numbers_are_left_open(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,lon,lat\n1,east,north\n2,west,south\n"))
    assert "the coordinates can't be read as numbers" in text


@pytest.mark.parametrize(
    ("crs", "line"),
    [(4527, "the file's own system is EPSG:4527"), (4610, "EPSG:4610; positions in it are uncertain by 100 m")],
)
def test_a_file_with_geometry_has_its_own_system(tmp_path: Path, crs: int, line: str) -> None:
    frame = geopandas.GeoDataFrame(
        {"id": [1, 2], "name": ["a", "b"]}, geometry=geopandas.points_from_xy([117.1, 117.2], [29.1, 29.2]), crs=4490
    ).to_crs(crs)
    path = tmp_path / "places.gpkg"
    pyogrio.write_dataframe(frame, path)
    text = write_mapping_suggestion(path)
    assert line in text
    assert table_of(text)["position"] == {"geometry": "true"}
    readings = read_as_suggested(
        path,
        ('kind: {const: "?"}', "kind: {const: deposit}"),
        ('country: {const: "?"}', "country: {const: CHN}"),
        ('[{const: "?"}]', "[{const: copper}]"),
    )
    position = deposits(readings)[0].position
    assert position is not None
    assert (position.lon, position.lat) == pytest.approx((117.1, 29.1), abs=0.001)


def test_the_system_of_a_file_with_geometry_and_none_is_left_open(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"id": [1]}, geometry=geopandas.points_from_xy([117.1], [29.1]), crs=4326)
    path = tmp_path / "places.shp"
    pyogrio.write_dataframe(frame, path)
    path.with_suffix(".prj").unlink()
    assert table_of(write_mapping_suggestion(path))["position"] == {"geometry": "true", "crs": "?"}


NAMES = [
    'with "quotes"',
    "a: colon",
    "a # hash",
    "{braces",
    "[list",
    "- dash",
    "%percent",
    "&anchor",
    "*star",
    "'apostrophe",
    "no",
    "名称：某",
    "|",
    ">",
]


def test_column_names_of_any_kind_are_written_so_that_yaml_reads_them(tmp_path: Path) -> None:
    frame = pandas.DataFrame({name: ["a", "b"] for name in ["id", *NAMES]})
    path = tmp_path / "Odd name: #1.xlsx"
    frame.assign(id=[1, 2]).to_excel(path, index=False)
    text = write_mapping_suggestion(path)
    table = table_of(text)
    assert set(NAMES) - {"no"} <= set(table["ignored"]) | {table.get("name_zh", "")}
    readings = read_as_suggested(
        path,
        ('kind: {const: "?"}', "kind: {const: deposit}"),
        ('country: {const: "?"}', "country: {const: CHN}"),
        ('[{const: "?"}]', "[{const: copper}]"),
    )
    assert len(readings) == 2
