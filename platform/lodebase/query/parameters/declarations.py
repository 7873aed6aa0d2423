"""Request parameters: the one table used by parsing, OpenAPI, pages and tests; those of filters are declared with them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from lodebase.errors import BadQuery
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.filters.estimates import ESTIMATED
from lodebase.query.filters.expiry import VALID
from lodebase.query.filters.registry import FILTERS
from lodebase.query.parameters.arguments import (
    MAX_POSTED_LENGTH,
    MAX_VALUE_LENGTH,
    MAX_VALUES,
    POSTED,
    Arguments,
    shorten_quoted_value,
)
from lodebase.query.parameters.parameter import AMOUNT, DAY, PLACED, POINTS, TEXT, TEXTS, URI, Group, Parameter
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT
from lodedata.messages import msg

OF_ROWS: tuple[Group, ...] = ("filter", "moment", "general")
OF_ITEMS: tuple[Group, ...] = ("filter", "moment", "page", "form", "general")
OF_FILES: tuple[Group, ...] = ("filter", "moment", "file")
UNKNOWN_PARAMETER = msg("%(parameter)s is not a parameter here. Use %(choices)s.")
MINERAL = tuple(name for name, collection in COLLECTIONS.items() if collection.field("commodities") is not None)
Method = Literal["GET", "POST", "GET or POST"]

_LISTED = (
    Parameter(
        "bbox",
        "filter",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        msg("A box: west, south, east, north in degrees. West may be greater than east, across the date line."),
        PLACED,
    ),
    Parameter("bbox-crs", "filter", URI, msg("The coordinate reference system of the box."), PLACED),
    Parameter(
        "near",
        "filter",
        TEXT,
        msg("A point, longitude,latitude: records within radius_km of it, nearest first, each with distance_km."),
        POINTS,
    ),
    Parameter(
        "radius_km",
        "filter",
        AMOUNT,
        msg("The radius around near in kilometres on the ellipsoid."),
        POINTS,
    ),
    Parameter(
        "nearest",
        "filter",
        TEXT,
        msg("A point, longitude,latitude: all records by their distance to it, each with distance_km."),
        POINTS,
    ),
    Parameter(
        "within",
        "filter",
        TEXT,
        msg("A polygon as WKT or GeoJSON in WGS 84; send a long one by POST to items."),
        PLACED,
    ),
    Parameter(
        "certainty",
        "filter",
        {"type": "string", "enum": ["certain", "possible", "all"]},
        msg(
            "With a radius or polygon: records that are certainly inside, given the accuracy of their positions, possibly "
            "inside, or both."
        ),
        POINTS,
    ),
    Parameter(
        "commodity",
        "filter",
        TEXTS,
        msg("Commodities by code, label or alias in either language; several are combined by OR."),
        MINERAL,
        repeatable=True,
    ),
    Parameter(
        "commodity_role",
        "filter",
        {"type": "string", "enum": ["any", "main"], "default": "any"},
        msg("Whether commodity applies to all commodities or to the main one."),
        MINERAL,
    ),
    Parameter(
        "on",
        "filter",
        DAY,
        msg(
            "A day: records that are valid on it, as far as their first and last day are known. With the status of a mining "
            "right: those that have this status on that day."
        ),
        VALID,
    ),
    Parameter("source", "filter", TEXTS, msg("Names of sources; several are combined by OR."), repeatable=True),
    Parameter("flag", "filter", TEXTS, msg("Rules of quality flags; several are combined by OR."), repeatable=True),
    Parameter("stage", "filter", TEXTS, msg("Exploration stages; several are combined by OR."), ESTIMATED, repeatable=True),
    Parameter(
        "status",
        "filter",
        TEXTS,
        msg("Statuses of the project or of the deposit's mine; several are combined by OR."),
        ("deposits", "projects"),
        repeatable=True,
    ),
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
    own, fields = _names(collection.name, groups)
    return (*own, *fields)


def list_value_fields(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the fields that a collection's request may filter by value under their own name."""
    return _names(collection.name, groups)[1]


# every request uses it, and it is constant for each kind
@lru_cache(maxsize=64)
def _names(name: str, groups: tuple[Group, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = tuple(p.name for p in _LISTED if p.group in groups and (p.collections is None or name in p.collections))
    fields = (field.name for field in COLLECTIONS[name].fields if field.name not in own)
    return own, tuple(fields) if "filter" in groups else ()


def splits_at_commas(field: Field) -> bool:
    """Return whether commas separate the values of a field: if they are codes, not names that may contain a comma."""
    return field.facet or field.vocabulary is not None


def check(arguments: Arguments, known: tuple[str, ...], method: Method = "GET") -> None:
    """Raise BadQuery if a parameter is unknown, too long or given twice."""
    for count, (name, value) in enumerate(arguments.pairs(), 1):
        if count > MAX_VALUES:
            raise BadQuery(
                shorten_quoted_value(name),
                shorten_quoted_value(value),
                msg("There are more than %(most)s parameters. Send fewer.", most=MAX_VALUES),
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
