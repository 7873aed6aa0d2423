"""Recognition of a table of mining rights by the names of its columns, and the lines of its fields."""

import re
from collections.abc import Mapping
from functools import lru_cache

from lodedata.figures.units import parse_unit
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.column_names import REMARK, compile_names, match_columns_by_name
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import compute_date_share, holds_rings, names_a_right, names_companies, share_known
from lodedata.mapping.suggestion.draft import Draft, list_unknown_terms, quote_yaml, write_dated_entry
from lodedata.vocab import load_vocabulary

_KNOWN_STATUS = 0.4
KNOWN_KIND = 0.6
"""The share of a column's texts that are kinds of rights, from which it is that column whatever its name."""
SURE, POSSIBLE = 5, 3
"""The weights from which a table is one of rights, and from which the suggestion leaves the kind open."""
_RIGHT = "(licen[cs]e|permit|tenement|concession|claim|title|right)"
_NAMES: Mapping[str, tuple[int, str]] = {
    "right_kind": (
        2,
        rf"{_RIGHT}s? (type|kind|category)|type of {_RIGHT}|tipo (de )?(derecho|concesion|titulo|licencia)|fase"
        r"|(矿业)?权(利)?类型|许可证类型|вид (лицензии|пользования)|type (de )?titre",
    ),
    "valid_to": (
        2,
        r"expir\w*( date| on)?|end ?date|date of expiry|valid (to|until)|vencimiento|fecha (de )?vencimiento|validade"
        r"|(fecha (de )?)?caducidad|срок действия до"
        r"|有效期限? ?(止|至)|到期(日|日期|时间)|(дата )?(окончания|срок действия)( лицензии| действия)?"
        r"|date d ?expiration|ablauf\w*",
    ),
    "valid_from": (
        1,
        r"(date )?(grant(ed)?|issued?|award(ed)?)( ?date| on)?|valid from|data (de )?(outorga|concessao)"
        r"|fecha (de )?(inicio|otorgamiento|concesion|titulo|formulacion)|有效期限? ?(起|自)|发证(日期|时间)"
        r"|дата (выдачи|регистрации)( лицензии)?|date d ?octroi",
    ),
    "right_no": (
        2,
        r"tenid|rol( nacional)?|(n|no|nº|num|numero) (de )?registro"
        rf"|{_RIGHT} ?(no|nr|num|number|id|code)?|expediente|(numero|n) expediente|codigo ?u(nico)?|processo"
        r"|许可证(号|编号)|((номер|серия номер|no|n) )?лицензии|лицензия|numero (du )?titre",
    ),
    "holder": (
        2,
        rf"{_RIGHT}? ?holders?\d?|titular(es)?|tit concess?|concesionario|licensee|requerente|(采|探)?矿(业)?权人"
        r"|недропользователь|владелец( лицензии)?|titulaire|inhaber",
    ),
    "area_km2_reported": (
        1,
        r"(area|surface|superficie|hectares?|hectareas?|extension|(矿区)?面积|площадь|flache).*|ha|legal area",
    ),
}
"""The weight of each field and its names, as a pattern of the folded name without its unit."""
_TITLE = re.compile(
    r"(?i)tenement|cadastr|catastro|concesion|concession|mining.?right|licen[cs]e|claims?\b|矿业权|采矿权|探矿权|лиценз"
    r"|пользовани\w* недр|участк\w* недр|titres?.miniers"
)
_KINDS = {
    "exploration": r"探矿权|勘查许可|exploration|prospecting|exploración",
    "mining": r"采矿权|采矿许可|mining (right|lease)",
}
"""Kinds of rights, and the texts of a title that state them."""
_OF_OTHER_KINDS = {"holder": "owner", "valid_from": "start", "valid_to": "end", "right_kind": "facility_types"}
"""Fields of other kinds whose names a table of rights uses."""
_DATES = ("valid_from", "valid_to")
MIN_DATES = 0.7
"""Share of the cells of a column that are dates, from which it is a column of dates."""
_INFORMATION = re.compile(r"inform|updat|as of|actuali|atuali|更新|обновл")


