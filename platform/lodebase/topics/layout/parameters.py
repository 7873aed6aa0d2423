"""The parameters of operations of the layout check: a product, a country or polygon, a grid, a day and a version."""

from typing import Annotated

from lodebase.errors import BadQuery
from lodebase.field_types import (
    MAX_QUOTED_CHARACTERS,
    Choice,
    Country,
    Day,
    Description,
    ExactText,
    Number,
    Version,
    WholeNumber,
)
from lodebase.operations.parameters import Parameters
from lodebase.query.filters.spatial.area import parse_area
from lodebase.query.parameters.arguments import MAX_VALUE_LENGTH
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg

CHINA = "CHN"
MAX_KM, USUAL_KM = 500.0, 100.0
FINEST, USUAL_RESOLUTION = 5, 3
"""Resolutions of the H3 grid."""
MAX_TPA = 1e9


def _parse_polygon(value: str) -> str:
    if value.startswith("{"):
        wrong = msg('"%(value)s" is not a polygon as WKT in WGS 84.')
        raise BadQuery("within", value[:MAX_QUOTED_CHARACTERS], wrong)
    parse_area(value)
    return value


Product = Annotated[str, Choice(tuple(PRODUCTS), msg("The product."))]
Polygon = Annotated[str, ExactText(MAX_VALUE_LENGTH, msg("A polygon as WKT, instead of the country."), _parse_polygon)]
Resolution = Annotated[int, WholeNumber(0, FINEST, msg("The resolution of the H3 grid."))]


class RulesParameters(Parameters):
    """The day of the rules, and the product that they are about."""

    on: Annotated[Day | None, Description(msg("The date; by default today."))] = None
    product: Annotated[Product | None, Description(msg("Rules of one product."))] = None


class ProductAreaParameters(Parameters):
    """A product, with a country or a polygon, a grid and the version of the data."""

    product: Product
    country: Annotated[Country, Description(msg("The ISO 3166-1 alpha-3 code of the country; by default CHN."))] = CHINA
    within: Polygon | None = None
    resolution: Resolution = USUAL_RESOLUTION
    version: Version | None = None


class PairsParameters(ProductAreaParameters):
    """The same, and the largest distance of a pair."""

    within_km: Annotated[float, Number(1, MAX_KM, msg("The largest distance of a pair, in km."), USUAL_KM)] = USUAL_KM


class SitingParameters(ProductAreaParameters):
    """The same, and the capacity of the plant and the day of the rules."""

    resolution: Annotated[Resolution, Description(msg("The resolution of the H3 grid; up to 1,500 cells."))] = USUAL_RESOLUTION
    capacity_tpa: (
        Annotated[
            float,
            Number(
                0,
                MAX_TPA,
                msg("The capacity in tonnes a year; by default the median of the plants that operate in the area."),
            ),
        ]
        | None
    ) = None
    on: Annotated[Day | None, Description(msg("The date; by default today."))] = None
