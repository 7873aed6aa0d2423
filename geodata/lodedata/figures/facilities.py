"""Facility types as people mean them: the metal that a type is of."""

from functools import cache

from lodedata.vocab import vocabulary

FACILITY = "facility-type"


@cache
def metal_of_facility(code: str) -> str | None:
    """Return the metal of a type such as copper-smelter; None for a type of several metals, or one without a broader type.

    Alumina is of aluminium. Plants of the broader type are of it only if their sources do not distinguish the types.
    """
    term = vocabulary(FACILITY)[code]
    if term.broader is None or term.broader not in ("smelter", "refinery"):
        return None
    first = code.partition("-")[0].replace("alumina", "aluminium").replace("aluminum", "aluminium")
    return first if first in vocabulary("commodity-group") else None
