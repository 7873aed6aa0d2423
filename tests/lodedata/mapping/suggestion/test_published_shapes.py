"""Suggestions for shapes that published registers, lists of plants and statistics have; all cells are made up."""

import struct
from pathlib import Path

import openpyxl
import pytest
import shapely
import yaml
from tests.lodedata.mapping.suggestion.suggested import USER_VALUES, read_as_suggested, table_of, workbook, written

from lodedata.figures.compounds import parse_commodity
from lodedata.mapping import Tally, load
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.tables import read_mapped
from lodedata.read import open_tables
from lodedata.records import Deposit, GenericRecord, Position, Project

REGISTER = (
    "Start Date,License Code,Owner,Type,Status,Minerals\n"
    "12/11/2025,SS 18/2025,Rosa Company Limited,Small Scale Licence (North District),Active License,Gold\n"
    '29/08/2025,RL 2/103,Alba Company Limited,Prospecting Licence (Foreign),Active License,"Gold\nSilver"\n'
    "28/07/2025,RL 2/104,Alba Company Limited,Prospecting Licence (Foreign),Active License,Gold Ore\n"
    "14/07/2025,ML 5/9,Luna Mining Ltd,Mining Lease,Active License,Gold\n"
)


def test_register_whose_types_name_licences_is_one_of_rights(tmp_path: Path) -> None:
    table = table_of(write_mapping_suggestion(written(tmp_path / "ghana_licences.csv", REGISTER)))
    assert table["kind"] == {"const": "mining_right"} and table["right_no"] == "License Code" and table["holder"] == "Owner"
    assert table["right_kind"] == {"column": "Type", "map": {"Prospecting Licence (Foreign)": "exploration"}}
    assert table["commodities"] == [{"column": "Minerals", "split": "\n"}]


@pytest.mark.parametrize(
    ("name", "country"), [("ghana_licences", "GHA"), ("licences-south-africa", "ZAF"), ("georgia_licences", "?"), ("list", "?")]
)
def test_country_is_that_of_the_name_of_the_file(tmp_path: Path, name: str, country: str) -> None:
    assert table_of(write_mapping_suggestion(written(tmp_path / f"{name}.csv", REGISTER)))["country"] == {"const": country}


def test_country_is_the_only_one_with_the_divisions(tmp_path: Path) -> None:
    rows = "".join(f"B{number},Mina {uf},cobre,{uf}\n" for number, uf in enumerate(("PA", "MG", "GO", "BA", "MT", "RJ")))
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", f"Código,Nome da mina,Substância,UF\n{rows}")))
    assert table["country"] == {"const": "BRA"} and table["division"] == "UF"


def test_only_name_of_a_register_of_companies_is_the_holder(tmp_path: Path) -> None:
    text = (
        "PROCESSO,AREA_HA,FASE,NOME,SUBS\n850521/2014,149.62,AUTORIZAÇÃO DE PESQUISA,ROSA S.A.,MINÉRIO DE COBRE\n"
        "850135/2004,2429.41,CONCESSÃO DE LAVRA,ALBA LTDA,MINÉRIO DE OURO\n"
        "850101/2012,99.39,AUTORIZAÇÃO DE PESQUISA,MINERAÇÃO LUNA LTDA,COBRE\n"
    )
    table = table_of(write_mapping_suggestion(written(tmp_path / "processos.csv", text)))
    assert table["holder"] == "NOME" and "name_en" not in table


@pytest.mark.parametrize(
    ("text", "code"),
    [("MINÉRIO DE OURO", "gold"), ("Gold ores", "gold"), ("mineral de cobre", "copper"), ("minerai de fer", "iron-ore")]
    + [("iron ore", "iron-ore"), ("Mineral sand", "mineral-sand"), ("ore", None), ("mineral oil", None), ("table ore", None)],
)
def test_ore_of_a_metal_is_the_metal(text: str, code: str | None) -> None:
    named = parse_commodity(text)
    assert (named.code if named is not None else None) == code


