"""Conditions on the values of fields: selected codes, a day of validity, the status on a day, and CQL2."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, cast, func, or_
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema.prepared_tables import IN_KEY
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.conditions.condition import AnyCondition, Condition, Selection
from lodebase.query.literals import bind_text_list
from lodedata.vocab import load_vocabulary

STATUS = "status"
"""The field that has a value of a day in kinds with a dated status."""


@dataclass(frozen=True, slots=True)
class SelectionCondition(Condition[tuple[str, cql2.Shape]]):
    """Rows with one of the codes selected of a field; the empty code means no value in prepared counts."""

    rank: ClassVar[int] = 1
    field_name: str
    codes: tuple[str, ...]
    filter: cql2.Filter = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter", cql2.any_of(self.field_name, self.codes))

    @property
    def form(self) -> tuple[str, cql2.Shape]:
        """Return the field, and whether it is compared with one code or with several."""
        return self.field_name, self.filter.shape

    @property
    def order_key(self) -> str:
        """Return the name of the field."""
        return self.field_name

    @property
    def is_in_key(self) -> bool:
        """Return whether the key has the field."""
        return self.field_name in IN_KEY

    @property
    def selection(self) -> Selection:
        """Return the field and the codes."""
        return self.field_name, self.codes

    def list_bound_values(self) -> dict[str, Any]:
        """Return the codes, as one value or as a list."""
        return cql2.collect_bound_values(self.filter, _name_codes(self.field_name))

    @classmethod
    def build(
        cls,
        form: tuple[str, cql2.Shape],
        collection: Collection,
        table: FromClause,
        walked: bool,
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the field."""
        name, shape = form
        return cql2.build_filter_condition(shape, collection, table, _name_codes(name))

    def widen_for_facet(self, field: str, collection: Collection) -> AnyCondition | None:
        """Return the condition, unless the field's own values are counted."""
        return None if field == self.field_name else self


def _name_codes(field: str) -> str:
    """Return the prefix of the names of a field's bound codes."""
    return f"{field}_code"


@dataclass(frozen=True, slots=True)
class Cql2Condition(Condition[cql2.Shape]):
    """Rows that fulfil a CQL2 filter; a query has one, which joins those of all parameters."""

    rank: ClassVar[int] = 2
    filter: cql2.Filter

    @property
    def form(self) -> cql2.Shape:
        """Return the filter without its literals."""
        return self.filter.shape

    def list_bound_values(self) -> dict[str, Any]:
        """Return the literals."""
        return cql2.collect_bound_values(self.filter)

    @classmethod
    def build(
        cls,
        form: cql2.Shape,
        collection: Collection,
        table: FromClause,
        walked: bool,
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the filter."""
        return cql2.build_filter_condition(form, collection, table)


@dataclass(frozen=True, slots=True)
class ValidDayCondition(Condition[None]):
    """Rows that are valid on a day, as far as is known: an unknown beginning or end does not exclude it."""

    rank: ClassVar[int] = 3
    day: date

    @property
    def form(self) -> None:
        """Return None: there is one SQL text."""
        return

    def list_bound_values(self) -> dict[str, Any]:
        """Return the day."""
        return {"on": self.day.isoformat()}

    @classmethod
    def build(cls, form: None, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition of the first and the last day.

        A partial date counts with all of its days, so it is compared with as many characters of the day.
        """
        assert collection.kind.validity is not None
        first, last = (cast(table.c[name], TEXT) for name in collection.kind.validity)
        begun = first > cast(bindparam("on"), TEXT)
        return and_(
            or_(first.is_(None), begun.is_(False)), or_(last.is_(None), match_ended(collection, table, "on").is_(False))
        )

    def widen_for_facet(self, field: str, collection: Collection) -> AnyCondition:
        """Return the condition of every status on the day for the counts by status, if the kind has a dated one."""
        return _choose_any_status(self.day, collection) if field == STATUS and collection.kind.dated_status else self


@dataclass(frozen=True, slots=True)
class StatusDayCondition(Condition[None]):
    """Rows with one of some statuses on a day, of a kind whose status is dated."""

    rank: ClassVar[int] = SelectionCondition.rank
    day: date
    codes: tuple[str, ...]

    @property
    def form(self) -> None:
        """Return None: there is one SQL text."""
        return

    @property
    def order_key(self) -> str:
        """Return the name of the field."""
        return STATUS

    @property
    def selection(self) -> Selection:
        """Return the field and the codes."""
        return STATUS, self.codes

    def list_bound_values(self) -> dict[str, Any]:
        """Return the day and the codes."""
        return {"on": self.day.isoformat(), "statuses": list(self.codes)}

    @classmethod
    def build(cls, form: None, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition of the status on the day."""
        return find_status_on_day(collection, table).op("=", return_type=Boolean())(func.any(bind_text_list("statuses")))

    def widen_for_facet(self, field: str, collection: Collection) -> AnyCondition:
        """Return the condition of every status for the counts by status."""
        return _choose_any_status(self.day, collection) if field == STATUS else self


def select_codes(collection: Collection, selections: Mapping[str, tuple[str, ...]], day: date | None) -> Iterator[AnyCondition]:
    """Yield the conditions of selected codes and of a day; a selected status that is dated is that of the day."""
    if day is not None and not (collection.kind.dated_status and STATUS in selections):
        yield ValidDayCondition(day)
    for name, codes in selections.items():
        if day is not None and name == STATUS and collection.kind.dated_status:
            yield StatusDayCondition(day, codes)
        else:
            yield SelectionCondition(name, codes)


def _choose_any_status(day: date, collection: Collection) -> StatusDayCondition:
    """Return the condition of rows that have a status on a day."""
    declared = collection.field(STATUS)
    assert declared is not None and declared.vocabulary is not None
    return StatusDayCondition(day, tuple(load_vocabulary(declared.vocabulary).terms))


def find_status_on_day(collection: Collection, table: FromClause) -> ColumnElement[Any]:
    """Return the status of a row on the day of ``on``."""
    function, *fields = collection.kind.dated_status
    named: ColumnElement[Any] = getattr(func.lode, function)(
        *(cast(table.c[name], TEXT) for name in fields), cast(bindparam("on"), TEXT)
    )
    return named


def match_ended(collection: Collection, table: FromClause, parameter: str) -> ColumnElement[bool]:
    """Return the condition of rows whose last valid day is known to be before the day of a parameter.

    A partial date counts with all of its days, so it is compared with as many characters of the day.
    """
    assert collection.kind.validity is not None
    last, day = cast(table.c[collection.kind.validity[1]], TEXT), cast(bindparam(parameter), TEXT)
    return last < func.left(day, func.length(last))
