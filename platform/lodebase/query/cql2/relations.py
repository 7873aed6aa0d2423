"""Relations between geometries, lists and vocabulary terms."""

from collections.abc import Sequence

from lodebase.query.cql2 import geometry
from lodebase.query.cql2.bounds import Malformed, require
from lodebase.query.cql2.comparisons import compare_contained
from lodebase.query.cql2.field_terms import find_descendant_codes, find_term_codes
from lodebase.query.cql2.nodes import Placeholder
from lodebase.query.cql2.parts import NAMES, FilterPart, array, join_parts
from lodedata.messages import msg

SPATIAL = ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
ARRAYS = ("a_equals", "a_contains", "a_containedby", "a_overlaps")


def relate_geometries(name: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return a spatial relation of two geometries, in the plane of longitude and latitude (DE-9IM)."""
    for part in parts:
        if part.kind != "geometry":
            raise Malformed(
                msg(
                    "The filter uses %(function)s with %(part)s (%(kind)s). Write it as %(function)s(geometry, "
                    "BBOX(-75,-30,-65,-20)).",
                    function=name.upper(),
                    part=part.label,
                    kind=NAMES[part.kind],
                )
            )
        if name not in ("s_intersects", "s_disjoint") and part.literal is not None and part.literal.mixed:
            raise Malformed(
                msg(
                    "The filter uses %(function)s with a GEOMETRYCOLLECTION. Use a MULTIPOINT, MULTILINESTRING or "
                    "MULTIPOLYGON.",
                    function=name.upper(),
                )
            )
    if all(part.literal is not None for part in parts):
        # the planner compares them, which takes seconds if they cross each other often
        require("literal_vertices", sum(geometry.count_vertices(part.literal) for part in parts))
    if name == "s_disjoint":
        return join_parts("boolean", "not", (relate_geometries("s_intersects", parts),))
    if name == "s_intersects":
        # each part by itself, so that a box across the antimeridian does not search all longitudes
        pairs = [(piece, other) for piece in _split_pieces(parts[0]) for other in _split_pieces(parts[1])]
        conditions = [join_parts("boolean", name, pair) for pair in pairs]
        return conditions[0] if len(conditions) == 1 else join_parts("boolean", "or", conditions)
    return join_parts("boolean", name, parts)


def compare_arrays(name: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return whether one list contains or overlaps another; order and repetitions are ignored."""
    left, right = (_convert_to_list(name, part) for part in parts)
    return join_parts("boolean", name, (_bind_array(name, left, right), _bind_array(name, right, left)))


def match_term_or_descendant(name: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return whether a field holds a term of its vocabulary or one of its descendants."""
    field, *values = parts
    if len(values) == 1 and values[0].kind == "list":
        values = list(values[0].literal)
    if field.field is None or not all(isinstance(word.literal, str) for word in values):
        raise Malformed(
            msg(
                "The filter has %(function)s without a property and terms. Write it as BENEATH(deposit_model, 'porphyry').",
                function=name.upper(),
            )
        )
    return compare_contained(field, find_descendant_codes(field.field, [word.literal for word in values]))


def _split_pieces(part: FilterPart) -> list[FilterPart]:
    if part.literal is None:
        return [part]
    return [FilterPart("geometry", Placeholder("geometry"), (piece,), part.label) for piece in part.literal.parts]


def _convert_to_list(name: str, part: FilterPart) -> FilterPart:
    if part.kind == "text" and isinstance(part.literal, str):
        # the parser does not read a list of one element in parentheses as a list
        return FilterPart("list", part.shape, part.values, part.label, literal=(part,))
    if part.kind not in ("array", "list"):
        raise Malformed(
            msg(
                "The filter uses %(function)s with %(part)s (%(kind)s). Write it as %(function)s(commodities, ['copper']).",
                function=name.upper(),
                part=part.label,
                kind=NAMES[part.kind],
            )
        )
    return part


def _bind_array(name: str, part: FilterPart, other: FilterPart) -> FilterPart:
    if part.kind == "array":
        return part
    values = [item.literal for item in part.literal]
    if not all(isinstance(word, str) for word in values):
        raise Malformed(
            msg("The filter gives %(function)s a list with a value that is not a text. Use texts only.", function=name.upper())
        )
    return array(values if other.field is None else find_term_codes(other.field, values), "texts")
