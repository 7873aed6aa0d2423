"""How many rows match: from prepared counts where the filters allow, else counted; each count is kept with its version."""

import math
import threading
from collections import OrderedDict
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Double, Table, and_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from lodebase.db import prepared_tables
from lodebase.db.prepared_tables import collection_state, facet_count
from lodebase.query import places
from lodebase.query.collections_ import collection
from lodebase.query.expression import along, fixed, ranges, texts, walks, where
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
    box, cover = query.bbox, places.counted(query.bbox)
    return {
        **{f"whole_{level}": places.array(cells) for level, cells in cover.inside.items()},
        **{f"cut_{side}": places.array(cells) for side, cells in cover.sides.items()},
        # what lies on a side is in the box
        **{"until_west": math.nextafter(box.west, -math.inf), "until_south": math.nextafter(box.south, -math.inf)},
        **{"until_east": box.east, "until_north": box.north},
        "first_corner": places.array([first for first, _ in cover.corners]),
        "last_corner": places.array([last for _, last in cover.corners]),
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
        return _whole(shape, name) + _beside(shape, name) + _along(shape, prepared_tables.FEATURES[asked.table.name], "_corner")
    if walks(shape):
        return _along(shape, asked.table)
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
    p = _cells(shape)
    n: ColumnElement[int] = fixed(0)
    for level in places.COUNTED:
        n += _sum(p.c.n, _in_cells(shape, name, level, f"whole_{level}"))
    return n


def _beside(shape: Shape, name: ColumnElement[str]) -> ColumnElement[int]:
    """The rows in cells that one side of the box goes through: the finest are kept with their positions in order, in which that
    of the side is found by halving."""
    p = _cells(shape)
    n: ColumnElement[int] = fixed(0)
    for side in places.SIDES:
        positions = p.c.lons if side in ("west", "east") else p.c.lats
        until: ColumnElement[int] = func.width_bucket(bindparam(f"until_{side}", type_=Double), positions)
        inside = until if side in ("east", "north") else func.cardinality(positions) - until
        n += _sum(inside, _in_cells(shape, name, places.COUNTED[-1], f"cut_{side}"))
    return n


def _cells(shape: Shape) -> Table:
    return prepared_tables.CELLS[shape.selections[0][0]].table if shape.selections else prepared_tables.place_total_count


def _in_cells(shape: Shape, name: ColumnElement[str], level: int, cells: str) -> ColumnElement[bool]:
    p = _cells(shape)
    bound = cast(bindparam(cells), ARRAY(BigInteger))
    inside = and_(p.c.collection == name, p.c.level == fixed(level), p.c.cell == func.any(bound))
    if not shape.selections:
        return inside
    return and_(inside, prepared_tables.CELLS[shape.selections[0][0]] == func.any(texts("cell_values")))


def _sum(n: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(cast(func.coalesce(func.sum(n), 0), BigInteger)).where(condition).scalar_subquery()


def _along(shape: Shape, table: FromClause, of: str = "") -> ColumnElement[int]:
    """The rows of some ranges of places, looked at one by one."""
    walked = along(select(func.count().label("n")).where(where(shape, table, walked=True)), table, ranges(of))
    n = walked.subquery("counted").c.n
    return select(cast(func.coalesce(func.sum(n), 0), BigInteger)).scalar_subquery()
