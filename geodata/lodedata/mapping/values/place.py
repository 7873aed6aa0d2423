"""Positions of rows: WGS 84 from columns or geometry, with an accuracy and the original coordinates."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from lodedata.cells import MINUS_SIGNS, Unreadable, count_decimals, divide_packed, find_sexagesimal_unit, number, parse_degrees
from lodedata.errors import MappingRefused
from lodedata.geography import crs
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.record_spec import Accuracy, PositionSpec
from lodedata.mapping.values.amounts import build_decimal_mark_reader
from lodedata.mapping.values.fields import Cells, Columns, Problems, build_text_reader
from lodedata.mapping.values.geometry import UNREADABLE, GeometryUnreadable, build_geometry_reader
from lodedata.messages import Message, msg
from lodedata.problems import Problem
from lodedata.read import InputRow
from lodedata.read.table import MAX_GEOMETRY_CHARACTERS
from lodedata.records import Position, UnreadPosition

METRES_PER_DEGREE = 111_320.0
FINEST_M = 1.0
FINEST_CONVERTED_M = 10.0
"""The least rounding errors: of decimals, and of converted degrees, minutes and seconds."""
MIN_CONVERTED_DECIMALS = 5
SEXAGESIMAL_PARTS = (60, 600, 3_600, 6_000, 36_000, 60_000, 360_000)
"""Parts of a degree: minutes, seconds, and decimals of both."""
MAX_SLACK = 0.025
"""Most of a part that decimals may leave open, so that few other coordinates fit by chance."""
MAX_DECIMALS = 15
"""Decimals of a degree that doubles can hold; further digits do not count as accuracy."""
_GEOD = Geod(ellps="WGS84")

Placer = Callable[[InputRow, Problems], Position | UnreadPosition | None]
"""Returns the position of a row, its coordinates as reported if they are no position, None if it has none."""


def build_placer(spec: PositionSpec, columns: Columns, file_crs: str | None) -> Placer:
    """Return the reader of a row's position. Raises MappingRefused for an unknown system."""
    if spec.ring is not None:
        raise MappingRefused(msg("%(table)s: a `ring` makes a polygon, but the records are points", table=columns.table))
    try:
        system = crs.resolve(spec.crs) if spec.crs else (file_crs or crs.WGS84)
    except crs.UnknownCrs as error:
        raise MappingRefused(msg("%(table)s: %(error)s", table=columns.table, error=error)) from None
    stated = _build_accuracy_reader(spec.accuracy_m, columns)
    method = build_text_reader(spec.method, columns) if spec.method is not None else (lambda cells: "approximate")
    of_geometry = spec.geometry or spec.wkt is not None
    place = (
        _build_geometry_placer(spec, columns, system, stated, method)
        if of_geometry
        else _build_column_placer(spec, columns, system, stated, method)
    )
    stated_by = spec.accuracy_m.column if isinstance(spec.accuracy_m, Accuracy) else None
    places = columns.places(spec.method, Cell(column=stated_by) if stated_by else None)

    def placed(row: InputRow, problems: Problems) -> Position | UnreadPosition | None:
        position = place(row, problems)
        if not isinstance(position, Position):
            columns.usage.leave(places, "no-position")
        return position

    return placed if places else place


def compute_rounding_m(written: Sequence[str]) -> float | None:
    """Return the rounding error in metres of coordinates by their decimals or seconds; None if one is neither.

    Half a unit of the last decimal, in both directions: 79 km for whole degrees, 8 km for tenths, and 1 m at least. Many
    decimals may be those of degrees, minutes and seconds that were converted: 32.1402777777778 is 32 degrees 8 minutes
    25 seconds. Then half of the finest unit counts, and 10 m at least.
    """
    counts = [count for count in map(count_decimals, written) if count is not None]
    if len(counts) != len(written):
        steps = [step for step in map(find_sexagesimal_unit, written) if step is not None]
        return _convert_step_to_m(min(steps)) if len(steps) == len(written) else None
    most = max(counts)
    step = _find_sexagesimal_step(written, counts) if most >= MIN_CONVERTED_DECIMALS else None
    if step is not None:
        return _convert_step_to_m(step)
    rounded = math.sqrt(2) * METRES_PER_DEGREE / 2 / 10.0 ** min(most, MAX_DECIMALS)
    return max(rounded, FINEST_M)


