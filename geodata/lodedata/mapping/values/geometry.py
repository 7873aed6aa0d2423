"""The geometry of a row: of its file, or of a column of WKT."""

import re
from collections.abc import Callable

import numpy as np
import shapely

from lodedata.mapping.record_spec import PositionSpec
from lodedata.mapping.values.fields import Columns, build_text_reader
from lodedata.messages import Message, msg
from lodedata.read import InputRow
from lodedata.read.depth import measure_text_depth
from lodedata.read.table import MAX_GEOMETRY_CHARACTERS

UNREADABLE = (shapely.GEOSException, NotImplementedError)
"""Errors that shapely raises for a damaged geometry, and for one with curves."""
WKT_DEPTH = 8
"""Brackets within brackets of a text; a multipolygon has three."""
_SRID = re.compile(r"\s*SRID\s*=\s*\d+\s*;", re.IGNORECASE)

GeometryReader = Callable[[InputRow], shapely.Geometry | None]
"""Returns the geometry of a row, None if it has none or an empty one. Raises GeometryUnreadable."""


class GeometryUnreadable(ValueError):
    """A geometry that can't be read: the reason, its beginning for a flag, and all of it as reported."""

    def __init__(self, reported: str, reason: Message | str) -> None:
        super().__init__(reported)
        self.reported, self.reason = reported, reason

    @property
    def shown(self) -> str:
        """The beginning of the geometry as reported."""
        return self.reported[:MAX_GEOMETRY_CHARACTERS]


def build_geometry_reader(spec: PositionSpec | None, columns: Columns) -> GeometryReader:
    """Return the reader of the geometry in the file's own column of it, or in a column of WKT."""
    if spec is None or spec.wkt is None:
        return _read_file_geometry
    taken = build_text_reader(spec.wkt, columns)

    def of_text(row: InputRow) -> shapely.Geometry | None:
        written = taken(row.cells)
        if written is None:
            return None
        if measure_text_depth(written.encode()) > WKT_DEPTH:
            raise GeometryUnreadable(written, msg("brackets within brackets"))
        try:
            return _drop_empty_shape(shapely.from_wkt(_SRID.sub("", written, count=1)))
        except UNREADABLE as error:
            raise GeometryUnreadable(written, _take_first_line(error)) from None

    return of_text


def _read_file_geometry(row: InputRow) -> shapely.Geometry | None:
    if row.unread_geometry is not None:
        raise GeometryUnreadable(row.unread_geometry, msg("it is damaged"))
    if row.geometry is None:
        return None
    try:
        # a damaged geometry can hold coordinates that are not numbers
        with np.errstate(all="ignore"):
            return _drop_empty_shape(shapely.from_wkb(row.geometry))
    except UNREADABLE as error:
        raise GeometryUnreadable(f"WKB {row.geometry.hex()}", _take_first_line(error)) from None


def _drop_empty_shape(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    return None if shape is None or shape.is_empty else shape


def _take_first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
