"""Series and observations after SDMX: the dimensions of a series, and an observation with its flags and its release."""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Literal

from lodedata.figures.stage_labels import label_stage
from lodedata.figures.units import MeasurementUnit
from lodedata.vocab import Term, load_vocabulary

Bound = Literal["<", ">"]
WORLD, WORLD_ROUNDED, REST = "WLD", "WLD-rounded", "rest"
"""Areas that are no country: the world, its total as printed and rounded, and countries that a source does not list."""

VOCABULARIES = {
    "indicator": ("statistical-indicator",),
    "commodity": ("commodity", "commodity-aggregate"),
    "stage": ("processing-stage",),
    "basis": ("quantity-basis",),
    "area": ("country", "division", "aggregate-area"),
    "freq": ("series-frequency",),
    "transformation": ("series-transformation",),
    "unit": ("unit",),
}
"""The vocabularies of each dimension; a term is looked up in them in this order."""
GROWTH = ("yoy-published", "yoy-computed")


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """The dimensions of a series. Values are in ``10 ** unit_mult`` of the unit."""

    source: str
    indicator: str
    commodity: str
    stage: str
    basis: str
    area: str
    freq: str
    transformation: str
    unit: str
    unit_mult: int = 0

    def __str__(self) -> str:
        """The key as text, its dimensions separated by full stops, as in SDMX."""
        return ".".join(str(getattr(self, name)) for name in DIMENSIONS)


DIMENSIONS = tuple(field.name for field in fields(SeriesKey))


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation: its value and the text that was printed, with flags; a missing value has none and a status."""

    period: date
    """The first day of the period, whose length is the frequency of the series."""
    value: float | None
    value_raw: str
    bound: Bound | None = None
    obs_status: str = "A"
    conf_status: str = "F"
    note: str = ""
    source_row: str = ""


def find_term(dimension: str, text: str) -> Term | None:
    """Return the term of a code, label or alias of a dimension; None if none of its vocabularies has it."""
    for name in VOCABULARIES[dimension]:
        terms = load_vocabulary(name)
        # a division is found by its code alone, as its name is unique within its country only
        if (term := terms.terms.get(text) or terms.find(text)) is not None:
            return term
    return None


@lru_cache(maxsize=8192)
def label(dimension: str, code: str, lang: str) -> str:
    """Return the label of a code of a dimension, the code itself if it is not a known term."""
    for name in VOCABULARIES[dimension]:
        if code in load_vocabulary(name):
            return load_vocabulary(name)[code].label(lang)
    return code


def stage_label(commodity: str, stage: str, lang: str) -> str:
    """Return the label of a stage of a commodity in a language."""
    return label_stage(commodity, stage).in_language(lang)


def has_stage(commodity: str, stage: str) -> bool:
    """Return whether a commodity passes through a stage of processing."""
    return commodity not in load_vocabulary("processing-stage")[stage].extra["except_commodities"].split("|")


def may_be_negative(indicator: str, transformation: str) -> bool:
    """Return whether an observation may be below zero: growth, and indicators that are differences."""
    return transformation in GROWTH or load_vocabulary("statistical-indicator")[indicator].extra["signed"] == "yes"


def measures(indicator: str, transformation: str, unit: str) -> bool:
    """Return whether a unit is of a dimension in which an indicator is measured."""
    if transformation in (*GROWTH, "share"):
        return unit == "percent"
    if transformation == "index":
        return unit == "index-points"
    dimensions = load_vocabulary("statistical-indicator")[indicator].extra["dimensions"].split("|")
    return load_vocabulary("unit")[unit].extra["dimension"] in dimensions


_POWERS = {"kt": ("t", 3), "ten-thousand-t": ("t", 4), "million-t": ("t", 6), "hundred-million-t": ("t", 8)}
_POWERS |= {"billion-t": ("t", 9), "dry-t": ("t", 0)}


def split_unit_multiplier(code: str) -> tuple[str, int]:
    """Return the unit of a series and its power of ten: thousand tonnes are tonnes with a multiplier of 3."""
    return _POWERS.get(code, (code, 0))


def find_base_unit(unit: str, unit_mult: int = 0) -> MeasurementUnit | None:
    """Return the base unit of a series with the factor of its values, None if there is no conversion."""
    term = load_vocabulary("unit")[unit]
    if not term.extra["factor"]:
        return None
    return MeasurementUnit(term.extra["base"], term.extra["dimension"], float(term.extra["factor"]) * 10**unit_mult)
