"""Records by the date of what they report, by the age of their status, and by when they changed in the store."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema import tables
from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.conditions import SqlCondition
from lodebase.query.filters.row_filter import Node, RowFilter, compare, parse_condition, parse_truth
from lodebase.query.parameters import time_parameters
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import TEXT, TRUTH, Parameter
from lodedata.ageing import LAST_KNOWN_YEARS, subtract_years
from lodedata.messages import msg

STATUS_DATES: Mapping[str, str] = {
    name: field.name
    for name, collection in COLLECTIONS.items()
    if (field := collection.field("status_date") or collection.field("mine_status_date")) is not None
}
"""The date of the status of each collection that has one."""


def parse_reported(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the collection's date, if it has one."""
    if collection.date_field is not None:
        yield cql2.filter_within_dates(collection.date_field, *time_parameters.parse_day_span(arguments["datetime"]))


def parse_status_age(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records by whether their status is only the last known one."""
    text = arguments["last_known"]
    operator = "<=" if parse_truth("last_known", text) else ">"
    limit = subtract_years(datetime.now(UTC).date(), LAST_KNOWN_YEARS).isoformat()
    yield parse_condition("last_known", text, compare(STATUS_DATES[collection.name], operator, {"date": limit}), collection)


def parse_updated(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records that changed since a moment."""
    moment = time_parameters.parse_utc_moment("updated_since", arguments["updated_since"])
    yield SqlCondition(match_updated, (("updated_since", moment),))


def match_updated(_collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows in a version that was committed since then."""
    version = tables.dataset_version.c
    first = select(func.min(version.version)).where(version.committed_at >= bindparam("updated_since"))
    return table.c.since_version >= first.scalar_subquery()


REPORTED = RowFilter(
    (
        Parameter(
            "datetime",
            "filter",
            TEXT,
            msg("An instant or an interval such as 2018-02-12, 2018/2020, ../2020 or 2018-02-12/P2D."),
        ),
    ),
    parse_reported,
)
STATUS_AGE = RowFilter(
    (
        Parameter(
            "last_known",
            "filter",
            TRUTH,
            msg(
                "With true, records whose status is older than %(years)s years and so only the last known one; with false, "
                "those with a newer status.",
                years=LAST_KNOWN_YEARS,
            ),
            tuple(STATUS_DATES),
        ),
    ),
    parse_status_age,
)
UPDATED = RowFilter(
    (
        Parameter(
            "updated_since",
            "filter",
            TEXT,
            msg("Only records that changed in the store since a date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z."),
        ),
    ),
    parse_updated,
)
