"""ColumnAssignment of columns to fields by likeness of name, unit and cells, the surest first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lodedata.mapping.suggestion.column_names import KIND, mentions_field, name_scores
from lodedata.mapping.suggestion.columns import SampledColumn, parse_column_numbers, share_chinese
from lodedata.mapping.suggestion.content import CONTENT, UNLIKELY, is_flag, is_row_number
from lodedata.mapping.suggestion.field_titles import FIGURE
from lodedata.mapping.suggestion.figures import FigureColumn, recognise_figure

ASSIGNED = 0.55
"""The least likeness with which a column is assigned to a field."""
OFFERED = 0.35
"""The least likeness with which a column is offered for a field in a comment."""
SURE = 0.8
"""The least likeness of a column that speaks for a kind of record with full weight."""
MIN_LEAD = 1.5
"""The weight by which one kind must lead the others."""
_BY_NAME = 0.85
"""The likeness of a column that bears the name of a field and whose cells are no sign."""
_BARE_TYPES = frozenset({"type", "types", "tipo", "typ", "тип", "类型"})
"""Names that say nothing of whose type it is; such a column is of a field only if its terms are."""
SEVERAL: dict[str, float] = {
    "aliases": 0.6,
    "by_products": 0.75,
    "commodities": 0.85,
    "deposit_model": 0.8,
    "owner": 0.8,
    "grade": 0.6,
    "contained": 0.6,
}
"""Fields that take several columns, and the least likeness of the second and further ones."""
KINDS: dict[str, dict[str, float]] = {
    "project": {"capacity": 3, "product": 2, "facility_types": 3, "phase_type": 3, "technology": 1, "capacity_unit": 1},
    "deposit": {"ore": 3, "category": 3, "deposit_model": 3, "discovery_year": 2, "grade": 2, "contained": 2, "host_unit": 2,
                "age": 2, "occurrence_type": 2, "deposit_form": 2, "cut_off": 2},
    "discovery": {"stage": 2, "announced_by": 2, "activity_type": 2, "result": 2},
}  # fmt: skip
"""The fields that speak for each kind of record, by weight."""


@dataclass(slots=True)
class ColumnAssignment:
    """The columns of each field, the figures of each metal, and for each other column the field that it resembles most."""

    by_field: dict[str, SampledColumn] = field(default_factory=dict)
    further: dict[str, list[SampledColumn]] = field(default_factory=dict)
    likeness: dict[str, float] = field(default_factory=dict)
    figures: list[FigureColumn] = field(default_factory=list)
    offers: dict[str, list[tuple[SampledColumn, float]]] = field(default_factory=dict)
    rest: list[SampledColumn] = field(default_factory=list)
    is_chosen: bool = False
    """Whether a person chose the fields, so that no name of a column adds to them."""

    def all_of(self, name: str) -> list[SampledColumn]:
        """Return the columns of a field, the surest first."""
        return [self.by_field[name], *self.further.get(name, [])] if name in self.by_field else []

    @property
    def kind(self) -> str | None:
        """The kind of record that the fields imply, None if they imply none or two."""
        weights = {
            kind: sum(self._compute_weight(name, weight) for name, weight in fields.items()) for kind, fields in KINDS.items()
        }
        weights["deposit"] += 2 * bool(self.figures)
        named = [self.by_field[name] for name in ("name_en", "name_zh") if name in self.by_field]
        for kind in weights:
            weights[kind] += any(mentions_field(column, KIND + kind) for column in named)
        if not any(weights.values()) and "operator" in self.by_field:
            # what is operated is a mine or a plant
            return "project"
        first, second, *_ = sorted(weights.values(), reverse=True)
        return max(weights, key=lambda kind: weights[kind]) if first - second >= MIN_LEAD else None

    @property
    def worth(self) -> int:
        """The number of fields with a column that has values, by which one table of a file is preferred to others."""
        return sum(bool(column.distinct) for column in self.by_field.values()) + len(self.figures)

    def _compute_weight(self, name: str, weight: float) -> float:
        column = self.by_field.get(name)
        if column is None or not column.distinct:
            return 0
        return weight if self.likeness.get(column.name, 0.0) >= SURE else weight / 3


def assign_chosen(columns: list[SampledColumn], chosen: Mapping[str, str]) -> ColumnAssignment:
    """Return the assignment of a table's columns to the fields that a person chose, by name; other columns have no field.

    Several columns of a field that takes one are used in the order of the table; the later ones have no field.
    """
    column_assignment = ColumnAssignment(is_chosen=True)
    for column in columns:
        field_name = chosen.get(column.name, "")
        figure = recognise_figure(column) if field_name == FIGURE else None
        if figure is not None:
            column_assignment.figures.append(figure)
        elif not field_name or field_name == FIGURE or (field_name in column_assignment.by_field and field_name not in SEVERAL):
            column_assignment.rest.append(column)
        elif field_name in column_assignment.by_field:
            column_assignment.further.setdefault(field_name, []).append(column)
        else:
            column_assignment.by_field[field_name] = column
        column_assignment.likeness[column.name] = 1.0
    _settle_languages(column_assignment)
    _settle_units(column_assignment)
    return column_assignment


def assign_columns(columns: list[SampledColumn]) -> ColumnAssignment:
    """Return the assignment of the columns of a table."""
    column_assignment = ColumnAssignment(
        figures=[figure for column in columns if (figure := recognise_figure(column)) is not None]
    )
    taken = {figure.column.name for figure in column_assignment.figures}
    scores = {column.name: compute_field_scores(column) for column in columns if column.name not in taken}
    pairs = [
        (-score, index, name, column)
        for index, column in enumerate(columns)
        for name, score in scores.get(column.name, {}).items()
        if score >= ASSIGNED
    ]
    for negative, _, name, column in sorted(pairs, key=lambda pair: pair[:3]):
        if column.name in taken:
            continue
        if name not in column_assignment.by_field:
            column_assignment.by_field[name] = column
        elif _is_further(column, column_assignment.by_field[name], name, -negative):
            column_assignment.further.setdefault(name, []).append(column)
        else:
            continue
        taken.add(column.name)
        column_assignment.likeness[column.name] = -negative
    for several in column_assignment.further.values():
        several.sort(key=columns.index)
    _settle_order(column_assignment, columns)
    column_assignment.rest = [column for column in columns if column.name not in taken]
    _settle_languages(column_assignment)
    _settle_units(column_assignment)
    for column in (column for column in column_assignment.rest if column.distinct):
        for rank, (name, score) in enumerate(sorted(scores[column.name].items(), key=lambda item: -item[1])[:2]):
            if score >= (OFFERED if rank == 0 else ASSIGNED):
                column_assignment.offers.setdefault(name, []).append((column, score))
    _offer_figures(column_assignment, columns)
    return column_assignment


def compute_field_scores(column: SampledColumn) -> dict[str, float]:
    """Return the likeness (0 to 1) of a column to each field that it resembles, by name and cells."""
    named = name_scores(column)
    if mentions_field(column, "basis"):
        named = {"basis": max(named.get("basis", 0.0), 0.8)}
        return {"basis": _BY_NAME * named["basis"]}
    field_scores = {}
    for name in dict.fromkeys((*named, *CONTENT)):
        likeness = _compute_likeness(column, name, named.get(name, 0.0))
        if likeness >= OFFERED / 2:
            field_scores[name] = likeness
    return field_scores


def _compute_likeness(column: SampledColumn, name: str, named: float) -> float:
    score, alone = CONTENT.get(name, (None, 0.0))
    if not named and not alone:
        return 0.0
    content = score(column) if score is not None and column.distinct else None
    if is_flag(column):
        content = -1.0
    if name in ("key", "wkt") and content is not None and content < 0:
        return 0.0
    if content is None:
        return _BY_NAME * named if column.distinct else 0.6 * named
    if content == UNLIKELY:
        return (0.3 if column.plain in _BARE_TYPES else 0.75) * named
    if content < 0:
        return 0.5 * named
    # two independent signs: the doubt that remains is the product of their doubts
    likeness = 1 - (1 - _BY_NAME * named) * (1 - alone * content)
    if name == "capacity":
        # of several capacities the total is given in the most rows
        likeness -= 0.1 * (1 - len(column.values) / len(column.cells))
    if name == "key":
        likeness = max(_BY_NAME * named + 0.1 * content, 0.0)
    return likeness - 0.3 if name == "key" and is_row_number(column) else likeness


def _is_further(column: SampledColumn, first: SampledColumn, name: str, likeness: float) -> bool:
    """Return whether a column is a further one of a field that takes several, such as ``OwnerName2`` after ``OwnerName1``."""
    if name in SEVERAL and likeness >= SEVERAL[name]:
        return True
    return name in SEVERAL and _strip_number_suffix(column.name) == _strip_number_suffix(first.name)


def _strip_number_suffix(name: str) -> str:
    return re.sub(r"\d+\W*$", "", name)


def _settle_order(column_assignment: ColumnAssignment, columns: list[SampledColumn]) -> None:
    """Order columns of one name and several numbers as the table does: the first is the main one."""
    for name, further in column_assignment.further.items():
        first = column_assignment.by_field[name]
        # the first of a row's commodities is the main one
        if name == "commodities" or all(
            _strip_number_suffix(column.name) == _strip_number_suffix(first.name) for column in further
        ):
            column_assignment.by_field[name], *column_assignment.further[name] = sorted([first, *further], key=columns.index)


def _settle_languages(column_assignment: ColumnAssignment) -> None:
    """Assign names and notes to the field of their language."""
    if "name" in column_assignment.by_field:
        column = column_assignment.by_field.pop("name")
        language = "zh" if share_chinese(column) > 0.5 else "en"
        if f"name_{language}" not in column_assignment.by_field:
            column_assignment.by_field[f"name_{language}"] = column
        else:
            column_assignment.further.setdefault("aliases", []).append(column)
            column_assignment.by_field.setdefault("aliases", column_assignment.further["aliases"].pop())
    for name, other, chinese in (("note_en", "note_zh", True), ("note_zh", "note_en", False)):
        column_of = column_assignment.by_field.get(name)
        if column_of is not None and other not in column_assignment.by_field and _is_chinese(column_of) == chinese:
            column_assignment.by_field[other] = column_assignment.by_field.pop(name)


def _is_chinese(column: SampledColumn) -> bool:
    """Return whether most cells of a column are Chinese; of an empty one, whether its heading is."""
    return share_chinese(column) > 0.5 if column.values else any("\u4e00" <= character <= "\u9fff" for character in column.name)


def _offer_figures(column_assignment: ColumnAssignment, columns: list[SampledColumn]) -> None:
    """Offer the numbers next to a column of units as a capacity, if no field of figures has a column."""
    column = column_assignment.by_field.get("unit")
    if (
        column is None
        or column_assignment.figures
        or column_assignment.by_field.keys() & {"capacity", "ore", "grade", "contained"}
    ):
        return
    at = columns.index(column)
    near = [other for other in column_assignment.rest if other.numeric and abs(columns.index(other) - at) == 1]
    near += [
        other
        for other in column_assignment.rest
        if other.numeric and _strip_number_suffix(other.name) == _strip_number_suffix(column.name)
    ]
    # the largest numbers: years, counts and codes are smaller
    for other in sorted(near, key=lambda c: -max(parse_column_numbers(c), default=0.0))[:1]:
        column_assignment.offers.setdefault("capacity", []).append((other, OFFERED))


def _settle_units(column_assignment: ColumnAssignment) -> None:
    """Assign a column of units to the only field of figures without a unit."""
    column = column_assignment.by_field.get("unit")
    if column is None:
        return
    for name in ("capacity", "ore", "contained", "grade"):
        figure = column_assignment.by_field.get(name)
        if figure is not None and figure.unit is None and f"{name}_unit" not in column_assignment.by_field:
            column_assignment.by_field[f"{name}_unit"] = column_assignment.by_field.pop("unit")
            return
