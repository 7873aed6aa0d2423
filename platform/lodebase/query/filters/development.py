"""What is known of a record: whether it was developed, whether it has a position, and since which year it is known."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from lodebase.errors import BadQuery
from lodebase.field_types import Choice
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.filters.dates import STATUS_DATES
from lodebase.query.filters.row_filter import Node, RowFilter, parse_condition, parse_truth, write_null_condition
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import POINTS, TRUTH, Parameter
from lodedata.messages import msg

YEARS_OF: Mapping[str, Mapping[str, str]] = {
    "discovery": {"deposits": "discovery_year", "discoveries": "discovery_date"},
    "start": {"projects": "phases"},
    "status": {name: STATUS_DATES[name] for name in ("deposits", "projects")},
}
"""What year counts, and the field of each collection that has it; a project starts with the first of its phases."""
AGED = tuple(dict.fromkeys(name for fields in YEARS_OF.values() for name in fields))

DEVELOPED = Choice(
    get_args(cql2.Development),
    msg(
        "Whether a mine on the deposit works or has ever worked, by the statuses of the deposit and of the mines linked to it: "
        "yes; no, where every status that is known is of a mine that never worked, or the source calls it a prospect or an "
        "occurrence; unknown without a status. Combine it with last_known for the age of the deposit's status."
    ),
)
DISCOVERY = "discovery"
YEAR_OF = Choice(
    tuple(YEARS_OF),
    msg(
        "What year applies to: the discovery of a deposit or prospect, the start of a project's first phase, or the day of the "
        "last known status of a deposit or project."
    ),
    DISCOVERY,
)
UNKNOWN = "unknown"
YEAR = re.compile(r"[12][0-9]{3}")


def parse_developed(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of deposits by whether they were developed."""
    yield cql2.filter_by_development(arguments.read("developed", DEVELOPED))


def parse_located(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records with a position, or of those without one."""
    text, missing = arguments["located"], write_null_condition("geometry")
    node = {"op": "not", "args": [missing]} if parse_truth("located", text) else missing
    yield parse_condition("located", text, node, collection)


def parse_known_by(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records up to a year."""
    of: str | None = arguments.read("year_of", YEAR_OF)
    if "year" not in arguments:
        raise BadQuery("year_of", of or "", msg("%(parameter)s needs a year. Give year, such as year=1985."))
    yield _parse_until(arguments["year"], of or DISCOVERY, collection)


def _parse_until(text: str, of: str, collection: Collection) -> cql2.Filter:
    field = YEARS_OF[of].get(collection.name)
    if field is None:
        choices = [name for name, fields in YEARS_OF.items() if collection.name in fields]
        problem = msg(
            '%(name)s have no year of "%(value)s". Use year_of with one of %(choices)s.', name=collection.name, choices=choices
        )
        raise BadQuery("year_of", of, problem)
    if text != UNKNOWN and not YEAR.fullmatch(text):
        raise BadQuery(
            "year", shorten_quoted_value(text), msg('%(parameter)s must be a year such as 1985, or unknown, not "%(value)s".')
        )
    if of == "start":
        return cql2.filter_unstarted_projects() if text == UNKNOWN else cql2.filter_started_projects(text)
    if text == UNKNOWN:
        return parse_condition("year", text, write_null_condition(field), collection)
    return (
        cql2.filter_up_to_value(field, int(text)) if field == "discovery_year" else cql2.filter_within_dates(field, None, text)
    )


OF_DEVELOPMENT = RowFilter(
    (Parameter("developed", "filter", DEVELOPED.schema, DEVELOPED.text, ("deposits",)),),
    parse_developed,
)
LOCATED = RowFilter(
    (
        Parameter(
            "located",
            "filter",
            TRUTH,
            msg("With false, records without a position; with true, those with one."),
            POINTS,
        ),
    ),
    parse_located,
)
KNOWN_BY = RowFilter(
    (
        Parameter(
            "year",
            "filter",
            {"type": "string", "pattern": r"^([12]\d{3}|unknown)$"},
            msg(
                "A year such as 1985: records whose year of year_of is this one or an earlier one. With unknown, records "
                "without such a year."
            ),
            AGED,
        ),
        Parameter("year_of", "filter", YEAR_OF.schema, YEAR_OF.text, AGED),
    ),
    parse_known_by,
)
