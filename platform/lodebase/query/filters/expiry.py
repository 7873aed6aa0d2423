"""Records whose validity ended before a day."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, bindparam, cast, func
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.condition import Condition
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.parameters import time_parameters
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import DAY, Parameter
from lodedata.messages import msg

VALID = tuple(name for name, collection in COLLECTIONS.items() if collection.kind.validity is not None)
"""The collections whose records are valid from a day to a day."""


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records that ended before the day."""
    day = time_parameters.day("expires_before", arguments["expires_before"])
    yield Condition(match_expired, (("expires_before", day.isoformat()),))


def match_expired(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that ended before the bound day."""
    return match_ended(collection, table, "expires_before")


def match_ended(collection: Collection, table: FromClause, parameter: str) -> ColumnElement[bool]:
    """Return the condition of rows whose last valid day is known to be before the day of a parameter.

    A partial date counts with all of its days, so it is compared with as many characters of the day.
    """
    assert collection.kind.validity is not None
    last, day = cast(table.c[collection.kind.validity[1]], TEXT), cast(bindparam(parameter), TEXT)
    return last < func.left(day, func.length(last))


FILTER = RowFilter(
    (
        Parameter(
            "expires_before",
            "filter",
            DAY,
            msg("A day: records whose last valid day is before it; those without a known end are left out."),
            VALID,
        ),
    ),
    parse,
)
