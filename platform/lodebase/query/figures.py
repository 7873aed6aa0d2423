"""Records with a figure and without one: a capacity of a project; ore, grade or metal of a deposit or discovery."""

from dataclasses import replace

from sqlalchemy import Engine

from lodebase.query import cql2
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.pages import Counts, page
from lodebase.query.parameters.declarations import FIGURED
from lodebase.query.query import CRS84, Query
from lodedata.figures.figure_columns import choose_figure_columns


def build_figure_condition(collection: Collection, present: bool) -> object:
    """Return the condition on records of a collection with a figure, or without one, as CQL2 JSON."""
    missing = [{"op": "isNull", "args": [{"property": name}]} for name in choose_figure_columns(collection.field_names)]
    none = {"op": "and", "args": missing}
    return {"op": "not", "args": [none]} if present else none


def count_without_figure(engine: Engine, query: Query, counts: Counts) -> int | None:
    """Return the number of records of a query that have no figure, None for a collection without figures.

    Raise DatabaseAway or StatementTimeout if the statement fails.
    """
    collection = find_collection(query.collection)
    if collection.name not in FIGURED:
        return None
    missing = cql2.parse_json(build_figure_condition(collection, present=False), collection, CRS84.srid)
    chosen = missing if query.filter is None else cql2.join_all_filters([query.filter, missing])
    return page(engine, replace(query.same_rows(), filter=chosen, limit=1), counts).matched
