"""Conditions in CQL2, as text or JSON."""

from collections.abc import Iterator

from lodebase.errors import BadQuery
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.parameters import spatial_parameters
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.nesting import read_json
from lodebase.query.parameters.parameter import TEXT, URI, Parameter
from lodedata.messages import msg


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition, unless it is empty."""
    if arguments.get("filter"):
        yield _parse_text(collection, arguments)


def _parse_text(collection: Collection, arguments: Arguments) -> cql2.Filter:
    text, lang = arguments["filter"], arguments.get("filter-lang", "cql2-text")
    crs = spatial_parameters.parse_crs_parameter("filter-crs", arguments)
    try:
        if lang == "cql2-text":
            return cql2.parse_text(text, collection, crs.srid, crs.latitude_first)
        if lang == "cql2-json":
            return cql2.parse_json(read_json("filter", text), collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery("filter", shorten_quoted_value(text), error.message) from None
    raise BadQuery(
        "filter-lang", shorten_quoted_value(lang), msg('"%(value)s" is not a filter language here. Use cql2-text or cql2-json.')
    )


FILTER = RowFilter(
    (
        Parameter("filter", "filter", TEXT, msg("A condition in CQL2.")),
        Parameter(
            "filter-lang",
            "filter",
            {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
            msg("The language of the filter."),
        ),
        Parameter("filter-crs", "filter", URI, msg("The coordinate reference system of the filter.")),
    ),
    parse,
)