def _convert_step_to_m(step: float) -> float:
    return max(math.sqrt(2) * METRES_PER_DEGREE / 2 * step, FINEST_CONVERTED_M)


def _find_sexagesimal_step(written: Sequence[str], counts: Sequence[int]) -> float | None:
    """Return the unit, as part of a degree, of which all coordinates are multiples within their decimals, None if none is.

    A coordinate of few decimals is exact, as its further ones are zeros.
    """
    coordinates = []
    for coordinate, count in zip(written, counts, strict=True):
        value = abs(number(coordinate, "," if "," in coordinate else "."))
        # half a unit of the last decimal, and the error of a double
        slack = 0.6 * 10.0 ** -(max(counts) if count < MIN_CONVERTED_DECIMALS else count) + value * 1e-15
        coordinates.append((value, slack))
    for parts in SEXAGESIMAL_PARTS:
        for value, slack in coordinates:
            if parts * slack >= MAX_SLACK:
                return None
            if abs(value * parts - round(value * parts)) > parts * slack:
                break
        else:
            return 1 / parts
    return None


def _build_accuracy_reader(spec: float | Accuracy | None, columns: Columns) -> Callable[[Cells], float | None]:
    if not isinstance(spec, Accuracy):
        return lambda cells: spec
    place = columns.named(spec.column, columns.nulls) if spec.column is not None else None
    usage = columns.usage

    def stated(cells: Cells) -> float | None:
        value = "" if place is None or cells[place] is None else str(cells[place]).strip()
        if place is not None:
            usage.taken[place] += 1
            if value not in spec.map:
                usage.drop((place,), "unmapped")
        return spec.map.get(value, spec.default)

    return stated


def _build_column_placer(
    spec: PositionSpec,
    columns: Columns,
    system: str,
    stated: Callable[[Cells], float | None],
    method: Callable[[Cells], str | None],
) -> Placer:
    assert spec.lon is not None and spec.lat is not None
    lon_text, lat_text = build_text_reader(spec.lon, columns), build_text_reader(spec.lat, columns)
    lon_column, lat_column = spec.lon.column, spec.lat.column
    lon_mark, lat_mark = (build_decimal_mark_reader(cell, spec.decimal, columns) for cell in (spec.lon, spec.lat))
    divided: Callable[[str], str] = divide_packed if spec.angles == "DDMMSS" else lambda written: written

    def angle(written: str, mark: str, column: str | None, problems: Problems) -> float | None:
        try:
            value = parse_degrees(divided(written), mark)
        except Unreadable as hint:
            problems.append(Problem("not-a-coordinate", written, column, {"hint": hint.message}))
            return None
        if not written.isascii() and value < 0 and any(sign in written for sign in MINUS_SIGNS):
            problems.append(Problem("unicode-minus", written, column))
        return value

    def place(row: InputRow, problems: Problems) -> Position | UnreadPosition | None:
        cells = row.cells
        lon_written, lat_written = lon_text(cells), lat_text(cells)
        if lon_written is None and lat_written is None:
            return None
        if lon_written is None or lat_written is None:
            missing = lon_column if lon_written is None else lat_column
            problems.append(Problem("coordinate-half", lon_written or lat_written or "", missing))
            return UnreadPosition(f"{lon_written or '–'}, {lat_written or '–'}", system)
        x = angle(lon_written, lon_mark(cells), lon_column, problems)
        y = angle(lat_written, lat_mark(cells), lat_column, problems)
        if x is None or y is None:
            return UnreadPosition(f"{lon_written}, {lat_written}", system)
        rounded = (
            compute_rounding_m((divided(lon_written), divided(lat_written))) if system == crs.WGS84 or abs(x) <= 360 else None
        )
        return make_position(
            x,
            y,
            system,
            f"{lon_written}, {lat_written}",
            _find_widest(stated(cells), rounded),
            method(cells),
            problems,
            lat_column,
        )

    return place


