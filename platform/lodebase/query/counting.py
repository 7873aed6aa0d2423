"""How many rows match: from prepared counts where the filters allow, else counted; each count is kept with its version."""

import threading
from collections import OrderedDict
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from lodebase.db import prepared_tables
from lodebase.db.prepared_tables import collection_state, facet_count
from lodebase.query import places
from lodebase.query.collections_ import collection
from lodebase.query.expression import along, fixed, texts, walks, where
from lodebase.query.query import Query, Shape

KEPT_COUNTS = 10_000

Way = Literal["state", "facet", "cells", "rows"]
"""How rows are counted: by the collection's state, by values of a field, by cells of a box, or one by one."""


class Counts:
    """Counts of matching rows, each with the dataset version that it was counted at; the least used ones go."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Query, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Query) -> tuple[int, int] | None:
        """The version and the count of a query's rows, None where it is not known."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def put(self, key: Query, version: int, count: int) -> None:
        """Keep a count."""
        with self._lock:
            self._kept[key] = (version, count)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_COUNTS:
                self._kept.popitem(last=False)


def values(query: Query, way: Way) -> dict[str, Any]:
    """What the count binds beside the values of the query itself."""
    chosen = query.selections[0] if query.selections else ("", ())
    if way == "facet":
        return {"facet_collection": query.collection, "facet_field": chosen[0], "facet_values": list(chosen[1])}
    if way != "cells":
        return {}
    assert query.bbox is not None
    cover = places.counted(query.bbox)
    return {
        "whole_values": list(chosen[1]),
        **{f"whole_{level}": places.array(cells) for level, cells in cover.inside.items()},
        "cut": places.array(cover.cut),
    }


def way(query: Query) -> Way:
    """How a query's rows are counted: the cheapest way that is exact.

    A record counts once for each of its commodities and other lists, so of a list one value only. The empty value stands
    for none among prepared counts.
    """
    shape = query.shape()
    if shape.plain and not shape.boxes:
        return "state"
    if query.selections and (len(query.selections) > 1 or "" in query.selections[0][1]):
        return "rows"
    field = collection(query.collection).field(query.selections[0][0]) if query.selections else None
    if field is not None and field.type == "array" and len(query.selections[0][1]) > 1:
        return "rows"
    if shape.boxes and shape.beside and (field is None or field.name in prepared_tables.CELLS):
        return "cells"
    only_field = not (shape.boxes or shape.filter or shape.near or shape.within or shape.updated or shape.licensed)
    return "facet" if only_field and field is not None and field.facet else "rows"


def matched(shape: Shape, way: Way) -> ColumnElement[int]:
    """The number of a shape's rows, as a scalar subquery."""
    asked = collection(shape.collection)
    name = literal(shape.collection)
    if way == "state":
        return select(collection_state.c.n).where(collection_state.c.collection == name).scalar_subquery()
    if way == "facet":
        return _facet_sum()
    if way == "cells":
        return _whole(shape, name) + _cut(shape)
    if walks(shape):
        walked = along(select(func.count().label("n")).where(where(shape, asked.table, walked=True)), asked.table)
        n = walked.subquery("counted").c.n
        return select(cast(func.coalesce(func.sum(n), 0), BigInteger)).scalar_subquery()
    return select(func.count()).select_from(asked.table).where(where(shape, asked.table)).scalar_subquery()


def _facet_sum() -> ColumnElement[int]:
    n = cast(func.coalesce(func.sum(facet_count.c.n), 0), BigInteger)
    chosen = facet_count.c.value == func.any(texts("facet_values"))
    return (
        select(n)
        .where(
            facet_count.c.collection == bindparam("facet_collection"), facet_count.c.field == bindparam("facet_field"), chosen
        )
        .scalar_subquery()
    )


def _whole(shape: Shape, name: ColumnElement[str]) -> ColumnElement[int]:
    """The rows in cells that lie wholly inside, which are looked up by one walk of the counts' index for each level."""
    chosen = prepared_tables.CELLS[shape.selections[0][0]] if shape.selections else None
    p = prepared_tables.place_count if chosen is None else chosen.table
    n: ColumnElement[int] = fixed(0)
    for level in places.COUNTED:
        cells = cast(bindparam(f"whole_{level}"), ARRAY(BigInteger))
        inside = and_(p.c.collection == name, p.c.level == fixed(level), p.c.cell == func.any(cells))
        if chosen is not None:
            inside = and_(inside, chosen == func.any(texts("whole_values")))
        n += select(cast(func.coalesce(func.sum(p.c.n), 0), BigInteger)).where(inside).scalar_subquery()
    return n


def _cut(shape: Shape) -> ColumnElement[int]:
    """The rows of a box in cells that its edge goes through, looked at one by one in an index of cells.

    Without a choice it is the one of positions alone, whose cells are written as a division.
    """
    table = prepared_tables.FEATURES[collection(shape.collection).table.name]
    bits = 2 * (places.DEPTH - places.COUNTED[-1])
    by, of = (">>", bits) if shape.selections else ("/", 1 << bits)
    cell = table.c.place.op(by, return_type=BigInteger())(fixed(of))
    cut = cell == func.any(cast(bindparam("cut"), ARRAY(BigInteger)))
    return select(func.count()).select_from(table).where(cut, where(shape, table)).scalar_subquery()