PLANTS = (
    "Plant ID,Plant name (English),Coordinates,Plant age (years),Construction date,Workforce size,Status"
    ",BF capacity (ttpa),Nominal crude capacity (ttpa),Country\n"
    'P1,Rosa plant,"36.7539610, 6.2444200",8,2015,2400,operating,,2200,Algeria\n'
    'P2,Alba plant,"-34.4638340, 150.8861910",97,1926,3000,operating,1500,3200,Australia\n'
    'P3,Luna plant,"47.3804550, 15.0651820",47,1978,1356,operating,825,720,Austria\n'
)


def test_plants_with_both_coordinates_in_one_column(tmp_path: Path) -> None:
    path = written(tmp_path / "plants.csv", PLANTS)
    table = table_of(write_mapping_suggestion(path))
    assert table["kind"] == {"const": "project"} and "estimates" not in table
    assert "age" not in table and "information_date" not in table
    assert table["phases"][0]["capacity"] == {"column": "Nominal crude capacity (ttpa)", "unit": "kt/a"}
    readings = read_as_suggested(path, ('crs: "?"', "crs: EPSG:4326"), ('[{const: "?"}]', "[{const: copper}]"))
    record = readings[1].records[0]
    assert isinstance(record, Project) and isinstance(record.position, Position)
    assert (record.position.lon, record.position.lat) == (150.886191, -34.463834)


@pytest.mark.parametrize(
    ("head", "first"), [("Lon/Lat", "6.2444200, 36.7539610"), ("lat, lon", "36.7539610, 6.2444200"), ("Position", "36.7, 6.24")]
)
def test_order_of_a_pair_that_nothing_states_stays_open(tmp_path: Path, head: str, first: str) -> None:
    rows = f'"{head}",Deposit,Commodity\n"{first}",Rosa,Copper\n"{first}1",Alba,Copper\n'
    lon = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", rows)))["position"]["lon"]["pattern"]
    assert lon.startswith({"Lon/Lat": "^", "lat, lon": "[,;", "Position": "?"}[head])


def projected(path: Path, group: str, north: str = "6.241.943") -> Path:
    """Write a workbook in Spanish with metres under a group of columns, with dots for thousands."""
    rows: list[list[object]] = [
        ["Tabla 4: Yacimientos"],
        ["Código", "Nombre del yacimiento", "País", "Sustancia", group, None],
        [None, None, None, None, "Este (m)", "Norte (m)"],
        ["R1", "Cerro Rosa", "Chile", "Cobre", "342.708", north],
        ["R2", "Cerro Alba", "Chile", "Cobre", "343.030", "6.240.455"],
    ]
    workbook(path, Hoja=rows)
    book = openpyxl.load_workbook(path)
    for cells in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"):
        book["Hoja"].merge_cells(cells)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("group", "code"),
    [("Coordenadas UTM Datum WGS 84 Huso 19 K", "EPSG:32719"), ("UTM PSAD56 Zona 19S", "EPSG:24879")]
    + [("Coordenadas UTM SIRGAS 2000 Fuso 19 S", "EPSG:31979"), ("Coordenadas UTM Huso 19 K", "?")],
)
def test_zone_of_utm_and_datum_of_merged_headers(tmp_path: Path, group: str, code: str) -> None:
    position = table_of(write_mapping_suggestion(projected(tmp_path / "t.xlsx", group)))["position"]
    assert (position["crs"], position["decimal"]) == (code, ",")
    assert position["lon"].endswith("Este (m)") and position["lat"].endswith("Norte (m)")


def test_metres_with_dots_for_thousands_become_a_position(tmp_path: Path) -> None:
    path = projected(tmp_path / "t.xlsx", "Coordenadas UTM Datum WGS 84 Huso 19 K")
    (first, *_) = read_as_suggested(path, ('kind: {const: "?"}', "kind: {const: deposit}"))
    record = first.records[0]
    assert isinstance(record, Deposit) and isinstance(record.position, Position)
    position = record.position
    # the zone 19 begins at 72 degrees west, and its central meridian is 69: 157,292 m west of it at 34 degrees south
    assert (round(position.lon, 4), round(position.lat, 4)) == (-70.7022, -33.9513)


