"""A question to the store, parsed once at the edge and never changed after."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Shape:
    """Which filters a query has, without their values: what its SQL depends on."""

    collection: str
    boxes: int
    commodities: bool
    countries: bool
    after: bool
    properties: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of one collection. Filters combine by *and*, the codes within one by *or*."""

    collection: str
    bbox: Bbox | None = None
    commodities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    properties: tuple[str, ...] | None = None
    limit: int = DEFAULT_LIMIT
    after: str | None = None

    def shape(self) -> Shape:
        """What the query's SQL depends on."""
        boxes = len(self.bbox.parts()) if self.bbox is not None else 0
        return Shape(
            self.collection, boxes, bool(self.commodities), bool(self.countries), self.after is not None, self.properties
        )

    def same_rows(self) -> tuple[object, ...]:
        """What decides which rows match, whatever page of them is asked for: the key of a count."""
        return (self.collection, self.bbox, self.commodities, self.countries)
