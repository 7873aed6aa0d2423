"""Parameters that name a product and an area of the layout check: a country or a polygon."""

import math

from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query.parameters import spatial_parameters
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.vocab import no_term, vocabulary

FINEST = 5
"""Finest resolution of the H3 grid."""


def product_and_area(given: MultiDict[str, str]) -> tuple[str, str, str | None]:
    """Return the product, the country (CHN by default) and the polygon as WKT, if any. Raises BadQuery."""
    product = given.get("product", "")
    if product not in PRODUCTS:
        raise BadQuery(
            "product",
            product[:40],
            msg('"%(value)s" is not a product of the layout check. Use one of %(choices)s.', choices=list(PRODUCTS)),
        )
    country = given.get("country") or "CHN"
    if country not in vocabulary("country"):
        raise BadQuery("country", country[:40], no_term("country"))
    within = given.get("within") or None
    if within is not None:
        _require_polygon(within)
    return product, country, within


def number(given: MultiDict[str, str], name: str, usual: float, most: float) -> float:
    """Return a number from 0, or from 1 for a distance, to a maximum; a resolution is an integer. Raises BadQuery."""
    text = given.get(name)
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (1 if name == "within_km" else 0) <= value <= most or (name == "resolution" and value != int(value)):
        raise BadQuery(
            name, text[:40], msg('%(parameter)s must be a number up to %(most)s, not "%(value)s".', most=f"{most:g}")
        )
    return value


def _require_polygon(text: str) -> None:
    """Raise BadQuery for a text that is not a valid polygon."""
    if text.lstrip().startswith("{"):
        raise BadQuery("within", text[:80], msg('"%(value)s" is not a polygon as WKT in WGS 84.'))
    spatial_parameters.within(text)
