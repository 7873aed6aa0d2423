"""Parameters of statistics: terms of dimensions, periods, and the day on which releases were known."""

from datetime import date

from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query.parameters import time_parameters
from lodebase.series.series_query import FILTERS, SeriesQuery
from lodedata.cells import Unreadable
from lodedata.messages import msg
from lodedata.statistics.periods import parse_period_bounds
from lodedata.statistics.series import find_term
from lodeweb.api.features import query_parameters


def read_query(arguments: MultiDict[str, str], most: int) -> SeriesQuery:
    """Return the query of a request's parameters. Raises BadQuery."""
    filters = {name: _parse_codes(name, arguments[name]) for name in FILTERS if arguments.get(name)}
    begin, end = (_parse_bound(arguments, name, n) for n, name in enumerate(("from", "to")))
    releases = arguments.get("releases", "latest")
    if releases not in ("latest", "all"):
        raise BadQuery("releases", releases[:40], msg('%(parameter)s must be latest or all, not "%(value)s".'))
    limit = min(query_parameters.parse_whole_number("limit", arguments.get("limit"), most, (1, most)), most)
    return SeriesQuery(
        filters,
        begin,
        end,
        time_parameters.parse_last_day("as_of", arguments["as_of"]) if arguments.get("as_of") else None,
        releases == "all",
        arguments.get("q") or None,
        limit,
    )


def _parse_codes(name: str, text: str) -> tuple[str, ...]:
    """Return the codes of a parameter's terms; a source is a name."""
    terms = [word.strip() for word in text.split(",") if word.strip()]
    if name == "source":
        return tuple(terms)
    codes = []
    for word in terms:
        term = find_term(name, word)
        if term is None:
            raise BadQuery(
                name,
                word[:40],
                msg('"%(value)s" is not a known %(parameter)s. Use a code, label or alias from /api/vocabularies.'),
            )
        codes.append(term.code)
    return tuple(codes)


def _parse_bound(arguments: MultiDict[str, str], name: str, place: int) -> date | None:
    word = arguments.get(name)
    if not word:
        return None
    try:
        return parse_period_bounds(word)[place]
    except Unreadable:
        raise BadQuery(name, word[:40], msg('"%(value)s" is not a period. Write 2024, 2024-Q1 or 2024-05.')) from None
