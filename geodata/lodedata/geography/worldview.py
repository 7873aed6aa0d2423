"""Points of view on borders: the countries of Natural Earth, or China with its borders as China draws them.

The international view has the countries of Natural Earth; divisions of China lie inside it there. The Chinese view has one
area of China, the union of its provinces after Tianditu; other countries end at it.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import shapely

from lodedata.geography import tianditu
from lodedata.geography.boundaries import BoundaryArea

Worldview = Literal["international", "CHN"]
CHINA = "CHN"
PARTS_OF_CHINA = ("TWN", "HKG", "MAC")
"""Countries or areas of ISO 3166-1 that the Chinese view has as provinces."""
LEFT_OUT = ("CN-TW", "71")
"""Divisions that the international view has as a country, by the start of their code."""
DEEP_DEG = 0.12
"""Two borders drawn at different scales differ by less than this; what overlaps farther in is contested."""
SIMPLIFIED_DEG = 0.005
MIN_PART = 0.05
"""A division of which less than this part is left at the border of another country is left out."""


@lru_cache(maxsize=2)
def read_china_area(folder: Path) -> shapely.Geometry:
    """Return the area of China as China draws it. Raise ShapesUnreadable."""
    return shapely.union_all([division.polygon for division in tianditu.read_china_divisions(folder, "province")])


def find_contested_parts(area: shapely.Geometry, countries: Sequence[BoundaryArea]) -> shapely.Geometry:
    """Return the parts of China's area that lie deep inside other countries, as the countries' outlines have it."""
    others = [
        country.polygon for country in countries if country.country not in (CHINA, *PARTS_OF_CHINA) and not country.is_division
    ]
    near = [polygon for polygon in others if polygon.intersects(area)]
    overlap = shapely.intersection(shapely.union_all(near), shapely.simplify(area, SIMPLIFIED_DEG))
    core = shapely.buffer(overlap, -DEEP_DEG)
    # the core grows back over the overlap, and over the strip that lies between the two outlines
    return shapely.intersection(shapely.buffer(core, 1.5 * DEEP_DEG), overlap) if not core.is_empty else shapely.Polygon()


def apply_chinese_view(countries: Sequence[BoundaryArea], area: shapely.Geometry) -> list[BoundaryArea]:
    """Return countries and divisions in the Chinese view: one China, and others that end at it."""
    chinese_view = [BoundaryArea(CHINA, CHINA, False, area)]
    for country in countries:
        if country.country == CHINA or country.country in PARTS_OF_CHINA:
            continue
        if (left := subtract_area(country.polygon, area)) is not None:
            chinese_view.append(BoundaryArea(country.code, country.country, country.is_division, left, country.accuracy_m))
    return chinese_view


def subtract_area(polygon: shapely.Geometry, area: shapely.Geometry) -> shapely.Geometry | None:
    """Return the multipolygon of what lies outside an area, None if too little is left of it."""
    if not polygon.intersects(area):
        return polygon
    left = shapely.difference(polygon, area)
    if left.area < MIN_PART * polygon.area:
        return None
    return build_multipolygon(left)


def build_multipolygon(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a geometry as a multipolygon."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.multipolygons([polygon for part in parts for polygon in shapely.get_parts(part)])
