"""Tables in the shape of published registers and lists: their columns, language, units and reference system.

The headers are those of the publisher as far as they are known. Names of places and companies are real where well known; all
numbers, dates and figures are examples, and no data to use.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lodedata.mapping.unseen_tables import sheet_of, text_of

HERE = Path(__file__).parent


def register(name: str, path: Path, encoding: str = "utf-8") -> Path:
    """Write a table of the folder ``data/registers`` in the encoding of its publisher."""
    return text_of(path, (HERE / "data" / "registers" / f"{name}.csv").read_text("utf-8"), encoding)


def sigmine_brazil(folder: Path) -> Path:
    """Agência Nacional de Mineração, SIGMINE: mining processes of a state."""
    return register("sigmine_brazil", folder / "PA.csv", "cp1252")


def tenements_western_australia(folder: Path) -> Path:
    """Government of Western Australia, mining tenements (DMIRS-003)."""
    return register("tenements_western_australia", folder / "tenements.csv")


def catastro_minero_spain(folder: Path) -> Path:
    """Ministerio para la Transición Ecológica, Catastro Minero: rights with decimal commas, without positions."""
    return register("catastro_minero_spain", folder / "derechos.csv", "cp1252")


def rights_notice_china(folder: Path) -> Path:
    """A province's notice of mining rights: two header lines with merged cells."""
    rows: list[Sequence[object]] = [
        ["某省自然资源厅采矿权公示"],
        ["序号", "许可证号", "采矿权人", "矿山名称", "开采矿种", "矿区面积（平方公里）", "有效期限", None, "生产规模"],
        [None, None, None, None, None, None, "起", "止", None],
        [1, "C3600002011013220000001", "江西铜业股份有限公司", "德兴铜矿", "铜矿"]
        + [12.35, "2011-01-15", "2041-01-15", "3300万吨/年"],
        [2, "C3600002015063120000002", "宜春示例锂业有限公司", "示例锂矿", "锂矿"]
        + [1.872, "2015-06-30", "2025-06-30", "60万吨/年"],
        [3, "C3600002018093210000003", "示例钨锡有限责任公司", "示例锡矿", "锡矿"]
        + [0.915, "2018-09-01", "2028-09-01", "15万吨/年"],
    ]
    merged = ["A1:I1", "G2:H2", *(f"{column}2:{column}3" for column in "ABCDEFI")]
    return sheet_of(folder / "采矿权公示.xlsx", {"采矿权": rows}, merged)


def subsoil_licences_kazakhstan(folder: Path) -> Path:
    """Register of licences for subsoil use of Kazakhstan, in Russian."""
    return register("subsoil_licences_kazakhstan", folder / "лицензии.csv", "cp1251")


def concessions_chile(folder: Path) -> Path:
    """Servicio Nacional de Geología y Minería: exploitation concessions with a corner in UTM of zone 19 (PSAD56)."""
    return register("concessions_chile", folder / "concesiones.csv", "cp1252")


def occurrences_peru(folder: Path) -> Path:
    """Instituto Geológico, Minero y Metalúrgico: occurrences in metres of UTM with the zone in a column and no datum."""
    return register("occurrences_peru", folder / "ocurrencias.csv", "cp1252")


def state_register_russia(folder: Path) -> Path:
    """State cadastre of deposits of Russia: positions in degrees, minutes and seconds."""
    return register("state_register_russia", folder / "кадастр.csv")


def technical_reports(folder: Path) -> Path:
    """A list of technical reports (NI 43-101) with the resources of each by category."""
    return register("technical_reports", folder / "ni43101.csv")


def cochilco_mine_output(folder: Path) -> Path:
    """Comisión Chilena del Cobre, yearbook: mine output of copper by country in kt, years in columns."""
    rows: list[Sequence[object]] = [
        ["PRODUCCIÓN MUNDIAL DE COBRE DE MINA POR PAÍSES"],
        ["País", 2020, 2021, 2022],
        ["Chile", 5733.1, 5624.9, 5330.4],
        ["Perú", 2150.0, 2300.5, 2450.0],
        ["China", 1700.0, 1850.0, 1900.5],
    ]
    return sheet_of(folder / "produccion.xlsx", {"Cobre mina (kt)": rows}, ["A1:D1"])


def monthly_output_statistics(folder: Path) -> Path:
    """A statistical institute's monthly output of copper in tonnes, one row for each month; the values are made up."""
    return register("monthly_output_statistics", folder / "produccion.csv", "cp1252")


def plants_china(folder: Path) -> Path:
    """A list of smelters in Chinese: capacities in 10,000 tonnes a year, positions in degrees, minutes and seconds."""
    return register("plants_china", folder / "冶炼企业.csv", "gb18030")


def smelters_spanish(folder: Path) -> Path:
    """A list of smelters and refineries in Spanish: positions in degrees and decimal minutes."""
    return register("smelters_spanish", folder / "fundiciones.csv", "cp1252")


TABLES: Sequence[Callable[[Path], Path]] = (
    *(sigmine_brazil, tenements_western_australia, catastro_minero_spain, rights_notice_china, subsoil_licences_kazakhstan),
    *(concessions_chile, occurrences_peru, state_register_russia, technical_reports, plants_china, smelters_spanish),
)
STATISTICS: Sequence[Callable[[Path], Path]] = (cochilco_mine_output, monthly_output_statistics)
