"""How many records of a query have no figure."""

from dataclasses import replace

from sqlalchemy import Engine

from lodebase.query import cql2
from lodebase.query.collections_ import find_collection
from lodebase.query.crs import CRS84
from lodebase.query.filters.cql2_text import Cql2Condition
from lodebase.query.filters.figures import FIGURED, build_figure_condition
from lodebase.query.pages import Counts, read_page
from lodebase.query.query import Query


def count_without_figure(engine: Engine, query: Query, counts: Counts) -> int | None:
    """Return the number of records of a query that have no figure, None for a collection without figures.

    Raise DatabaseAway or StatementTimeout if the statement fails.
    """
    collection = find_collection(query.collection)
    if collection.name not in FIGURED:
        return None
    missing = cql2.parse_json(build_figure_condition(collection, present=False), collection, CRS84.srid)
    own = query.find(Cql2Condition)
    chosen = Cql2Condition(missing if own is None else cql2.join_filters(own.filter, missing))
    # no record is requested: where all records have a figure, the search for one without would read all of them
    return read_page(engine, replace(query.same_rows().replacing(chosen), limit=0), counts).matched
