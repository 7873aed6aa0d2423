"""Plants by what people call them."""

from collections.abc import Iterator

from lodebase.errors import BadQuery
from lodebase.query.collections_ import Collection
from lodebase.query.filters.amounts import CAPABLE
from lodebase.query.filters.row_filter import Node, RowFilter, parse_condition
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import TEXTS, Parameter
from lodedata.figures.facilities import FACILITY, UNDISTINGUISHED, FacilityMeaning, find_facility_meaning
from lodedata.messages import msg
from lodedata.vocab import describe_unknown_term, load_vocabulary


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the plants that are meant."""
    types, values = load_vocabulary(FACILITY), arguments.getlist("facility")
    parts: list[object] = []
    for word in (word for value in values for part in value.split(",") if (word := part.strip())):
        term = types.find(word)
        if term is None:
            raise BadQuery("facility", shorten_quoted_value(word), describe_unknown_term(FACILITY))
        parts += _list_meant_conditions(find_facility_meaning(term.code))
    if not parts:
        raise BadQuery("facility", "", describe_unknown_term(FACILITY))
    node = parts[0] if len(parts) == 1 else {"op": "or", "args": parts}
    yield parse_condition("facility", ",".join(values), node, collection)


def _list_meant_conditions(of: FacilityMeaning) -> Iterator[object]:
    """Yield the conditions of which a plant that is meant fulfils one."""
    yield _build_overlap("facility_types", of.types)
    metal = [] if of.metal is None else [{"op": "=", "args": [{"property": "main_commodity"}, of.metal]}]
    if of.broader is not None:
        yield {"op": "and", "args": [_build_overlap("facility_types", (of.broader,)), *metal]}
    undistinguished = _build_overlap("facility_types", UNDISTINGUISHED)
    if of.products:
        yield {"op": "and", "args": [undistinguished, _build_overlap("products", of.products)]}
    if of.name_parts is not None:
        english, chinese = of.name_parts
        in_english = {"op": "like", "args": [_fold_case({"property": "name_en"}), _fold_case(f"%{english}%")]}
        in_chinese = {"op": "like", "args": [{"property": "name_zh"}, f"%{chinese}%"]}
        yield {"op": "and", "args": [undistinguished, *metal, {"op": "or", "args": [in_english, in_chinese]}]}


def _build_overlap(name: str, codes: tuple[str, ...]) -> object:
    return {"op": "a_overlaps", "args": [{"property": name}, list(codes)]}


def _fold_case(value: object) -> object:
    return {"op": "casei", "args": [value]}


FILTER = RowFilter(
    (
        Parameter(
            "facility",
            "filter",
            TEXTS,
            msg(
                "What people call a plant, such as smelter or copper smelter; several are combined by OR. Narrower types count "
                "too; of the type of one metal also smelters or refineries with that main metal, and plants whose source "
                "states no type, by their product or name."
            ),
            CAPABLE,
            repeatable=True,
        ),
    ),
    parse,
)
