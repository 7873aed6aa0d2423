"""Recognition of the columns of an unknown table by name, cells and unit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lodedata.cells import Unreadable, normal, number, text_of
from lodedata.mapping.model import DEFAULT_NULLS, PLACEHOLDER
from lodedata.messages import msg
from lodedata.read import FileRefused, InputTable
from lodedata.units import unit
from lodedata.vocab import Vocabulary, vocabulary

SAMPLE_ROWS = 2_000
SENTINELS = frozenset({"-9999", "-999", "-99", "-1111", "-9999.0", "-999.0"})

FIELDS: Sequence[tuple[str, str]] = (
    ("key", r"^(id|uid|key|code|no|fid|objectid|序号|编号|编码|矿产地编号|统一编号|.*[_ ]id|.*编号)$"),
    (
        "lon",
        r"^(lon|long|longitude|lng|x|east|easting|经度|东经|横坐标|lon_?dd|x坐标|.*[_ ]lon(g|gitude)?|.*longitude.*|.*经度.*)$",
    ),
    (
        "lat",
        r"^(lat|latitude|y|north|northing|纬度|北纬|纵坐标|lat_?dd|y坐标|.*[_ ]lat(itude)?|.*latitude.*|.*纬度.*)$",
    ),
    (
        "name_zh",
        r"^(name_?zh|name_?cn|中文名(称)?|矿床名称|矿区名称|矿山名称|项目名称|企业名称|名称|矿产地名称|矿产地名|工程名称)$",
    ),
    (
        "name_en",
        r"^(name|name_?en|dep(osit)?_?name|site_?name|mine_?name|plant_?name|project_?name|deposit|mine|site|project|英文名(称)?)$",
    ),
    ("aliases", r"^(alias(es)?|other_?names?|name_?other|别名|曾用名|又名)$"),
    ("country", r"^(country|nation|国家|国别|所在国家?)$"),
    (
        "division",
        r"^(state|province|division|region|admin_?1|adm1|state_?prov(ince)?|省|省份|省区|所在省(份|区)?|行政区|省级行政区)$",
    ),
    (
        "commodities",
        r"^(commodit(y|ies)|commod|mineral|metals?|main_?commodity|primary_?commodity|矿种|主矿种|主要矿种|矿产|矿产种类)$",
    ),
    (
        "by_products",
        r"^(by_?products?|secondary_?commodit(y|ies)|minor_?commodit(y|ies)|co_?products?|共伴生矿种?|伴生矿(种|产)?|共生矿(种|产)?)$",
    ),
    ("deposit_model", r"^(dep(osit)?_?(type|model)|model|type|矿床类型|成因类型|工业类型)$"),
    ("product", r"^(products?|产品|主要产品|产品名称)$"),
    ("capacity", r"^(capacity.*|.*capacity|.*产能.*|.*生产能力.*|.*设计规模.*|.*建设规模.*)$"),
    ("capacity_unit", r"^(capacity_?units?|units?|产能单位|单位|规模单位)$"),
    (
        "status",
        r"^(status|state_?of_?(operation|project)|op(erating)?_?status|项目状态|状态|生产状态|开发状态|建设状态|利用现状)$",
    ),
    ("facility_types", r"^(facility(_?types?)?|site_?type|asset_?type|plant_?type|设施类型|企业类型|工厂类型)$"),
    ("owner", r"^(owner|company|operator|业主|企业|公司|建设单位|权利人|矿业权人|矿权人)$"),
    ("share", r"^(share|share_?pct|equity|interest|ownership_?pct|股比|持股比例|权益)$"),
    ("stage", r"^(stage|exploration_?stage|勘查阶段|勘查程度|工作程度)$"),
    ("discovery_year", r"^(discover(y|ed)(_?year)?|year_?of_?discovery|disc_?yr|发现年份|发现时间)$"),
    ("information_date", r"^(information_?date|as_?of|year|date|数据年份|统计年份|年份|截止日期|统计时间)$"),
    (
        "category",
        r"^(category|class|resource_?class|res(erve)?_?cat(egory)?|资源量类别|资源储量类型|储量类别|类别|资源量类型)$",
    ),
    ("note_en", r"^(notes?|remarks?|comments?)$"),
    ("note_zh", r"^(备注|说明)$"),
    (
        "ore",
        r"^(ore|tonnage|ore_?tonnage|ore_?t|resource(_?tonnage)?|矿石量|资源量|储量|保有资源(储)?量|查明资源(储)?量|累计查明.*)$",
    ),
)
METALS = {
    "copper": ("cu", "copper", "铜"),
    "lithium": ("li", "lithium", "锂", "li2o", "氧化锂", "licl", "氯化锂"),
    "nickel": ("ni", "nickel", "镍"),
    "cobalt": ("co", "cobalt", "钴"),
    "tin": ("sn", "tin", "锡"),
    "bauxite": ("bauxite", "铝土矿", "al2o3", "氧化铝"),
    "gold": ("au", "gold", "金"),
    "silver": ("ag", "silver", "银"),
    "molybdenum": ("mo", "molybdenum", "钼"),
}
NO_METAL = re.compile("金属|合金")
"""Terms of a column's name in which 金 is not gold."""
BASES = {"li2o|氧化锂": "Li2O", "licl|氯化锂": "LiCl", "al2o3|氧化铝": "Al2O3"}
GRADE = re.compile(r"(grade|品位|pct|percent|含量|g_?/?_?t$|ppm)")
CONTAINED = re.compile(r"(contained|metal|金属量|氧化物量|含金属)")
UNIT_IN_NAME = re.compile(r"[(\[（【]([^)\]）】]+)[)\]）】]\s*$")
AMBIGUOUS_UNITS = frozenset({"mt", "mtpa", "oz", "koz", "ton", "tons"})
"""Texts that mean different units in different tables; resolved by case, or left to the user."""
UNIT_SUFFIX = {
    "Mt": "Mt",
    "mt": None,
    "kt": "kt",
    "t": "t",
    "pct": "%",
    "ppm": "ppm",
    "gt": "g/t",
    "tpa": "t/a",
    "ktpa": "kt/a",
}


