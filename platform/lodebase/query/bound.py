"""The values that a query binds, its search as wide as the records that it asks of may be off."""

from typing import Any

from sqlalchemy import Connection, func, select

from lodebase.db import prepared_tables
from lodebase.query import expression
from lodebase.query.collections_ import collection
from lodebase.query.query import Query


def values(connection: Connection, query: Query, earlier: bool = False) -> dict[str, Any]:
    """The values of a query; where records count that are only perhaps inside, the widest accuracy is looked up first."""
    if query.certainty not in ("possible", "all"):
        return expression.values(query)
    state, table = prepared_tables.collection_state.c, collection(query.collection).table
    now = select(state.accuracy_max_m).where(state.collection == query.collection)
    widest = connection.scalar(select(func.max(table.c.position_accuracy_m)) if earlier else now)
    return expression.values(query, float(widest or 0.0))
