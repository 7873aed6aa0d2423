"""The boundaries for checks of positions: those of the store, else a file of countries."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from lodedata import gdal
from lodedata.geography import tianditu, worldview
from lodedata.geography.boundaries import Boundaries, BoundaryArea
from lodedata.geography.worldview import Worldview
from lodedata.vocab import load_vocabulary

ZONES = """
SELECT zone_kind, code, coalesce(country, code), ST_AsBinary(geom), coalesce(accuracy_m, 5000)
FROM zone WHERE zone_kind IN ('country', 'division') AND valid_to IS NULL AND geom IS NOT NULL
"""


def read_boundaries(address: str, fallback: Path | None, view: Worldview = "international") -> Boundaries:
    """Return countries and divisions of the store; if it has no countries, those of a TopoJSON file, if any, in the view."""
    with psycopg.connect(address) as connection:
        areas = list(read_stored_boundaries(connection).areas)
    if fallback is not None and fallback.is_file() and all(area.is_division for area in areas):
        areas = [*apply_view(read_boundary_file(fallback).areas, view), *areas]
    return Boundaries(areas)


def read_stored_boundaries(connection: psycopg.Connection[Any]) -> Boundaries:
    """Return countries and divisions of the store."""
    rows = connection.execute(ZONES).fetchall()
    return Boundaries(
        [
            BoundaryArea(code, country, kind == "division", shapely.from_wkb(wkb), float(m))
            for kind, code, country, wkb, m in rows
        ]
    )


def apply_view(areas: Sequence[BoundaryArea], view: Worldview) -> Sequence[BoundaryArea]:
    """Return the countries of a file of outlines as the view has them."""
    folder = tianditu.find_tianditu_folder()
    if view == "international" or folder is None:
        return areas
    return worldview.apply_chinese_view(areas, worldview.read_china_area(folder))


def read_boundary_file(path: Path) -> Boundaries:
    """Return the countries of a TopoJSON file whose ids are ISO 3166-1 numeric codes."""
    by_number = {term.extra["m49"]: term.code for term in load_vocabulary("country")}
    # without geopandas, which the processes of the site do not load
    meta, _, shapes, values = gdal.pyogrio.raw.read(path, layer="countries")
    numbers = [str(number).zfill(3) for number in values[list(meta["fields"]).index("id")]]
    areas = [
        BoundaryArea(by_number[number], by_number[number], False, _cut(shapely.from_wkb(shape)))
        for number, shape in zip(numbers, shapes, strict=True)
        if number in by_number and shape is not None
    ]
    return Boundaries(areas)


def _cut(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a valid shape in degrees, with rings that cross the date line cut there."""
    parts = [_unfold_polygon(part) for part in shapely.get_parts(shape)]
    valid = [shapely.make_valid(part) for part in parts]
    west = [shapely.clip_by_rect(part, -180, -90, 180, 90) for part in valid]
    east = [shapely.clip_by_rect(part, 180, -90, 540, 90) for part in valid]
    shifted = shapely.transform(shapely.union_all(east), lambda corners: corners - (360, 0))
    return shapely.make_valid(shapely.union_all([*west, shifted]))


def _unfold_polygon(polygon: shapely.Geometry) -> shapely.Geometry:
    """Return a polygon with longitudes beyond 180 instead of a jump across the map; one around a pole is unchanged."""
    lons = shapely.get_coordinates(shapely.get_exterior_ring(polygon))[:, 0]
    jumps = np.round(np.diff(lons) / 360).astype(int)
    if not jumps.any() or jumps.sum():
        return polygon
    return shapely.transform(polygon, lambda corners: np.where(corners[:, :1] < 0, corners + (360, 0), corners))