def test_band_s_north_of_the_equator_is_left_open(tmp_path: Path) -> None:
    path = projected(tmp_path / "t.xlsx", "UTM WGS 84 Zone 11 S", "3.841.943")
    assert table_of(write_mapping_suggestion(path))["position"]["crs"] == "?"


def test_statistics_with_a_unit_after_each_value(tmp_path: Path) -> None:
    text = (
        '"Ano base","UF","Substância Mineral","Quantidade Produção","Unidade - Produção","Quantidade Contido"'
        ',"Unidade - Contido","Quantidade Venda","Unidade - Venda"\n'
        '"2010","AM","Estanho","4284188,5","kg","2784170,0","kg","0","kg"\n'
        '"2010","PA","Cobre","82405,3","t","27803,34","t","86152,65","t"\n'
        '"2011","MG","Zinco","495584,39","t","211202,71","t","86958,38","t"\n'
        '"2011","GO","Níquel","3267268,6","t","40319,6","t","64446,8","t"\n'
    )
    (table,) = yaml.safe_load(write_mapping_suggestion(written(tmp_path / "producao.csv", text)))["observations"]
    assert (table["decimal"], table["period"], table["area"]) == (",", "Ano base", {"template": "BR-{UF}"})
    assert table["values"] == [
        {"value": "Quantidade Produção", "unit": "Unidade - Produção", "basis": {"const": "gross"}},
        {"value": "Quantidade Contido", "unit": "Unidade - Contido", "basis": {"const": "content"}},
    ]
    assert set(table["ignored"]) == {"Quantidade Venda", "Unidade - Venda"}


SALES = (
    "出让单元,项目名称,拐点坐标,面积(km2),所在地区,起始价(万元)\n"
    'Ⅰ区,甲县红石铜矿普查,"103.3000,36.3000\n103.3200,36.3000\n103.3200,36.2900\n103.3000,36.2900",5.52,甲县红石乡,4.0\n'
    'Ⅱ区,甲县白云锂矿普查,"103.4000,36.3030\n103.4130,36.3030\n103.4130,36.2930\n103.4000,36.2930",4.14,甲县白云镇,31\n'
)


def test_table_with_starting_prices_is_one_of_sales(tmp_path: Path) -> None:
    text = write_mapping_suggestion(written(tmp_path / "探矿权出让单元表.csv", SALES))
    table = table_of(text)
    assert (table["kind"], table["right_kind"]) == ({"const": "right_sale"}, {"const": "exploration"})
    assert table["notice_type"] == {"const": "?"} and "position" not in table
    assert table["start_price_10k_cny"] == {"column": "起始价(万元)", "unit": "万元"}
    assert table["area_km2"] == {"column": "面积(km2)", "unit": "km2"}
    assert (table["location"], "division" in table) == ("所在地区", False)
    path = tmp_path / "探矿权出让单元表.csv"
    readings = read_as_suggested(
        path,
        ('notice_type: {const: "?"}', "notice_type: {const: listing-notice}"),
        ('country: {const: "?"}', "country: {const: CHN}"),
    )
    values = [record.values for reading in readings for record in reading.records if isinstance(record, GenericRecord)]
    assert [(value["name_zh"], value["area_km2"], value["start_price_10k_cny"]) for value in values] == [
        ("甲县红石铜矿普查", 5.52, 4.0),
        ("甲县白云锂矿普查", 4.14, 31.0),
    ]


def test_price_in_another_currency_stays_in_the_row(tmp_path: Path) -> None:
    text = (
        "Наименование месторождения;Стартовый платеж, млн руб.;Площадь участка, кв. км;Ресурсы и запасы\n"
        "Ручей Белый;2,76;33,1;С1 - 16 кг\nКаменный;0,41;37;Р1 - 166 кг\nГора Высокая;3,7;2,01;С1 - 87 кг\n"
    )
    suggested = write_mapping_suggestion(written(tmp_path / "аукционы на участки недр.csv", text))
    table = table_of(suggested)
    assert (table["kind"], table["notice_type"]) == ({"const": "right_sale"}, {"const": "auction-notice"})
    assert table["name_en"] == "Наименование месторождения"
    assert table["area_km2"] == {"column": "Площадь участка, кв. км", "unit": "km2", "decimal": ","}
    assert "start_price_10k_cny" not in table and "Стартовый платеж, млн руб." in table["ignored"]
    assert "is in млн руб., which does not convert to the yuan" in suggested


