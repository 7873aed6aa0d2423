"""Path data of SVG for shapes on the ellipsoid: cut to a frame, on both sides of the date line, in tenths of a pixel."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from lodebase.query.morton import EDGE_LATITUDE
from lodebase.topics.pictures.frame import Frame

MARGIN_PX = 4.0
"""Pixels around the map to which shapes are drawn, so that their edges are not seen."""


def list_turns(frame: Frame) -> list[float]:
    """Return the turns in degrees by which the world is drawn, as a frame may be beyond the date line."""
    west, _, east, _ = frame.list_edges()
    # shapes that cross the date line reach from -360 to 360
    first, last = math.floor((west - 180) / 360), math.ceil((east + 180) / 360)
    return [360.0 * turn for turn in range(first, last + 1)]


def write_shapes(shapes: npt.NDArray[Any], frame: Frame, shift: float, closed: bool) -> str:
    """Return the path data of shapes that are turned by some degrees and cut to the frame; all outer rings run alike."""
    west, south, east, north = frame.list_edges()
    margin = math.degrees(MARGIN_PX / frame.pixels)
    bounds = (
        west - margin - shift,
        max(south - margin, -EDGE_LATITUDE),
        east + margin - shift,
        min(north + margin, EDGE_LATITUDE),
    )
    if not len(shapes) or bounds[1] >= bounds[3]:
        return ""
    boxes = shapely.bounds(shapes)
    near = shapes[
        (boxes[:, 0] <= bounds[2]) & (boxes[:, 2] >= bounds[0]) & (boxes[:, 1] <= bounds[3]) & (boxes[:, 3] >= bounds[1])
    ]
    clipped = shapely.get_parts(shapely.clip_by_rect(near, *bounds))
    lines = shapely.get_rings(shapely.orient_polygons(clipped)) if closed else clipped[shapely.get_dimensions(clipped) == 1]
    return "".join(_write_line(shapely.get_coordinates(line), frame, shift, closed) for line in lines)


def _write_line(positions: npt.NDArray[np.float64], frame: Frame, shift: float, closed: bool) -> str:
    """Return a line as path data in tenths of a pixel, without the points that fall on the one before."""
    x = (np.radians(positions[:, 0] + shift) - frame.left) * frame.pixels
    y = (frame.top - np.arcsinh(np.tan(np.radians(positions[:, 1])))) * frame.pixels
    points = np.round(np.column_stack([x, y]), 1)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = np.abs(np.diff(np.round(points * 2), axis=0)).sum(axis=1) > 0
    points = points[moved]
    if len(points) < (3 if closed else 2):
        return ""
    return f"M{'L'.join(f'{px:g} {py:g}' for px, py in points.tolist())}{'Z' if closed else ''}"
