"""Records by their ids."""

from collections.abc import Iterator

from lodebase.query.collections_ import Collection
from lodebase.query.filters.row_filter import Node, RowFilter, compare, parse_condition
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import TEXT, Parameter
from lodedata.messages import msg


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the ids, if any is given."""
    ids = [word for value in arguments.getlist("id") for word in map(str.strip, value.split(",")) if word]
    if ids:
        yield parse_condition("id", arguments["id"], compare("id", "in", ids), collection)


FILTER = RowFilter(
    (Parameter("id", "filter", TEXT, msg("Identifiers; several are combined by OR."), repeatable=True),),
    parse,
)