def rights_with_corners(path: Path, area: str) -> Path:
    """Write rights of two minutes by one minute with a list of corners in one cell."""
    rows = "".join(
        f'T{n},探矿权{n},"{lon}.3000,36.3000\n{lon}.3200,36.3000\n{lon}.3200,36.2900\n{lon}.3000,36.2900",{area}\n'
        for n, lon in enumerate((101, 102, 103))
    )
    return written(path, f"许可证号,项目名称,拐点坐标,面积(km2)\n{rows}")


# 2′ of longitude and 1′ of latitude at 36°30′ are 2.985 by 1.849 km, and 0.02 and 0.01 degrees 1.791 by 1.110 km
@pytest.mark.parametrize(("area", "angles"), [("5.52", "D.MMSS"), ("1.99", None), ("100", "?")])
def test_areas_decide_how_corners_write_degrees(tmp_path: Path, area: str, angles: str | None) -> None:
    table = table_of(write_mapping_suggestion(rights_with_corners(tmp_path / "探矿权.csv", area)))
    assert table["kind"] == {"const": "mining_right"}
    assert (table["position"]["ring"], table["position"].get("angles")) == ("拐点坐标", angles)


def test_corners_with_minutes_after_the_point_become_outlines(tmp_path: Path) -> None:
    path = rights_with_corners(tmp_path / "探矿权.csv", "5.52")
    readings = read_as_suggested(path, ('crs: "?"', "crs: EPSG:4490"), ('country: {const: "?"}', "country: {const: CHN}"))
    (first, *_) = [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]
    assert first.values["area_km2_computed"] == pytest.approx(5.52, rel=0.002)
    assert first.wkb is not None
    assert shapely.from_wkb(first.wkb).bounds == pytest.approx((101.5, 36 + 29 / 60, 101.5 + 2 / 60, 36.5))
    assert first.values["corners_reported"].startswith("101°30′00″,36°30′00″")


def test_value_column_that_names_its_metal_is_of_statistics(tmp_path: Path) -> None:
    rows = "".join(f"{land},{code},{year},{n * 10.5}\n" for n, (land, code) in enumerate((("Chile", "CHL"), ("Peru", "PER"),
        ("World", "XX_WRL"))) for year in (2021, 2022, 2023))  # fmt: skip
    (table,) = yaml.safe_load(
        write_mapping_suggestion(written(tmp_path / "output.csv", f"Entity,Code,Year,Copper Production\n{rows}"))
    )["observations"]
    assert (table["area"], table["period"], table["values"]) == ("Entity", "Year", [{"value": "Copper Production"}])
    assert (table["indicator"], table["commodity"]) == ({"const": "production"}, {"const": "copper"})
    assert set(table["ignored"]) == {"Code"}


@pytest.mark.parametrize(
    ("name", "kind"), [("smelters", "project"), ("冶炼厂", "project"), ("gold_deposits", "deposit"), ("places", "?")]
)
def test_kind_that_no_column_shows_is_that_of_the_title(tmp_path: Path, name: str, kind: str) -> None:
    text = "latitude,longitude,site_name\n39.93,-75.20,Rosa Smelting Co\n40.01,-75.13,Alba Works\n40.02,-75.10,Luna Metals\n"
    assert table_of(write_mapping_suggestion(written(tmp_path / f"{name}.csv", text)))["kind"] == {"const": kind}


SITES = (
    "name,operator,country,type,production,lat,lon\n"
    "Rosa,Rosa SARL,Chile,Cu Conc,10,-25.1234,-69.1234\n"
    "Alba,Alba SARL,Chile,EW Cathode,0,-25.2234,-69.2234\n"
    "Luna,Luna SARL,Peru,Cu Conc,46,-15.1234,-72.1234\n"
)


