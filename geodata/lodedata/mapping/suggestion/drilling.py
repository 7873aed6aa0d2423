"""Suggestion for tables of drill holes: collars, surveys and intervals of one file or workbook, recognised by their columns."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.assignment import ColumnAssignment
from lodedata.mapping.suggestion.column_names import compile_names, match_columns_by_name
from lodedata.mapping.suggestion.columns import SampledColumn, parse_column_numbers
from lodedata.mapping.suggestion.draft import Draft, list_unknown_terms, quote_yaml, write_dated_entry
from lodedata.mapping.suggestion.figures import find_named_metal
from lodedata.mapping.suggestion.positions import write_position_lines
from lodedata.read import InputTable

_M = r"( ?m| metres?| meters?| 米)?"
_NAMES: Mapping[str, str] = {
    "hole_id": r"(drill ?)?hole( ?(id|no|number|name))?|bh ?id|dh ?(id|name|no)?|ddh|bore ?hole( ?(id|no|name))?"
    r"|(钻)?孔(编)?号|钻孔(编号|号|名称)|工程(编)?号|sondaje|sondeo|furo|скважина",
    "from_m": rf"(depth |sample |samp |interval |m )?from{_M}|自|从|起|起始(孔深|深度)?|(样段|采样)?(自|起)|desde|de|от",
    "to_m": rf"(depth |sample |samp |interval |m )?to{_M}|至|到|止|终止(孔深|深度)?|(样段|采样)?(至|止)|hasta|ate|до",
    "azimuth_deg": r"azi(m|muth)?( ?(deg|true|grid|mag))?|az|bearing|(开孔)?方位角?|azimut(h|e)?|азимут",
    "dip_deg": r"dip( ?deg)?|inclination|inclinacion|(开孔)?倾角|倾斜角|наклон",
    "end_m": rf"eoh( depth)?|(end|final|total|max|hole)( of hole)? ?depth{_M}|max ?depth|depth ?max|td|end of hole|length{_M}"
    r"|孔深|终孔(孔)?深度?|profundidad( total)?|глубина",
    "depth_m": rf"depth{_M}|at|survey ?depth|dist(ance)?|(测斜|测点|测量)?(孔)?深度?",
    "lon": r"(m |utm )?east(ing)?s?( m)?|x ?(collar|coord)?|me|utm ?e|lon(gitude)?|经度|东坐标|x坐标|este",
    "lat": r"(m |utm )?north(ing)?s?( m)?|y ?(collar|coord)?|mn|utm ?n|lat(itude)?|纬度|北坐标|y坐标|norte",
    "elevation_m": rf"rl{_M}|elev(ation)?{_M}|z ?(collar|coord)?|altitude|cota|(孔口)?(标高|高程)|z坐标",
    "drilling_type": r"(drill|hole) ?type|type|drill(ing)? method|(钻探|钻孔|施工)(方式|类型|方法)",
    "drilled": r"(drill(ed)?|start|end|finish|complet(ion|ed)) ?date|date( drilled| completed)?|(终孔|开孔|施工|竣工)日期",
    "operator": r"company|operator|(施工|勘查)单位",
    "project": r"project|tenement|(勘查)?项目(名称)?",
    "deposit": r"prospect|deposit|矿区(名称)?|矿床(名称)?",
    "sample": r"sample( ?(id|no|number))?|samp ?id|样(品)?(编)?号",
    "lithology_code": r"lith(o|ology)? ?code|rock ?code|岩性代码",
    "lithology": r"lith(o|ology)?|rock( ?type)?( 1)?|岩性(名称)?|岩石名称",
    "survey_method": r"(survey )?(method|tool|instrument)|测斜(方法|仪器)",
}
_DEPTHS = frozenset({"from_m", "to_m", "azimuth_deg", "dip_deg", "end_m", "depth_m", "lon", "lat", "elevation_m"})
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "drill_hole": (
        *("elevation_m", "end_m", "azimuth_deg", "dip_deg"),
        *("drilling_type", "drilled", "operator", "project", "deposit"),
    ),
    "drill_survey": ("depth_m", "azimuth_deg", "dip_deg", "survey_method"),
    "drill_interval": ("from_m", "to_m", "sample", "lithology", "lithology_code"),
}
_GRADES = re.compile(r"[A-Za-z0-9]+[_ ([（]+(?P<unit>pct|perc|ppm|ppb|gpt|%|g/t)[)\]）]?", re.IGNORECASE)
"""Names of columns of grades that a pattern can divide into element or oxide and unit."""


@lru_cache(maxsize=1)
def _compile_patterns() -> dict[str, re.Pattern[str]]:
    return compile_names(_NAMES)


def drill_columns(columns: list[SampledColumn]) -> dict[str, SampledColumn]:
    """Return the column of each field of a table of drill holes that names it; depths and angles are numbers."""
    return match_columns_by_name(columns, _compile_patterns(), lambda field, column: field not in _DEPTHS or column.numeric)


def drill_kind(column_by_field: Mapping[str, SampledColumn]) -> str | None:
    """Return the kind of a table by its columns, None for a table of something else."""
    if "hole_id" not in column_by_field:
        return None
    if column_by_field.keys() >= {"from_m", "to_m"}:
        return "drill_interval"
    if column_by_field.keys() >= {"lon", "lat"}:
        return "drill_hole"
    return (
        "drill_survey"
        if column_by_field.keys() >= {"azimuth_deg", "dip_deg"} and column_by_field.keys() & {"depth_m", "end_m"}
        else None
    )


def drill_lines(
    file: str, sampled: Sequence[tuple[InputTable, list[SampledColumn], list[bytes]]], heads: Sequence[Sequence[str]]
) -> list[str] | None:
    """Return the lines of the tables of drill holes among those of a file, None if there are none.

    ``heads`` are further lines of each table, such as the encoding of its text. A line lists the tables that are not read.
    """
    lines, others = [], []
    for (table, columns, _), head in zip(sampled, heads, strict=True):
        column_by_field = drill_columns(columns)
        kind = drill_kind(column_by_field)
        if kind is None:
            others.append(table.part)
            continue
        part = [f"    part: {quote_yaml(table.part)}"] if table.part else []
        lines += [f"  - file: {quote_yaml(file)}", *part, *head, *_write_table_lines(kind, table, columns, column_by_field)]
    if not lines:
        return None
    listed = ", ".join(quote_yaml(name)[1:-1] for name in others if name)
    comment = [f"  # other tables of the file, not read: {listed}"] if listed else []
    return ["tables:", *comment, *lines]


def _write_table_lines(
    kind: str, table: InputTable, columns: list[SampledColumn], column_by_field: Mapping[str, SampledColumn]
) -> list[str]:
    named = dict(column_by_field)
    if kind == "drill_survey":
        named.setdefault("depth_m", named.get("end_m", named["hole_id"]))
    else:
        named.setdefault("end_m", named.get("depth_m", named["hole_id"]))
        if named["end_m"] is named["hole_id"]:
            del named["end_m"]
    assigned = ColumnAssignment(by_field={name: named[name] for name in ("lon", "lat") if name in named})
    draft = Draft(assigned, columns, used={named["hole_id"].name})
    lines = [
        *_write_key_lines(kind, columns, named),
        f"    kind: {{const: {kind}}}",
        f"    hole_id: {quote_yaml(named['hole_id'].name)}",
    ]
    if kind == "drill_hole":
        lines += write_position_lines(draft, table, [])
        lines.append(f'    country: {{const: "{PLACEHOLDER}"}}          # one code for all rows, such as CHL')
    for name in _PLAIN[kind]:
        if name in named and named[name].name not in draft.used:
            lines += _write_field_lines(name, named[name])
            draft.used.add(named[name].name)
    if kind == "drill_interval":
        lines += _write_grade_lines(draft)
    return [*lines, *_write_ignored_lines(draft)]


def _write_key_lines(kind: str, columns: list[SampledColumn], named: Mapping[str, SampledColumn]) -> list[str]:
    hole = f"{{{named['hole_id'].name}}}"
    if kind == "drill_hole":
        return [f"    key: {quote_yaml(hole)}"]
    if kind == "drill_survey":
        depth = f"{hole} {{{named['depth_m'].name}}}"
        return [f"    key: {quote_yaml(depth)}", "    repeated_keys: number"]
    span = f"{hole} {{{named['from_m'].name}}}-{{{named['to_m'].name}}}"
    others = {column.name for column in named.values()}
    has_grades = any(_is_grade(column) for column in columns if column.name not in others)
    key = f"{span} {{analyte?}}" if has_grades else f"{span} rock"
    return [f"    key: {quote_yaml(key)}", "    repeated_keys: number"]


def _is_grade(column: SampledColumn) -> bool:
    return _GRADES.fullmatch(column.name) is not None or (column.numeric and find_named_metal(column) is not None)


def _write_field_lines(name: str, column: SampledColumn) -> list[str]:
    field = "depth_m" if name == "end_m" else name
    decimal = f", decimal: {quote_yaml(column.decimal)}" if column.decimal != "." else ""
    if name == "drilled":
        return [f"    {field}: {write_dated_entry(column)}"]
    if name == "drilling_type":
        unknown_terms = list_unknown_terms([column], "exploration-activity-type")
        return [
            f"    {field}: {quote_yaml(column.name)}",
            *unknown_terms,
            f"    drilling_type_reported: {quote_yaml(column.name)}",
        ]
    lines = [f"    {field}: " + (f"{{column: {quote_yaml(column.name)}{decimal}}}" if decimal else quote_yaml(column.name))]
    return [*lines, *_sign_lines(column)] if name == "dip_deg" else lines


def _sign_lines(column: SampledColumn) -> list[str]:
    """Return the line of the sign of dips: negative downward if none is positive, else an open value."""
    dips = parse_column_numbers(column)
    if dips and max(dips) <= 0:
        return ["    dip_sign: negative-down          # no dip is positive"]
    largest = max(dips, default=0.0)
    return [f'    dip_sign: "{PLACEHOLDER}"          # negative-down or positive-down? {largest:g} is among the dips']


def _write_grade_lines(draft: Draft) -> list[str]:
    """Return the lines of columns of grades as rows: one for each element or oxide, with the unit that its column names."""
    grades = [column for column in draft.columns if column.name not in draft.used and _GRADES.fullmatch(column.name)]
    if grades:
        draft.used.update(column.name for column in grades)
        units = dict.fromkeys(match["unit"] for column in grades if (match := _GRADES.fullmatch(column.name)))
        plain = {"pct": "%", "perc": "%", "gpt": "g/t"}
        mapped = ", ".join(f"{unit}: {quote_yaml(plain[unit.lower()])}" for unit in units if unit.lower() in plain)
        entry = f", units: {{{mapped}}}" if mapped else ""
        decimal = next((f", decimal: {quote_yaml(grade.decimal)}" for grade in grades if grade.decimal != "."), "")
        pattern = rf"(?P<analyte>[A-Za-z0-9]+)[_ ([（]+(?P<unit>{'|'.join(units)})[)\]）]?"
        return [
            f"    unpivot: {{pattern: '{pattern}', value: grade}}",
            "    analyte: analyte",
            f"    grade_pct: {{column: grade, unit_column: unit{entry}{decimal}, unreadable: flag}}",
        ]
    metals = [column for column in draft.columns if column.name not in draft.used and _is_grade(column)]
    if not metals:
        return []
    draft.used.update(column.name for column in metals)
    shared = {column.unit for column in metals}
    unit = shared.pop() if len(shared) == 1 else None
    note = "" if unit is not None else "          # the unit of all of them, such as %, ppm, g/t"
    pattern = "|".join(re.escape(column.name) for column in metals)
    return [
        f"    unpivot: {{pattern: '(?P<analyte>{pattern})', value: grade}}",
        "    analyte: analyte",
        f"    grade_pct: {{column: grade, unit: {quote_yaml(unit or PLACEHOLDER)}, unreadable: flag}}{note}",
    ]


def _write_ignored_lines(draft: Draft) -> list[str]:
    left = [column for column in draft.columns if column.name not in draft.used]
    return ["    ignored:", *(f'      {quote_yaml(column.name)}: "not mapped"' for column in left)] if left else []
