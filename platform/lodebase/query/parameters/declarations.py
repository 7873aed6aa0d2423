"""Request parameters: the one table used by parsing, OpenAPI, pages and tests; those of filters are declared with them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from lodebase.errors import BadQuery
from lodebase.field_types import DEFAULT_LIMIT, MAX_LIMIT
from lodebase.query.collections_ import Collection
from lodebase.query.filters.registry import FILTERS, find_filters
from lodebase.query.parameters.arguments import (
    MAX_PARAMETER_VALUES,
    MAX_POSTED_LENGTH,
    MAX_VALUE_LENGTH,
    POSTED,
    Arguments,
    shorten_quoted_value,
)
from lodebase.query.parameters.parameter import TEXT, URI, Group, Parameter
from lodedata.messages import msg

OF_ROWS: tuple[Group, ...] = ("filter", "moment", "general")
OF_ITEMS: tuple[Group, ...] = ("filter", "moment", "page", "form", "general")
OF_FILES: tuple[Group, ...] = ("filter", "moment", "file")
UNKNOWN_PARAMETER = msg("%(parameter)s is not a parameter here. Use %(choices)s.")
Method = Literal["GET", "POST", "GET or POST"]

_LISTED = (
    *(parameter for row_filter in FILTERS for parameter in row_filter.parameters),
    Parameter(
        "limit",
        "page",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        msg("The number of records of a page; a larger number is reduced to the maximum."),
    ),
    Parameter("after", "page", TEXT, msg("The start of the page; taken from a link to the next page.")),
    Parameter(
        "sortby",
        "page",
        # as Part 8 defines it (24-030, /req/sorting/sortby-definition)
        {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"^[+-]?[^+\-\s].*$"}},
        msg("Fields to sort by; a - before a field means descending."),
    ),
    Parameter("crs", "form", URI, msg("The coordinate reference system of the response.")),
    Parameter("properties", "form", TEXT, msg("The properties to return, separated by commas.")),
    Parameter(
        "profile",
        "form",
        {"type": "string", "enum": ["full"]},
        msg("With full, a record comes with all that belongs to it, such as estimates and source rows; a page then has 100."),
        (),
    ),
    Parameter("columns", "file", TEXT, msg("The columns of the file, separated by commas.")),
    Parameter(
        "as_of",
        "moment",
        TEXT,
        msg("The data at a dataset version, at a time, or at the end of a day, month or year."),
    ),
    Parameter(
        "since",
        "file",
        TEXT,
        msg("A version, date or time: a package of the changes after it, to update an older file."),
    ),
    Parameter(
        "package",
        "file",
        {"type": "string", "enum": ["1"]},
        msg("With 1, a zip that is a Frictionless Data Package: the data with its description, licences and citation."),
    ),
    Parameter("f", "general", {"type": "string", "enum": ["json", "html"]}, msg("The format of the response.")),
    Parameter("lang", "general", {"type": "string", "enum": ["en", "zh"]}, msg("The language of the response.")),
)
PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _LISTED}


def list_taken_parameters(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the names of the parameters that a collection's request takes, including its fields if it selects rows."""
    return _list_names(collection.name, groups)


# every request uses it, and it is constant for each kind
@lru_cache(maxsize=256)
def _list_names(collection: str, groups: tuple[Group, ...]) -> tuple[str, ...]:
    own = [parameter.name for parameter in _LISTED if parameter.group in groups and parameter.applies_to(collection)]
    return tuple(dict.fromkeys((*own, *find_filters(collection)))) if "filter" in groups else tuple(own)


def check(arguments: Arguments, known: tuple[str, ...], method: Method = "GET") -> None:
    """Raise BadQuery if a parameter is unknown, too long or given twice."""
    for count, (name, value) in enumerate(arguments.pairs(), 1):
        if count > MAX_PARAMETER_VALUES:
            raise BadQuery(
                shorten_quoted_value(name),
                shorten_quoted_value(value),
                msg("There are more than %(most)s parameters. Send fewer.", most=MAX_PARAMETER_VALUES),
            )
        if name not in known:
            raise BadQuery(
                shorten_quoted_value(name),
                shorten_quoted_value(value),
                UNKNOWN_PARAMETER.filled(choices=list(known)),
            )
        _check_length(name, value, method)
        if "\0" in value:
            raise BadQuery(name, value.replace("\0", "\\0"), msg("%(parameter)s contains a NUL character. Remove it."))
        if not _is_repeatable(name) and len(set(given := arguments.getlist(name))) > 1:
            raise BadQuery(name, shorten_quoted_value(given[1]), msg("%(parameter)s is given twice. Give it once."))
    fmt = arguments.get("f")
    if fmt not in (None, "json", "geojson", "html"):
        raise BadQuery("f", fmt, msg('"%(value)s" is not a format here. Use json or html.'))


def _check_length(name: str, value: str, method: Method) -> None:
    if len(value) <= MAX_VALUE_LENGTH or (method == "POST" and name in POSTED and len(value) <= MAX_POSTED_LENGTH):
        return
    if method == "GET or POST" and name in POSTED:
        raise BadQuery(
            name,
            shorten_quoted_value(value),
            msg(
                "%(parameter)s is longer than %(most)s characters. Send it by POST to the same address, as JSON.",
                most=MAX_VALUE_LENGTH,
            ),
        )
    most = MAX_POSTED_LENGTH if method == "POST" and name in POSTED else MAX_VALUE_LENGTH
    raise BadQuery(
        name, shorten_quoted_value(value), msg("%(parameter)s is longer than %(most)s characters. Shorten it.", most=most)
    )


def _is_repeatable(name: str) -> bool:
    known = PARAMETERS.get(name)
    return known is None or known.repeatable
