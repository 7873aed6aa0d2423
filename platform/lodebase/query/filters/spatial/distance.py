"""Records within a distance of a point, and the nearest ones."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Double, and_, bindparam, cast, func, true
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
from lodebase.query.parameters.parameter import AMOUNT, POINTS, TEXT, Parameter
from lodedata.cells import Unreadable, number
from lodedata.messages import Message, msg

MAX_GEODESIC_KM = 20_040.0
"""The largest distance between two points on the earth."""


@dataclass(frozen=True, slots=True)
class DistanceCondition(Condition[tuple[bool, Certainty | None]]):
    """Rows near a point in WGS 84, by a radius on the ellipsoid; without a radius the nearest rows at any distance."""

    rank: ClassVar[int] = 5
    is_bounded: ClassVar[bool] = True
    adds_properties: ClassVar[bool] = True
    lon: float
    lat: float
    radius_km: float | None
    certainty: Certainty | None = None
    reach_km: float | None = None
    """Without a radius, the radius that was found to contain all rows of the page."""

    @property
    def searched_km(self) -> float | None:
        """Return how far rows are searched, None if that is not known."""
        return self.reach_km if self.radius_km is None else self.radius_km

    @property
    def form(self) -> tuple[bool, Certainty | None]:
        """Return whether it has no radius, and the certainty."""
        return self.radius_km is None, self.certainty

    @property
    def needs_accuracy(self) -> bool:
        """Return whether rows count that are only possibly inside."""
        return self.certainty in ("possible", "all")

    def list_bound_values(self) -> dict[str, Any]:
        """Return the point and the radius."""
        return {"near_lon": self.lon, "near_lat": self.lat, "radius_m": (self.searched_km or 0.0) * 1000}

    @classmethod
    def build(
        cls, form: tuple[bool, Certainty | None], collection: Collection, table: FromClause, walked: bool
    ) -> ColumnElement[bool]:
        """Return the SQL condition of the distance, of rows whose position is not doubtful."""
        around, distance_m, radius_m = match_around(table), measure_distance_m(table), bindparam("radius_m", type_=Double)
        near = choose_by_certainty(
            form[1],
            and_(around, distance_m <= radius_m),
            and_(around, _match_surely_near(table)),
            and_(around, distance_m <= radius_m + func.coalesce(table.c.position_accuracy_m, 0)),
        )
        return and_(near, match_sure_position(table))

    @classmethod
    def build_certain(cls, form: tuple[bool, Certainty | None], table: FromClause) -> ColumnElement[bool] | None:
        """Return whether a row is certainly within the radius, None without one."""
        return None if form[0] else _match_surely_near(table)

    def find_box(self, accuracy_max_m: float) -> Bbox | None:
        """Return the box around the circle."""
        if self.searched_km is None:
            return None
        wider = accuracy_max_m if self.needs_accuracy else 0.0
        return compute_box_around(self.lon, self.lat, self.searched_km * 1000 + wider)


def compute_box_around(lon: float, lat: float, radius_m: float) -> Bbox:
    """Return a box that contains everything within a radius of a point."""
    return Bbox(lon, lat, lon, lat).wider(radius_m)


def measure_distance_m(table: FromClause) -> ColumnElement[Any]:
    """Return the length in metres of the geodesic on the WGS 84 ellipsoid from the query's point (Karney 2013)."""
    return cast(func.ST_DistanceSpheroid(table.c.geom, point()), Double)


def point() -> ColumnElement[Any]:
    """Return the point that distances are measured from."""
    return func.ST_SetSRID(
        func.ST_MakePoint(bindparam("near_lon", type_=Double), bindparam("near_lat", type_=Double)), write_fixed_literal(4326)
    )


def match_sure_position(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows whose position is not doubtful: such a position is not known to be near anything."""
    return table.c.position_doubtful.is_not(True) if "position_doubtful" in table.c else true()


def _match_surely_near(table: FromClause) -> ColumnElement[bool]:
    return measure_distance_m(table) + table.c.position_accuracy_m <= bindparam("radius_m", type_=Double)


def parse(_collection: Collection, arguments: Arguments) -> Iterator[Node]:
    """Yield the condition of the point and radius, or of the point whose nearest records are requested."""
    if "nearest" in arguments:
        if "near" in arguments:
            raise _refuse(arguments, "nearest", msg("near and nearest can't be combined. Give one of them."))
        if "radius_km" in arguments:
            sentence = msg("radius_km can't be combined with nearest, which lists all records by distance. Use near.")
            raise _refuse(arguments, "radius_km", sentence)
        # the nearest records are those by their coordinates, without a certainty
        yield DistanceCondition(*_parse_point(arguments, "nearest"), None)
    elif "near" not in arguments:
        raise _refuse(arguments, "radius_km", msg("radius_km needs a point. Give near=longitude,latitude."))
    else:
        lon, lat = _parse_point(arguments, "near")
        if "radius_km" not in arguments:
            raise _refuse(arguments, "near", msg("near needs a radius. Give radius_km, or use nearest."))
        yield DistanceCondition(lon, lat, _parse_radius_km(arguments), parse_certainty(arguments))


def _parse_radius_km(arguments: Arguments) -> float:
    try:
        radius = number(arguments["radius_km"])
    except Unreadable:
        radius = math.nan
    if not 0 < radius <= MAX_GEODESIC_KM:
        sentence = msg('radius_km must be a number of kilometres above 0 and up to %(most)s, not "%(value)s".')
        raise _refuse(arguments, "radius_km", sentence.filled(most=f"{MAX_GEODESIC_KM:,.0f}"))
    return radius


def _parse_point(arguments: Arguments, name: str) -> tuple[float, float]:
    right = msg("Write longitude,latitude in degrees, such as 117.57,29.0.")
    try:
        lon, lat = (number(part) for part in arguments[name].split(","))
    except (Unreadable, ValueError):
        raise _refuse(arguments, name, msg('"%(value)s" is not a point. %(advice)s', advice=right)) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _refuse(arguments, name, msg('"%(value)s" is out of range. %(advice)s', advice=right))
    return lon, lat


def _refuse(arguments: Arguments, name: str, problem: Message) -> BadQuery:
    return BadQuery(name, shorten_quoted_value(arguments[name]), problem)


FILTER = RowFilter(
    (
        Parameter(
            "near",
            "filter",
            TEXT,
            msg("A point, longitude,latitude: records within radius_km of it, nearest first, each with distance_km."),
            POINTS,
        ),
        Parameter("radius_km", "filter", AMOUNT, msg("The radius around near in kilometres on the ellipsoid."), POINTS),
        Parameter(
            "nearest",
            "filter",
            TEXT,
            msg("A point, longitude,latitude: all records by their distance to it, each with distance_km."),
            POINTS,
        ),
    ),
    parse,
)
