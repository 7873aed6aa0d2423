"""A mapping suggested for a table: it has what names and cells state, and leaves the rest open instead of guessing."""

import os
import re
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas
import pyogrio
import pytest
import shapely
import yaml
from pyproj import Transformer

from lodedata.mapping import MappingRefused, Reading, Tally, load
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused
from lodedata.records import Deposit, Project

USER_VALUES = {
    "publisher": "An office",
    "licence": '{id: internal, name: "internal use"}',
    "citation": "An office, 2024",
    "version": "2024",
    "as_of": "2024",
}
"""Values that only the user knows of any table."""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def table_of(text: str) -> dict[str, Any]:
    """Return the only table of a suggested mapping."""
    (table,) = yaml.load(text, Loader=yaml.BaseLoader)["tables"]
    assert isinstance(table, dict)
    return table


def read_as_suggested(path: Path, *replacements: tuple[str, str]) -> list[Reading]:
    """Return the readings of a table by its suggested mapping after replacing pairs of old and new text."""
    text = write_mapping_suggestion(path)
    for name, value in USER_VALUES.items():
        text, count = re.subn(rf"^{name}: .*\?.*$", f"{name}: {value}", text, flags=re.MULTILINE)
        assert count == 1, name
    for old, new in replacements:
        assert old in text, f"not left open: {old}\n{text}"
        text = text.replace(old, new, 1)
    mapping = written(path.parent / "suggested.yml", text)
    tally = Tally()
    readings = list(read_mapped(load(mapping), path, tally))
    assert tally.unmapped_columns == {}
    return readings


def deposits(readings: list[Reading]) -> list[Deposit]:
    found = [record for reading in readings for record in reading.records if isinstance(record, Deposit)]
    assert len(found) == len(readings), [p.sentence() for reading in readings for p in reading.problems]
    return found


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


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("My Table 2023.csv", "my-table-2023"),
        ("数据.csv", "table-67677b3d"),
        ("p.csv", "table-p"),
        ("true.csv", "true"),
        ("x" * 90 + ".csv", "x" * 60),
    ],
)
def test_a_mapping_is_named_for_its_file(tmp_path: Path, name: str, stem: str) -> None:
    path = written(tmp_path / name, "id,name\n1,a\n")
    assert yaml.safe_load(write_mapping_suggestion(path))["name"] == stem
    readings = read_as_suggested(
        path,
        ('kind: {const: "?"}', "kind: {const: deposit}"),
        ('country: {const: "?"}', "country: {const: CHN}"),
        ('[{const: "?"}]', "[{const: copper}]"),
    )
    assert len(readings) == 1


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="t.csv: has a header and no rows"):
        write_mapping_suggestion(written(tmp_path / "t.csv", "id,name\n"))


@pytest.mark.parametrize(
    "file",
    [
        "usgs-mineplant-us/mineplant.csv",
        "usgs-major-deposits/deposit.csv",
        "usgs-pp1802-critical-minerals/PP1802_CritMin_pts.csv",
        "usgs-copper-assessment-sir20105090z/pcu_deps_pros.csv",
        "usgs-lithium-us/Resources.csv",
        "icmm-global-mining/global-mining-dataset.xlsx",
        "usgs-africa-mineral-industries/AFR_Mineral_Facilities.geojson",
    ],
)
def test_a_published_table_gets_a_mapping_that_yaml_reads(real_data: Path, file: str) -> None:
    table = table_of(write_mapping_suggestion(real_data / file))
    assert "kind" in table
    assert "key" in table


def test_the_sheet_with_most_fields_is_chosen(tmp_path: Path) -> None:
    about: list[list[object]] = [["Term", "Meaning"], ["Mine Name", "The name of the mine"], ["Country", "The country"]]
    data: list[list[object]] = [["ICMMID", "Mine Name", "Country", "Primary Commodity"], ["A1", "Alpha", "Chile", "Copper"]]
    text = write_mapping_suggestion(workbook(tmp_path / "w.xlsx", About=about, Mines=data))
    table = table_of(text)
    assert (table["part"], table["key"], table["name_en"]) == ("Mines", "{ICMMID}", "Mine Name")


