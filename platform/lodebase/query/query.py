"""A query on the store, parsed once at the edge and immutable."""

import math
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import orjson

from lodebase.query import cql2
from lodebase.query.condition import Condition, Match

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Bbox:
    """A box in WGS 84 degrees, longitude first; ``west > east`` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> tuple["Bbox", ...]:
        """Return the box, or the two boxes on either side of the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (Bbox(self.west, self.south, 180.0, self.north), Bbox(-180.0, self.south, self.east, self.north))

    def width_deg(self) -> float:
        """Return the degrees of longitude that it spans."""
        return self.east - self.west + (360 if self.west > self.east else 0)

    def wider(self, metres: float) -> "Bbox":
        """Return a box that contains everything within a distance of this one; all longitudes if that reaches a pole."""
        if metres <= 0:
            return self
        # a degree of latitude is at least 110.57 km (WGS 84, at the equator); a hundredth is added for safety
        up = metres / 110_574 * 1.01
        south, north = max(self.south - up, -90.0), min(self.north + up, 90.0)
        widest = max(abs(south), abs(north))
        if widest >= 89.9:
            return Bbox(-180.0, south, 180.0, north)
        # the meridians tangent to a circle around a point lie farther off than its width at its own latitude
        turn = math.sin(math.radians(min(up, 90))) / math.cos(math.radians(max(abs(self.south), abs(self.north))))
        across = math.degrees(math.asin(turn)) * 1.01 if turn < 1 else 180.0
        if self.width_deg() + 2 * across >= 360:
            return Bbox(-180.0, south, 180.0, north)
        return Bbox(_turn_longitude(self.west - across), south, _turn_longitude(self.east + across), north)


def _turn_longitude(lon: float) -> float:
    return lon + 360 if lon < -180 else lon - 360 if lon > 180 else lon


@dataclass(frozen=True, slots=True)
class DistanceFilter:
    """A point in WGS 84 and a radius on the ellipsoid; without a radius the nearest records at any distance."""

    lon: float
    lat: float
    radius_km: float | None
    reach_km: float | None = None
    """Without a radius, the radius that was found to contain all rows of the page."""

    @property
    def searched_km(self) -> float | None:
        """Return how far rows are searched, None if that is not known."""
        return self.reach_km if self.radius_km is None else self.radius_km


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """A polygon in WGS 84 as WKB, and its bounding box."""

    wkb: bytes
    box: Bbox


Certainty = Literal["certain", "possible", "all"]
"""Whether a record that may be off by its accuracy is certainly inside, possibly inside, or either.

Without it only the coordinate decides.
"""


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system of responses: its EPSG code and whether latitude is the first axis."""

    srid: int = 4326
    latitude_first: bool = False


CRS84 = Crs()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: the dataset version of the first page, the number of rows that matched and that came before, and
    the sort values of the last row."""

    version: int
    matched: int
    seen: int
    last: tuple[Any, ...]

    def token(self) -> str:
        """Return the cursor as letters, digits, - and _ for a URL."""
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
    valid: bool
    conditions: tuple[Match, ...]
    sort: tuple[tuple[str, bool], ...]
    after: tuple[bool, ...] | None
    """Which of the last row's sort values are null."""
    earlier: bool
    properties: tuple[str, ...] | None
    crs: Crs


@dataclass(frozen=True, slots=True)
class Query:
    """A query on one collection. Filters combine by *and*, the codes within one by *or*."""

    collection: str
    bbox: Bbox | None = None
    selections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields and the codes selected of each, in the order of their names."""
    filter: cql2.Filter | None = None
    near: DistanceFilter | None = None
    within: AreaFilter | None = None
    certainty: Certainty | None = None
    on: date | None = None
    """Only records that are valid on this day, as far as is known; with a selection by status, those of that status on it."""
    conditions: tuple[Condition, ...] = ()
    """Conditions that the filter does not express."""
    sort: tuple[tuple[str, bool], ...] = ()
    """Fields to sort by, each with whether it is descending."""
    properties: tuple[str, ...] | None = None
    crs: Crs = CRS84
    as_of: int | None = None
    """The requested dataset version, None for the latest."""
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None

    def shape(self, earlier: bool = False) -> Shape:
        """Return what the query's SQL depends on; ``earlier`` if it requests a version that is no longer the latest."""
        return Shape(
            self.collection,
            0 if self.bbox is None else len(self.bbox.parts()),
            tuple((field, cql2.any_of(field, codes).shape) for field, codes in self.selections),
            None if self.filter is None else self.filter.shape,
            self.near is not None,
            self.near is not None and self.near.radius_km is None,
            self.within is not None,
            self.certainty,
            self.on is not None,
            tuple(condition.match for condition in self.conditions),
            self.sort,
            None if self.after is None else tuple(value is None for value in self.after.last),
            earlier,
            self.properties,
            self.crs,
        )

    def same_rows(self) -> "Query":
        """Return the query for all rows of this one, in any page and format: the cache key of its count."""
        return replace(self, sort=(), properties=None, crs=CRS84, limit=DEFAULT_LIMIT, after=None)

    def without(self, field: str) -> "Query":
        """Return the query without its selection of one field."""
        return replace(self, selections=tuple(chosen for chosen in self.selections if chosen[0] != field))

    def fulfilling(self, condition: Condition) -> "Query":
        """Return the query for those of its rows that fulfil a condition too."""
        return replace(self, conditions=(*self.conditions, condition))
