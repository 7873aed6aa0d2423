"""A commented mapping for a user's own table: columns told by name, content and unit; what can't be told is asked.

A question stands in the mapping as the value ``"?"``; a mapping with one unanswered is refused when it is used.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import yaml

from lodedata import crs
from lodedata.cells import Unreadable, degrees, normal, number
from lodedata.mapping.compiled import estimate_category
from lodedata.mapping.fields import text_of
from lodedata.mapping.model import DEFAULT_NULLS, QUESTION
from lodedata.read import FileRefused, Table, open_tables
from lodedata.read.sniff import told
from lodedata.units import unit
from lodedata.vocab import Vocabulary, fold, vocabulary

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
    ("as_of", r"^(as_?of|year|date|数据年份|统计年份|年份|截止日期|统计时间)$"),
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
"""Words of a column's name in which 金 is not gold."""
BASES = {"li2o|氧化锂": "Li2O", "licl|氯化锂": "LiCl", "al2o3|氧化铝": "Al2O3"}
GRADE = re.compile(r"(grade|品位|pct|percent|含量|g_?/?_?t$|ppm)")
CONTAINED = re.compile(r"(contained|metal|金属量|氧化物量|含金属)")
UNIT_IN_NAME = re.compile(r"[(\[（【]([^)\]）】]+)[)\]）】]\s*$")
AMBIGUOUS_UNITS = frozenset({"mt", "mtpa", "oz", "koz", "ton", "tons"})
"""What some write for one unit and some for another; told by its case or asked."""
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
class Found:
    """A column with what its name and cells tell."""

    name: str
    plain: str
    unit: str | None
    values: list[str] = field(default_factory=list)
    nulls: set[str] = field(default_factory=set)
    decimal: str = "."


def suggestion(path: Path) -> str:
    """The text of a mapping for a file's first table that has rows. Raises FileRefused."""
    tables = open_tables(path)
    table, columns, geometry = _fullest(tables)
    by_field, rest = _assigned(columns)
    _tell_decimals([*by_field.values(), *rest])
    kind = _kind(by_field)
    lines = [*_head(path, table, tables), *_table_lines(path, table, columns)]
    lines += _key_lines(by_field, columns)
    lines += _kind_lines(kind)
    lines += _name_lines(by_field)
    lines += _position_lines(by_field, table, geometry)
    lines += _place_lines(by_field)
    lines += _commodity_lines(by_field, rest)
    lines += _deposit_lines(by_field, rest, kind) if kind != "project" else _project_lines(by_field)
    used = {c.name for c in columns} - {c.name for c in rest}
    lines += _ignored_lines([c for c in rest if not any(f"{_q(c.name)}" in line for line in lines) and c.name not in used])
    return "\n".join(lines) + "\n"


def _fullest(tables: list[Table]) -> tuple[Table, list[Found], bool]:
    """The first table with rows, its columns with a sample of their cells, and whether it has geometry."""
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
    raise refused or FileRefused(f"{tables[0].file}: has a header and no rows")


def _column(name: str, cells: Iterable[object]) -> Found:
    # symbols are told by their case, so the unit is looked for in the name as it is written
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
    found = Found(name, plain, unit_text)
    for cell in cells:
        text = "" if cell is None else text_of(cell)
        if text in SENTINELS or (text in DEFAULT_NULLS and text):
            found.nulls.add(text)
        elif text:
            found.values.append(text)
    return found


def _tell_decimals(columns: list[Found]) -> None:
    """Set the decimal mark of each column; a question where ``1,234`` may be read either way and no other column tells."""
    told: dict[str, set[str]] = {}
    for column in columns:
        marked = [v for v in column.values[:200] if "," in v or "." in v]
        if marked and _is_numeric(column):
            told[column.name] = {mark for mark in ".," if all(_readable(v, mark) for v in marked)}
    comma = any(marks == {","} for marks in told.values()) and not any(marks == {"."} for marks in told.values())
    for column in columns:
        marks = told.get(column.name, {"."})
        if marks == {","} or (comma and "," in marks):
            column.decimal = ","
        elif len(marks) == 2 and any("," in v for v in column.values[:200]):
            column.decimal = QUESTION