def test_the_commodity_follows_from_a_known_product(tmp_path: Path) -> None:
    rows = "项目名称,产品,产能(万吨)\n甲,碳酸锂,2\n乙,阴极铜,40\n丙,氧化铝,200\n丁,未知产品,1\n"
    text = write_mapping_suggestion(written(tmp_path / "p.csv", rows))
    table = table_of(text)
    assert table["commodities"] == [
        {"column": "产品", "map": {"碳酸锂": "lithium", "阴极铜": "copper", "氧化铝": "alumina"}, "unmapped": "ignore"}
    ]
    assert 'it follows from the product; none follows from "未知产品"' in text
    assert table["phases"][0]["capacity"] == {"column": "产能(万吨)", "unit": "万吨/年"}
    assert "the column says 万吨; a capacity is per year" in text


def test_recognised_columns_that_the_kind_does_not_use_are_listed(tmp_path: Path) -> None:
    rows = "id,mine name,country,product,capacity (kt/a),status,host rock\n1,a,Chile,tin concentrate,3,Operating,granite\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    table = table_of(text)
    assert table["kind"] == {"const": "project"}
    assert table["ignored"] == {"host rock": "not mapped"}
    assert '# host unit (85%), not used for the kind project: "granite"' in text


def test_other_columns_are_offered_with_likeness_and_values(tmp_path: Path) -> None:
    rows = "id,name,country,country of owner\n1,a,Chile,Canada\n2,b,Peru,Australia\n3,c,Chile,Canada\n4,d,Chile,China\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    assert table_of(text)["country"] == "country"
    assert re.search(r'# or "country of owner" \(\d\d%\): "Canada", "Australia", "China"', text)


def test_the_nearest_terms_of_unknown_values_are_named(tmp_path: Path) -> None:
    text = write_mapping_suggestion(
        written(tmp_path / "t.csv", "id,country,commodity\n1,Chille,coper\n2,Peru,tin\n3,Chile,tin\n")
    )
    assert '#     "Chille": CHL' in text
    assert '#     "coper": copper' in text


def test_a_point_as_text_is_a_position(tmp_path: Path) -> None:
    rows = "id,name,location_wkt,datum\n1,a,POINT(-70.5 -24.25),WGS84\n2,b,POINT (25.4 -10.7),WGS84\n"
    path = written(tmp_path / "t.csv", rows)
    assert table_of(write_mapping_suggestion(path))["position"]["crs"] == "EPSG:4326"
    readings = read_as_suggested(
        path,
        ('kind: {const: "?"}', "kind: {const: deposit}"),
        ('country: {const: "?"}', "country: {const: CHL}"),
        ('[{const: "?"}]', "[{const: copper}]"),
    )
    positions = [record.position for record in deposits(readings)]
    assert [(p.lon, p.lat) for p in positions if p is not None] == [(-70.5, -24.25), (25.4, -10.7)]


def test_shares_are_those_of_their_owners(tmp_path: Path) -> None:
    rows = "id,site,capacity (t/a),owner1,owner2,owner2 share\n1,a,10,Alpha Ltd,Beta Ltd,20\n2,b,20,Gamma Ltd,Delta Ltd,30\n"
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", rows)))
    assert table["owners"] == [{"name": "owner1"}, {"name": "owner2", "share": "owner2 share"}]


def test_columns_of_years_are_shown_as_a_series(tmp_path: Path) -> None:
    rows = "id,site,Output 2019,Output 2020,Output 2021\n1,a,5,6,7\n2,b,8,9,10\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    assert (
        '# a series, "Output 2019" to "Output 2021": unpivot: {pattern: "Output\\\\ (?P<year>[0-9]{4})", value: value}' in text
    )


def test_the_header_of_another_mapping_in_the_folder_is_offered(tmp_path: Path) -> None:
    header = (
        "name: other\npublisher: A survey\nlicence: {id: CC-BY-4.0, name: Attribution, attribution: A survey}\n"
        'citation: "?"\nversion: 2025\nas_of: 2025\n'
    )
    written(tmp_path / "other.yml", header)
    written(tmp_path / "broken.yml", "a: [")
    written(tmp_path / "settings.yml", "version: 9\n")
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,name\n1,a\n"))
    found = yaml.load(text, Loader=yaml.BaseLoader)
    assert (found["publisher"], found["version"], found["as_of"], found["citation"]) == ("A survey", "2025", "2025", "?")
    assert found["licence"] == {"id": "CC-BY-4.0", "name": "Attribution", "attribution": "A survey"}
    assert 'version: "2025"          # from other.yml; change it for another edition' in text


def test_the_newest_header_of_a_folder_is_preferred(tmp_path: Path) -> None:
    old = written(tmp_path / "a.yml", "publisher: Old\ncitation: Old report\n")
    os.utime(old, (1, 1))
    written(tmp_path / ".lode.yml", "publisher: New\n")
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,name\n1,a\n"))
    assert 'publisher: "New"          # from .lode.yml' in text
    assert 'citation: "Old report"          # from a.yml' in text


