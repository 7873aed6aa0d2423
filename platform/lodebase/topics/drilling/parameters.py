"""The parameters of logs and sections: an element or oxide, how its grades count, composites, and the line of a section."""

import math
from typing import Annotated, Any

import shapely

from lodebase.errors import BadQuery
from lodebase.field_types import (
    MAX_QUOTED_CHARACTERS,
    SEPARATORS,
    Choice,
    Description,
    FieldType,
    NamePart,
    Number,
    RecordId,
)
from lodebase.operations.parameters import Parameters
from lodedata.cells import number
from lodedata.messages import msg
from lodedata.topics.drilling.section import SectionLine

MAX_GRADE = 1_000_000
MAX_LENGTH_M = 1_000
MIN_LINE_M, MAX_LINE_M = 1, 50_000
MAX_WIDTH_M = 10_000
MAX_BREAKS = 7
BELOW = ("zero", "half", "limit")
GAPS = ("break", "zero")
_LINE = msg(
    "Write two positions in degrees, such as -69.075,-24.269;-69.066,-24.269 or LINESTRING(-69.075 -24.269,-69.066 -24.269)."
)


def _parse_line(value: str) -> SectionLine:
    points = _parse_points(value)
    if len(points) != 2:
        sentence = msg("A section has two points, its beginning and its end, not %(number)s.", number=len(points))
        raise BadQuery("line", value[:MAX_QUOTED_CHARACTERS], msg("%(sentence)s %(advice)s", sentence=sentence, advice=_LINE))
    (from_lon, from_lat), (to_lon, to_lat) = points
    if not all(abs(lon) <= 180 and abs(lat) < 90 for lon, lat in points):
        raise ValueError
    if abs(from_lon - to_lon) > 180:
        raise BadQuery("line", value[:MAX_QUOTED_CHARACTERS], msg("The line crosses the antimeridian. Draw it on one side."))
    line = SectionLine(from_lon, from_lat, to_lon, to_lat)
    if abs(from_lon - to_lon) > 2 or abs(from_lat - to_lat) > 1 or not MIN_LINE_M <= line.length_m <= MAX_LINE_M:
        sentence = msg("The line of a section is from %(least)s m to %(most)s km long. Draw another one.")
        filled = sentence.filled(least=MIN_LINE_M, most=MAX_LINE_M // 1000)
        raise BadQuery("line", value[:MAX_QUOTED_CHARACTERS], filled)
    return line


def _parse_points(value: str) -> list[tuple[float, float]]:
    """Return the points of a line as text, WKT or GeoJSON. Raise ValueError for any other text."""
    if value.lstrip()[:1] == "{" or value.lstrip()[:4].upper() == "LINE":
        try:
            shape = shapely.from_geojson(value) if value.lstrip()[:1] == "{" else shapely.from_wkt(value)
        except shapely.GEOSException:
            raise ValueError from None
        if shape.geom_type != "LineString":
            raise ValueError
        return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape)]
    pairs = [SEPARATORS.split(pair.strip()) for pair in value.replace("；", ";").split(";") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError
    points = [(float(number(lon)), float(number(lat))) for lon, lat in pairs]
    if not all(math.isfinite(part) for point in points for part in point):
        raise ValueError
    return points


def _parse_breaks(value: str) -> tuple[float, ...]:
    breaks = tuple(float(number(part.strip())) for part in SEPARATORS.split(value) if part.strip())
    if (
        not 1 <= len(breaks) <= MAX_BREAKS
        or list(breaks) != sorted(set(breaks))
        or not 0 <= breaks[0] <= breaks[-1] <= MAX_GRADE
    ):
        raise ValueError
    return breaks


LINE = FieldType(
    _parse_line,
    {"type": "string", "maxLength": 500},
    msg('"%(value)s" is not a line. %(advice)s', advice=_LINE),
    _LINE,
    msg("The line of the section from its beginning to its end, WGS 84."),
)
BREAKS = FieldType(
    _parse_breaks,
    {"type": "string", "maxLength": 200},
    msg('"%(value)s" are not the bounds of classes. Write up to %(most)s rising numbers such as 0.2,0.5,1.', most=MAX_BREAKS),
    msg("Write up to %(most)s rising numbers such as 0.2,0.5,1.", most=MAX_BREAKS),
    msg("The bounds of the classes of grades, in the unit of the grades; by default from the grades of the section."),
)
Grade = Annotated[float, Number(0, MAX_GRADE, msg("A grade in the unit in which the element or oxide is reported."))]
Length = Annotated[float, Number(0, MAX_LENGTH_M, msg("A length along the hole in metres."))]


class GradeParameters(Parameters):
    """Which grades are shown, and what those below the detection limit count as."""

    analyte: Annotated[
        NamePart | None, Description(msg("The element or oxide as reported, such as Cu; by default that of most intervals."))
    ] = None
    below_detection: Annotated[
        str, Choice(BELOW, msg("What a grade below the detection limit counts as: zero, half of the limit, or the limit."))
    ] = "zero"


class LogParameters(GradeParameters):
    """A hole, and the rules of its composites."""

    hole: Annotated[RecordId, Description(msg("The id of the record of the drill hole."))]
    cutoff: Annotated[
        Grade | None, Description(msg("The cut-off of composites, in the unit of the grades; none without it."))
    ] = None
    min_length_m: Annotated[Length | None, Description(msg("The least length of a composite in metres."))] = None
    max_dilution_m: Annotated[
        Length | None, Description(msg("The longest length below the cut-off within a composite, in metres; by default none."))
    ] = None
    top_cut: Annotated[Grade | None, Description(msg("The grade to which higher ones are cut; by default none is cut."))] = None
    gaps: Annotated[
        str,
        Choice(GAPS, msg("What a length without a sample does: it ends a composite (break), or counts as a grade of zero.")),
    ] = "break"


class SectionParameters(GradeParameters):
    """A line, the width of ground on both sides of it, and how the section is drawn."""

    line: Annotated[Any, LINE]
    width_m: Annotated[
        float, Number(1, MAX_WIDTH_M, msg("The width in metres: half of it on each side of the line."), usual=100)
    ] = 100.0
    source: Annotated[NamePart | None, Description(msg("The name of a source, if only its holes are to be shown."))] = None
    breaks: Annotated[tuple[float, ...] | None, BREAKS] = None
    exaggeration: Annotated[float, Number(0.1, 20, msg("The vertical exaggeration of the drawing."), usual=1)] = 1.0