def _readable(value: str, mark: str) -> bool:
    try:
        number(value, mark)
    except Unreadable:
        return False
    return True


def _assigned(columns: list[Found]) -> tuple[dict[str, Found], list[Found]]:
    """Each field's column by the names' patterns, then by content; and the columns left over."""
    by_field: dict[str, Found] = {}
    rest = list(columns)
    for name, pattern in FIELDS:
        for column in rest:
            plain = column.plain.replace(" ", "_")
            if re.fullmatch(pattern, plain) and _metal_of(column) is None and name not in by_field:
                by_field[name] = column
                rest.remove(column)
                break
    for name, vocabulary_name in (("commodities", "commodity"), ("country", "country"), ("status", "status")):
        if name not in by_field:
            for column in rest:
                if len(column.values) > 2 and _share_known(column, vocabulary(vocabulary_name)) > 0.8:
                    by_field[name] = column
                    rest.remove(column)
                    break
    named = by_field.get("name_en")
    if named is not None and "name_zh" not in by_field and _share_chinese(named) > 0.5:
        by_field["name_zh"] = by_field.pop("name_en")
    return by_field, rest


def _metal_of(column: Found) -> str | None:
    """The metal that a column of grades or contained amounts is about, by its name."""
    if not (GRADE.search(column.plain) or CONTAINED.search(column.plain) or column.unit):
        return None
    plain = NO_METAL.sub("", column.plain)
    for code, words in METALS.items():
        if any(re.search(rf"(^|[^a-z]){re.escape(w)}([^a-z]|$)", plain) for w in words):
            return code
    return None


def _share_known(column: Found, known: Vocabulary) -> float:
    words = [w.strip() for v in column.values[:200] for w in re.split("[,;、/，]", v) if w.strip()]
    return sum(known.find(word) is not None for word in words) / max(len(words), 1)


def _share_chinese(column: Found) -> float:
    return sum(bool(re.search(r"[\u4e00-\u9fff]", v)) for v in column.values[:200]) / max(len(column.values[:200]), 1)


def _kind(by_field: dict[str, Found]) -> str | None:
    if by_field.keys() & {"capacity", "product", "facility_types"}:
        return "project"
    if by_field.keys() & {"ore", "category", "deposit_model", "discovery_year"}:
        return "deposit"
    return "discovery" if "stage" in by_field else None


