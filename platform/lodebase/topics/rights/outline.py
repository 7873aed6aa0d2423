"""The operation on corner points: their outline, its area and its accuracy."""

from dataclasses import dataclass
from typing import Annotated

from lodebase.errors import BadQuery
from lodebase.field_types import Choice, FieldType
from lodebase.operations.formats import CSV, JSON
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodedata.entries.record_forms import MAX_CORNERS_LENGTH
from lodedata.messages import Label, msg
from lodedata.rights.entered_outline import SYSTEMS, OutlineUnreadable, read_outline


def _parse_corners(value: str) -> str:
    if len(value) > MAX_CORNERS_LENGTH:
        raise ValueError
    return value


CORNERS = FieldType(
    _parse_corners,
    {"type": "string", "maxLength": MAX_CORNERS_LENGTH},
    msg("%(parameter)s has more than %(most)s characters. Give fewer corner points.", most=f"{MAX_CORNERS_LENGTH:,}"),
    msg("Enter corner points, one a line: number, coordinate, coordinate."),
    msg(
        "Corner points, one a line: number, coordinate, coordinate, in degrees, degrees with minutes and seconds, or metres. A "
        "number that starts again begins another ring."
    ),
)
UTM_ZONE = FieldType(
    str,
    {"type": "string", "maxLength": 20},
    msg("Write 1 to 60 and N or S, such as 50N or 19S."),
    msg("Write 1 to 60 and N or S, such as 50N or 19S."),
    msg("The UTM zone of corner points in metres on WGS 84, such as 50N; left out for degrees."),
)


class OutlineParameters(Parameters):
    """The corner points and their system."""

    corners: Annotated[str, CORNERS]
    crs: Annotated[str, Choice(tuple(SYSTEMS), msg("The reference system of the corner points, as the document states it."))]
    utm_zone: Annotated[str, UTM_ZONE] = ""


@dataclass(frozen=True, slots=True)
class OutlineCorner:
    """A corner by the number of its ring and its label, in degrees, WGS 84, and as it was entered."""

    ring: int
    label: str
    lon: float
    lat: float
    printed: str


@dataclass(frozen=True, slots=True)
class RightOutline:
    """The corners of an outline, the system of their coordinates, its area in km², and its accuracy."""

    system: str
    area_km2: float
    accuracy_m: float | None
    accuracy: Label | None
    elevation_top_m: float | None
    elevation_bottom_m: float | None
    corners: tuple[OutlineCorner, ...]


def build_corner_outline(_services: OperationServices, parameters: OutlineParameters) -> RightOutline:
    """Return the outline of corner points. Raise BadQuery with what is wrong with them."""
    try:
        outline = read_outline(parameters.corners, parameters.crs, parameters.utm_zone)
    except OutlineUnreadable as error:
        raise BadQuery(error.field, "", error.message) from None
    sentence = outline.accuracy
    return RightOutline(
        outline.ring.system,
        round(outline.area_km2, 6),
        outline.ring.uncertainty_m,
        None if sentence is None else Label(sentence.in_language("en"), sentence.in_language("zh")),
        outline.ring.elevation_top_m,
        outline.ring.elevation_bottom_m,
        tuple(
            OutlineCorner(number, corner.label, round(corner.lon, 8), round(corner.lat, 8), corner.printed)
            for number, ring in enumerate(outline.ring.rings, 1)
            for corner in ring
        ),
    )


OUTLINE = Operation(
    "rights.outline",
    "/api/rights/outline",
    msg("Outline of corner points"),
    msg("The outline of a mining right's corner points in one of four reference systems, with its area and accuracy"),
    OutlineParameters,
    run=build_corner_outline,
    result=RightOutline,
    formats=(JSON, CSV),
    rows=lambda result: result.corners,
    row=OutlineCorner,
    varies_by=(),
    command=True,
    takes_body=True,
)
