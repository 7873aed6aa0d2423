"""A question to the store, parsed once at the edge and never changed after."""

import math
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import orjson

from lodebase.query import cql2

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Bbox:
    """A box in WGS 84 degrees, longitude first; ``west > east`` crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> tuple["Bbox", ...]:
        """The box, or the two boxes on either side of the date line."""
        if self.west <= self.east:
            return (self,)
        return (Bbox(self.west, self.south, 180.0, self.north), Bbox(-180.0, self.south, self.east, self.north))

    def width_deg(self) -> float:
        """How many degrees of longitude it spans."""
        return self.east - self.west + (360 if self.west > self.east else 0)

    def wider(self, metres: float) -> "Bbox":
        """A box that holds everything within a distance of this one; where that reaches a pole, all longitudes."""
        if metres <= 0:
            return self
        # a degree of latitude is 110.57 km at least (WGS 84, at the equator), and a hundredth more is taken
        up = metres / 110_574 * 1.01
        south, north = max(self.south - up, -90.0), min(self.north + up, 90.0)
        widest = max(abs(south), abs(north))
        if widest >= 89.9:
            return Bbox(-180.0, south, 180.0, north)
        # the meridians that touch a circle around a point lie farther off than its width at its own latitude
        turn = math.sin(math.radians(min(up, 90))) / math.cos(math.radians(max(abs(self.south), abs(self.north))))
        across = math.degrees(math.asin(turn)) * 1.01 if turn < 1 else 180.0
        if self.width_deg() + 2 * across >= 360:
            return Bbox(-180.0, south, 180.0, north)
        return Bbox(_turned(self.west - across), south, _turned(self.east + across), north)


def _turned(lon: float) -> float:
    return lon + 360 if lon < -180 else lon - 360 if lon > 180 else lon


@dataclass(frozen=True, slots=True)
class DistanceFilter:
    """A point in WGS 84 and a radius on the ellipsoid; without a radius the nearest records, however far."""

    lon: float
    lat: float
    radius_km: float | None
    reach_km: float | None = None
    """Without a radius, what was found to hold all that the page asks for."""

    @property
    def searched_km(self) -> float | None:
        """How far rows are looked for, None where that is not known."""
        return self.reach_km if self.radius_km is None else self.radius_km

    def least_m(self, plane_deg: float) -> float:
        """No point that lies so many degrees off on the plane of longitude and latitude, or more, is closer on the ellipsoid.

        By the haversine with the cosine of the latitude farthest from the equator, on a sphere of the smallest radius of
        curvature (WGS 84: 6,335.4 km); a hundredth is taken off for arcs that are not short. 0 where it can't be told.
        """
        farthest = abs(self.lat) + plane_deg
        if plane_deg > 10 or farthest > 85:
            return 0.0
        # what lies beyond the date line is far on the plane
        return 110_574 * 0.99 * math.cos(math.radians(farthest)) * min(plane_deg, 180 - abs(self.lon))


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """A polygon in WGS 84 as WKB, and the box around it."""

    wkb: bytes
    box: Bbox


Certainty = Literal["certain", "possible", "all"]
"""Whether a record that may be off by its accuracy is surely inside, perhaps, or either.

Without it the coordinate alone decides.
"""


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system of answers: its EPSG number and whether its axes come latitude first."""

    srid: int = 4326
    latitude_first: bool = False


CRS84 = Crs()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: the dataset version of the first page, how many rows matched then and came before, the last
    row's order."""

    version: int
    matched: int
    seen: int
    last: tuple[Any, ...]

    def token(self) -> str:
        """Return the cursor as letters, digits, - and _ for a link."""
        last = [value.isoformat() if isinstance(value, date) else value for value in self.last]
        return urlsafe_b64encode(orjson.dumps([self.version, self.matched, self.seen, last])).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a query's SQL depends on: which filters it has, without their values."""

    collection: str
    boxes: int
    selections: tuple[tuple[str, cql2.Shape], ...]
    filter: cql2.Shape | None
    near: bool
    nearest: bool
    within: bool
    certainty: Certainty | None
    updated: bool
    licensed: bool
    changed: bool
    sort: tuple[tuple[str, bool], ...]
    after: tuple[bool, ...] | None
    """Of the last row's order, which values are none."""
    earlier: bool
    properties: tuple[str, ...] | None
    crs: Crs


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of one collection. Filters combine by *and*, the codes within one by *or*."""

    collection: str
    bbox: Bbox | None = None
    selections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields and the codes chosen of each, in the order of their names."""
    filter: cql2.Filter | None = None
    near: DistanceFilter | None = None
    within: AreaFilter | None = None
    certainty: Certainty | None = None
    updated_since: datetime | None = None
    licences: tuple[str, ...] = ()
    """Only what rests on sources under these alone."""
    changed: bool = False
    """Only what changed after the version in ``lode.since`` and up to that in ``lode.as_of``."""
    sort: tuple[tuple[str, bool], ...] = ()
    """Fields, each with whether it goes down."""
    properties: tuple[str, ...] | None = None
    crs: Crs = CRS84
    as_of: int | None = None
    """The version of the data that is asked, None for the last one."""
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None

    def shape(self, earlier: bool = False) -> Shape:
        """What the query's SQL depends on; ``earlier`` where it asks of a version that is no longer the last one."""
        return Shape(
            self.collection,
            0 if self.bbox is None else len(self.bbox.parts()),
            tuple((field, cql2.any_of(field, codes).shape) for field, codes in self.selections),
            None if self.filter is None else self.filter.shape,
            self.near is not None,
            self.near is not None and self.near.radius_km is None,
            self.within is not None,
            self.certainty,
            self.updated_since is not None,
            bool(self.licences),
            self.changed,
            self.sort,
            None if self.after is None else tuple(value is None for value in self.after.last),
            earlier,
            self.properties,
            self.crs,
        )

    def same_rows(self) -> "Query":
        """The query that asks for all rows of this one, whatever page and form: the key of a count."""
        return replace(self, sort=(), properties=None, crs=CRS84, limit=DEFAULT_LIMIT, after=None)

    def without(self, field: str) -> "Query":
        """The query without what it chooses of one field."""
        return replace(self, selections=tuple(chosen for chosen in self.selections if chosen[0] != field))
