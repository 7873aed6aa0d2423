"""The statements of a page: one row that is the whole page, made by PostGIS in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Select, bindparam, cast, func, null, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import FromClause

from lodebase.db import tables
from lodebase.query import counting
from lodebase.query.collections_ import collection
from lodebase.query.counting import Way
from lodebase.query.expression import along, beyond, distance_m, features, fixed, order, ordered, point, rows, walks, where
from lodebase.query.query import Shape


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one shape as PostgreSQL takes it, and the constants in it."""

    sql: str
    constants: Mapping[str, Any]

    def row(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The one row that it gives for some values. Bytes that PostGIS made are passed on and never read."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, {**self.constants, **values}, binary=True)  # type: ignore[call-arg]
            row: tuple[Any, ...] | None = cursor.fetchone()
        finally:
            cursor.close()
        assert row is not None
        return row


@lru_cache(maxsize=512)
def page(shape: Shape, way: Way | None) -> Statement:
    """A page: dataset version, features joined by commas as bytes, their number, the last row's order, and the number of
    matching rows, counted in a ``way`` or not at all."""
    return compiled(_page(shape, way))


@lru_cache(maxsize=256)
def located(shape: Shape) -> Statement:
    """How many of a shape's rows have a position."""
    table = collection(shape.collection).table
    if shape.plain and not shape.boxes:
        state = tables.collection_state.c
        return compiled(select(state.located).where(state.collection == fixed(shape.collection)))
    return compiled(select(func.count()).select_from(table).where(where(shape, table), table.c.geom.is_not(None)))


@lru_cache(maxsize=256)
def farthest(shape: Shape) -> Statement:
    """The longest geodesic to one of the first ``limit`` rows by distance on the plane of degrees.

    So many rows lie within it at least, whatever the plane makes of distances.
    """
    table = collection(shape.collection).table
    near = select(table.c.geom).where(where(shape, table), table.c.geom.is_not(None))
    found = near.order_by(table.c.geom.op("<->")(point())).limit(bindparam("limit")).subquery("found")
    return compiled(select(func.max(distance_m(found))))


def compiled(statement: Select[Any]) -> Statement:
    """The statement as psycopg takes it, with its parameters named."""
    made = statement.compile(dialect=postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]
    return Statement(str(made), {name: value for name, value in made.params.items() if value is not None})


def _page(shape: Shape, way: Way | None) -> Select[Any]:
    keys, made = _finished(shape) if shape.finished else _made(shape)
    n = func.count()
    joined = func.coalesce(func.string_agg(made.c.feature, fixed(",")), fixed(""))
    last = [func.array_agg(made.c[key])[cast(n, Integer)] for key in keys]
    matched = cast(null(), BigInteger) if way is None else counting.matched(shape, way)
    return select(_version(), func.convert_to(joined, fixed("UTF8")), n, *last, matched).select_from(made)


def _version() -> ColumnElement[Any]:
    version = tables.dataset_version.c.version
    return select(func.coalesce(func.max(version), fixed(0))).scalar_subquery()


def _finished(shape: Shape) -> tuple[tuple[str, ...], FromClause]:
    """The finished features of a page in the order of their places."""
    table = collection(shape.collection).table
    served = tables.FEATURES[table.name]
    if shape.plain or (shape.beside and shape.boxes):
        page = select(served.c.place, served.c.id, served.c.feature).where(where(shape, served))
        return ("place", "id"), _limited(shape, page, served)
    found = _limited(shape, select(table.c.place, table.c.id).where(where(shape, table, walks(shape))), table)
    page = (
        select(served.c.place, served.c.id, served.c.feature)
        .select_from(found.join(served, (served.c.place == found.c.place) & (served.c.id == found.c.id)))
        .order_by(served.c.place, served.c.id)
    )
    return ("place", "id"), page.subquery("made")


def _limited(shape: Shape, page: Select[Any], table: FromClause) -> FromClause:
    by = order(shape, table)
    if shape.after is not None:
        page = page.where(beyond(shape, by))
    page = page.order_by(*ordered(by)).limit(bindparam("limit"))
    if walks(shape):
        page = along(page, table).limit(bindparam("limit"))
    return page.subquery()


def _made(shape: Shape) -> tuple[tuple[str, ...], FromClause]:
    """Features made for this page alone: in another order, another form, or as they were."""
    asked = collection(shape.collection)
    table = rows(shape)
    by = order(shape, table)
    keys = tuple(f"key_{n}" for n in range(len(by)))
    page = select(table, *(column.label(key) for key, (column, _) in zip(keys, by, strict=True))).where(
        where(shape, table, walks(shape))
    )
    found = _limited(shape, page, table)
    made = features(found, asked, shape, shape.crs, keys).order_by(
        *ordered([(found.c[key], down) for key, (_, down) in zip(keys, by, strict=True)])
    )
    return keys, made.subquery("made")
