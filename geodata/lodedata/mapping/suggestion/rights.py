"""Recognition of a table of mining rights by the names of its columns, and the lines of its fields."""

import re
from collections.abc import Mapping
from functools import lru_cache

from lodedata.figures.units import unit
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import date_share, share_known
from lodedata.mapping.suggestion.draft import Draft, dated_entry, quoted, unknown_terms

_KNOWN_STATUS = 0.4
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
        r"expir\w*( date| on)?|date of expiry|valid (to|until)|vencimiento|fecha (de )?vencimiento|validade|caducidad"
        r"|有效期(止|至|限止)|到期(日|日期|时间)|(дата )?(окончания|срок действия)( лицензии| действия)?"
        r"|date d ?expiration|ablauf\w*",
    ),
    "valid_from": (
        1,
        r"(date )?(grant(ed)?|issued?|award(ed)?)( date| on)?|valid from|data (de )?(outorga|concessao)"
        r"|fecha (de )?(inicio|otorgamiento|concesion|titulo|formulacion)|有效期(起|自)|发证(日期|时间)"
        r"|дата (выдачи|регистрации)( лицензии)?|date d ?octroi",
    ),
    "right_no": (
        2,
        rf"{_RIGHT} ?(no|nr|num|number|id|code)?|expediente|(numero|n) expediente|codigo ?u(nico)?|processo"
        r"|许可证(号|编号)|(номер|серия номер) лицензии|лицензия|numero (du )?titre",
    ),
    "holder": (
        2,
        rf"{_RIGHT}? ?holders?\d?|titular(es)?|tit concess?|concesionario|licensee|requerente|(采|探)?矿(业)?权人"
        r"|недропользователь|владелец( лицензии)?|titulaire|inhaber",
    ),
    "area_km2_reported": (1, r"(area|surface|superficie|hectares?|hectareas?|extension|面积|площадь|flache).*|ha"),
}
"""The weight of each field and its names, as a pattern of the folded name without its unit."""
_TITLE = re.compile(
    r"(?i)tenement|cadastr|catastro|concesion|concession|mining.?right|licen[cs]e|claims?\b|矿业权|采矿权|探矿权|лиценз|titres?.miniers"
)
_OF_OTHER_KINDS = {"holder": "owner", "valid_from": "start", "valid_to": "end", "right_kind": "facility_types"}
"""Fields of other kinds whose names a table of rights uses."""
_DATES = ("valid_from", "valid_to")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, (_, pattern) in _NAMES.items()}


def right_columns(columns: list[SampledColumn]) -> dict[str, SampledColumn]:
    """Return the column of each field of a right that a table names; a column of dates holds dates."""
    found: dict[str, SampledColumn] = {}
    taken: set[str] = set()
    for name, pattern in _patterns().items():
        for column in columns:
            plain = " ".join(re.findall(r"[^\W_]+", column.plain))
            if column.name in taken or not column.distinct or not pattern.fullmatch(plain):
                continue
            if name in _DATES and date_share(column) < 0.7 or name == "area_km2_reported" and not column.numeric:
                continue
            found[name] = column
            taken.add(column.name)
            break
    return found


def right_weight(columns: list[SampledColumn], title: str) -> int:
    """Return the weight of what speaks for a table of rights: the fields that its columns name, and its title."""
    found = right_columns(columns)
    return sum(_NAMES[name][0] for name in found) + 2 * bool(_TITLE.search(title))


def right_lines(draft: Draft) -> list[str]:
    """Return the lines of the fields of a mining right."""
    found = right_columns(draft.columns)
    for name, resembles in _OF_OTHER_KINDS.items():
        column = draft.assigned.by_field.get(resembles)
        if name not in found and column is not None and column.name not in draft.used:
            found[name] = column
    lines = []
    for name, column in found.items():
        draft.used.add(column.name)
        if name in _DATES:
            lines.append(f"    {name}: {dated_entry(column)}")
        elif name == "area_km2_reported":
            lines.append(f"    {name}: {{column: {quoted(column.name)}, unit: {_area_unit(column)}}}")
        elif name == "right_kind":
            lines += [f"    right_kind: {quoted(column.name)}", *unknown_terms([column], "right-kind")]
            lines.append(f"    right_kind_reported: {quoted(column.name)}")
        else:
            lines.append(f"    {name}: {quoted(column.name)}")
    status = _status_column(draft)
    if status is not None:
        lines += [f"    status: {quoted(status.name)}", *unknown_terms([status], "right-status")]
        lines.append(f"    status_reported: {quoted(status.name)}")
    return lines


def _status_column(draft: Draft) -> SampledColumn | None:
    """Return the column of the status: that of its name, else one whose texts are those of a right's status."""
    status = draft.take("status")
    if status is None:
        status = next((c for c in draft.columns if c.distinct and share_known(c, "right-status", "") > _KNOWN_STATUS), None)
    return status


def _area_unit(column: SampledColumn) -> str:
    text = f"{column.plain} {column.name.casefold()}"
    if re.search(r"(?<![a-z])ha(?![a-z])|hect|公顷|га", text):
        return "ha"
    if re.search(r"km|平方公里|平方千米|км", text):
        return "km2"
    stated = column.unit if column.unit is not None and unit(column.unit, "area") is not None else None
    return stated or '"?"          # ha, km2 or m2'
