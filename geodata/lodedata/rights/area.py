"""The area of polygons on the ellipsoid, compared with the area that is printed for them."""

from typing import Any

import shapely
from pyproj import Geod

GEOD = Geod(ellps="GRS80")
"""The ellipsoid of CGCS2000 to 0.1 mm, and of WGS 84."""
MAX_DIFFERENCE = 0.01
"""The largest part of the printed area by which the computed one may differ."""
MIN_DIFFERENCE_KM2 = 5e-5
"""Half a unit of the fourth decimal, to which areas are printed."""


def measure_area_km2(shape: Any) -> float:
    """Return the area of polygons in WGS 84 in square kilometres; holes are left out."""
    parts = shapely.get_parts(shape)
    return sum(abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(part))[0]) for part in parts) / 1e6


def disagrees(computed_km2: float, printed_km2: float) -> bool:
    """Return whether a computed area differs from the printed one by more than a hundredth."""
    return abs(computed_km2 - printed_km2) > max(MAX_DIFFERENCE * printed_km2, MIN_DIFFERENCE_KM2)