@dataclass(slots=True)
class SampledColumn:
    """A column with its name, its unit and a sample of its cells."""

    name: str
    plain: str
    unit: str | None
    values: list[str] = field(default_factory=list)
    nulls: set[str] = field(default_factory=set)
    decimal: str = "."


def first_filled(tables: list[InputTable]) -> tuple[InputTable, list[SampledColumn], bool]:
    """Return the first table with rows, its columns with a sample of their cells, and whether it has geometry."""
    refused: FileRefused | None = None
    for table in tables:
        try:
            rows = list(islice(table.rows, SAMPLE_ROWS))
        except FileRefused as error:
            refused = refused or error
            continue
        if rows:
            columns = [
                _column(name, [row.cells[i] for row in rows if i < len(row.cells)]) for i, name in enumerate(table.columns)
            ]
            return table, [c for c in columns if c.name], any(row.geometry for row in rows)
    raise refused or FileRefused(msg("%(tables)s: has a header and no rows", tables=tables[0].file))


def _column(name: str, cells: Iterable[object]) -> SampledColumn:
    # symbols differ by case, so the unit is searched in the name as written
    written = normal(name)
    plain = written.casefold()
    match = UNIT_IN_NAME.search(written)
    unit_text = None
    if match is not None and any(unit(match[1], d) for d in ("mass", "rate", "grade")):
        unit_text, plain = match[1], written[: match.start()].strip().casefold()
    elif match is not None and match[1].casefold() in AMBIGUOUS_UNITS:
        plain = written[: match.start()].strip().casefold()
    else:
        parts = re.split(r"[_ ]", re.sub("g_t$", "gt", written, flags=re.IGNORECASE))
        suffix = parts[-1] if parts[-1] in UNIT_SUFFIX else parts[-1].casefold()
        if len(parts) > 1 and suffix in UNIT_SUFFIX:
            unit_text, plain = UNIT_SUFFIX[suffix], "_".join(parts[:-1]).casefold()
    found = SampledColumn(name, plain, unit_text)
    for cell in cells:
        text = "" if cell is None else text_of(cell)
        if text in SENTINELS or (text in DEFAULT_NULLS and text):
            found.nulls.add(text)
        elif text:
            found.values.append(text)
    return found


