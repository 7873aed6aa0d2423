"""Limits of area and capacity."""

from collections.abc import Iterator

from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.filters.row_filter import Node, RowFilter, compare, parse_amount, parse_condition
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import AMOUNT, Parameter
from lodedata.messages import msg

AREA, CAPACITY = "area_km2_computed", "figure_capacity_tpa"
LIMITS = {
    "area_km2_min": (AREA, ">="),
    "area_km2_max": (AREA, "<="),
    "capacity_tpa_min": (CAPACITY, ">="),
    "capacity_tpa_max": (CAPACITY, "<="),
}
MEASURED = tuple(name for name, collection in COLLECTIONS.items() if collection.field(AREA) is not None)
CAPABLE = tuple(name for name, collection in COLLECTIONS.items() if collection.field(CAPACITY) is not None)
"""The collections whose records can have a capacity."""


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield a comparison for each limit that is given."""
    for name, (field, operator) in LIMITS.items():
        if name in arguments:
            node = compare(field, operator, parse_amount(name, arguments[name]))
            yield parse_condition(name, arguments[name], node, collection)


FILTER = RowFilter(
    (
        Parameter("area_km2_min", "filter", AMOUNT, msg("The minimum area in square kilometres, as computed."), MEASURED),
        Parameter("area_km2_max", "filter", AMOUNT, msg("The maximum area in square kilometres, as computed."), MEASURED),
        Parameter(
            "capacity_tpa_min", "filter", AMOUNT, msg("The minimum capacity for the leading product in tonnes a year."), CAPABLE
        ),
        Parameter(
            "capacity_tpa_max", "filter", AMOUNT, msg("The maximum capacity for the leading product in tonnes a year."), CAPABLE
        ),
    ),
    parse,
)