def test_the_only_text_among_numbers_is_missing_data(tmp_path: Path) -> None:
    rows = "id,name,country,Ore (Mt)\n" + "".join(f"X{i},n{i},Chile,{'W' if i % 3 == 0 else i}\n" for i in range(1, 13))
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", rows)))
    assert table["nulls"][-1] == "W"
    assert table["estimates"][0]["ore"] == {"column": "Ore (Mt)", "unit": "Mt"}


def test_numbers_next_to_a_column_of_units_are_offered_as_a_capacity(tmp_path: Path) -> None:
    rows = "id,site,A1,A2,type\nP1,a,1500,kt/a,Smelter\nP2,b,2500,t/a,Refinery\nP3,c,10,kt/a,Smelter\n"
    text = write_mapping_suggestion(written(tmp_path / "t.csv", rows))
    assert re.search(r'"A1": "not mapped"          # perhaps capacity \(\d\d%\): "1500", "2500", "10"', text)


def test_blank_cells_that_repeat_the_cell_above_are_filled(tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    path.write_text(
        "Country,Deposit,Longitude,Latitude,Commodity,Class,Ore (Mt),Cu (%),Remark\n"
        "Chile,Alba,-70.1,-24.5,copper,Measured,10,1.1,\n,,,,,Indicated,20,0.9,\n,,,,,Inferred,5,0.7,estimate of 2020\n"
        ",Borea,-70.9,-25.5,copper,Indicated,30,0.8,\n,,,,,Inferred,7,0.6,\n"
        "Peru,Cinder,-75.1,-13.5,copper,Indicated,12,0.5,\n,,,,,Inferred,2,0.4,\n",
        encoding="utf-8",
    )
    text = write_mapping_suggestion(path)
    assert '    fill_down: ["Deposit", "Country"]          # a blank cell repeats the cell above' in text
    assert 'write key: "{Deposit}" and repeated_keys: merge' in text


@pytest.mark.parametrize(
    "cells",
    [
        ["Alba", "", "", "", "Alba", "", ""],  # a value that follows itself is not written once for its group
        ["", "Alba", "", "", "Borea", "", ""],  # nothing is above the first row
        ["Alba", "Borea", "", "Cinder", "Dorado", "Esmer", "Fortuna"],  # a single name is missing
    ],
)
def test_other_blank_cells_mean_no_data(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{number},{cell},{10 + number}.5,50.25,copper" for number, cell in enumerate(cells)]
    path.write_text("\n".join(["ID,Deposit,Longitude,Latitude,Commodity", *rows]), encoding="utf-8")
    assert "fill_down" not in write_mapping_suggestion(path)


def test_a_second_sheet_of_the_same_records_is_offered(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sites, grades, notes = book.worksheets[0], book.create_sheet("Grades"), book.create_sheet("Notes")
    sites.title = "Sites"
    sites.append(["Site ID", "Deposit", "Longitude", "Latitude", "Country", "Commodity"])
    grades.append(["Deposit no.", "Class", "Ore (Mt)", "Cu (%)"])
    notes.append(["Chapter", "Text"])
    for number in range(1, 6):
        sites.append([f"S-{number}", f"Deposit {number}", 10 + number / 8, 50.5, "DEU", "copper"])
        grades.append([f"S-{number}", "Indicated", 10 * number, 1.5])
        grades.append([f"S-{number}", "Inferred", 2 * number, 1.1])
        notes.append([f"{number}", "of no record"])
    path = tmp_path / "two.xlsx"
    book.save(path)
    text = write_mapping_suggestion(path)
    assert '    # join: [{part: "Grades", key: "{Deposit no.}", on: "{Site ID}"}]' in text
    assert 'part: "Notes"' not in text


@pytest.mark.parametrize("cells", [["1", "2", "10³"], ["³", "²", "¹"], ["1" * 5000, "2" * 5000, "3" * 5000]])
def test_a_superscript_or_endless_number_is_no_row_number(tmp_path: Path, cells: list[str]) -> None:
    rows = "".join(f"{cell},Mine {at},copper,{at}.5\n" for at, cell in enumerate(cells, 1))
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "no,mine name,commodity,ore Mt\n" + rows))
    assert table_of(text)["name_en"] == "mine name"


def test_a_key_that_first_repeats_late_is_reported(tmp_path: Path) -> None:
    rows = [f"A{at},Mine {at},copper" for at in range(300)] + ["A299,Mine 300,copper"]
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "deposit id,mine name,commodity\n" + "\n".join(rows) + "\n"))
    assert "'deposit id' repeats itself, \"A299\" in 2 rows" in text


