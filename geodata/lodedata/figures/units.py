"""Units of mass, grade and capacity, and bases such as Li2O: conversion of reported figures to base units.

Base units are the tonne (mass), tonne per year (capacity) and percent (grade). The reported figure is
never changed. Conversions between bases (Li2O to Li) are stoichiometric and assume no loss.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lodedata.vocab import Term, table, vocabulary

Dimension = Literal["mass", "rate", "grade"]


@dataclass(frozen=True, slots=True)
class MeasurementUnit:
    """A unit by its vocabulary code; ``factor`` converts a figure to the base unit, None if there is no conversion."""

    code: str
    dimension: str
    factor: float | None


@lru_cache(maxsize=1)
def _symbols() -> dict[str, Term]:
    return {symbol: term for term in vocabulary("unit") for symbol in term.extra["symbol"].split("|") if symbol}


@lru_cache(maxsize=4096)
def unit(text: str, dimension: Dimension) -> MeasurementUnit | None:
    """Return the unit of a text, None if it is unknown or of another dimension.

    Symbols are case-sensitive (Mt is a million tonnes, mt mostly a metric ton), names are not.
    """
    term = _symbols().get(text) or vocabulary("unit").find(text)
    if term is None or term.extra["dimension"] != dimension:
        return None
    factor = term.extra["factor"]
    return MeasurementUnit(term.code, dimension, float(factor) if factor else None)


@lru_cache(maxsize=256)
def basis_factor(commodity: str, basis: str) -> float | None:
    """Return the tonnes of contained metal in one tonne of a basis (``metal``, ``Li2O``, ``LiCl``, ``LCE``).

    None if there is no conversion; the figure is then stored as reported only.
    """
    symbol = vocabulary("commodity")[commodity].extra["symbol"] if commodity in vocabulary("commodity") else ""
    if basis in ("metal", symbol):
        return 1.0
    for row in table("conversion"):
        if row["commodity"] == commodity and (row["from_basis"], row["to_basis"]) == (basis, symbol):
            return float(row["factor"])
        if row["commodity"] == commodity and (row["from_basis"], row["to_basis"]) == (symbol, basis):
            return 1.0 / float(row["factor"])
    return None
