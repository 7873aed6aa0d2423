"""Mass, grade, capacity and the forms of lithium: what a reported unit is worth in the base unit.

Base units are the tonne (mass), tonne per year (capacity) and percent (grade). A factor is applied beside the reported
figure, never to it. Conversions between bases (Li2O to Li) are stoichiometric and assume no loss.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lodedata.vocab import Term, table, vocabulary

Dimension = Literal["mass", "rate", "grade"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit known by its vocabulary code; ``factor`` turns a figure into the dimension's base unit, None if it can't."""

    code: str
    dimension: str
    factor: float | None


@lru_cache(maxsize=1)
def _symbols() -> dict[str, Term]:
    return {symbol: term for term in vocabulary("unit") for symbol in term.extra["symbol"].split("|") if symbol}


@lru_cache(maxsize=4096)
def unit(text: str, dimension: Dimension) -> Unit | None:
    """The unit that a text names, None where the text is unknown or names a unit of another dimension.

    Symbols are told by their case (Mt is a million tonnes, mt mostly a metric ton), words are not.
    """
    term = _symbols().get(text) or vocabulary("unit").find(text)
    if term is None or term.extra["dimension"] != dimension:
        return None
    factor = term.extra["factor"]
    return Unit(term.code, dimension, float(factor) if factor else None)


@lru_cache(maxsize=256)
def basis_factor(commodity: str, basis: str) -> float | None:
    """How many tonnes of the contained metal stand in one tonne of a basis (``metal``, ``Li2O``, ``LiCl``, ``LCE``).

    None where no conversion is recorded; then the figure is left as reported.
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