@pytest.mark.parametrize("title", ["Summary", "Cu only"])
def test_a_derived_sheet_is_not_preferred(tmp_path: Path, title: str) -> None:
    header: list[object] = ["deposit id", "mine name", "commodity", "country", "longitude", "latitude"]
    rows: list[list[object]] = [[at, f"Mine {at}", "copper", "Chile", -70.5, -20.5 - at / 100] for at in range(1, 30)]
    sheets = {title: [header, *rows[:5]], "Data": [header, *rows]}
    assert table_of(write_mapping_suggestion(workbook(tmp_path / "t.xlsx", **sheets)))["part"] == "Data"


def test_metres_of_utm_are_no_degrees(tmp_path: Path) -> None:
    rows = "".join(f"{at},Mine {at},copper,{300000 + at}.5,{8200000 + at}.5,19S\n" for at in range(5))
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "id,mine name,commodity,este,norte,zona\n" + rows))
    assert "they fit UTM zone 19S: EPSG:326" in text and table_of(text)["position"]["crs"] == "?"
    assert "degrees of an unknown datum" not in text


def test_metres_in_a_geojson_are_no_degrees(tmp_path: Path) -> None:
    """RFC 7946 says that a GeoJSON has degrees; cadastres write metres all the same."""
    squares = [shapely.box(300000 + at, 8200000, 300100 + at, 8200100) for at in range(3)]
    frame = geopandas.GeoDataFrame({"code": ["a", "b", "c"], "name": ["A", "B", "C"]}, geometry=squares, crs=4326)
    path = tmp_path / "t.geojson"
    pyogrio.write_dataframe(frame, path, driver="GeoJSON")
    text = write_mapping_suggestion(path)
    assert table_of(text)["position"]["crs"] == "?" and "UTM" in text


def test_grades_of_resources_and_reserves_are_with_their_own_tonnage(tmp_path: Path) -> None:
    header = "id,mine name,commodity,Reserve Mt,Reserve Li2O (%),Resource Mt,Resource Li2O (%)"
    rows = "".join(f"{at},Mine {at},lithium,{at}.5,1.{at},{at}0.5,1.0{at}\n" for at in range(1, 8))
    text = write_mapping_suggestion(written(tmp_path / "t.csv", f"{header}\n{rows}"))
    resource, reserve = table_of(text)["estimates"]
    assert resource["ore"]["column"] == "Resource Mt" and reserve["ore"]["column"] == "Reserve Mt"
    assert resource["measures"][0]["grade"]["column"] == "Resource Li2O (%)"
    assert reserve["measures"][0]["grade"]["column"] == "Reserve Li2O (%)"
    assert {one["category"]["const"] for one in (resource, reserve)} == {"?"}


RIGHTS = {
    "spanish": "expediente,nombre,titular,tipo de concesion,fecha de otorgamiento,fecha de vencimiento,area (ha),mineral\n"
    + "".join(f"E-{at},Rosa {at},Minera Sur S.A.,mina,2{at}/05/2019,2{at}/05/2039,{at}50.5,cobre\n" for at in range(1, 8)),
    "russian": "Номер лицензии;Участок;Недропользователь;Дата выдачи;Дата окончания;Полезное ископаемое\n"
    + "".join(f"ЧИТ {at};Участок {at};ООО Руда;1{at}.03.2019;1{at}.03.2039;медь\n" for at in range(3, 9)),
    "chinese": "许可证号,矿业权名称,矿业权人,有效期起,有效期止,面积(平方千米),矿种\n"
    + "".join(f"C{at},大山铜矿{at},大山矿业有限公司,2019-01-0{at},2039-01-0{at},{at}.25,铜\n" for at in range(1, 8)),
    "english": "licence no,name,licence holder,licence type,grant date,expiry date,area (km2),commodity\n"
    + "".join(f"L{at},Hill {at},Alpha Pty Ltd,exploration,2019-01-0{at},2024-01-0{at},{at}.25,copper\n" for at in range(1, 8)),
}


@pytest.mark.parametrize("language", RIGHTS)
def test_a_table_of_rights_is_recognised(tmp_path: Path, language: str) -> None:
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", RIGHTS[language])))
    assert table["kind"] == {"const": "mining_right"}
    assert {"right_no", "holder", "valid_from", "valid_to"} <= table.keys()
    assert "commodities" in table


