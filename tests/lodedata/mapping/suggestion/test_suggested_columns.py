"""Nine in ten columns of tables of several shapes and languages are mapped to their field at once, or offered for it.

The tables follow the columns of published registers and of reports; their rows are made up.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lodedata.mapping.suggestion.assignment import ColumnAssignment, assign_columns
from lodedata.mapping.suggestion.columns import sample_column, sample_tables
from lodedata.read import open_tables


@dataclass(frozen=True)
class Example:
    """A table as text, its kind and the field of each column that means something."""

    text: str
    kind: str | None
    fields: dict[str, str]
    offered: int = 0
    units: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"


EXAMPLES = {
    "English deposits of a survey": Example(
        "OBJECTID,DEP_NAME,OTHER_NAMES,COUNTRY,STATE_PROV,LATDD,LONGDD,COMMOD_MAJ,DEP_TYPE,ORE_MT,%Ni,Co_pct,"
        "Au g/t,DISC_YR,REMARKS\n"
        "17,Alpha,Alfa,Canada,Ontario,46.52,-81.02,nickel,Komatiite nickel,120.5,1.2,0.05,0.1,1901,old\n"
        "25,Beta,,Canada,Quebec,61.68,-73.67,nickel,Laterite nickel,40.1,2.6,0.04,0.2,1957,\n"
        "31,Gamma,,Australia,Western Australia,-31.19,121.66,copper,Komatiite nickel,300,0.6,0.01,0.1,1966,\n",
        "deposit",
        {
            "OBJECTID": "key",
            "DEP_NAME": "name_en",
            "OTHER_NAMES": "aliases",
            "COUNTRY": "country",
            "STATE_PROV": "division",
            "LATDD": "lat",
            "LONGDD": "lon",
            "COMMOD_MAJ": "commodities",
            "DEP_TYPE": "deposit_model",
            "ORE_MT": "ore",
            "%Ni": "nickel",
            "Co_pct": "cobalt",
            "Au g/t": "gold",
            "DISC_YR": "discovery_year",
            "REMARKS": "note_en",
        },
        units={"%Ni": "%", "Co_pct": "%", "Au g/t": "g/t", "ORE_MT": "Mt"},
    ),
    "Chinese register of deposits": Example(
        "序号,统一编号,矿区名称,所在行政区,矿种名称,X坐标,Y坐标,矿石量/万吨,Cu平均品位/%,类型编码,勘查程度,评审备案时间,备注\n"
        "1,3611020001,甲铜矿,江西省,铜矿,3210500.5,39500200.1,1200,0.45,推断资源量,详查,2021,\n"
        "2,3611020002,乙铜矿,江西省,铜矿,3212500.5,39510200.1,300,0.85,控制资源量,勘探,2022,停产\n"
        "3,5325020003,丙锡矿,云南省,锡矿,2585500.5,34500200.1,80,0.15,推断资源量,普查,2020,\n",
        "deposit",
        {
            "统一编号": "key",
            "矿区名称": "name_zh",
            "所在行政区": "division",
            "矿种名称": "commodities",
            "X坐标": "lon",
            "Y坐标": "lat",
            "矿石量/万吨": "ore",
            "Cu平均品位/%": "copper",
            "类型编码": "category",
            "勘查程度": "stage",
            "评审备案时间": "estimate_date",
            "备注": "note_zh",
        },
        units={"矿石量/万吨": "万吨", "Cu平均品位/%": "%"},
        encoding="gb18030",
    ),
    "Chinese projects": Example(
        "建设项目,建设主体,产品方案,设计产能（万吨）,建设进度,所在地区,东经,北纬,投产时间,生产工艺,企业类型\n"
        '甲一期,甲锂业有限公司,碳酸锂,2,在建,江西省,"115°30′12""","27°48′30""",2027,硫酸法,锂盐厂\n'
        '乙二期,乙铜业有限公司,阴极铜,40,在产,云南省,"102°11′00""","25°02′10""",2019,闪速熔炼,铜冶炼厂\n'
        '丙,丙铝业集团,电解铝,30,停产,山东省,"117°59′00""","37°22′10""",2010,预焙槽,电解铝厂\n',
        "project",
        {
            "建设项目": "name_zh",
            "建设主体": "owner",
            "产品方案": "product",
            "设计产能（万吨）": "capacity",
            "建设进度": "status",
            "所在地区": "division",
            "东经": "lon",
            "北纬": "lat",
            "投产时间": "start",
            "生产工艺": "technology",
            "企业类型": "facility_types",
        },
        units={"设计产能（万吨）": "万吨"},
    ),
    "Spanish register": Example(
        "Código;Nombre del yacimiento;País;Región;Mineral;Longitud;Latitud;Tonelaje (Mt);Ley Cu (%);Titular;"
        "Categoría;Observaciones\n"
        "CL-1;Alfa;Chile;Antofagasta;Cobre;-69,07;-24,27;1250,5;0,82;Minera Alfa S.A.;Measured;\n"
        "PE-2;Beta;Perú;Áncash;Cobre;-77,02;-9,53;800;0,55;Compañía Minera Beta;Indicated;en alza\n"
        "BO-3;Gama;Bolivia;Potosí;Estaño;-66,61;-18,41;12,25;0,3;Gama Ltda.;Inferred;\n",
        "deposit",
        {
            "Código": "key",
            "Nombre del yacimiento": "name_en",
            "País": "country",
            "Región": "division",
            "Mineral": "commodities",
            "Longitud": "lon",
            "Latitud": "lat",
            "Tonelaje (Mt)": "ore",
            "Ley Cu (%)": "copper",
            "Titular": "owner",
            "Categoría": "category",
            "Observaciones": "note_en",
        },
        units={"Tonelaje (Mt)": "Mt", "Ley Cu (%)": "%"},
        encoding="cp1252",
    ),
    "Portuguese register": Example(
        "Processo;Nome da jazida;UF;Município;Substância;Latitude;Longitude;Teor de Ni (%);Reservas (t);"
        "Empresa;Situação;Data\n"
        "812345;Alfa;PA;Canaã;Níquel;-6,50;-49,88;1,5;1200000;Vale S.A.;Operating;2021\n"
        "812346;Beta;GO;Niquelândia;Níquel;-14,47;-48,46;1,1;800000;Anglo Ltda;Closed;2020\n"
        "812347;Gama;BA;Itagibá;Níquel;-14,28;-39,85;0,6;950000;Mirabela S.A.;Operating;2021\n",
        "deposit",
        {
            "Processo": "key",
            "Nome da jazida": "name_en",
            "UF": "division",
            "Substância": "commodities",
            "Latitude": "lat",
            "Longitude": "lon",
            "Teor de Ni (%)": "nickel",
            "Reservas (t)": "ore",
            "Empresa": "owner",
            "Situação": "status",
            "Data": "information_date",
        },
        units={"Teor de Ni (%)": "%", "Reservas (t)": "t"},
    ),
    "French deposits": Example(
        "Identifiant,Nom du gisement,Pays,Substance,Longitude,Latitude,Type de gisement,Tonnage [kt],"
        "Teneur Co [%],Exploitant,Statut,Année\n"
        "CD1,Alpha,République démocratique du Congo,Cobalt,25.39,-10.72,Sediment-hosted copper,1200,0.35,"
        "Alpha SA,Operating,2019\n"
        "CD2,Bêta,République démocratique du Congo,Cobalt,26.12,-10.61,Sediment-hosted copper,800,0.42,"
        "Beta SA,Closed,2020\n"
        "MA3,Gamma,Maroc,Cobalt,-6.62,30.70,Vein,90,1.1,Gamma SA,Operating,2021\n",
        "deposit",
        {
            "Identifiant": "key",
            "Nom du gisement": "name_en",
            "Pays": "country",
            "Substance": "commodities",
            "Longitude": "lon",
            "Latitude": "lat",
            "Type de gisement": "deposit_model",
            "Tonnage [kt]": "ore",
            "Teneur Co [%]": "cobalt",
            "Exploitant": "operator",
            "Statut": "status",
            "Année": "information_date",
        },
        units={"Tonnage [kt]": "kt", "Teneur Co [%]": "%"},
    ),
    "Russian deposits": Example(
        "№ лицензии;Месторождение;Страна;Область;Полезное ископаемое;Широта;Долгота;Содержание Ni, %;"
        "Категория запасов;Недропользователь;Год открытия;Примечание\n"
        "КРР1;Альфа;Россия;Красноярский край;никель;69,33;88,21;2,2;Measured;ПАО Альфа;1960;\n"
        "МУР2;Бета;Россия;Мурманская область;никель;69,41;30,23;0,7;Indicated;АО Бета;1934;\n"
        "КЗХ3;Гамма;Казахстан;Карагандинская область;медь;47,79;67,71;0,4;Indicated;ТОО Гамма;1771;старый\n",
        "deposit",
        {
            "№ лицензии": "key",
            "Месторождение": "name_en",
            "Страна": "country",
            "Область": "division",
            "Полезное ископаемое": "commodities",
            "Широта": "lat",
            "Долгота": "lon",
            "Содержание Ni, %": "nickel",
            "Категория запасов": "category",
            "Недропользователь": "owner",
            "Год открытия": "discovery_year",
            "Примечание": "note_en",
        },
        units={"Содержание Ni, %": "%"},
    ),
    "Indonesian smelters": Example(
        "No Urut,Nama Pabrik,Nama Perusahaan,Provinsi,Komoditas,Bujur,Lintang,Kapasitas (ton/tahun),Produk,"
        "Status Proyek,Tahun Operasi,Keterangan\n"
        "1,Pabrik Alfa,PT Alfa Nikel,Sulawesi Tengah,Nikel,122.15,-2.82,300000,ferronickel,operating,2015,\n"
        "2,Pabrik Beta,PT Beta Mineral,Maluku Utara,Nikel,127.92,0.48,120000,MHP,construction,2021,\n"
        "3,Pabrik Gama,PT Gama,Sulawesi Tenggara,Nikel,121.60,-4.18,40000,nickel matte,operating,2018,lama\n",
        "project",
        {
            "Nama Pabrik": "name_en",
            "Nama Perusahaan": "owner",
            "Provinsi": "division",
            "Komoditas": "commodities",
            "Bujur": "lon",
            "Lintang": "lat",
            "Kapasitas (ton/tahun)": "capacity",
            "Produk": "product",
            "Status Proyek": "status",
            "Tahun Operasi": "start",
            "Keterangan": "note_en",
        },
    ),
    "Facilities in the form of a DBF": Example(
        "ID,SITE_NAME,COMPANY_NA,STATE_LOCA,COUNTRY_CO,LATITUDE,LONGITUDE,COMMODITIE,PLANT_TYPE,CAPACITY_K,"
        "OP_STATUS,YEAR_OPENE\n"
        "M-1,North,Alpha Corp,Arizona,USA,33.05,-109.33,copper,Smelter,190,Active,1950\n"
        "M-2,South,Beta Inc,Utah,USA,40.52,-112.15,copper,Refinery,280,Active,1906\n"
        "M-3,West,Gamma Ltd,Texas,USA,31.78,-106.42,copper,Refinery,400,Closed,1910\n",
        "project",
        {
            "ID": "key",
            "SITE_NAME": "name_en",
            "COMPANY_NA": "owner",
            "STATE_LOCA": "division",
            "COUNTRY_CO": "country",
            "LATITUDE": "lat",
            "LONGITUDE": "lon",
            "COMMODITIE": "commodities",
            "PLANT_TYPE": "facility_types",
            "CAPACITY_K": "capacity",
            "OP_STATUS": "status",
            "YEAR_OPENE": "start",
        },
    ),
    "Columns named by their unit": Example(
        "Mine,Where,What,Stage of project,Mt,g/t,kt/a,Long,Lat,Operator\n"
        "Alpha,Chile,gold; copper,Operating,12,1.5,30,-69.51,-24.25,Alpha Ltd\n"
        "Beta,Peru,gold,Closed,30,0.8,10,-75.12,-14.22,Beta Inc\n"
        "Gamma,Chile,copper,Operating,8,2.1,5,-69.93,-23.14,Gamma SA\n",
        None,
        {
            "Mine": "name_en",
            "Where": "country",
            "What": "commodities",
            "Stage of project": "status",
            "Mt": "ore",
            "g/t": "grade",
            "kt/a": "capacity",
            "Long": "lon",
            "Lat": "lat",
            "Operator": "operator",
        },
        units={"Mt": "Mt", "g/t": "g/t", "kt/a": "kt/a"},
    ),
}


