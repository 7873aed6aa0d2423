"""Units of figures, and bases such as Li2O: conversion of reported figures to the unit in which a field is stored.

The table ``unit`` of the vocabularies has every unit with its dimension and its factor to the dimension's base unit: the
tonne (mass), tonne per year (rate), percent (grade), square metre (area). The reported figure is never changed.
Conversions between bases (Li2O to Li) are stoichiometric and assume no loss.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from lodedata.vocab import Term, load_vocabulary, load_vocabulary_rows

Dimension = Literal[
    "mass", "rate", "grade", "share", "concentration", "volume", "volume-rate", "area", "length", "duration", "angle", "money"
]
"""Dimensions of figures. A share is a part of a whole, such as a recovery: it is no mass of metal in a mass of ore."""
SHARES = frozenset({"percent", "permille", "fraction"})
"""Units of grades in which shares are stated too."""


@dataclass(frozen=True, slots=True)
class MeasurementUnit:
    """A unit by its vocabulary code; ``factor`` converts a figure to the base unit, None if there is no conversion."""

    code: str
    dimension: str
    factor: float | None


@lru_cache(maxsize=1)
def _index_symbols() -> dict[str, Term]:
    return {symbol: term for term in load_vocabulary("unit") for symbol in term.extra["symbol"].split("|") if symbol}


@lru_cache(maxsize=4096)
def parse_unit(text: str, dimension: Dimension) -> MeasurementUnit | None:
    """Return the unit of a text, None if it is unknown or of another dimension.

    Symbols are case-sensitive (Mt is a million tonnes, mt mostly a metric ton), names are not.
    """
    term = _find(text)
    if term is None or not _is_measure_of(term, dimension):
        return None
    factor = term.extra["factor"]
    return MeasurementUnit(term.code, dimension, float(factor) if factor else None)


def find_unit_dimension(text: str) -> Dimension | None:
    """Return the dimension of a unit by its code, symbol or name, None for an unknown one."""
    term = _find(text)
    return None if term is None else term.extra["dimension"]  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def find_conversion(text: str, to: str, dimension: Dimension) -> Fraction | None:
    """Return what one unit is in another one of its dimension: 1,000,000 for ``Mt`` to ``t``.

    None if a unit is unknown, is of another dimension or has no factor, as currencies have none among each other.
    """
    terms = [_find(text), _find(to)]
    factors = [term.extra["factor"] for term in terms if term is not None and _is_measure_of(term, dimension)]
    if len(factors) < len(terms) or not all(factors):
        return None
    return Fraction(factors[0]) / Fraction(factors[1])


@lru_cache(maxsize=100)
def list_convertible_units(dimension: Dimension) -> tuple[str, ...]:
    """Return how each unit of a dimension that has a factor is written: by its first symbol, else by its code.

    The symbols of currencies are those of UCUM, which nobody writes.
    """
    terms = [term for term in load_vocabulary("unit") if _is_measure_of(term, dimension) and term.extra["factor"]]
    symbols = [term.extra["symbol"].split("|")[0] for term in terms]
    return tuple(symbol if symbol and "{" not in symbol else term.code for symbol, term in zip(symbols, terms, strict=True))


def _find(text: str) -> Term | None:
    return _index_symbols().get(text) or load_vocabulary("unit").find(text)


def _is_measure_of(term: Term, dimension: Dimension) -> bool:
    return term.code in SHARES if dimension == "share" else term.extra["dimension"] == dimension


@lru_cache(maxsize=256)
def find_basis_factor(commodity: str, basis: str) -> float | None:
    """Return the tonnes of contained metal in one tonne of a basis (``metal``, ``Li2O``, ``LiCl``, ``LCE``).

    None if there is no conversion; the figure is then stored as reported only.
    """
    symbol = load_vocabulary("commodity")[commodity].extra["symbol"] if commodity in load_vocabulary("commodity") else ""
    if basis in ("metal", symbol):
        return 1.0
    for row in load_vocabulary_rows("conversion"):
        if row["commodity"] == commodity and (row["from_basis"], row["to_basis"]) == (basis, symbol):
            return float(row["factor"])
        if row["commodity"] == commodity and (row["from_basis"], row["to_basis"]) == (symbol, basis):
            return 1.0 / float(row["factor"])
    return None


@lru_cache(maxsize=256)
def determine_basis(commodity: str, basis: str | None) -> str | None:
    """Return the basis of a grade or an amount: as stated, else metal where no other is in use; None if it is not known.

    Grades of lithium or tungsten, for example, are quoted as metal and as oxide. Ores such as bauxite are no metal.
    """
    if basis is not None:
        return basis
    terms = load_vocabulary("commodity")
    symbol = terms[commodity].extra["symbol"] if commodity in terms else ""
    has_others = any(row["commodity"] == commodity for row in load_vocabulary_rows("conversion"))
    return "metal" if symbol and not has_others else None