@lru_cache(maxsize=1)
def _compile_patterns() -> dict[str, re.Pattern[str]]:
    return compile_names({name: pattern for name, (_, pattern) in _NAMES.items()})


def find_right_columns(columns: list[SampledColumn]) -> dict[str, SampledColumn]:
    """Return the column of each field of a right that a table names; a column of dates holds dates."""
    column_by_field = match_columns_by_name(columns, _compile_patterns(), _fits)
    taken = {column.name for column in column_by_field.values()}
    if "right_kind" not in column_by_field:
        kinds = (c for c in columns if c.name not in taken and c.distinct and share_known(c, "right-kind", "") > KNOWN_KIND)
        named_columns = (c for c in columns if c.name not in taken and names_a_right(c) and not c.unique)
        if (kind := next(kinds, None) or next(named_columns, None)) is not None:
            column_by_field["right_kind"] = kind
    return column_by_field


def choose_right_columns(draft: Draft) -> dict[str, SampledColumn]:
    """Return the column of each field of a right: those that a person chose, else those that the table names."""
    by_field = draft.assigned.by_field
    if draft.assigned.is_chosen:
        return {name: by_field[name] for name in _NAMES if name in by_field}
    return find_right_columns(draft.columns)


def map_right_fields(draft: Draft) -> dict[str, str]:
    """Return the field of a right that each of its columns is read as, by the name of the column."""
    right_columns = choose_right_columns(draft)
    for name, resembles in _OF_OTHER_KINDS.items():
        if name not in right_columns and resembles in draft.assigned.by_field:
            right_columns[name] = draft.assigned.by_field[resembles]
    return {column.name: name for name, column in reversed(right_columns.items())}


def names_field(field: str, column: SampledColumn) -> bool:
    """Return whether the heading of a column is a name of a field of a right."""
    pattern = _compile_patterns().get(field)
    return pattern is not None and pattern.fullmatch(" ".join(re.findall(r"[^\W_]+", column.plain))) is not None


def _fits(field: str, column: SampledColumn) -> bool:
    if field in _DATES:
        return compute_date_share(column) >= MIN_DATES
    return field != "area_km2_reported" or column.numeric


def compute_right_weight(columns: list[SampledColumn], title: str) -> int:
    """Return the weight of what speaks for a table of rights: the fields that its columns name, and its title."""
    right_columns = find_right_columns(columns)
    rings = any(map(holds_rings, columns))
    return sum(_NAMES[name][0] for name in right_columns) + 2 * names_rights(title) + 2 * rings


def names_rights(title: str) -> bool:
    """Return whether a title is that of a table of rights."""
    return _TITLE.search(title) is not None


def write_stated_kind_lines(title: str) -> list[str]:
    """Return the line of the kind of right that a title alone states, none if it states none or two."""
    codes = [code for code, pattern in _KINDS.items() if re.search(pattern, title.casefold())]
    return [f"    right_kind: {{const: {codes[0]}}}          # as the title says"] if len(codes) == 1 else []


def keep_for_rights(draft: Draft) -> None:
    """Leave to a right the columns that resemble fields of other kinds: dates of its term, and coordinates of a point.

    Its number is its key if no two rows have the same.
    """
    right_columns = choose_right_columns(draft)
    by_field = draft.assigned.by_field
    information = by_field.get("information_date")
    if information is not None and not _INFORMATION.search(information.plain):
        del by_field["information_date"]
    for name in ("lon", "lat"):
        by_field.pop(name, None)
    number = right_columns.get("right_no")
    if number is not None and number.unique and number.filled:
        by_field["key"] = number
    for name in ("name_en", "name_zh"):
        column = by_field.get(name)
        if "holder" not in right_columns and "owner" not in by_field and column is not None and names_companies(column):
            # the only name in a register of rights is the holder's where it is a company's
            by_field["owner"] = by_field.pop(name)


