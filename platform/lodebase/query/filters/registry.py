"""All filters of rows, in the order in which they are documented."""

from collections.abc import Container, Iterator

from lodebase.query.collections_ import Collection
from lodebase.query.filters import (
    amounts,
    cql2_text,
    dates,
    development,
    estimates,
    expiry,
    facilities,
    figures,
    identifiers,
    licences,
    organisations,
)
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.parameters.arguments import Arguments

FILTERS: tuple[RowFilter, ...] = (
    dates.REPORTED,
    cql2_text.FILTER,
    identifiers.FILTER,
    expiry.FILTER,
    amounts.FILTER,
    facilities.FILTER,
    figures.FILTER,
    organisations.FILTER,
    dates.STATUS_AGE,
    development.FILTER,
    estimates.FILTER,
    dates.UPDATED,
    licences.FILTER,
)


def parse_filters(collection: Collection, arguments: Arguments, taken: Container[str]) -> Iterator[Node]:
    """Yield the conditions of the filters of which a parameter that is taken is given. Raise BadQuery if one is invalid."""
    for row_filter in FILTERS:
        if any(parameter.name in arguments and parameter.name in taken for parameter in row_filter.parameters):
            yield from row_filter.parse(collection, arguments)
