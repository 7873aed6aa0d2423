"""Parameters on what is known of a record: whether it was developed, whether it has a position, and since which year it is
known."""

import re
from collections.abc import Iterator
from typing import get_args

from lodebase.errors import BadQuery
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.declarations import YEARS_OF
from lodedata.messages import msg

UNKNOWN = "unknown"
YEAR = re.compile(r"[12][0-9]{3}")


def parse_related_filters(collection: Collection, arguments: Arguments) -> Iterator[cql2.Filter]:
    """Yield the filters of developed, located and year, as far as they are given. Raise BadQuery if one is invalid."""
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
    missing = _is_null("geometry")
    return cql2.parse_json(missing if text == "false" else {"op": "not", "args": [missing]}, collection)


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
        return cql2.parse_json(_is_null(field), collection)
    return (
        cql2.filter_up_to_value(field, int(text)) if field == "discovery_year" else cql2.filter_within_dates(field, None, text)
    )


def _is_null(name: str) -> dict[str, object]:
    return {"op": "isNull", "args": [{"property": name}]}
