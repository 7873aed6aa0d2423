"""Records that are valid on a day, have a status on a day, or ended before a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, cast, func, or_
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.field_types import DAY
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.conditions import Condition, SqlCondition
from lodebase.query.conditions.condition import AnyCondition, Selection
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.literals import bind_text_list
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import Parameter
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

STATUS = "status"
"""The field that has a value of a day in kinds with a dated status."""
VALID = tuple(name for name, collection in COLLECTIONS.items() if collection.kind.validity is not None)
"""The collections whose records are valid from a day to a day."""


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

    rank: ClassVar[int] = 1
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


def parse_expiry(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records that ended before the day."""
    day: date = arguments.read("expires_before", DAY)
    yield SqlCondition(match_expired, (("expires_before", day.isoformat()),))


def match_expired(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that ended before the bound day."""
    return match_ended(collection, table, "expires_before")


EXPIRY = RowFilter(
    (
        Parameter(
            "expires_before",
            "filter",
            DAY.schema,
            msg("A day: records whose last valid day is before it; those without a known end are left out."),
            VALID,
        ),
    ),
    parse_expiry,
)
