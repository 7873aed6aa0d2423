"""Conditions on the position of records: in a box, near a point, in a polygon."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlalchemy import ColumnElement, Double, LargeBinary, and_, bindparam, cast, func, literal_column, or_, true
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import Collection
from lodebase.query.conditions.condition import Condition
from lodebase.query.literals import write_fixed_literal

EDGES = ("west", "south", "east", "north")
Certainty = Literal["certain", "possible", "all"]
"""Whether a record that may be off by its accuracy is certainly inside, possibly inside, or either.

Without it only the coordinate decides.
"""


@dataclass(frozen=True, slots=True)
class BoxCondition(Condition[int]):
    """Rows in a box, whose finished features and counts are prepared in order of Morton codes."""

    rank: ClassVar[int] = 0
    is_bounded: ClassVar[bool] = True
    box: Bbox

    @property
    def form(self) -> int:
        """Return the number of boxes: two if it crosses the antimeridian."""
        return len(self.box.parts())

    @property
    def is_in_key(self) -> bool:
        """Return True: the key has the coordinates."""
        return True

    def list_bound_values(self) -> dict[str, Any]:
        """Return the edges of each part."""
        return {f"{edge}_{part}": getattr(box, edge) for part, box in enumerate(self.box.parts()) for edge in EDGES}

    @classmethod
    def build(cls, form: int, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition of the parts."""
        return or_(*(_match_box(collection, table, part, walked) for part in range(form)))

    def find_box(self, accuracy_max_m: float) -> Bbox:
        """Return the box."""
        return self.box


def _match_box(collection: Collection, table: FromClause, part: int, walked: bool) -> ColumnElement[bool]:
    west, south, east, north = (bindparam(f"{edge}_{part}", type_=Double) for edge in EDGES)
    box = func.ST_MakeEnvelope(west, south, east, north, write_fixed_literal(4326))
    if collection.geometry != "point":
        return func.ST_Intersects(table.c.geom, box)
    x, y = (table.c.lon, table.c.lat) if "lon" in table.c else (func.ST_X(table.c.geom), func.ST_Y(table.c.geom))
    # one condition, which the planner estimates as likely: the first rows of a scan fill a page
    inside = func.least(x - west, east - x, y - south, north - y) >= write_fixed_literal(0)
    # the operator compares in single precision; the coordinates decide
    return inside if walked else and_(table.c.geom.op("&&")(box), inside)


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
        around, distance_m, radius_m = _match_around(table), measure_distance_m(table), bindparam("radius_m", type_=Double)
        near = _choose_by_certainty(
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
        near = true() if walked else _match_around(table)
        return _choose_by_certainty(form[0], inside, _match_surely_within(table), and_(near, perhaps))

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


def _match_around(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows in the bounding box of the search, which uses an index; two boxes at the antimeridian."""
    edges = ([bindparam(f"around_{edge}_{part}", type_=Double) for edge in EDGES] for part in range(2))
    return or_(*(table.c.geom.op("&&")(func.ST_MakeEnvelope(*part, write_fixed_literal(4326))) for part in edges))


def _choose_by_certainty(
    certainty: Certainty | None, inside: ColumnElement[bool], surely: ColumnElement[bool], perhaps: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition by certainty; a record of unknown accuracy is never certain."""
    if certainty == "certain":
        return surely
    if certainty == "possible":
        return and_(perhaps, func.coalesce(surely, False).is_(False))
    return perhaps if certainty == "all" else inside


def _convert_to_geography(geometry: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.geography(geometry)
