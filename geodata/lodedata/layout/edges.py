"""Distance of a point to the boundary of a polygon in WGS 84, as PostGIS computes it between geographies.

The nearest point of the boundary is found on great circles, its distance on the ellipsoid.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from lodedata.layout.measures import GEOD

Array = npt.NDArray[np.float64]
SPARE_DEG = 1e-6


@dataclass(frozen=True, slots=True)
class Edges:
    """Segments of a boundary: the box of each in degrees (edges, 4) and its ends on the unit sphere (edges, 3)."""

    boxes: Array
    starts: Array
    ends: Array

    @classmethod
    def of(cls, shape: shapely.Geometry) -> Self:
        """Return the boundary of all parts of a polygon or multipolygon."""
        rings = shapely.get_rings(shapely.get_parts(shape))
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        joined = ring[1:] == ring[:-1]
        return cls._build_between(corners[:-1][joined], corners[1:][joined])

    @classmethod
    def _build_between(cls, first: Array, second: Array) -> Self:
        low, high = np.minimum(first, second), np.maximum(first, second)
        # a great circle goes nearer to the pole than the straight line between its ends
        span = np.radians(high[:, 0] - low[:, 0])
        bulge = np.degrees(
            span**2 / 8 * np.tan(np.radians(np.minimum(np.abs(np.column_stack([low, high])[:, [1, 3]]).max(axis=1), 89)))
        )
        pad = 1.2 * bulge + SPARE_DEG
        boxes = np.column_stack([low[:, 0], low[:, 1] - pad, high[:, 0], high[:, 1] + pad])
        return cls(boxes, _scale_to_unit(first), _scale_to_unit(second))

    def __len__(self) -> int:
        return len(self.boxes)

    def within(self, west: float, south: float, east: float, north: float) -> Self:
        """Return the segments that may intersect a box in degrees."""
        b = self.boxes
        selected = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south)
        return type(self)(b[selected], self.starts[selected], self.ends[selected])

    def distance_m(self, lon: float, lat: float) -> float:
        """Return the distance in metres from a point to the nearest segment, infinity if there is none."""
        if not len(self):
            return float("inf")
        point = _scale_to_unit(np.array([[lon, lat]]))[0]
        near = self._find_nearest(point)
        best = near[np.argmin(((near - point) ** 2).sum(axis=1))]
        to = np.degrees([np.arctan2(best[1], best[0]), np.arctan2(best[2], np.hypot(best[0], best[1]))])
        return float(GEOD.inv(lon, lat, to[0], to[1])[2])

    def _find_nearest(self, point: Array) -> Array:
        """Return the point of each segment that is nearest to a point, on the unit sphere; shape (edges, 3)."""
        a, b = self.starts, self.ends
        normal = np.cross(a, b)
        length = np.linalg.norm(normal, axis=1, keepdims=True)
        normal = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0)
        foot = point - (normal @ point)[:, None] * normal
        foot /= np.maximum(np.linalg.norm(foot, axis=1, keepdims=True), 1e-300)
        between = (
            (_compute_dot_product(np.cross(a, foot), normal) >= 0)
            & (_compute_dot_product(np.cross(foot, b), normal) >= 0)
            & (length[:, 0] > 0)
        )
        nearer = ((a - point) ** 2).sum(axis=1) <= ((b - point) ** 2).sum(axis=1)
        return np.where(between[:, None], foot, np.where(nearer[:, None], a, b))


def _scale_to_unit(points: Array) -> Array:
    across, up = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack([np.cos(up) * np.cos(across), np.cos(up) * np.sin(across), np.sin(up)])


def _compute_dot_product(first: Array, second: Array) -> Array:
    return np.asarray((first * second).sum(axis=1), dtype=float)