def _q(text: str) -> str:
    """A text as YAML writes it in one line."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


def _head(path: Path, table: Table, tables: list[Table]) -> list[str]:
    name = re.sub(r"[^a-z0-9]+", "-", fold(path.stem)).strip("-") or "my-table"
    lines = [
        f"# A mapping for {path.name}, suggested from its columns and first rows. Read it through before you use it:",
        "#     lode import --mapping THIS_FILE " + path.name + " --dry-run",
        '# Each "?" is a question that only you can answer; the mapping is refused until none is left.',
        "",
        f"name: {_q(name[:60] if len(name) > 1 else 'table-' + name)}",
        f"title_en: {_q(path.stem)}",
        f"title_zh: {_q(path.stem)}",
        f'publisher: "{QUESTION}"          # who made the table',
        f'licence: {{id: "{QUESTION}", name: "{QUESTION}"}}     # what may be done with it, such as CC-BY-4.0, or "internal"',
        f'citation: "{QUESTION}"',
        f'version: "{QUESTION}"            # such as 2026-11',
        f'as_of: "{QUESTION}"              # the year or date that the table tells of, such as 2026',
        "",
        "tables:",
    ]
    if len(tables) > 1:
        others = ", ".join(t.part for t in tables if t is not table)
        lines.append(f"  # other tables of the file, not read: {others}")
    return lines


def _table_lines(path: Path, table: Table, columns: list[Found]) -> list[str]:
    lines = [f"  - file: {_q(path.name)}"]
    if table.part:
        lines.append(f"    part: {_q(table.part)}")
    found = told(path)
    if found.kind == "csv":
        lines.append(f"    encoding: {found.encoding}          # told from the bytes")
        lines.append(f"    delimiter: {_q(found.delimiter)}")
        lines.append(f"    header_row: {found.header_row}")
    sentinels = sorted(set().union(*(c.nulls & SENTINELS for c in columns)))
    if sentinels:
        nulls = ", ".join(_q(n) for n in (*DEFAULT_NULLS, *sentinels))
        lines.append(f"    nulls: [{nulls}]          # {', '.join(sentinels)} stands in the table for no data")
    return lines


def _key_lines(by_field: dict[str, Found], columns: list[Found]) -> list[str]:
    column = by_field.get("key")
    if column is None or len(set(column.values)) < len(column.values):
        why = f"{column.name!r} repeats itself" if column is not None else "no column names a key"
        unique = next((c for c in columns if c.values and len(set(c.values)) == len(c.values) and len(c.values) > 1), None)
        hint = f"; {unique.name!r} is different in every row looked at" if unique is not None else ""
        return [
            f"    # {why}{hint}. A key keeps a row's identity from one version of the file to the next;",
            '    # "{#}" is the number of the row, good only for a table whose rows never move.',
            f'    key: "{QUESTION}"',
        ]
    return [f"    key: {_q('{' + column.name + '}')}"]


def _kind_lines(kind: str | None) -> list[str]:
    if kind is None:
        return ["    # deposit, discovery or project?", f'    kind: {{const: "{QUESTION}"}}']
    return [f"    kind: {{const: {kind}}}          # deposit, discovery or project"]


def _name_lines(by_field: dict[str, Found]) -> list[str]:
    lines = [f"    {name}: {_q(by_field[name].name)}" for name in ("name_en", "name_zh") if name in by_field]
    if "aliases" in by_field:
        lines.append(f'    aliases: [{{column: {_q(by_field["aliases"].name)}, split: ";,，、"}}]')
    return lines or ["    # no column looks like a name; write one as name_en or name_zh"]


def _position_lines(by_field: dict[str, Found], table: Table, geometry: bool) -> list[str]:
    if geometry and table.has_geometry:
        lines = ["    position:", "      geometry: true"]
        if table.crs is None:
            return [
                *lines,
                f'      crs: "{QUESTION}"          # the file does not say its coordinate system: EPSG:4326, EPSG:4490, …',
            ]
        doubt = crs.uncertainty_m(table.crs)
        note = f"; positions in it are uncertain by {doubt:.0f} m" if doubt else ""
        shown = table.crs if len(table.crs) < 20 else "the file's own"
        return [*lines, f"      # the file's own system is {shown}{note}", *_accuracy_lines()]
    if "lon" not in by_field or "lat" not in by_field:
        return ["    # no columns look like coordinates"]
    lon, lat = by_field["lon"], by_field["lat"]
    xs, ys = _angles(lon), _angles(lat)
    northing_first = _look_like_northings(xs) and _look_like_eastings(ys)
    if northing_first:
        lon, lat, xs, ys = lat, lon, ys, xs
    lines = ["    position:", f"      lon: {_q(lon.name)}", f"      lat: {_q(lat.name)}"]
    if northing_first:
        lines.append(
            "      # as in most Chinese tables, X holds the northing and Y the easting, which is the `lon` of this mapping"
        )
    if lon.decimal != ".":
        lines.append(f"      decimal: {_q(lon.decimal)}")
    lines += _system_lines(lon, lat, xs, ys)
    return [*lines, *_accuracy_lines()]


def _system_lines(lon: Found, lat: Found, xs: list[float], ys: list[float]) -> list[str]:
    spoken = f"{lon.plain} {lat.plain}"
    for word, code in crs.SPOKEN.items():
        if word in spoken and code:
            doubt = crs.uncertainty_m(code)
            return [f"      crs: {code}          # named by the column" + (f"; uncertain by {doubt:.0f} m" if doubt else "")]
    if not xs or not ys:
        return [f'      crs: "{QUESTION}"          # the coordinates can\'t be read as numbers']
    if max(map(abs, xs)) > 400 or max(map(abs, ys)) > 400:
        return _projected_lines(xs, ys)
    if any(abs(y) > 90 for y in ys) and all(abs(x) <= 90 for x in xs):
        return [
            "      # the two columns look swapped: a latitude can't be beyond 90",
            f'      crs: "{QUESTION}"',
        ]
    return [
        "      # degrees; the datum is not told. WGS 84 and CGCS2000 agree to a metre, Xian 1980 and Beijing 1954 are",
        "      # about 100 m uncertain, GCJ-02 (most Chinese web maps) is shifted by 100 to 700 m and can't be used.",
        "      # EPSG:4326 is WGS 84, EPSG:4490 CGCS2000, EPSG:4610 Xian 1980, EPSG:4214 Beijing 1954",
        f'      crs: "{QUESTION}"',
    ]


def _projected_lines(xs: list[float], ys: list[float]) -> list[str]:
    lines = ["      # these are metres of a projected system, not degrees"]
    easting = max(xs + ys)
    if 1e7 < easting < 1e8:
        zone = int(easting // 1e6)
        if 25 <= zone <= 45:
            code = 4513 + zone - 25
            lines.append(
                f"      # the easting begins with zone {zone}: CGCS2000 3-degree Gauss-Krüger zone {zone} is EPSG:{code}"
            )
        elif 13 <= zone <= 23:
            code = 4491 + zone - 13
            lines.append(
                f"      # the easting begins with zone {zone}: 6-degree Gauss-Krüger zone {zone} of CGCS2000 is EPSG:{code}"
            )
    return [*lines, f'      crs: "{QUESTION}"          # a code such as EPSG:4527 or EPSG:32650']


def _accuracy_lines() -> list[str]:
    return [
        "      # how near the true place is, in metres; without it only the number of decimals speaks",
        "      # accuracy_m: 1000",
    ]


def _angles(column: Found) -> list[float]:
    found = []
    for value in column.values:
        try:
            found.append(degrees(value, "," if column.decimal == "," else "."))
        except Unreadable:
            return []
    return found


def _look_like_northings(values: list[float]) -> bool:
    """Whether all are metres north of the equator as far as China reaches."""
    return bool(values) and all(1.5e6 < value < 6.2e6 for value in values)


def _look_like_eastings(values: list[float]) -> bool:
    """Whether all are eastings of a Gauss-Krüger zone, with the zone's number before them or without it."""
    return bool(values) and all(1e5 < value % 1e6 < 9e5 and (value < 1e6 or 13e6 < value < 46e6) for value in values)


