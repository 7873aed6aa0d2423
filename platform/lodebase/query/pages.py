"""The statements of a page: one row that is the whole page, made by PostGIS in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from psycopg.sql import Literal as Quoted
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Numeric,
    Select,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import FromClause

from lodebase.db import prepared_tables, tables
from lodebase.query import counting, cql2, moment
from lodebase.query.collections_ import Collection, collection
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
    ranges,
    walks,
    where,
)
from lodebase.query.query import CRS84, Shape

KEYS = ("key_0", "key_1")
"""Distance and id of a row among the nearest."""


PLACED = ("place",)
"""The order of finished features, but for the id, which the last of them tells itself."""


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
    """A page: dataset version, features joined by commas as bytes, finished ones in their short form, their number, a full
    page's last row's order, and the number of matching rows, counted in a ``way`` or not at all."""
    return compiled(_page(shape, way), shape.earlier)


@lru_cache(maxsize=256)
def located(shape: Shape) -> Statement:
    """How many of a shape's rows have a position."""
    return compiled(_located(shape))


def _located(shape: Shape) -> Select[Any]:
    table = collection(shape.collection).table
    if shape.plain and not shape.boxes:
        state = prepared_tables.collection_state.c
        return select(state.located).where(state.collection == fixed(shape.collection))
    return select(func.count()).select_from(table).where(where(shape, table), table.c.geom.is_not(None))


@lru_cache(maxsize=256)
def nearest(shape: Shape, counted: bool, neighbours: int) -> Statement:
    """A page of the nearest rows among so many neighbours on the plane: what ``page`` gives, the rows with a position in place
    of those that match, then how many neighbours there are and how many degrees off the last one lies.

    The number stands in the statement: bound, it would be unknown to a plan for all values, and each would be planned anew.
    """
    asked = collection(shape.collection)
    anywhere = replace(shape, near=False, nearest=False)
    off: ColumnElement[float] = asked.table.c.geom.op("<->", return_type=Double())(point())
    told = [asked.table.c[name] for name in ("id", "place", "geom")] if _distance_alone(shape) else [asked.table]
    near = select(*told, off.label("off")).where(where(anywhere, asked.table), asked.table.c.geom.is_not(None))
    close = near.order_by(off).limit(fixed(neighbours)).cte("neighbours").prefix_with("MATERIALIZED")
    by = order(shape, close)
    keyed = select(close, *(column.label(f"key_{n}") for n, (column, _) in enumerate(by)))
    found = keyed.order_by(*ordered(by)).limit(_limit(shape)).subquery()
    of_page = _with_distance(asked, found) if _distance_alone(shape) else features(found, asked, shape, shape.crs, KEYS)
    made = of_page.order_by(found.c.key_0, found.c.key_1).subquery("made")
    matched = _located(anywhere).scalar_subquery() if counted else cast(null(), BigInteger)
    seen = [select(value).select_from(close).scalar_subquery() for value in (func.count(), func.max(close.c.off))]
    return compiled(_joined(shape, made, KEYS, matched).add_columns(*seen))


def _distance_alone(shape: Shape) -> bool:
    """Whether a page of nearest rows tells nothing but their distance beside the finished features."""
    return not (shape.within or shape.earlier or shape.sort) and shape.properties is None and shape.crs == CRS84


def _with_distance(asked: Collection, found: FromClause) -> Select[Any]:
    """The finished features with their distance as the last property."""
    served = prepared_tables.FEATURES[asked.table.name]
    km = func.round(cast(found.c.key_0 / fixed(1000), Numeric), fixed(3))
    feature = func.concat(func.left(served.c.feature, fixed(-2)), fixed(',"distance_km":'), km, fixed("}}")).label("feature")
    same = (served.c.place == found.c.place) & (served.c.id == found.c.id)
    return select(*(found.c[key] for key in KEYS), feature).select_from(found.join(served, same))


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
    matched = cast(null(), BigInteger) if way is None else counting.matched(shape, way)
    # a page that is not full holds all that match, and what is not needed is not counted
    return _joined(shape, made, keys, matched if shape.after is not None else _all_or(shape, matched))