def write_right_lines(draft: Draft, title: str) -> list[str]:
    """Return the lines of the fields of a mining right, with the kind that the title states where no column does."""
    right_columns = choose_right_columns(draft)
    for name, resembles in _OF_OTHER_KINDS.items():
        column = draft.assigned.by_field.get(resembles)
        if name not in right_columns and column is not None and column.name not in draft.used:
            right_columns[name] = column
    lines = [] if "right_kind" in right_columns else write_stated_kind_lines(title)
    for name, column in right_columns.items():
        draft.used.add(column.name)
        if name in _DATES:
            lines.append(f"    {name}: {write_dated_entry(column)}")
        elif name == "area_km2_reported":
            lines.append(f"    {name}: {write_area_entry(draft, column)}")
        elif name == "right_kind":
            lines += _write_kind_lines(column)
            lines.append(f"    right_kind_reported: {quote_yaml(column.name)}")
        else:
            lines.append(f"    {name}: {quote_yaml(column.name)}")
    status = _find_status_column(draft)
    if status is not None:
        lines += [f"    status: {quote_yaml(status.name)}", *list_unknown_terms([status], "right-status")]
        lines.append(f"    status_reported: {quote_yaml(status.name)}")
    return lines


def _write_kind_lines(column: SampledColumn) -> list[str]:
    """Return the lines of the kind of right; a text with a remark in brackets is the kind before it."""
    terms = load_vocabulary("right-kind")
    remarked = {
        value: term.code
        for value in dict.fromkeys(column.values)
        if terms.find(value) is None and (term := terms.find(REMARK.sub("", value))) is not None
    }
    if not remarked:
        return [f"    right_kind: {quote_yaml(column.name)}", *list_unknown_terms([column], "right-kind")]
    entries = ", ".join(f"{quote_yaml(value)}: {code}" for value, code in remarked.items())
    mapped = f"{{column: {quote_yaml(column.name)}, map: {{{entries}}}}}"
    line = f"    right_kind: {mapped}          # without the remarks in brackets"
    return [line, *list_unknown_terms([column], "right-kind", mapped=remarked)]


def _find_status_column(draft: Draft) -> SampledColumn | None:
    """Return the column of the status: that of its name, else one whose texts are those of a right's status."""
    status = draft.take("status")
    if status is None:
        status = next((c for c in draft.columns if c.distinct and share_known(c, "right-status", "") > _KNOWN_STATUS), None)
        draft.used |= set() if status is None else {status.name}
    return status


def write_area_entry(draft: Draft, column: SampledColumn) -> str:
    """Return the entry of an area: its column with the unit of its name or of a column of units, else an open one."""
    unit_name, comment = find_area_unit(column)
    units = draft.assigned.by_field.get("unit")
    of_unit = f"unit: {unit_name}"
    if comment and units is not None:
        draft.used.add(units.name)
        of_unit, comment = f"unit_column: {quote_yaml(units.name)}", ""
    decimal = f", decimal: {quote_yaml(column.decimal)}" if column.decimal != "." else ""
    return f"{{column: {quote_yaml(column.name)}, {of_unit}{decimal}}}{comment}"


def find_area_unit(column: SampledColumn) -> tuple[str, str]:
    """Return the unit of an area, and a comment where it is open."""
    text = f"{column.plain} {column.name.casefold()}"
    if re.search(r"(?<![a-z])ha(?![a-z])|hect|公顷|га", text):
        return "ha", ""
    if re.search(r"km|平方公里|平方千米|км", text):
        return "km2", ""
    stated = column.unit if column.unit is not None and parse_unit(column.unit, "area") is not None else None
    return (stated, "") if stated is not None else (quote_yaml(PLACEHOLDER), "          # ha, km2 or m2")
