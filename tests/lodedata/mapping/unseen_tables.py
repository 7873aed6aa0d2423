"""Tables of shapes that the sources of Lode do not have, as a survey, a company or a ministry publishes them."""

import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent


def sheet_of(path: Path, sheets: dict[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> Path:
    """Write a workbook; cells are merged in its first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def text_of(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def long_by_class(folder: Path) -> Path:
    """One row for each class and metal of a deposit."""
    return text_of(
        folder / "long.csv",
        "Deposit ID,Deposit,Longitude,Latitude,Country,Commodity,Resource class,Ore (Mt),Grade (%)\n"
        "D-01,Kolwezi,25.4612,-10.7154,Congo (DRC),Copper,Indicated,30,2.5\n"
        "D-01,Kolwezi,25.4612,-10.7154,Congo (DRC),Cobalt,Indicated,30,0.4\n"
        "D-01,Kolwezi,25.4612,-10.7154,Congo (DRC),Copper,Inferred,8,2.1\n"
        "D-02,Mutanda,25.8043,-10.7861,Congo (DRC),Copper,Inferred,12,1.9\n",
    )


def years_in_columns(folder: Path) -> Path:
    """Capacities of plants with a column for each year, in Spanish."""
    return text_of(
        folder / "plantas.csv",
        "Planta;País;Longitud;Latitud;Producto;Capacidad 2022 (kt/a);Capacidad 2023 (kt/a)\n"
        "Chuquicamata;Chile;-68,9012;-22,2871;cátodos de cobre;330;330\n"
        "Ilo;Perú;-71,3312;-17,6204;cátodos de cobre;280;285\n",
        "cp1252",
    )


def several_header_lines(folder: Path) -> Path:
    """Resources under groups of classes, as in a technical report (NI 43-101)."""
    rows: list[Sequence[object]] = [
        ["Mineral resource statement, 30 June 2025"],
        ["Deposit", "Country", "Measured", None, "Indicated", None],
        [None, None, "Tonnes (Mt)", "Cu (%)", "Tonnes (Mt)", "Cu (%)"],
        ["Antucoya", "Chile", 12.5, 0.35, 40, 0.31],
        ["Polo Sur", "Chile", 8, 0.41, 22.1, 0.36],
        ["Encuentro", "Chile", 3.5, 0.5, 9, 0.4],
    ]
    return sheet_of(folder / "statement.xlsx", {"Table 14-1": rows}, ["A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"])


def merged_cells(folder: Path) -> Path:
    """A Chinese table of reserves: deposits over several rows, units in a line of their own."""
    rows: list[Sequence[object]] = [
        ["矿产地编号", "矿区名称", "省份", "矿种", "资源量类型", "矿石量", "品位"],
        [None, None, None, None, None, "万吨", "%"],
        ["JX001", "德兴铜矿", "江西省", "铜", "探明资源量", 12000, 0.45],
        [None, None, None, None, "推断资源量", 8000, 0.41],
        ["JX002", "城门山铜矿", "江西省", "铜", "控制资源量", 5000, 0.75],
    ]
    merged = ["A3:A4", "B3:B4", "C3:C4", "D3:D4", *(f"{column}1:{column}2" for column in "ABCDE")]
    return sheet_of(folder / "储量表.xlsx", {"Sheet1": rows}, merged)


def two_sheets(folder: Path) -> Path:
    """Deposits in one sheet and their grades in another."""
    return sheet_of(
        folder / "two.xlsx",
        {
            "Deposits": [
                ["ID", "Name", "Country", "Lon", "Lat"],
                ["N1", "Sorowako", "Indonesia", 121.3512, -2.5261],
                ["N2", "Pomalaa", "Indonesia", 121.6203, -4.1876],
            ],
            "Resources": [
                ["Deposit ID", "Commodity", "Class", "Ore Mt", "Grade %"],
                ["N1", "nickel", "Measured", 70.5, 1.8],
                ["N2", "nickel", "Inferred", 20, 1.6],
                ["N1", "nickel", "Inferred", 11, 1.7],
            ],
        },
    )


def placemarks(folder: Path) -> Path:
    """Prospects as placemarks with data."""
    places = [("Cerro Blanco", "lithium", "-66.9512,-23.4021"), ("Salar Sur", "lithium", "-67.1034,-24.7705")]
    body = "".join(
        f"<Placemark><name>{name}</name><ExtendedData><Data name='Commodity'><value>{metal}</value></Data>"
        f"<Data name='Stage'><value>Target drilling</value></Data></ExtendedData>"
        f"<Point><coordinates>{place}</coordinates></Point></Placemark>"
        for name, metal, place in places
    )
    return text_of(folder / "prospects.kml", f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>')


def nested_json(folder: Path) -> Path:
    """Sites with a list of estimates each."""
    thompson = [("Measured", 20.5, 1.9), ("Inferred", 3.0, 1.5)]
    sites = [
        {
            "record_id": f"r{number}",
            "name": name,
            "location": {"country": "Canada", "lat": lat, "lon": lon},
            "inventory": [
                {"commodity": "Nickel", "category": category, "ore_mt": ore, "grade_pct": grade}
                for category, ore, grade in figures
            ],
        }
        for number, name, lon, lat, figures in (
            (0, "Thompson", -97.8512, 55.7423, thompson),
            (1, "Raglan", -73.6714, 61.6871, [("Indicated", 15.0, 3.1)]),
        )
    ]
    return text_of(folder / "sites.json", json.dumps({"sites": sites}))


def old_workbook(folder: Path) -> Path:
    """An Excel 97 workbook with a header of two lines and merged cells."""
    path = folder / "resources.xls"
    path.write_bytes((HERE.parent / "read" / "data" / "resources.xls").read_bytes())
    return path


def chinese_dbf(folder: Path) -> Path:
    """A dBASE table in GB18030 that does not state its encoding."""
    fields = [("编号", 8), ("名称", 20), ("矿种", 8), ("经度", 12), ("纬度", 12), ("勘查程度", 10)]
    rows = [
        ["YN01", "普朗铜矿", "铜", "99.9812", "28.0413", "勘探"],
        ["YN02", "羊拉铜矿", "铜", "99.1034", "28.9021", "详查"],
    ]
    head = struct.pack("<B3BIHH16xBB2x", 3, 126, 11, 28, len(rows), 33 + 32 * len(fields), 1 + sum(w for _, w in fields), 0, 0)
    described = b"".join(struct.pack("<11sc4xBB14x", name.encode("gb18030"), b"C", width, 0) for name, width in fields)
    cells = [
        b" " + b"".join(cell.encode("gb18030").ljust(width) for cell, (_, width) in zip(row, fields, strict=True))
        for row in rows
    ]
    path = folder / "矿产地.dbf"
    path.write_bytes(head + described + b"\r" + b"".join(cells) + b"\x1a")
    return path


def degrees_as_text(folder: Path) -> Path:
    """Coordinates in degrees, minutes and seconds."""
    return text_of(
        folder / "dms.csv",
        "Site No,Site name,Latitude,Longitude,State,Country,Commodity,Deposit type\n"
        'A1,Renison,"41°47\'58""S","145°26\'24""E",Tasmania,Australia,Tin,Skarn\n'
        'A2,Mount Bischoff,"41°25\'30""S","145°31\'12""E",Tasmania,Australia,Tin,Skarn\n',
    )


def projected_metres(folder: Path) -> Path:
    """Gauss-Krüger metres of CGCS2000, northing first."""
    return text_of(
        folder / "坐标.csv",
        "序号,矿区名称,X坐标,Y坐标,矿种,省份\n"
        "1,宜春钽铌矿,3060120.5,38644210.2,锂,江西省\n2,武山铜矿,3286400.1,38654812.6,铜,江西省\n",
        "gb18030",
    )


def decimal_commas(folder: Path) -> Path:
    """A Brazilian table with decimal commas and thousands."""
    return text_of(
        folder / "jazidas.csv",
        "Código;Nome da jazida;Substância;UF;País;Longitude;Latitude;Reserva (t);Teor (%);Classe\n"
        "B1;Vermelho;Níquel;PA;Brasil;-49,9512;-6,4021;218.000.000;0,84;medida\n"
        "B2;Jacaré;Níquel;PA;Brasil;-51,1034;-6,7705;307.200.000;1,30;indicada\n",
    )


def packed(folder: Path) -> Path:
    """A zipped table in Russian."""
    path = folder / "заводы.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "plants.csv",
            "Название,Страна,Долгота,Широта,Продукция,Мощность (тыс. т/год),Статус\n"
            "Надеждинский,Россия,88.0312,69.3204,никель,70,действующий\n"
            "Кольская,Россия,32.8211,67.9102,никель,165,действующий\n",
        )
    return path


def russian_text(folder: Path) -> Path:
    """Russian reserves in Windows-1251 with Russian letters of hemispheres."""
    return text_of(
        folder / "запасы.csv",
        "№ п/п;Месторождение;Регион;Полезное ископаемое;Долгота;Широта;Категория запасов;Запасы руды, тыс. т;Содержание Cu, %\n"
        "1;Удоканское;Забайкальский край;медь;118°24'44\" в.д.;56°37'23\" с.ш.;C1;1200500;1,05\n"
        "2;Михеевское;Челябинская область;медь;60°56'35\" в.д.;53°00'44\" с.ш.;A;350100;0,44\n",
        "cp1251",
    )


def french_degrees(folder: Path) -> Path:
    """A French table with decimal commas and the letter O for the west."""
    return text_of(
        folder / "gisements.csv",
        "Identifiant;Nom du gisement;Pays;Substance principale;Longitude;Latitude;Tonnage minerai (Mt);Teneur Ni (%)\n"
        "NC-1;Tiébaghi;Nouvelle-Calédonie;Nickel;164°13'05\"E;20°27'41\"S;35,25;2,31\n"
        "CI-14;Sipilou;Côte d'Ivoire;Nickel;7°29'20\"O;7°53'20\"N;1 250,4;1,46\n",
    )


def metal_of_the_sheet(folder: Path) -> Path:
    """Deposits whose metal the name of the sheet states, with states by their letters."""
    path = folder / "recursos.xlsx"
    head = ["Projeto", "País", "UF", "Longitude", "Latitude", "Recurso (Mt)", "Teor (%)", "Categoria"]
    rows = [["Grota do Cirilo", "Brasil", "MG", -41.9012, -16.7034, 94.3, 1.4, "Indicado"]]
    return sheet_of(path, {"Lítio": [head, *rows, ["Mibra", "Brasil", "MG", -44.6021, -21.1003, 20.3, 1.1, "Medido"]]})


def main_and_other_metals(folder: Path) -> Path:
    """Records of a web service under a path, with the main metal and a list of others."""
    docs = [
        {
            "uid": "s-1",
            "title": "Cerro Alto",
            "location": {"lat": -23.41, "lon": -68.91, "country": "CL"},
            "commodity": {"primary": "Cu", "others": ["Mo", "Au"]},
            "resource": {"tonnage_mt": 410.5, "grade": {"cu_pct": 0.54}, "class": "Indicated"},
        },
        {
            "uid": "s-2",
            "title": "Salar Chico",
            "location": {"lat": -24.05, "lon": -67.02, "country": "AR"},
            "commodity": {"primary": "Li", "others": []},
            "resource": None,
        },
    ]
    return text_of(folder / "sites.json", json.dumps({"meta": {"count": 2}, "response": {"docs": docs}}))


TABLES: tuple[Callable[[Path], Path], ...] = (
    long_by_class,
    years_in_columns,
    several_header_lines,
    merged_cells,
    two_sheets,
    placemarks,
    nested_json,
    old_workbook,
    chinese_dbf,
    degrees_as_text,
    projected_metres,
    decimal_commas,
    packed,
    russian_text,
    french_degrees,
    metal_of_the_sheet,
    main_and_other_metals,
)
