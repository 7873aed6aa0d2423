"""Commodities as tables name them: a metal, a compound whose mass its figures state, or either with a unit."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lodedata.cells import normalise_cell_text
from lodedata.figures.units import parse_unit
from lodedata.vocab import fold, load_vocabulary, load_vocabulary_rows

_UNIT = r"%|‰|wt\.? ?%|pct|g/t|kg/t|ppm|ppb"
_BEFORE = re.compile(rf"(?P<unit>{_UNIT})[\s_]*(?P<name>\w.*)", re.IGNORECASE)
_ORE = re.compile(
    r"(?:min[ée]rio|mineral|mena|minerai)(?:e?s)? (?:de |da |do |d')(?P<of>\w.*)|(?P<named>\w.*) ores?", re.IGNORECASE
)
"""A text that names an ore by its metal, in English, Portuguese, Spanish and French."""
_AFTER = re.compile(rf"(?P<name>.*[\w)])[\s_,]*[(\[（]?\s*(?P<unit>{_UNIT})\s*[)\]）]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedCommodity:
    """A commodity by its code; ``basis`` is the compound that the text names, ``unit`` the unit that it has."""

    code: str
    basis: str | None = None
    unit: str | None = None


@lru_cache(maxsize=1)
def load_compounds() -> dict[str, NamedCommodity]:
    """Return the metal and basis of each compound by the code of its term (table ``compound``)."""
    return {row["code"]: NamedCommodity(row["commodity"], row["basis"]) for row in load_vocabulary_rows("compound")}


def find_stored_commodity(code: str) -> str:
    """Return the code under which records of a commodity are stored: the metal of a compound."""
    compound = load_compounds().get(code)
    return code if compound is None else compound.code


@lru_cache(maxsize=1)
def _load_minerals() -> frozenset[str]:
    return frozenset(fold(name) for row in load_vocabulary_rows("compound") for name in row["minerals"].split("|") if name)


@lru_cache(maxsize=10_000)
def parse_commodity(text: str) -> NamedCommodity | None:
    """Return the commodity of a text such as ``lithium``, ``Li2O``, ``%Ni`` or ``Au (g/t)``, None if it is unknown.

    A compound is its metal, as a deposit of Li2O is one of lithium. A mineral such as cassiterite states no basis.
    """
    term = load_vocabulary("commodity").find(text)
    if term is not None:
        compound = load_compounds().get(term.code)
        if compound is None:
            return NamedCommodity(term.code)
        return NamedCommodity(compound.code) if fold(text) in _load_minerals() else compound
    if (ore := _ORE.fullmatch(normalise_cell_text(text))) is not None:
        metal = parse_commodity(ore["of"] or ore["named"])
        # the ores of some metals are commodities of their own
        own = f"{metal.code}-ore" if metal is not None else ""
        return NamedCommodity(own) if own in load_vocabulary("commodity") else metal
    for form in (_BEFORE, _AFTER):
        match = form.fullmatch(normalise_cell_text(text))
        if match is not None and parse_unit(match["unit"], "grade") is not None:
            named = parse_commodity(match["name"])
            if named is not None and named.unit is None:
                return NamedCommodity(named.code, named.basis, match["unit"])
    return None
