"""Polygons of rows in WGS 84: of the file's geometry, or of a list of corner points in a cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from lodedata.geography import crs
from lodedata.mapping.model import Cell, PositionSpec
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Columns, Problems
from lodedata.mapping.values.place import UNREADABLE
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import InputRow
from lodedata.rights.corner_ring import read_ring
from lodedata.rights.corner_text import RingUnreadable


@dataclass(frozen=True, slots=True)
class RowPolygon:
    """The multipolygon of a row, and what its text says further, by field."""

    shape: shapely.MultiPolygon
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wkb(self) -> bytes:
        """The multipolygon as WKB."""
        return bytes(shapely.to_wkb(self.shape, include_srid=False))


PolygonReader = Callable[[InputRow, Problems], RowPolygon | None]


def polygon_reader(spec: PositionSpec | None, columns: Columns, file_crs: str | None, required: bool = True) -> PolygonReader:
    """Return a function that gives a row's polygon; None with a problem if it has none, which refuses if one is required."""
    if spec is not None and spec.ring is not None:
        return _of_ring(spec.ring, spec.crs, columns, required)
    system = crs.resolve(spec.crs if spec is not None and spec.crs else file_crs or crs.WGS84)
    if required:
        return lambda row, problems: _of_geometry(row, system, problems)

    def if_any(row: InputRow, problems: Problems) -> RowPolygon | None:
        if row.geometry is not None:
            return _of_geometry(row, system, problems)
        problems.append(Problem("polygon-missing", ""))
        return None

    return if_any


def _of_ring(cell: Cell, system: str | None, columns: Columns, required: bool) -> PolygonReader:
    taken = fields.text(cell, columns)

    def polygon(row: InputRow, problems: Problems) -> RowPolygon | None:
        text = taken(row.cells)
        if text is None:
            missing = Problem("missing-value", "", cell.column, {"field": "position"})
            problems.append(missing if required else Problem("polygon-missing", "", cell.column))
            return None
        try:
            ring = read_ring(text, system)
            shape = ring.polygon()
        except RingUnreadable as error:
            problems.append(Problem("ring-unreadable", text, cell.column, {"reason": error.message}))
            return None
        if ring.uncertainty_m is not None:
            problems.append(Problem("datum-uncertain", ring.system, cell.column))
        values = {
            "corners_reported": text,
            "corners_crs": ring.system,
            "position_accuracy_m": ring.uncertainty_m,
            "elevation_top_m": ring.elevation_top_m,
            "elevation_bottom_m": ring.elevation_bottom_m,
        }
        return RowPolygon(shape, {name: value for name, value in values.items() if value is not None})

    return polygon


def _of_geometry(row: InputRow, system: str, problems: Problems) -> RowPolygon | None:
    try:
        with np.errstate(all="ignore"):
            shape = shapely.force_2d(shapely.from_wkb(row.geometry)) if row.geometry is not None else None
            if shape is not None and system != crs.WGS84:
                shape = shapely.transform(
                    shape, lambda corners: np.column_stack(crs.transform(system, corners[:, 0], corners[:, 1]))
                )
            shape = None if shape is None else shapely.make_valid(shape)
    except UNREADABLE as error:
        problems.append(Problem("geometry-unreadable", str(error)))
        return None
    shapes = [] if shape is None else shapely.get_parts(shape).tolist()
    parts = [part for one in shapes for part in shapely.get_parts(one) if part.geom_type == "Polygon"]
    if not parts:
        problems.append(Problem("geometry-unreadable", "no polygon", None, {"value": msg("no polygon")}))
        return None
    made = shapely.multipolygons(parts)
    if not (np.abs(made.bounds) <= (180, 90, 180, 90)).all():
        problems.append(Problem("outline-off-globe", str(made.bounds), None))
        return None
    return RowPolygon(made)