def _all_or(shape: Shape, matched: ColumnElement[int]) -> ColumnElement[int]:
    n = func.count()
    return case((n < cast(_limit(shape), BigInteger), n), else_=matched)


def _joined(shape: Shape, made: FromClause, keys: tuple[str, ...], matched: ColumnElement[int]) -> Select[Any]:
    if keys != PLACED:
        nth = func.row_number().over().label("nth")
        made = select(made.c.feature, *(made.c[key] for key in keys), nth).subquery("row")
    joined = func.coalesce(func.string_agg(made.c.feature, fixed(",")), fixed(""))
    last = [func.max(made.c.place)] if keys == PLACED else [_last(shape, made, key) for key in keys]
    return select(_version(), func.convert_to(joined, fixed("UTF8")), func.count(), *last, matched).select_from(made)


def _last(shape: Shape, row: FromClause, key: str) -> ColumnElement[Any]:
    """A key of a full page's last row: a second long array or text would make PostgreSQL copy the features as either grows."""
    return func.array_agg(row.c[key]).filter(row.c.nth == _limit(shape))[fixed(1)]


def _version() -> ColumnElement[Any]:
    version = tables.dataset_version.c.version
    return select(func.coalesce(func.max(version), fixed(0))).scalar_subquery()


def _finished(shape: Shape) -> tuple[tuple[str, ...], FromClause]:
    """The finished features of a page in the order of their places."""
    table = collection(shape.collection).table
    served = prepared_tables.FEATURES[table.name]
    if _by_index(shape):
        found = _limited(shape, select(served.c.place, served.c.id).where(where(shape, served, walks(shape))), served)
        told = served.alias("told")
        # looked up one by one, as a join may change the order
        feature = select(told.c.feature).where(told.c.place == found.c.place, told.c.id == found.c.id).scalar_subquery()
        return PLACED, select(found.c.place, feature.label("feature")).subquery("made")
    if _by_features(shape):
        page = select(served.c.place, served.c.feature).where(where(shape, served, walks(shape)))
        return PLACED, _limited(shape, page, served)
    found = _limited(shape, select(table.c.place, table.c.id).where(where(shape, table, walks(shape))), table)
    page = (
        select(served.c.place, served.c.feature)
        .select_from(found.join(served, (served.c.place == found.c.place) & (served.c.id == found.c.id)))
        .order_by(served.c.place, served.c.id)
    )
    return PLACED, page.subquery("made")


def _limited(shape: Shape, page: Select[Any], table: FromClause) -> FromClause:
    by = order(shape, table)
    if shape.after is not None:
        page = page.where(beyond(shape, by))
    page = page.order_by(*ordered(by)).limit(_limit(shape))
    if walks(shape):
        page = along(page, table, ranges()).limit(_limit(shape))
    elif shape.by_cells and shape.finished:
        page = along(page, table, cells(shape)).limit(_limit(shape))
    return page.subquery()


def _limit(shape: Shape) -> ColumnElement[Any]:
    """How many records a page has; in the statement itself only where one plan is good for all values."""
    walked = shape.finished and _by_features(shape) and not _by_index(shape)
    return fixed(shape.limit) if walked and shape.limit is not None else bindparam("limit")


def _by_features(shape: Shape) -> bool:
    """Whether rows are found by what stands beside the finished features, along the curve."""
    return shape.plain or shape.by_cells or (shape.beside and shape.boxes > 0)


def _by_index(shape: Shape) -> bool:
    """Whether most rows of a box are left out by what the key's index holds, so that only those of the page need be read.

    So it is of commodities and of several main ones; those of one main commodity have an index of their own along the curve.
    """
    if not (shape.boxes and shape.beside and len(shape.selections) == 1):
        return False
    field, chosen = shape.selections[0]
    one = isinstance(chosen, cql2.Operation) and chosen.name == "="
    return field == "commodities" or (field == "main_commodity" and not one)


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