def _place_lines(by_field: dict[str, Found]) -> list[str]:
    lines = []
    if "country" in by_field:
        lines.append(f"    country: {_q(by_field['country'].name)}")
        lines += _unknown(by_field["country"], "country")
    elif "division" in by_field and _share_known_in(by_field["division"], "CHN") > 0.5:
        lines.append("    country: {const: CHN}          # the divisions are Chinese")
    else:
        lines.append(
            f'    country: {{const: "{QUESTION}"}}          # no column names a country; one code for all rows, such as CHN'
        )
    if "division" in by_field:
        lines.append(f"    division: {_q(by_field['division'].name)}")
    if "as_of" in by_field:
        lines.append(f"    as_of: {_q(by_field['as_of'].name)}")
    lines += [f"    {name}: {_q(by_field[name].name)}" for name in ("note_en", "note_zh") if name in by_field]
    return lines


def _share_known_in(column: Found, country: str) -> float:
    known = vocabulary("division")
    return sum(known.find(v, country) is not None for v in column.values[:200]) / max(len(column.values[:200]), 1)


def _unknown(column: Found, name: str, separators: str = "") -> list[str]:
    """A comment that lists the words of a column which its vocabulary does not know."""
    known = vocabulary(name)
    parts = (p.strip() for v in column.values for p in (re.split(f"[{re.escape(separators)}]", v) if separators else [v]))
    words = dict.fromkeys(p for p in parts if p and known.find(p) is None)
    if not words:
        return []
    listed = ", ".join(_q(w) for w in list(words)[:8])
    return [f"    # not in the vocabulary {name}: {listed}{', …' if len(words) > 8 else ''}; give each a code with `map:`"]


