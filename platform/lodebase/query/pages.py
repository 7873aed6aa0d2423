"""The statements of a page: one row that is the whole page, made by PostGIS in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from psycopg.sql import Literal as Quoted
from sqlalchemy import BigInteger, ColumnElement, Connection, Double, Integer, Select, bindparam, cast, func, null, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import FromClause

from lodebase.db import tables
from lodebase.query import counting, moment
from lodebase.query.collections_ import collection
from lodebase.query.counting import Way
from lodebase.query.expression import (
    along,
    beyond,
    cells,
    distance_m,
    features,
    fixed,
    order,
    ordered,
    point,
    walks,
    where,
)
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

    def written(self, values: Mapping[str, Any]) -> str:
        """Its text with some values in it, for a program that takes no parameters."""
        bound = {**values, **self.constants}
        return self.sql % {name: Quoted(value).as_string(None) for name, value in bound.items()}


@lru_cache(maxsize=512)
def page(shape: Shape, way: Way | None) -> Statement:
    """A page: dataset version, features joined by commas as bytes, their number, the last row's order, and the number of
    matching rows, counted in a ``way`` or not at all."""
    return compiled(_page(shape, way), shape.earlier)


@lru_cache(maxsize=256)
def located(shape: Shape) -> Statement:
    """How many of a shape's rows have a position."""
    return compiled(_located(shape))


def _located(shape: Shape) -> Select[Any]:
    table = collection(shape.collection).table
    if shape.plain and not shape.boxes:
        state = tables.collection_state.c
        return select(state.located).where(state.collection == fixed(shape.collection))
    return select(func.count()).select_from(table).where(where(shape, table), table.c.geom.is_not(None))


@lru_cache(maxsize=256)
def nearest(shape: Shape, counted: bool) -> Statement:
    """A page of the nearest rows among ``neighbours`` on the plane: what ``page`` gives, the rows with a position in place of
    those that match, then how many neighbours there are and how many degrees off the last one lies."""
    asked = collection(shape.collection)
    anywhere = replace(shape, near=False, nearest=False)
    off: ColumnElement[float] = asked.table.c.geom.op("<->", return_type=Double())(point())
    near = select(asked.table, off.label("off")).where(where(anywhere, asked.table), asked.table.c.geom.is_not(None))
    neighbours = near.order_by(off).limit(bindparam("neighbours")).cte("neighbours").prefix_with("MATERIALIZED")
    by = order(shape, neighbours)
    keyed = select(neighbours, *(column.label(f"key_{n}") for n, (column, _) in enumerate(by)))
    found = keyed.order_by(*ordered(by)).limit(bindparam("limit")).subquery()
    made = features(found, asked, shape, shape.crs, ("key_0", "key_1")).order_by(found.c.key_0, found.c.key_1).subquery("made")
    matched = _located(anywhere).scalar_subquery() if counted else cast(null(), BigInteger)
    seen = [select(value).select_from(neighbours).scalar_subquery() for value in (func.count(), func.max(neighbours.c.off))]
    return compiled(_joined(made, ("key_0", "key_1"), matched).add_columns(*seen))


@lru_cache(maxsize=256)
def farthest(shape: Shape) -> Statement:
    """The longest geodesic to one of the first ``limit`` rows by distance on the plane of degrees.

    So many rows lie within it at least, whatever the plane makes of distances.
    """
    table = collection(shape.collection).table
    near = select(table.c.geom).where(where(shape, table), table.c.geom.is_not(None))
    found = near.order_by(table.c.geom.op("<->")(point())).limit(bindparam("limit")).subquery("found")
    return compiled(select(func.max(distance_m(found))))


def compiled(statement: Select[Any], earlier: bool = False) -> Statement:
    """The statement as psycopg takes it, with its parameters named; of the data as it was where it is ``earlier``."""
    turned: dict[str, Any] = {"schema_translate_map": moment.TRANSLATED, "render_schema_translate": True}
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    made = statement.compile(dialect=dialect, **(turned if earlier else {}))
    return Statement(str(made), {name: value for name, value in made.params.items() if value is not None})


def _page(shape: Shape, way: Way | None) -> Select[Any]:
    keys, made = _finished(shape) if shape.finished else _made(shape)
    return _joined(made, keys, cast(null(), BigInteger) if way is None else counting.matched(shape, way))


def _joined(made: FromClause, keys: tuple[str, ...], matched: ColumnElement[int]) -> Select[Any]:
    n = func.count()
    joined = func.coalesce(func.string_agg(made.c.feature, fixed(",")), fixed(""))
    last = [func.array_agg(made.c[key])[cast(n, Integer)] for key in keys]
    return select(_version(), func.convert_to(joined, fixed("UTF8")), n, *last, matched).select_from(made)


def _version() -> ColumnElement[Any]:
    version = tables.dataset_version.c.version
    return select(func.coalesce(func.max(version), fixed(0))).scalar_subquery()


def _finished(shape: Shape) -> tuple[tuple[str, ...], FromClause]:
    """The finished features of a page in the order of their places."""
    table = collection(shape.collection).table
    served = tables.FEATURES[table.name]
    if shape.plain or shape.by_cells or (shape.beside and shape.boxes):
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
    elif shape.by_cells and shape.finished:
        page = along(page, table, cells(shape)).limit(bindparam("limit"))
    return page.subquery()


def _made(shape: Shape) -> tuple[tuple[str, ...], FromClause]:
    """Features made for this page alone: in another order, another form, or as they were."""
    asked = collection(shape.collection)
    table = asked.table
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
