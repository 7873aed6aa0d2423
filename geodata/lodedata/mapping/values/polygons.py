"""Polygons of rows in WGS 84: of the file's geometry, of a column of WKT, or of a list of corner points in a cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from lodedata.geography import crs
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.record_spec import PositionSpec
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Columns, Problems
from lodedata.mapping.values.geometry import UNREADABLE, GeometryUnreadable, build_geometry_reader
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import InputRow
from lodedata.rights.corner_ring import read_ring
from lodedata.rights.corner_text import RingUnreadable, add_angle_signs


@dataclass(frozen=True, slots=True)
class RowPolygon:
    """The multipolygon of a row, None if it can't be read, and what its text says further, by field."""

    shape: shapely.MultiPolygon | None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wkb(self) -> bytes | None:
        """The multipolygon as WKB."""
        return None if self.shape is None else bytes(shapely.to_wkb(self.shape, include_srid=False))


PolygonReader = Callable[[InputRow, Problems], RowPolygon]
"""Returns the polygon of a row; without a shape, and with a problem, if the row has none or one that can't be read."""


def build_polygon_reader(spec: PositionSpec | None, columns: Columns, file_crs: str | None) -> PolygonReader:
    """Return the reader of a row's polygon."""
    if spec is not None and spec.ring is not None:
        return _build_ring_reader(spec.ring, spec, columns)
    system = crs.resolve(spec.crs if spec is not None and spec.crs else file_crs or crs.WGS84)
    column = spec.wkt.column if spec is not None and spec.wkt is not None else None
    geometry = build_geometry_reader(spec, columns)

    def polygon(row: InputRow, problems: Problems) -> RowPolygon:
        try:
            shape = geometry(row)
            if shape is None:
                problems.append(Problem("polygon-missing", "", column))
                return RowPolygon(None)
            return RowPolygon(_extract_multipolygon(shape, system))
        except GeometryUnreadable as error:
            problems.append(Problem("polygon-unreadable", error.shown, column, {"reason": error.reason}))
            return RowPolygon(None, {"corners_reported": error.reported})

    return polygon


def _build_ring_reader(cell: Cell, spec: PositionSpec, columns: Columns) -> PolygonReader:
    taken = fields.build_text_reader(cell, columns)

    def polygon(row: InputRow, problems: Problems) -> RowPolygon:
        text = taken(row.cells)
        if text is None:
            problems.append(Problem("polygon-missing", "", cell.column))
            return RowPolygon(None)
        try:
            if spec.angles == "D.MMSS":
                text = add_angle_signs(text)
            ring = read_ring(text, spec.crs)
            shape = ring.polygon()
        except RingUnreadable as error:
            problems.append(Problem("ring-unreadable", text, cell.column, {"reason": error.message}))
            return RowPolygon(None, {"corners_reported": text})
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


def _extract_multipolygon(reported: shapely.Geometry, system: str) -> shapely.MultiPolygon:
    """Return the polygons of a geometry in WGS 84. Raises GeometryUnreadable if it has none or lies out of range."""
    written = shapely.to_wkt(reported, trim=True)
    try:
        with np.errstate(all="ignore"):
            shape = shapely.force_2d(reported)
            if system != crs.WGS84:
                shape = shapely.transform(
                    shape, lambda corners: np.column_stack(crs.transform(system, corners[:, 0], corners[:, 1]))
                )
            shapes = shapely.get_parts(shapely.make_valid(shape)).tolist()
    except UNREADABLE as error:
        raise GeometryUnreadable(written, str(error)[:120]) from None
    parts = [part for shape in shapes for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    if not parts:
        raise GeometryUnreadable(written, msg("no polygon"))
    multipolygon = shapely.multipolygons(parts)
    if not (np.abs(multipolygon.bounds) <= (180, 90, 180, 90)).all():
        raise GeometryUnreadable(written, msg("it is out of range; name its system of coordinates as `crs`"))
    return multipolygon