def _build_geometry_placer(
    spec: PositionSpec,
    columns: Columns,
    system: str,
    stated: Callable[[Cells], float | None],
    method: Callable[[Cells], str | None],
) -> Placer:
    geometry = build_geometry_reader(spec, columns)
    column = spec.wkt.column if spec.wkt is not None else None

    def place(row: InputRow, problems: Problems) -> Position | UnreadPosition | None:
        cells = row.cells
        try:
            shape = geometry(row)
        except GeometryUnreadable as error:
            problems.append(Problem("point-unreadable", error.shown, column, {"reason": error.reason}))
            return UnreadPosition(error.shown, system)
        if shape is None:
            return None
        if shape.geom_type == "Point":
            original = f"{shape.x!r}, {shape.y!r}"
            return make_position(shape.x, shape.y, system, original, stated(cells), method(cells), problems, None)
        try:
            with np.errstate(all="ignore"):
                inner = shapely.point_on_surface(shape)
        except UNREADABLE as error:
            written = shapely.to_wkt(shape, trim=True)[:MAX_GEOMETRY_CHARACTERS]
            problems.append(Problem("point-unreadable", written, column, {"reason": str(error)[:120]}))
            return UnreadPosition(written, system)
        left, bottom, right, top = shape.bounds
        original = f"{shape.geom_type} within {left!r}, {bottom!r}, {right!r}, {top!r}"
        position = make_position(inner.x, inner.y, system, original, None, "generalised", problems, None)
        if isinstance(position, UnreadPosition):
            return position
        corners_x, corners_y = crs.transform(system, np.array([left, right]), np.array([bottom, top]))
        _, _, diagonal = _GEOD.inv(corners_x[0], corners_y[0], corners_x[1], corners_y[1])
        if not math.isfinite(diagonal):
            problems.append(Problem("point-unreadable", original, column, {"reason": msg("no distance can be measured in it")}))
            return UnreadPosition(original, system)
        return Position(position.lon, position.lat, _find_widest(stated(cells), diagonal / 2), "generalised", original, system)

    return place


def make_position(
    x: float,
    y: float,
    system: str,
    original: str,
    accuracy_m: float | None,
    method: str | None,
    problems: Problems,
    column: str | None,
) -> Position | UnreadPosition:
    """Return the position of a point in a coordinate reference system; as reported, with a problem, if it is out of range."""
    lon, lat = x, y
    if system != crs.WGS84:
        transformer = crs.build_wgs84_transformer(system)
        assert transformer is not None
        lon, lat = transformer.transform(x, y)
        if not (math.isfinite(lon) and math.isfinite(lat)) or crs.is_outside(system, lon, lat):
            problems.append(Problem("coordinate-outside-crs", original, column, {"crs": system}))
            return UnreadPosition(original, system)
        doubt = crs.estimate_uncertainty_m(system)
        if doubt:
            accuracy_m = _find_widest(accuracy_m, doubt)
            problems.append(Problem("datum-uncertain", system, column))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        hint: Message | str = ""
        if -180 <= lat <= 180 and -90 <= lon <= 90:
            exchanged = f"{lat:.5f}, {lon:.5f}"
            problems.append(Problem("swapped-off-globe", original, column, {"exchanged": exchanged}, (lat, lon)))
            return UnreadPosition(original, system)
        if abs(x) > 1000 or abs(y) > 1000:
            hint = msg("; these look like metres of a projected system, name it as `crs`")
        problems.append(Problem("coordinate-off-globe", original, column, {"hint": hint}))
        return UnreadPosition(original, system)
    return Position(lon, lat, accuracy_m, method or "approximate", original, system)


def _find_widest(*radii: Any) -> float | None:
    stated_radii = [float(radius) for radius in radii if radius is not None]
    return max(stated_radii) if stated_radii else None