def test_bare_type_without_known_terms_and_output_have_no_field(tmp_path: Path) -> None:
    """An operator is one of a project; its output is no capacity, and its type no type of deposit."""
    table = table_of(write_mapping_suggestion(written(tmp_path / "copper.csv", SITES)))
    assert (table["kind"], table["owners"]) == ({"const": "project"}, [{"name": "operator", "role": "operator"}])
    assert "deposit_model" not in table and "phases" not in table
    assert set(table["ignored"]) == {"type", "production"}


def test_group_of_commodities_is_no_commodity(tmp_path: Path) -> None:
    text = "Mine ID,Property Name,Primary Commodity,Commodity Group\n17,Rosa,Gold,Precious Metals\n4,Alba,Copper,Base Metals\n"
    table = table_of(write_mapping_suggestion(written(tmp_path / "t.csv", text)))
    assert table["commodities"] == [{"column": "Primary Commodity"}] and set(table["ignored"]) == {"Commodity Group"}


def test_nearest_term_is_not_the_one_that_a_text_denies(tmp_path: Path) -> None:
    text = "Mine ID,Name,Commodity,Status,Ore (Mt)\n1,Rosa,Copper,Inactive,5\n2,Alba,Copper,Active,6\n3,Luna,Copper,Actve,7\n"
    suggested = write_mapping_suggestion(written(tmp_path / "deposits.csv", text))
    assert '#     "Inactive": ?' in suggested and '#     "Actve": operating' in suggested


def test_unit_is_no_country_and_symbols_of_metals_are_no_companies(tmp_path: Path) -> None:
    """TM are metric tonnes and the code of Turkmenistan; Ag and Co are metals and forms of companies."""
    rows = [["Explotación"], ["Nombre Mina", "Recurso Principal", "Cantidad", "Unidad de Medida", "Leyes"]]
    rows += [[f"MINA {n}", "COBRE", f"1.2{n}1", "TM", f"Cu: 1,{n}6 [GRS/TN]\nAg: 0,00 [GRS/TN]"] for n in range(1, 6)]
    path = workbook(tmp_path / "declaración.xlsx", E300=[list(row) for row in rows])
    table = table_of(write_mapping_suggestion(path))
    assert table["country"] == {"const": "?"} and table["name_en"] == "Nombre Mina"
    assert "owners" not in table and "owner" not in write_mapping_suggestion(path).partition("ignored:")[2]


def test_asterisks_in_a_number_of_a_dbf_are_reported(tmp_path: Path) -> None:
    fields = (("ID", b"C", 2), ("NAME", b"C", 5), ("METAL", b"C", 6), ("ORE_T", b"N", 4))
    head = struct.pack("<B3BIHH20x", 3, 124, 1, 1, 2, 33 + 32 * len(fields), 1 + sum(width for *_, width in fields))
    described = b"".join(struct.pack("<11sc4xBB14x", name.encode(), kind, width, 0) for name, kind, width in fields)
    path = tmp_path / "t.dbf"
    path.write_bytes(head + described + b"\r" + b" R1Rosa copper 120" + b" R2Alba copper****" + b"\x1a")
    assert list(open_tables(path)[0].rows)[1].cells[3] == "****"
    mapping = tmp_path / "m.yml"
    header = {**USER_VALUES, "name": "own", "title_en": "t", "title_zh": "t", "licence": {"id": "internal", "name": "internal"}}
    spec = {
        "file": "t.dbf",
        "key": "{ID}",
        "kind": {"const": "deposit"},
        "name_en": "NAME",
        "country": {"const": "CHL"},
        "commodities": ["METAL"],
        "estimates": [{"category": {"const": "endowment"}, "ore": {"column": "ORE_T", "unit": "t"}}],
    }
    mapping.write_text(yaml.safe_dump({**header, "tables": [spec]}), "utf-8")
    rosa, alba = read_mapped(load(mapping), path, Tally())
    assert isinstance(rosa.records[0], Deposit) and rosa.problems == ()
    assert [problem.value for problem in alba.problems] == ["****"]
