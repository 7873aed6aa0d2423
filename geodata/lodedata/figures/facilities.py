"""Facility types as people mean them: the metal that a type is of, and what a plant is whose source states no type."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lodedata.vocab import load_vocabulary

FACILITY = "facility-type"
UNDISTINGUISHED = ("processing-plant", "mine")
"""Types of sources that call every plant so: a plant of them may be a smelter by its product or name."""
NAMED_TYPES = ("smelter", "refinery")
"""Types that the name of a plant states."""


@dataclass(frozen=True, slots=True)
class FacilityMeaning:
    """The plants that a type means: those of its types, and others by what sources say of them.

    With a metal, plants of the broader type are meant if it is their main one. Plants of an undistinguished type are meant
    by their products, or by the kind of plant in their name, in English or Chinese, for the metal of the type.
    """

    types: tuple[str, ...]
    metal: str | None = None
    broader: str | None = None
    products: tuple[str, ...] = ()
    name_parts: tuple[str, str] | None = None


@cache
def find_facility_metal(code: str) -> str | None:
    """Return the metal of a type such as copper-smelter; None for a type of several metals, or one without a broader type.

    Alumina is of aluminium. Plants of the broader type are of it only if their sources do not distinguish the types.
    """
    term = load_vocabulary(FACILITY)[code]
    if term.broader is None or term.broader not in NAMED_TYPES:
        return None
    first = code.partition("-")[0].replace("alumina", "aluminium").replace("aluminum", "aluminium")
    return first if first in load_vocabulary("commodity-group") else None


@cache
def find_facility_meaning(code: str) -> FacilityMeaning:
    """Return the plants that a type means."""
    terms = load_vocabulary(FACILITY)
    types = tuple(sorted(terms.within(code)))
    metal = find_facility_metal(code)
    named = terms[code].broader if metal is not None else code if code in NAMED_TYPES else None
    if named is None:
        return FacilityMeaning(types)
    products = (product for type_ in types for product in terms[type_].extra["product"].split("|") if product)
    name_parts = (terms[named].label_en.lower(), terms[named].label_zh)
    return FacilityMeaning(types, metal, named if metal is not None else None, _add_broader(products), name_parts)


def _add_broader(products: Iterable[str]) -> tuple[str, ...]:
    """Return products with each broader one that has no other kinds, such as smelter copper of blister and anodes."""
    terms, codes = load_vocabulary("product"), set(products)
    for broader in {terms[code].broader for code in codes} - {None}:
        if {term.code for term in terms if term.broader == broader} <= codes:
            codes.add(str(broader))
    return tuple(sorted(codes))