def detect_decimal_marks(columns: list[SampledColumn]) -> None:
    """Set the decimal mark of each column; a placeholder if ``1,234`` is ambiguous and no other column decides."""
    possible: dict[str, set[str]] = {}
    for column in columns:
        marked = [v for v in column.values[:200] if "," in v or "." in v]
        if marked and is_numeric(column):
            possible[column.name] = {mark for mark in ".," if all(_readable(v, mark) for v in marked)}
    comma = any(marks == {","} for marks in possible.values()) and not any(marks == {"."} for marks in possible.values())
    for column in columns:
        marks = possible.get(column.name, {"."})
        if marks == {","} or (comma and "," in marks):
            column.decimal = ","
        elif len(marks) == 2 and any("," in v for v in column.values[:200]):
            column.decimal = PLACEHOLDER


def _readable(value: str, mark: str) -> bool:
    try:
        number(value, mark)
    except Unreadable:
        return False
    return True


def assign_columns(columns: list[SampledColumn]) -> tuple[dict[str, SampledColumn], list[SampledColumn]]:
    """Return each field's column by patterns of names, then by content; and the remaining columns."""
    by_field: dict[str, SampledColumn] = {}
    rest = list(columns)
    for name, pattern in FIELDS:
        for column in rest:
            plain = column.plain.replace(" ", "_")
            if re.fullmatch(pattern, plain) and detect_metal(column) is None and name not in by_field:
                by_field[name] = column
                rest.remove(column)
                break
    for name, vocabulary_name in (("commodities", "commodity"), ("country", "country"), ("status", "status")):
        if name not in by_field:
            for column in rest:
                if len(column.values) > 2 and share_known(column, vocabulary(vocabulary_name)) > 0.8:
                    by_field[name] = column
                    rest.remove(column)
                    break
    named = by_field.get("name_en")
    if named is not None and "name_zh" not in by_field and share_chinese(named) > 0.5:
        by_field["name_zh"] = by_field.pop("name_en")
    return by_field, rest


def detect_metal(column: SampledColumn) -> str | None:
    """Return the metal of a column of grades or contained amounts by its name, None if it names none."""
    if not (GRADE.search(column.plain) or CONTAINED.search(column.plain) or column.unit):
        return None
    plain = NO_METAL.sub("", column.plain)
    for code, terms in METALS.items():
        if any(re.search(rf"(^|[^a-z]){re.escape(term)}([^a-z]|$)", plain) for term in terms):
            return code
    return None


def share_known(column: SampledColumn, known: Vocabulary) -> float:
    """Return the share (0 to 1) of a column's terms that a vocabulary has."""
    terms = [term.strip() for v in column.values[:200] for term in re.split("[,;、/，]", v) if term.strip()]
    return sum(known.find(term) is not None for term in terms) / max(len(terms), 1)


def share_chinese(column: SampledColumn) -> float:
    """Return the share (0 to 1) of a column's values with a Chinese character."""
    return sum(bool(re.search(r"[\u4e00-\u9fff]", v)) for v in column.values[:200]) / max(len(column.values[:200]), 1)


def detect_kind(by_field: dict[str, SampledColumn]) -> str | None:
    """Return the kind of record that a table's recognised fields imply, None if they imply none."""
    if by_field.keys() & {"capacity", "product", "facility_types"}:
        return "project"
    if by_field.keys() & {"ore", "category", "deposit_model", "discovery_year"}:
        return "deposit"
    return "discovery" if "stage" in by_field else None


def basis_entry(column: SampledColumn, dimension: str) -> str:
    """Return the entry for the basis of a figure by the column's name: none for a plain grade, a placeholder for an oxide."""
    for pattern, basis in BASES.items():
        if re.search(pattern, column.plain):
            return f", basis: {basis}"
    if dimension == "grade":
        return ""
    return f', basis: "{PLACEHOLDER}"' if re.search("氧化|oxide", column.plain) else ", basis: metal"


def is_numeric(column: SampledColumn) -> bool:
    """Return whether more than four in five of a column's values are numbers."""
    good = 0
    for value in column.values[:200]:
        good += _readable(value, ".") or _readable(value, ",")
    return good > 0.8 * max(len(column.values[:200]), 1)
