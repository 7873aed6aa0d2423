"""The operation that reads an area of a user's own, by a guarded process; nothing is stored."""

from dataclasses import dataclass
from typing import Annotated

from lodebase.errors import BadQuery
from lodebase.field_types import AnyText, FieldType
from lodebase.operations.formats import HTML, JSON
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodedata.geography.outline import RIGHT, read_outline
from lodedata.messages import msg
from lodedata.read import FileRefused

MAX_NAME_CHARACTERS = 200
MAX_SHOWN_OF_NAME = 80
FILE = FieldType(
    bytes,
    {"type": "string", "format": "binary"},
    msg("The file is empty. %(advice)s", advice=RIGHT),
    RIGHT,
    msg("The polygons: WKT, GeoJSON, a zipped shapefile, KML, GeoPackage or FlatGeobuf."),
    reads="file",
)


class AreaFileParameters(Parameters):
    """The file, and its name."""

    body: Annotated[bytes, FILE]
    name: Annotated[str, AnyText(MAX_NAME_CHARACTERS, msg("The file's name."))] = ""


@dataclass(frozen=True, slots=True)
class AreaOutline:
    """Polygons in WGS 84 as WKT for the parameter ``within``, their area on the ellipsoid, and their simplification."""

    within: str
    area_m2: float
    vertices: int
    tolerance_m: float
    box: tuple[float, float, float, float]
    """West, south, east, north in degrees."""


def read_area(_services: OperationServices, parameters: AreaFileParameters) -> AreaOutline:
    """Return the area of the polygons in a text or file. Raises BadQuery for one that can't be read."""
    shown = parameters.name[:MAX_SHOWN_OF_NAME]
    if not parameters.body.strip():
        raise BadQuery("body", shown, FILE.refusal)
    try:
        area = read_outline(parameters.body, parameters.name)
    except FileRefused as error:
        raise BadQuery("body", shown, error.message) from None
    return AreaOutline(area.wkt, area.area_m2, area.vertices, area.tolerance_m, area.box)


READ = Operation(
    "areas.read",
    "/api/area",
    msg("An area of your own"),
    msg("The area of the polygons in the text or file of the body, for within"),
    AreaFileParameters,
    run=read_area,
    result=AreaOutline,
    formats=(JSON, HTML),
    method="POST",
    file_parameter="body",
    needs_database=False,
)
OPERATIONS = (READ,)