def assignment(folder: Path, example: Example) -> ColumnAssignment:
    path = folder / "table.csv"
    path.write_bytes(example.text.encode(example.encoding))
    ((_, columns, _),) = sample_tables(open_tables(path))
    return assign_columns(columns)


def placed(found: ColumnAssignment) -> dict[str, str]:
    """Return the field of each assigned column, or the metal of its figures."""
    fields = {column.name: name for name in found.by_field for column in found.all_of(name)}
    return fields | {figure.column.name: figure.metal or "ore" for figure in found.figures}


@pytest.mark.parametrize("name", EXAMPLES)
def test_nine_in_ten_columns_are_mapped_or_offered(tmp_path: Path, name: str) -> None:
    example = EXAMPLES[name]
    column_assignment = assignment(tmp_path, example)
    fields = placed(column_assignment)
    offers = {column.name: offered for offered, columns in column_assignment.offers.items() for column, _ in columns}
    missed = {
        column: fields.get(column) or offers.get(column)
        for column, wanted in example.fields.items()
        if wanted not in (fields.get(column), offers.get(column))
    }
    assert len(missed) <= 0.1 * len(example.fields), missed
    assert column_assignment.kind == example.kind


def test_nine_in_ten_columns_of_all_tables_are_mapped_at_once(tmp_path: Path) -> None:
    mapped = total = 0
    for example in EXAMPLES.values():
        fields = placed(assignment(tmp_path, example))
        mapped += sum(fields.get(column) == wanted for column, wanted in example.fields.items())
        total += len(example.fields)
    assert mapped >= 0.9 * total, f"{mapped} of {total}"


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.units])
def test_units_are_taken_from_names(tmp_path: Path, name: str) -> None:
    example = EXAMPLES[name]
    path = tmp_path / "table.csv"
    path.write_bytes(example.text.encode(example.encoding))
    ((_, columns, _),) = sample_tables(open_tables(path))
    found = {column.name: column.unit or column.ambiguous_unit for column in columns if column.name in example.units}
    assert {name: unit and unit.replace("MT", "Mt") for name, unit in found.items()} == example.units


