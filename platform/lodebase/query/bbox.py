"""A box in degrees."""

import math
from dataclasses import dataclass


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
