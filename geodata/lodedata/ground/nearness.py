"""The nearest feature of a layer: its features in a file with a spatial index, next to its tiles, which are simplified."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from pyproj import Transformer

from lodedata import gdal
from lodedata.ground.cutting import GroundFeatures
from lodedata.ground.manifest import Kind

MEASURED: tuple[Kind, ...] = ("roads", "railways", "ports", "power-plants", "towns")
"""Kinds to whose nearest feature a distance is measured."""
SUFFIX = ".fgb"
HALF_SIDES = (1.0, 5.0, 25.0, 180.0)
"""Half the height, in degrees, of the boxes that are searched one after the other."""
KM_OF_DEGREE = 110.5
"""The shortest degree of latitude on WGS 84, at the equator; a degree of longitude is widened to it."""


def write(path: Path, features: GroundFeatures) -> None:
    """Write the geometries of features with their index."""
    rows = pa.table({"geom": pa.array(shapely.to_wkb(np.array(features.shapes, dtype=object)), pa.binary())})
    gdal.pyogrio.write_arrow(
        rows, path, driver="FlatGeobuf", geometry_name="geom", geometry_type="Unknown", crs="EPSG:4326", SPATIAL_INDEX="YES"
    )


def measure_nearest_km(path: Path, lon: float, lat: float) -> float | None:
    """Return the distance in kilometres on WGS 84 from a point to the nearest feature of a file; None if it has none.

    An azimuthal equidistant projection has the point as its centre, so that distances from it are geodesic.
    """
    flat = Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84", always_xy=True)
    nearest_km: float | None = None
    for half in HALF_SIDES:
        shapes = _read_in_box(path, lon, lat, half)
        if not len(shapes):
            continue
        placed = shapely.transform(shapes, lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1])))
        nearest_km = float(np.nanmin(shapely.distance(placed, shapely.Point(0, 0)))) / 1000
        if nearest_km <= half * KM_OF_DEGREE:
            break
    return nearest_km


def _read_in_box(path: Path, lon: float, lat: float, half: float) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return the geometries of a file in a box around a point; all of them where the box crosses the date line or a pole."""
    edge = min(abs(lat) + half, 90.0)
    wide = half / max(np.cos(np.radians(edge)), 1e-9)
    world = edge >= 90 or abs(lon) + wide >= 180
    box = None if world else (lon - wide, lat - half, lon + wide, lat + half)
    _, _, shapes, _ = gdal.pyogrio.raw.read(path, columns=[], bbox=box)
    return np.asarray(shapely.from_wkb(shapes), dtype=object)
