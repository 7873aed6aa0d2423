"""How many rows match: from prepared counts where the filters allow, else counted; each count is kept with its version."""

import functools
import math
import operator
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Double, and_, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from lodebase.db import prepared_tables
from lodebase.db.prepared_tables import collection_state, facet_count
from lodebase.query import places
from lodebase.query.collections_ import collection
from lodebase.query.expression import along, fixed, numbers, ranges, texts, walks, where
from lodebase.query.query import Query, Shape

KEPT_COUNTS = 10_000

Way = Literal["state", "facet", "cells", "small_cells", "rows"]
"""How rows are counted: by the collection's state, by values of a field, by cells of a box, or one by one."""
INSIDE: Mapping[str, tuple[int, ...]] = {"cells": places.COUNTED, "small_cells": places.COUNTED[2:]}
"""The zoom levels of cells that are looked for inside a box; the widest lie in none of a few degrees."""


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
    if way not in INSIDE:
        return {}
    assert query.bbox is not None
    box, cover = query.bbox, places.counted(query.bbox)
    return {
        **{f"whole_{level}": places.array(cover.inside[level]) for level in INSIDE[way]},
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
        assert query.bbox is not None
        inside = places.counted(query.bbox).inside
        return "cells" if any(inside[level] for level in places.COUNTED[:2]) else "small_cells"
    only_field = not (shape.boxes or shape.filter or shape.near or shape.within or shape.updated or shape.licensed)
    return "facet" if only_field and field is not None and field.facet else "rows"


def matched(shape: Shape, way: Way) -> ColumnElement[int]:
    """The number of a shape's rows, as a scalar subquery.

    Tables have short names there: how a statement of up to 4,096 characters is read, psycopg remembers.
    """
    asked = collection(shape.collection)
    if way == "state":
        return select(collection_state.c.n).where(collection_state.c.collection == fixed(shape.collection)).scalar_subquery()
    if way == "facet":
        return _facet_sum()
    if way in INSIDE:
        served = prepared_tables.FEATURES[asked.table.name].alias("f")
        return _whole(shape, INSIDE[way]) + _beside(shape) + _along(shape, served, "_corner")
    if walks(shape):
        return _along(shape, asked.table)
    return select(func.count()).select_from(asked.table).where(where(shape, asked.table)).scalar_subquery()


def _facet_sum() -> ColumnElement[int]:
    f = facet_count.c
    asked = and_(f.collection == bindparam("facet_collection"), f.field == bindparam("facet_field"))
    return _sum(f.n, and_(asked, f.value == func.any(texts("facet_values"))))


def _whole(shape: Shape, levels: Iterable[int]) -> ColumnElement[int]:
    """The rows in cells that lie wholly inside, which are looked up by one walk of the counts' index for each level."""
    p = _cells(shape)
    return functools.reduce(operator.add, (_sum(p.c.n, _in_cells(shape, p, level, f"whole_{level}")) for level in levels))


def _beside(shape: Shape) -> ColumnElement[int]:
    """The rows in cells that one side of the box goes through: the finest are kept with their positions in order, in which that
    of the side is found by halving."""
    p = _cells(shape)
    sides = (_sum(_until(p, side), _in_cells(shape, p, places.COUNTED[-1], f"cut_{side}")) for side in places.SIDES)
    return functools.reduce(operator.add, sides)


def _until(p: FromClause, side: str) -> ColumnElement[int]:
    """How many of a cell's rows lie on the box's side of one of its sides."""
    positions = p.c.lons if side in ("west", "east") else p.c.lats
    before: ColumnElement[int] = func.width_bucket(bindparam(f"until_{side}", type_=Double), positions)
    return before if side in ("east", "north") else func.cardinality(positions) - before


def _cells(shape: Shape) -> FromClause:
    counted = prepared_tables.CELLS[shape.selections[0][0]].table if shape.selections else prepared_tables.place_total_count
    return counted.alias("p")


def _in_cells(shape: Shape, p: FromClause, level: int, cells: str) -> ColumnElement[bool]:
    # cast, as it were a subquery of rows otherwise
    bound = cast(numbers(cells), ARRAY(BigInteger))
    inside = and_(p.c.collection == fixed(shape.collection), p.c.level == fixed(level), p.c.cell == func.any(bound))
    if not shape.selections:
        return inside
    return and_(inside, p.c[prepared_tables.CELLS[shape.selections[0][0]].name] == func.any(texts("codes")))


def _sum(n: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(cast(func.coalesce(func.sum(n), fixed(0)), BigInteger).label("n")).where(condition).scalar_subquery()


def _along(shape: Shape, table: FromClause, of: str = "") -> ColumnElement[int]:
    """The rows of some ranges of places, looked at one by one."""
    walked = along(select(func.count().label("n")).where(where(shape, table, walked=True)), table, ranges(of))
    return _sum(walked.subquery("counted").c.n, true())
