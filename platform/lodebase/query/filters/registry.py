"""All filters of rows, found by name: those that the modules of ``filters`` declare."""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module

from lodebase.errors import BadQuery
from lodebase.query import cql2, filters
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.conditions.condition import AnyCondition
from lodebase.query.filters import cql2_text
from lodebase.query.filters.row_filter import RowFilter
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value

FIRST = ("box", "distance", "area", "certainty", "field_values")
"""Modules whose filters are documented first, as most requests have one of them."""


def _collect_declared() -> tuple[RowFilter, ...]:
    modules = [module_info.name for module_info in pkgutil.walk_packages(filters.__path__, f"{filters.__name__}.")]
    names = {name.rpartition(".")[2]: name for name in sorted(modules)}
    ordered = dict.fromkeys((*FIRST, *names))
    values = (value for name in ordered for value in vars(import_module(names[name])).values())
    return tuple(value for value in values if isinstance(value, RowFilter))


FILTERS: tuple[RowFilter, ...] = _collect_declared()
"""Every filter, in the order in which they are documented; a module whose file exists needs no line anywhere else."""


# every request uses it, and it is constant for each kind
@lru_cache(maxsize=64)
def find_filters(name: str) -> Mapping[str, RowFilter]:
    """Return the filter of each parameter that a collection takes: those that are declared, then its fields."""
    of_fields = next(row_filter for row_filter in FILTERS if row_filter.takes_fields)
    declared = {
        parameter.name: row_filter
        for row_filter in FILTERS
        for parameter in row_filter.parameters
        if parameter.applies_to(name)
    }
    return declared | {field.name: of_fields for field in COLLECTIONS[name].fields if field.name not in declared}


def parse_conditions(collection: Collection, arguments: Arguments) -> Iterator[AnyCondition]:
    """Yield the conditions of the filters of which a parameter is given; those that CQL2 expresses are joined.

    Raise BadQuery if a value is invalid, or if the joined filter is too costly.
    """
    by_name = find_filters(collection.name)
    chosen = arguments.choose(by_name)
    given = {by_name[name] for name in chosen}
    nodes = [node for row_filter in FILTERS if row_filter in given for node in row_filter.parse(collection, chosen)]
    yield from (node for node in nodes if not isinstance(node, cql2.Filter))
    expressed = [node for node in nodes if isinstance(node, cql2.Filter)]
    if expressed:
        yield cql2_text.Cql2Condition(_join_filters(expressed, chosen.get("filter", "")))


def _join_filters(filters: list[cql2.Filter], text: str) -> cql2.Filter:
    combined = cql2.join_filters(*filters)
    try:
        cql2.check_cost(combined)
    except cql2.Malformed as error:
        raise BadQuery("filter", shorten_quoted_value(text), error.message) from None
    return combined
