"""Records in a polygon."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import shapely
from sqlalchemy import ColumnElement, LargeBinary, and_, bindparam, cast, func, literal_column, true
from sqlalchemy.sql.selectable import FromClause

from lodebase.errors import BadQuery
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import Collection
from lodebase.query.conditions import Condition
from lodebase.query.filters.row_filter import Node, RowFilter
from lodebase.query.filters.spatial.box import match_around
from lodebase.query.filters.spatial.certainty import Certainty, choose_by_certainty, parse_certainty
from lodebase.query.literals import write_fixed_literal
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.nesting import check_json, check_wkt
from lodebase.query.parameters.parameter import PLACED, TEXT, Parameter
from lodedata.messages import Message, msg

MAX_POLYGON_VERTICES = 20_000


@dataclass(frozen=True, slots=True)
class AreaCondition(Condition[tuple[Certainty | None]]):
    """Rows in a polygon in WGS 84, as WKB with its bounding box."""

    rank: ClassVar[int] = 6
    is_bounded: ClassVar[bool] = True
    adds_properties: ClassVar[bool] = True
    wkb: bytes
    box: Bbox
    certainty: Certainty | None = None

    @property
    def form(self) -> tuple[Certainty | None]:
        """Return the certainty."""
        return (self.certainty,)

    @property
    def needs_accuracy(self) -> bool:
        """Return whether rows count that are only possibly inside."""
        return self.certainty in ("possible", "all")

    def list_bound_values(self) -> dict[str, Any]:
        """Return the polygon."""
        return {"within": self.wkb}

    @classmethod
    def build(
        cls, form: tuple[Certainty | None], collection: Collection, table: FromClause, walked: bool
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the polygon."""
        inside = func.ST_Intersects(table.c.geom, _bind_area())
        if collection.geometry != "point":
            return inside
        perhaps = func.ST_DWithin(
            _convert_to_geography(table.c.geom),
            _convert_to_geography(_build_dense_area()),
            func.coalesce(table.c.position_accuracy_m, 0),
        )
        near = true() if walked else match_around(table)
        return choose_by_certainty(form[0], inside, _match_surely_within(table), and_(near, perhaps))

    @classmethod
    def build_certain(cls, form: tuple[Certainty | None], table: FromClause) -> ColumnElement[bool]:
        """Return whether a row is certainly in the polygon."""
        return _match_surely_within(table)

    def find_box(self, accuracy_max_m: float) -> Bbox:
        """Return the box of the polygon."""
        return self.box.wider(accuracy_max_m if self.needs_accuracy else 0.0)


def _bind_area() -> ColumnElement[Any]:
    return func.ST_SetSRID(func.geometry(cast(bindparam("within"), LargeBinary)), write_fixed_literal(4326))


def _build_dense_area() -> ColumnElement[Any]:
    """Return the polygon with a vertex every half degree, so that its straight edges stay straight as geodesics."""
    return func.ST_Segmentize(_bind_area(), literal_column("0.5"))


def _match_surely_within(table: FromClause) -> ColumnElement[bool]:
    boundary = _convert_to_geography(func.ST_Boundary(_build_dense_area()))
    away = func.ST_Distance(_convert_to_geography(table.c.geom), boundary) >= table.c.position_accuracy_m
    return and_(func.ST_Intersects(table.c.geom, _bind_area()), away)


def _convert_to_geography(geometry: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.geography(geometry)


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the polygon, if it is given."""
    yield parse_area(arguments["within"], parse_certainty(arguments))


def parse_area(text: str, certainty: Certainty | None = None) -> AreaCondition:
    """Return the condition of the polygon of a WKT or GeoJSON text. Raise BadQuery if it is invalid."""
    right = msg("Write a polygon as WKT or GeoJSON, such as POLYGON((100 20,120 20,120 40,100 40,100 20)).")
    if text.count(",") > 2 * MAX_POLYGON_VERTICES:
        raise _refuse(text, msg("The polygon has more than %(most)s vertices. Simplify it.", most=f"{MAX_POLYGON_VERTICES:,}"))
    written_as_json = text.lstrip().startswith("{")
    (check_json if written_as_json else check_wkt)("within", text)
    try:
        polygon = shapely.from_geojson(text) if written_as_json else shapely.from_wkt(text)
    except (shapely.GEOSException, ValueError) as error:
        raise _refuse(
            text,
            msg('"%(value)s" can\'t be read (%(reason)s). %(advice)s', reason=str(error).splitlines()[0][:200], advice=right),
        ) from None
    if polygon is None or polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty:
        raise _refuse(text, msg('"%(value)s" is not a polygon. %(advice)s', advice=right))
    if shapely.get_num_coordinates(polygon) > MAX_POLYGON_VERTICES:
        raise _refuse(text, msg("The polygon has more than %(most)s vertices. Simplify it.", most=f"{MAX_POLYGON_VERTICES:,}"))
    polygon = shapely.force_2d(polygon)
    if not shapely.is_valid(polygon):
        raise _refuse(
            text,
            msg(
                "The polygon crosses itself (%(reason)s). %(advice)s",
                reason=shapely.is_valid_reason(polygon)[:200],
                advice=right,
            ),
        )
    west, south, east, north = polygon.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        raise _refuse(
            text,
            msg(
                "The polygon is out of range. %(advice)s Write one that crosses the date line as a MULTIPOLYGON.", advice=right
            ),
        )
    return AreaCondition(shapely.to_wkb(polygon), Bbox(west, south, east, north), certainty)


def _refuse(text: str, problem: Message) -> BadQuery:
    return BadQuery("within", shorten_quoted_value(text), problem)


FILTER = RowFilter(
    (
        Parameter(
            "within",
            "filter",
            TEXT,
            msg("A polygon as WKT or GeoJSON in WGS 84; send a long one by POST to items."),
            PLACED,
        ),
    ),
    parse,
)
