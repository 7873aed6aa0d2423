"""What is known of a record: whether it was developed, whether it has a position, and since which year it is known."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from lodebase.errors import BadQuery
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.filters.dates import STATUS_DATES
from lodebase.query.filters.row_filter import Node, RowFilter, parse_condition, write_null_condition
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

UNKNOWN = "unknown"
YEAR = re.compile(r"[12][0-9]{3}")


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the filters of developed, located and year, as far as they are given."""
    if "developed" in arguments:
        yield _parse_developed(arguments["developed"])
    if "located" in arguments:
        yield _parse_located(arguments["located"], collection)
    if "year" in arguments and collection.field("year") is None:
        yield _parse_until(arguments["year"], arguments.get("year_of", "discovery"), collection)
    elif "year_of" in arguments:
        raise BadQuery(
            "year_of",
            shorten_quoted_value(arguments["year_of"]),
            msg("%(parameter)s needs a year. Give year, such as year=1985."),
        )


def _parse_developed(text: str) -> cql2.Filter:
    for state in get_args(cql2.Development):
        if text == state:
            return cql2.filter_by_development(state)
    choices = list(get_args(cql2.Development))
    raise BadQuery(
        "developed",
        shorten_quoted_value(text),
        msg('%(parameter)s must be one of %(choices)s, not "%(value)s".', choices=choices),
    )


def _parse_located(text: str, collection: Collection) -> cql2.Filter:
    if text not in ("true", "false"):
        raise BadQuery("located", shorten_quoted_value(text), msg('%(parameter)s must be true or false, not "%(value)s".'))
    missing = write_null_condition("geometry")
    return parse_condition("located", text, missing if text == "false" else {"op": "not", "args": [missing]}, collection)


def _parse_until(text: str, of: str, collection: Collection) -> cql2.Filter:
    if of not in YEARS_OF:
        choices = list(YEARS_OF)
        raise BadQuery(
            "year_of",
            shorten_quoted_value(of),
            msg('%(parameter)s must be one of %(choices)s, not "%(value)s".', choices=choices),
        )
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


FILTER = RowFilter(
    (
        Parameter(
            "developed",
            "filter",
            {"type": "string", "enum": ["no", "yes", "unknown"]},
            msg(
                "Whether a mine on the deposit works or has ever worked, by the statuses of the deposit and of the mines "
                "linked to it: yes; no, where every status that is known is of a mine that never worked, or the source calls "
                "it a prospect or an occurrence; unknown without a status. Combine it with last_known for the age of the "
                "deposit's status."
            ),
            ("deposits",),
        ),
        Parameter(
            "located",
            "filter",
            TRUTH,
            msg("With false, records without a position; with true, those with one."),
            POINTS,
        ),
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
        Parameter(
            "year_of",
            "filter",
            {"type": "string", "enum": list(YEARS_OF), "default": "discovery"},
            msg(
                "What year applies to: the discovery of a deposit or prospect, the start of a project's first phase, or the "
                "day of the last known status of a deposit or project."
            ),
            AGED,
        ),
    ),
    parse,
)
