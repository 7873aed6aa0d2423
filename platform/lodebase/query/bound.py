"""The values that a query binds, its search as wide as the records that it asks of may be off."""

from typing import Any

from sqlalchemy import Connection, select

from lodebase.db import tables
from lodebase.query import expression
from lodebase.query.query import Query


def values(connection: Connection, query: Query) -> dict[str, Any]:
    """The values of a query; where records count that are only perhaps inside, the widest accuracy is looked up first."""
    if query.certainty not in ("possible", "all"):
        return expression.values(query)
    state = tables.collection_state.c
    widest = connection.scalar(select(state.accuracy_max_m).where(state.collection == query.collection))
    return expression.values(query, float(widest or 0.0))