def _commodity_lines(by_field: dict[str, Found], rest: list[Found]) -> list[str]:
    if "commodities" not in by_field:
        metals = list(dict.fromkeys(m for c in rest if (m := _metal_of(c)) is not None))
        hint = f"; the columns speak of {', '.join(metals)}" if metals else ""
        return [
            f"    # no column names the commodity; one for all rows, such as copper{hint}",
            f'    commodities: [{{const: "{QUESTION}"}}]',
        ]
    column = by_field["commodities"]
    separators = "".join(s for s in ";,、，/+" if any(s in v for v in column.values))
    split = f", split: {_q(separators)}" if separators else ""
    lines = ["    commodities:", f"      - {{column: {_q(column.name)}{split}}}"]
    if "by_products" in by_field:
        lines.append(f'      - {{column: {_q(by_field["by_products"].name)}, split: ";,、，/", rank: by-product}}')
    return lines + _unknown(column, "commodity", separators)


def _deposit_lines(by_field: dict[str, Found], rest: list[Found], kind: str | None) -> list[str]:
    lines = []
    if "deposit_model" in by_field:
        lines += [
            f"    deposit_model: [{_q(by_field['deposit_model'].name)}]",
            *_unknown(by_field["deposit_model"], "deposit-model"),
        ]
    if "stage" in by_field:
        lines += [
            f"    exploration_stage: {_q(by_field['stage'].name)}",
            *_unknown(by_field["stage"], "exploration-stage"),
        ]
    if "discovery_year" in by_field:
        field_name = "discovery_date" if kind == "discovery" else "discovery_year"
        lines.append(f"    {field_name}: {_q(by_field['discovery_year'].name)}")
    figures = [(c, m) for c in rest if (m := _metal_of(c)) is not None and _is_numeric(c)]
    nameless = [
        c for c in rest if _metal_of(c) is None and _is_numeric(c) and (GRADE.search(c.plain) or CONTAINED.search(c.plain))
    ]
    if not figures and not nameless and "ore" not in by_field:
        return lines
    lines += ["    estimates:", *_category_lines(by_field)]
    if "ore" in by_field:
        lines.append("        # of ore; a figure of metal, oxide or salt belongs under measures as `contained`")
        lines.append(f"        ore: {_amount(by_field['ore'], 'mass')}")
    metals = list(dict.fromkeys(metal for _, metal in figures))
    if metals or nameless:
        lines.append("        measures:")
    for metal in metals:
        lines.append(f"          - commodity: {{const: {metal}}}")
        lines += _figure_lines([column for column, of in figures if of == metal], metal)
    if nameless:
        lines += [*_commodity_of_figures(by_field), *_figure_lines(nameless, "")]
    return lines


def _figure_lines(columns: list[Found], metal: str) -> list[str]:
    """The grade and the contained amount among the columns of one metal, the first of each."""
    lines: dict[str, str] = {}
    for column in columns:
        is_grade = bool(GRADE.search(column.plain)) and not CONTAINED.search(column.plain)
        told_as = "grade" if is_grade or (column.unit and unit(column.unit, "grade")) else "contained"
        amount = _amount(column, "grade" if told_as == "grade" else "mass", metal)
        lines.setdefault(told_as, f"            {told_as}: {amount}")
    return list(lines.values())


