"""The countries of the map in the Chinese view, as TopoJSON whose rings are arcs of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from lodedata.geography import tianditu, worldview
from lodedata.geography.boundaries import BoundaryArea
from lodedata.vocab import load_vocabulary

STEP_DEG = 0.002
SIMPLIFIED_DEG = 0.01


def build_chinese_view(countries: list[BoundaryArea], china: Path) -> bytes:
    """Return the TopoJSON of countries with China as China draws it, and the dashed line. Raise ShapesUnreadable."""
    numbers = {term.code: term.extra["m49"] for term in load_vocabulary("country") if term.extra["m49"]}
    arcs: list[list[list[int]]] = []
    areas = [
        country
        for country in worldview.apply_chinese_view(countries, worldview.read_china_area(china))
        if not country.polygon.is_empty
    ]
    geometries = []
    for area in areas:
        shape = shapely.simplify(area.polygon, SIMPLIFIED_DEG) if area.code == worldview.CHINA else area.polygon
        rings = [
            [[_add_arc(ring, arcs)] for ring in (p.exterior, *p.interiors)] for p in worldview.build_multipolygon(shape).geoms
        ]
        properties = {"name": load_vocabulary("country")[area.code].label_en}
        geometries.append({"type": "MultiPolygon", "id": numbers[area.code], "properties": properties, "arcs": rings})
    lines = [_add_arc(line, arcs) for line in shapely.get_parts(tianditu.read_dashed_line(china))]
    topology: dict[str, Any] = {
        "type": "Topology",
        "transform": {"scale": [STEP_DEG, STEP_DEG], "translate": [-180, -90]},
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": geometries},
            "lines": {"type": "MultiLineString", "arcs": [[n] for n in lines]},
        },
        "arcs": arcs,
    }
    return orjson.dumps(topology)


def _add_arc(line: shapely.Geometry, arcs: list[list[list[int]]]) -> int:
    """Add a line to the arcs, as steps from its first point, and return its number."""
    units = np.round((shapely.get_coordinates(line) - (-180, -90)) / STEP_DEG).astype(int)
    arcs.append([units[0].tolist(), *np.diff(units, axis=0).tolist()])
    return len(arcs) - 1
