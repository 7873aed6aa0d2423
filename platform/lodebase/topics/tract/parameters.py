"""The parameters of an estimate: the tract, the type and metal, and how many deposits there may be."""

from collections.abc import Mapping
from typing import Annotated

import shapely
from pydantic import ConfigDict

from lodebase.errors import BadQuery
from lodebase.field_types import (
    MAX_QUOTED_CHARACTERS,
    Choice,
    Code,
    Commodity,
    Description,
    FieldType,
    NamePart,
    Number,
    Percent,
    Tonnes,
)
from lodebase.operations.parameters import Parameters
from lodebase.query.filters.spatial.area import MAX_POLYGON_VERTICES, parse_area
from lodebase.topics.models.source_name import SourceName
from lodedata.messages import Message, msg
from lodedata.topics.undiscovered.simulation import MAX_DEPOSITS
from lodedata.topics.undiscovered.tract import split_at_antimeridian

MAX_TRACT_CHARACTERS = 1 << 20
MAX_DENSITY = 10_000
MAX_SEED = 2**31 - 1
DEPOSITS = "deposits"
DRAWS = ("lognormal", DEPOSITS)
_POLYGON = msg("Write a polygon as WKT or GeoJSON, such as POLYGON((-70 -26,-68 -26,-68 -22,-70 -22,-70 -26)).")


def _parse_tract(value: str) -> shapely.Geometry:
    shape = _read_shape(value)
    if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty:
        # two triangles of opposite sense may add up to nothing
        if shape.convex_hull.area == 0:
            sentence = msg("The tract has no area. Draw a polygon with at least three corners that are not on one line.")
            raise BadQuery("within", value[:MAX_QUOTED_CHARACTERS], sentence)
        if shapely.get_num_coordinates(shape) <= MAX_POLYGON_VERTICES:
            split = shapely.force_2d(split_at_antimeridian(shape)) if shape.is_valid else shape
            west, south, east, north = split.bounds
            if split.is_valid and west >= -180 and east <= 180 and south >= -90 and north <= 90:
                return split
    # raises the sentence about what is wrong
    return shapely.from_wkb(parse_area(value).wkb)


def _read_shape(value: str) -> shapely.Geometry | None:
    if value.count(",") > 2 * MAX_POLYGON_VERTICES:
        return None
    try:
        return shapely.from_geojson(value) if value.lstrip().startswith("{") else shapely.from_wkt(value)
    except (shapely.GEOSException, ValueError):
        return None


def _build_whole_type(least: int, most: int, text: Message) -> FieldType:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value[:12]) <= most:
            raise ValueError
        return int(value)

    bounds = {"least": least, "most": f"{most:,}"}
    return FieldType(
        parse,
        {"type": "integer", "minimum": least, "maximum": most},
        msg('%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".').filled(**bounds),
        msg("Enter a whole number from %(least)s to %(most)s.").filled(**bounds),
        text,
    )


TRACT = FieldType(
    _parse_tract,
    {"type": "string", "maxLength": MAX_TRACT_CHARACTERS},
    msg('"%(value)s" is not a polygon. %(advice)s', advice=_POLYGON),
    _POLYGON,
    msg("The tract as a polygon in WKT or GeoJSON, WGS 84; a long one is sent by POST. It may cross the antimeridian."),
)
Whole = Annotated[int, _build_whole_type(0, MAX_DEPOSITS, msg("A number of undiscovered deposits."))]
Density = Annotated[float, Number(0, MAX_DENSITY, msg("Undiscovered deposits per 100,000 square kilometres."))]


class TractParameters(Parameters):
    """A tract, a type and metal, and either numbers of deposits or densities at three chances."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    within: Annotated[shapely.Geometry, TRACT] | None = None
    place: Annotated[
        NamePart | None, Description(msg("The name of a zone, or its reference such as country/CHL, in place of a polygon."))
    ] = None
    deposit_model: Annotated[
        Annotated[str, Code("deposit-model")], Description(msg("The type, by code or name; narrower types are part of it."))
    ]
    commodity: Commodity
    source: SourceName | None = None
    n90: Annotated[Whole | None, Description(msg("At least so many undiscovered deposits with a chance of 90 per cent."))] = (
        None
    )
    n50: Annotated[Whole | None, Description(msg("At least so many undiscovered deposits with a chance of 50 per cent."))] = (
        None
    )
    n10: Annotated[Whole | None, Description(msg("At least so many undiscovered deposits with a chance of 10 per cent."))] = (
        None
    )
    d90: Annotated[
        Density | None, Description(msg("At least so many undiscovered deposits per 100,000 km² with a chance of 90 per cent."))
    ] = None
    d50: Annotated[
        Density | None, Description(msg("At least so many undiscovered deposits per 100,000 km² with a chance of 50 per cent."))
    ] = None
    d10: Annotated[
        Density | None, Description(msg("At least so many undiscovered deposits per 100,000 km² with a chance of 10 per cent."))
    ] = None
    min_ore_t: Annotated[
        Tonnes | None, Description(msg("The cut-off: only undiscovered deposits with so many tonnes of ore count."))
    ] = None
    min_grade_pct: Annotated[
        Percent | None,
        Description(msg("The cut-off: only undiscovered deposits with this grade of the metal in per cent count.")),
    ] = None
    draw: Annotated[
        Annotated[str, Choice(DRAWS, msg("How ore and grade are drawn."))] | None,
        Description(
            msg(
                "Where ore and grade of a simulated deposit come from: lognormal (the fitted model, the default), or deposits "
                "(a deposit of the model drawn by chance, as the assessments of the USGS do)."
            )
        ),
    ] = None
    seed: Annotated[
        Annotated[int, _build_whole_type(0, MAX_SEED, msg("The seed of the simulation: the same seed gives the same result."))]
        | None,
        Description(msg("The seed of the simulation: the same seed gives the same result; 1 by default.")),
    ] = None

    @classmethod
    def is_begun(cls, values: Mapping[str, object]) -> bool:
        """Return whether a tract or a number is given: a type and metal alone only fill the form."""
        return any(values.get(name) for name in ("within", "place", "n90", "n50", "n10", "d90", "d50", "d10"))
