"""Parameters of the SQL statements of a check: terms of the product, bounding box of the site, and groups of statuses."""

from collections.abc import Mapping

from lodebase.layout.planned.candidate import Candidate
from lodebase.query.bbox import Bbox
from lodebase.query.filters.spatial.distance import compute_box_around
from lodedata.layout.products import Product
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary

GROUPS: Mapping[str, Message] = {
    "operating": msg("operating"),
    "construction": msg("under construction"),
    "permitted": msg("permitted"),
    "announced": msg("announced"),
    "idle": msg("idle"),
    "gone": msg("shelved, cancelled or closed"),
    "unknown": msg("status not stated"),
}
PIPELINE = ("construction", "permitted", "announced")
LIVE = ("operating", *PIPELINE)
"""Groups of statuses whose capacity exists or is planned."""
_BY_STATUS = {"construction": "construction", "permitted": "permitted", "pre-permit": "announced", "announced": "announced"}
_BY_COUNT = {"operating": "operating", "idle": "idle", "none": "gone"}
WIDEST_M = 120_000.0
"""Upper limit of the position accuracy, in metres; the bounding box of a radius is widened by it."""


def build_product_parameters(product: Product) -> dict[str, object]:
    """Return the vocabulary terms that select the sites of a product, as parameters of the statements."""
    terms = list(load_vocabulary("status"))
    return {
        "codes": list(product.codes),
        "stages": [number for number, stage in enumerate(product.stages) for _ in stage],
        "facilities": list(product.facilities),
        "statuses": [term.code for term in terms],
        "groups": [_BY_STATUS.get(term.code) or _BY_COUNT[term.extra["counts_as"]] for term in terms],
        "widest": WIDEST_M,
        "ores": list(product.ores),
        "mined": list(product.mined),
    }


def build_candidate_parameters(candidate: Candidate) -> dict[str, object]:
    """Return the parameters of the statements about a planned plant."""
    farthest = candidate.radii_km[-1] * 1000
    return (
        build_product_parameters(candidate.product_details)
        | compute_box_edges(candidate, farthest + WIDEST_M + candidate.reach_m)
        | {
            "lon": candidate.lon,
            "lat": candidate.lat,
            "reach": candidate.reach_m,
            "radii": list(candidate.radii_km),
            "farthest": farthest,
        }
    )


def compute_box_edges(candidate: Candidate, radius_m: float) -> dict[str, float]:
    """Return the edges of the bounding box of a radius around a site, as two parts.

    The parts differ only where the box crosses the antimeridian.
    """
    return name_box_edges(compute_box_around(candidate.lon, candidate.lat, radius_m))


def name_box_edges(box: Bbox) -> dict[str, float]:
    """Return the edges of a bounding box as two parts, which differ only where it crosses the antimeridian."""
    parts = box.parts()
    return {
        f"{edge[0]}{number}": getattr(part, edge)
        for number, part in enumerate((parts[0], parts[-1]))
        for edge in ("west", "south", "east", "north")
    }
