"""Records whose validity ended before a day."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.conditions import SqlCondition
from lodebase.query.conditions.field_conditions import match_ended
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
    yield SqlCondition(match_expired, (("expires_before", day.isoformat()),))


def match_expired(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that ended before the bound day."""
    return match_ended(collection, table, "expires_before")


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
