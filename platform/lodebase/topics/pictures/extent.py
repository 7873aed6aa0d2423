"""How many records a picture is of, and the box that shows them all."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, func, select

from lodebase.query import Bbox, Query, expression
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg


@dataclass(frozen=True, slots=True)
class MatchedExtent:
    """The number of records that match, that of those with a position, and the box of these."""

    records: int
    located: int
    box: Bbox | None


def read_matched_extent(connection: Connection, query: Query, earlier: bool) -> MatchedExtent:
    """Return how many records of a query there are and where; the box crosses the date line if it is narrower so."""
    values = expression.bind_query(connection, query, earlier)
    records, located, west, east, turned_west, turned_east, south, north = _prepare_extent(query.shape(earlier)).row(
        connection, values
    )
    if west is None:
        return MatchedExtent(records, located, None)
    if turned_east - turned_west < east - west:
        west, east = turned_west, turned_east - 360 if turned_east > 180 else turned_east
    return MatchedExtent(records, located, Bbox(west, south, east, north))


@lru_cache(maxsize=256)
def _prepare_extent(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    box, turned = func.ST_Extent(table.c.geom), func.ST_Extent(func.ST_ShiftLongitude(table.c.geom))
    edges = [function(value) for value in (box, turned) for function in (func.ST_XMin, func.ST_XMax)]
    columns = [func.count(), func.count(table.c.geom), *edges, func.ST_YMin(box), func.ST_YMax(box)]
    statement = select(*(column.label(f"column_{at}") for at, column in enumerate(columns)))
    return compile_for_psycopg(statement.where(expression.build_where_condition(shape, table)), shape.earlier)
