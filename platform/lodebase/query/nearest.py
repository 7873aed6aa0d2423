"""The nearest rows: the radius to search, and the number of rows that have a sure position."""

from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, func, select

from lodebase.db.schema import prepared_tables
from lodebase.query.collections_ import find_collection
from lodebase.query.expression import bind_query, build_where_condition
from lodebase.query.filters.spatial.distance import (
    MAX_GEODESIC_KM,
    DistanceCondition,
    match_sure_position,
    measure_distance_m,
    point,
)
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg


def derive_count_key(query: Query) -> Query:
    """Return the cache key of the number of rows that have a position, which all pages of nearest rows share."""
    return query.same_rows().replacing(DistanceCondition(0, 0, None))


def widen_to_earth(query: Query) -> Query:
    """Return the query with a radius around the entire earth if it requests the nearest rows, otherwise unchanged."""
    near = query.find(DistanceCondition)
    if near is None or near.radius_km is not None:
        return query
    return query.replacing(replace(near, reach_km=MAX_GEODESIC_KM))


def set_query_reach(connection: Connection, query: Query) -> Query:
    """Return the query with a radius that contains all rows of its page and of the pages before."""
    near = query.find(DistanceCondition)
    assert near is not None
    seen = 0 if query.after is None else query.after.seen
    anywhere = replace(query.same_rows().without(DistanceCondition), limit=query.limit + seen)
    values = bind_query(connection, anywhere) | {"near_lon": near.lon, "near_lat": near.lat}
    farthest_m = _prepare_farthest(anywhere.shape()).row(connection, values)[0]
    return query.replacing(replace(near, reach_km=((farthest_m or 0.0) + 1) / 1000))


def count_located_rows(connection: Connection, query: Query) -> int:
    """Return how many rows have a position that is not doubtful."""
    anywhere = query.same_rows().without(DistanceCondition)
    doubted = "position_doubtful" in find_collection(query.collection).table.c
    if not anywhere.conditions and not doubted:
        state = prepared_tables.collection_state.c
        return int(connection.scalar(select(state.located).where(state.collection == query.collection)) or 0)
    return int(_prepare_located_count(anywhere.shape()).row(connection, bind_query(connection, anywhere))[0])


@lru_cache(maxsize=256)
def _prepare_located_count(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    return compile_for_psycopg(select(func.count()).select_from(table).where(*_match_located(shape, table)))


@lru_cache(maxsize=256)
def _prepare_farthest(shape: Shape) -> PreparedStatement:
    """Return the longest geodesic to one of the first ``limit`` rows by planar distance in degrees.

    At least ``limit`` rows lie within it, however the plane distorts distances.
    """
    table = find_collection(shape.collection).table
    near = select(table.c.geom).where(*_match_located(shape, table))
    nearest_rows = near.order_by(table.c.geom.op("<->")(point())).limit(bindparam("limit")).subquery("found")
    return compile_for_psycopg(select(func.max(measure_distance_m(nearest_rows))))


def _match_located(shape: Shape, table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return build_where_condition(shape, table), table.c.geom.is_not(None), match_sure_position(table)
