"""Suggestions for tables of several sheets, folders, repeated cells, coordinates and rights."""

import os
import re
from pathlib import Path

import geopandas
import openpyxl
import pyogrio
import pytest
import shapely
import yaml
from tests.lodedata.mapping.suggestion.suggested import deposits, read_as_suggested, table_of, workbook, written

from lodedata.mapping import Tally, load
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused


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