def _commodity_of_figures(by_field: dict[str, Found]) -> list[str]:
    """The commodity of figures whose columns name none: the row's own where each row names one, else a question."""
    column = by_field.get("commodities")
    if column is not None and all(vocabulary("commodity").find(value) for value in column.values):
        return [f"          - commodity: {{column: {_q(column.name)}}}"]
    return [f'          - commodity: {{const: "{QUESTION}"}}          # of which one are the figures? no column says it']


def _category_lines(by_field: dict[str, Found]) -> list[str]:
    column = by_field.get("category")
    if column is None:
        return [
            "      # which class are the figures? measured-, indicated-, inferred-mineral-resource, probable- or",
            "      # proved-ore-reserves, a combined class, or endowment for an undivided tonnage. Classes are never added up.",
            f'      - category: {{const: "{QUESTION}"}}',
        ]
    unknown = [v for v in dict.fromkeys(column.values) if estimate_category(v) is None]
    lines = [f"      - category: {_q(column.name)}"]
    if unknown:
        lines.append(f"        # not a known class: {', '.join(map(_q, unknown[:8]))}; give each a code with `map:`")
    return lines


def _amount(column: Found, dimension: str, metal: str | None = None) -> str:
    basis = _basis(column, dimension) if metal is not None else ""
    decimal = f", decimal: {_q(column.decimal)}" if column.decimal != "." else ""
    if column.unit is not None and unit(column.unit, dimension):
        return f"{{column: {_q(column.name)}, unit: {_q(column.unit)}{basis}{decimal}}}"
    asked = {"mass": "t, kt, Mt, 万吨", "rate": "t/a, kt/a, 万吨/年", "grade": "%, g/t, ppm"}[dimension]
    return f'{{column: {_q(column.name)}, unit: "{QUESTION}"{basis}{decimal}}}          # the unit is not told: {asked}'


def _basis(column: Found, dimension: str) -> str:
    """What a figure is of, by the column's name; a grade that says nothing is left so, an unnamed oxide is asked."""
    for words, basis in BASES.items():
        if re.search(words, column.plain):
            return f", basis: {basis}"
    if dimension == "grade":
        return ""
    return f', basis: "{QUESTION}"' if re.search("氧化|oxide", column.plain) else ", basis: metal"


def _is_numeric(column: Found) -> bool:
    good = 0
    for value in column.values[:200]:
        good += _readable(value, ".") or _readable(value, ",")
    return good > 0.8 * max(len(column.values[:200]), 1)


def _project_lines(by_field: dict[str, Found]) -> list[str]:
    lines = []
    if "facility_types" in by_field:
        lines += [f'    facility_types: {{column: {_q(by_field["facility_types"].name)}, split: ";,、，"}}']
        lines += _unknown(by_field["facility_types"], "facility-type", ";,、，")
    lines.append("    phases:")
    first = "      - "
    if "product" in by_field:
        lines.append(f"{first}product: {_q(by_field['product'].name)}")
        first = "        "
    if "capacity" in by_field:
        column = by_field["capacity"]
        if "capacity_unit" in by_field and column.unit is None:
            amount = f"{{column: {_q(column.name)}, unit_column: {_q(by_field['capacity_unit'].name)}}}"
        else:
            amount = _amount(column, "rate")
        lines.append(f"{first}capacity: {amount}")
        first = "        "
    if "status" in by_field:
        lines += [f"{first}status: {{column: {_q(by_field['status'].name)}}}", *_unknown(by_field["status"], "status")]
    if "owner" in by_field:
        share = f", share: {_q(by_field['share'].name)}" if "share" in by_field else ""
        lines += ["    owners:", f"      - {{name: {_q(by_field['owner'].name)}{share}}}"]
    return lines


def _ignored_lines(columns: list[Found]) -> list[str]:
    if not columns:
        return []
    lines = ["    # columns that no field was found for; they stay in the source record whatever you do here"]
    lines.append("    ignored:")
    return lines + [f'      {_q(c.name)}: "not mapped"' for c in columns]
