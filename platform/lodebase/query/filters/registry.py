"""All filters of rows, in the order in which they are documented."""

from collections.abc import Container, Iterator, Mapping

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
_BY_PARAMETER: Mapping[str, RowFilter] = {
    parameter.name: row_filter for row_filter in FILTERS for parameter in row_filter.parameters
}


def parse_filters(collection: Collection, arguments: Arguments, taken: Container[str]) -> Iterator[Node]:
    """Yield the conditions of the filters of which a parameter that is taken is given. Raise BadQuery if one is invalid."""
    given = {_BY_PARAMETER[name] for name in arguments if name in taken and name in _BY_PARAMETER}
    for row_filter in FILTERS:
        if row_filter in given:
            yield from row_filter.parse(collection, arguments)
