"""Records with a figure and without one: a capacity of a project; ore, grade or metal of a deposit or discovery."""

from collections.abc import Iterator

from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.filters.row_filter import Node, RowFilter, parse_condition, parse_truth, write_null_condition
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import TRUTH, Parameter
from lodedata.figures.figure_columns import choose_figure_columns
from lodedata.messages import msg

FIGURED = tuple(name for name, collection in COLLECTIONS.items() if choose_figure_columns(collection.field_names))
"""The collections whose records can have figures."""


def parse(collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of records with a figure, or of those without one."""
    text = arguments["has_figure"]
    yield parse_condition("has_figure", text, build_figure_condition(collection, parse_truth("has_figure", text)), collection)


def build_figure_condition(collection: Collection, present: bool) -> object:
    """Return the condition on records of a collection with a figure, or without one, as CQL2 JSON."""
    none = {"op": "and", "args": [write_null_condition(name) for name in choose_figure_columns(collection.field_names)]}
    return {"op": "not", "args": [none]} if present else none


FILTER = RowFilter(
    (
        Parameter(
            "has_figure",
            "filter",
            TRUTH,
            msg(
                "With true, records with a figure: of a project a capacity, built or not built yet; of a deposit or discovery "
                "ore, grade or metal. With false, those without. numberWithoutFigure then counts those without one, in both "
                "cases."
            ),
            FIGURED,
        ),
    ),
    parse,
)