def test_a_basis_is_no_list_of_commodities(tmp_path: Path) -> None:
    column_assignment = assignment(tmp_path, Example("id,Ni basis,metal\n1,nickel,tin\n2,nickel,copper\n", "", {}))
    assert placed(column_assignment) == {"id": "key", "Ni basis": "basis", "metal": "commodities"}


@pytest.mark.parametrize(("name", "cells"), [("Status", ["Yes", "No"]), ("Resources", ["Y", "N"]), ("运营商", ["是", "否"])])
def test_a_column_of_yes_and_no_is_no_field_of_terms(name: str, cells: list[str]) -> None:
    assert assign_columns([sample_column(name, cells)]).by_field == {}


@pytest.mark.parametrize("cells", [["N", "Y", "N"], ["K", "U", "W"]])
def test_letters_are_no_commodities(cells: list[str]) -> None:
    assert assign_columns([sample_column("flag", cells)]).by_field == {}


def test_classes_in_names_make_an_estimate_each(tmp_path: Path) -> None:
    text = "编号,矿床名称,矿种,推断资源量(万吨),控制资源量(万吨),探明资源量(万吨)\nA,甲,铜矿,10,20,30\nB,乙,锡矿,11,21,31\n"
    column_assignment = assignment(tmp_path, Example(text, "deposit", {}))
    assert [(figure.metal, figure.category) for figure in column_assignment.figures] == [
        (None, "inferred-mineral-resource"),
        (None, "indicated-mineral-resource"),
        (None, "measured-mineral-resource"),
    ]
    assert column_assignment.kind == "deposit"
