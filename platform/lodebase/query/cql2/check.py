"""Check CQL2 JSON against the fields of a collection: from a client's nodes to a Filter that cannot fail in the database."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lodebase.query.collections_ import Collection
from lodebase.query.cql2 import comparisons, dates, estimates, geometry, numbers_, parts, relations
from lodebase.query.cql2.bounds import MAX_FILTER_VALUES, Malformed, check_node, require
from lodebase.query.cql2.cost import check_cost
from lodebase.query.cql2.field_terms import quote_shown_value
from lodebase.query.cql2.nodes import Filter
from lodebase.query.cql2.parts import NAMES, FilterPart
from lodedata.messages import Message, msg

ANY_NUMBER = 1_000_000

Make = Callable[[str, Sequence[FilterPart]], FilterPart]


def check(node: Any, collection: Collection, system: geometry.System) -> Filter:
    """Return the filter that a node of CQL2 JSON expresses. Raise Malformed if it is invalid."""
    check_node(node)
    condition = _Checker(collection, system).condition(node)
    checked_filter = Filter(condition.shape, condition.values)
    check_cost(checked_filter)
    return checked_filter


def _compare(operator: str, filter_parts: Sequence[FilterPart]) -> FilterPart:
    return comparisons.compare(operator, *filter_parts)


def _is_null(name: str, filter_parts: Sequence[FilterPart]) -> FilterPart:
    if filter_parts[0].kind in ("list", "interval"):
        raise Malformed(msg("The filter tests %(part)s with IS NULL. Use IS NULL with a property.", part=filter_parts[0].label))
    return parts.join_parts("boolean", name, filter_parts)


def _check_temporal(name: str, filter_parts: Sequence[FilterPart]) -> FilterPart:
    return comparisons.compare_temporal(name, *filter_parts)


_OPERATIONS: dict[str, tuple[int, int, Make]] = {
    **dict.fromkeys(dates.COMPARISONS, (2, 2, _compare)),
    **dict.fromkeys(numbers_.OPERATORS, (2, 2, numbers_.calculate)),
    "like": (2, 2, comparisons.like),
    "between": (3, 3, comparisons.compare_between),
    "in": (2, 2, comparisons.among),
    "isnull": (1, 1, _is_null),
    **dict.fromkeys(comparisons.FOLDS, (1, 1, comparisons.fold)),
    **{f"s_{name}": (2, 2, relations.relate_geometries) for name in relations.SPATIAL},
    **dict.fromkeys(sorted((*dates.RELATIONS, "t_disjoint")), (2, 2, _check_temporal)),
    **dict.fromkeys(relations.ARRAYS, (2, 2, relations.compare_arrays)),
    "beneath": (2, ANY_NUMBER, relations.match_term_or_descendant),
}
"""The operations by name, each with the minimum and the maximum number of its arguments."""

_NUMBERS_OF_FIGURES = {"largest_contained_t": (1, 2), "largest_grade_pct": (1, 2), "largest_ore_t": (0, 1)}

FUNCTIONS = tuple(name.upper() for name in _OPERATIONS if "_" in name or name in (*comparisons.FOLDS, "beneath")) + tuple(
    name.upper() for name in _NUMBERS_OF_FIGURES
)
"""The functions that a filter may use in addition to the operators, as written in CQL2 text."""


class _Checker:
    """Checks the nodes of one filter. The recursion depth is that of the filter, which is limited."""

    def __init__(self, collection: Collection, system: geometry.System) -> None:
        self._collection = collection
        self._system = system
        self._vertices = 0
        self._depth = 0

    def condition(self, node: Any) -> FilterPart:
        """Return a boolean part. Raise Malformed for anything else."""
        part = self.part(node)
        if part.kind != "boolean":
            raise Malformed(
                msg(
                    "The filter has %(part)s (%(kind)s) in place of a condition. Write a condition such as country = 'CHL'.",
                    part=part.label,
                    kind=NAMES[part.kind],
                )
            )
        return part

    def part(self, node: Any) -> FilterPart:
        """Return the checked part of any node."""
        match node:
            case bool():
                return parts.build_boolean_part(node)
            case int() | float():
                return parts.number(node)
            case str():
                return parts.text(node)
            case list() | tuple():
                return parts.list_([self.part(item) for item in node[: MAX_FILTER_VALUES + 1]])
            case dict():
                return self._check_object(node)
            case _:
                raise Malformed(
                    msg(
                        "The filter contains %(node)s, which is not a value. Find missing values with IS NULL.",
                        node=quote_shown_value(str(node)),
                    )
                )

    def _check_object(self, node: dict[Any, Any]) -> FilterPart:
        if "op" in node:
            return self._check_operation(node["op"], node.get("args"))
        if "property" in node:
            return parts.build_property_part(node["property"], self._collection)
        if "date" in node or "timestamp" in node:
            return self._parse_instant(node)
        if "interval" in node:
            return parts.interval(node["interval"], self._collection)
        if "bbox" in node:
            return self._parse_shapes(geometry.build_box_shapes(node["bbox"], self._system))
        if "type" in node:
            return self._parse_shapes(geometry.parse_geojson_shapes(node, self._system))
        raise Malformed(
            msg('The filter has a JSON object without "op", "property", "date", "timestamp", "interval", "bbox" or "type".')
        )

    def _check_operation(self, op: Any, arguments: Any) -> FilterPart:
        name = op.lower() if isinstance(op, str) else op
        if not isinstance(name, str) or not isinstance(arguments, list):
            raise Malformed(msg('The filter has an operation without "op" as text and "args" as a list.'))
        require("nesting", self._depth + 1)
        self._depth += 1
        part = self._build_part(name, arguments)
        self._depth -= 1
        return part

    def _build_part(self, name: str, arguments: list[Any]) -> FilterPart:
        if name in ("and", "or"):
            if not arguments:
                raise Malformed(msg("The filter has %(function)s without conditions.", function=name.upper()))
            return parts.join_parts("boolean", name, [self.condition(argument) for argument in arguments])
        if name == "not":
            _count(name, len(arguments), 1, 1)
            return parts.join_parts("boolean", name, [self.condition(arguments[0])])
        if name in _NUMBERS_OF_FIGURES:
            _count(name, len(arguments), *_NUMBERS_OF_FIGURES[name])
            make: Make = partial(estimates.select_largest_figure, collection=self._collection)
        elif name in _OPERATIONS:
            least, most, make = _OPERATIONS[name]
            _count(name, len(arguments), least, most)
        else:
            raise Malformed(
                msg(
                    "%(name)s is not a function of filters. Use one of %(choices)s.",
                    name=quote_shown_value(name),
                    choices=list(FUNCTIONS),
                )
            )
        return make(name, [self.part(argument) for argument in arguments])

    def _parse_instant(self, node: dict[Any, Any]) -> FilterPart:
        return parts.instant(node.get("date", node.get("timestamp")))

    def _parse_shapes(self, shapes: geometry.Shapes) -> FilterPart:
        self._vertices += geometry.count_vertices(shapes)
        require("vertices", self._vertices)
        return parts.shapes(shapes)


def _count(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        wanted = msg("%(least)s to %(most)s", least=least, most=most)
        if least == most:
            wanted = Message(str(least))
        elif most == ANY_NUMBER:
            wanted = msg("%(least)s or more", least=least)
        raise Malformed(
            msg(
                "The filter gives %(function)s %(given)s arguments. It takes %(wanted)s.",
                function=name.upper(),
                given=number,
                wanted=wanted,
            )
        )