def test_a_table_that_may_be_one_of_rights_is_left_open(tmp_path: Path) -> None:
    rows = "".join(f"L{at},Hill {at},Alpha Pty Ltd,copper\n" for at in range(1, 8))
    text = write_mapping_suggestion(written(tmp_path / "t.csv", "licence no,name,holder,commodity\n" + rows))
    assert "# deposit, discovery, project, mining_right or right_sale?" in text
    assert table_of(text)["kind"] == {"const": "?"}


def test_owners_with_a_share_each_keep_their_own(tmp_path: Path) -> None:
    """A pattern of one share took the share of the last for the first of several."""
    path = tmp_path / "plants.csv"
    head = "ID,Plant,Longitude,Latitude,Country,Product,Capacity (kt/a),Status,Owner\n"
    owners = ("Codelco (Norte) (60%); Anglo American (40%)", "Glencore (100%)", "Vale (75%)")
    rows = (f"p{n},Plant {n},-70.1{n},-30.1{n},Chile,refined copper,100,operating,{owner}\n" for n, owner in enumerate(owners))
    path.write_text(head + "".join(rows), "utf-8")
    mapping = tmp_path / "mapping.yml"
    text = write_mapping_suggestion(path)
    given = {"licence.id": "internal", "crs": "EPSG:4326"}
    mapping.write_text(
        fill_open_values(
            text, {placeholder.number: given.get(placeholder.key, "2025") for placeholder in find_open_values(text)}
        ),
        "utf-8",
    )
    readings = read_mapped(load(mapping), path, Tally())
    found = [[(o.name_en, o.share_pct) for record in reading.records for o in record.owners] for reading in readings]  # type: ignore[union-attr]
    assert found == [[("Codelco (Norte)", 60.0), ("Anglo American", 40.0)], [("Glencore", 100.0)], [("Vale", 75.0)]]


def test_names_of_degrees_minutes_and_seconds_are_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "ID,Deposit name,Longitude,Latitude,Country,Commodity\n"
        "a,A,70 deg 30 min 15 sec W,23 deg 33 min 0 sec S,Chile,copper\n"
        "b,B,70 deg 40 min 0 sec W,23 deg 13 min 5 sec S,Chile,copper\n",
        "utf-8",
    )
    assert 'lon: "Longitude"' in write_mapping_suggestion(path) and 'lat: "Latitude"' in write_mapping_suggestion(path)


PACKED = [
    ("-701230", "-231500"),
    ("-685959", "-220030"),
    ("-681145", "-233015"),
    ("-700000", "-241259"),
    ("-691530", "-200159"),
]


def packed_table(folder: Path, rows: list[tuple[str, str]]) -> Path:
    lines = "".join(f"Mine {at},copper,{lon},{lat}\n" for at, (lon, lat) in enumerate(rows))
    return written(folder / "t.csv", "mine name,commodity,longitude,latitude\n" + lines)


def test_packed_degrees_are_read_where_all_digits_fit_them(tmp_path: Path) -> None:
    path = packed_table(tmp_path, PACKED)
    assert table_of(write_mapping_suggestion(path))["position"]["angles"] == "DDMMSS"
    filled = (('kind: {const: "?"}', "kind: {const: deposit}"), ('country: {const: "?"}', "country: {const: CHL}"))
    readings = read_as_suggested(path, *filled, ('crs: "?"', "crs: EPSG:4326"))
    first = deposits(readings)[0].position
    assert first is not None
    assert (first.lon, first.lat, first.original) == (-(70 + 12 / 60 + 30 / 3600), -23.25, "-701230, -231500")
    # half a second in both directions, not half of a whole degree
    assert first.accuracy_m == pytest.approx(21.9, abs=0.1)


@pytest.mark.parametrize(
    ("rows", "angles"),
    [
        (PACKED[:3], "?"),
        ([*PACKED, ("-701260", "-231500")], None),
        ([*PACKED, ("-701230", "-951500")], None),
        ([("-70.5", "-23.5"), ("-69.5", "-22.5"), ("-68.25", "-24.125"), ("-68.5", "-24.5")], None),
        ([("300012", "8200015"), ("301017", "8201018"), ("302015", "8202011")], None),
    ],
)
def test_packed_degrees_have_a_placeholder_or_are_left_where_digits_do_not_show_them(
    tmp_path: Path, rows: list[tuple[str, str]], angles: str | None
) -> None:
    assert table_of(write_mapping_suggestion(packed_table(tmp_path, rows))).get("position", {}).get("angles") == angles
