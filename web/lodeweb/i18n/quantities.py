"""Formatted figures: with their units, in the page's language, and with the factor of their conversion."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodedata.figures.grade_basis import METAL, NOT_STATED, OF_CONCENTRATE
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext
from lodeweb.i18n.numbers import number

LARGE_UNITS = {"zh": ((1e8, msg("%(number)s hundred million t")), (1e4, msg("%(number)s ten thousand t")))}
"""By language, the units above the tonne in which it counts masses, the largest first."""


SIGNS = {"below": "<", "at-most": "≤", "above": ">", "at-least": "≥"}
MEGATONNE_T = 1e6
MIN_PERCENT = 0.01
"""A grade below it is read in grams per tonne, as its source reports it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as its source reported it, its value in the base unit, and the factor between the two."""

    reported: str
    converted: str | None = None
    factor: str | None = None


def format_tonnes(value: float, lang: Language) -> str:
    """Return a mass in tonnes or in the larger units of the language."""
    for size, text in LARGE_UNITS.get(lang, ()):
        if value >= size:
            return text.filled(number=number(value / size)).in_language(lang)
    return msg("%(number)s t", number=number(value)).in_language(lang)


def format_mass(value: float, lang: Language) -> str:
    """Return a mass to four digits, in megatonnes where it has some unless the language has large units of its own."""
    if lang not in LARGE_UNITS and value >= MEGATONNE_T:
        return f"{number(value / MEGATONNE_T, 4)} Mt"
    return format_tonnes(float(f"{value:.4g}"), lang)


def format_kilometres(metres: float, lang: Language) -> str:
    """Return a distance in kilometres, below one kilometre in metres."""
    if metres >= 1000:
        return msg("%(number)s km", number=number(metres / 1000, 3)).in_language(lang)
    return msg("%(number)s m", number=number(metres, 3)).in_language(lang)


def format_ore(estimate: Mapping[str, Any], lang: Language) -> Figure | None:
    """Return the ore tonnage of an estimate."""
    return _format_figure(estimate, "ore", None, lang, "")


def format_contained(measure: Mapping[str, Any], lang: Language) -> Figure | None:
    """Return the contained amount of a measure, and its equivalent in metal; of a derived one, that it is derived."""
    if measure.get("contained_derived"):
        amount = f"{format_mass(measure['contained_t'], lang)} {abbreviate_commodity(measure['commodity'], lang)}"
        return Figure(amount, msg("derived from ore and grade").in_language(lang))
    return _format_figure(measure, "contained", "contained_basis", lang, abbreviate_commodity(measure["commodity"], lang))


def format_capacity(phase: Mapping[str, Any], lang: Language) -> Figure | None:
    """Return the capacity of a phase, and its equivalent in tonnes per year."""
    if phase["capacity_reported"] is None:
        return None
    reported = _reported(phase, "capacity", None)
    value, factor = phase["capacity_tpa"], phase["capacity_factor"]
    if value is None or factor == 1 or (_is_prefix(factor) and lang not in LARGE_UNITS):
        return Figure(reported)
    yearly = msg("%(mass)s/a", mass=format_tonnes(value, lang))
    return Figure(reported, yearly.in_language(lang), _factor(factor))


def format_grade(measure: Mapping[str, Any]) -> Figure | None:
    """Return the grade of a measure, and its value in per cent of the basis if the source reported it otherwise."""
    if measure["grade_reported"] is None:
        return None
    reported = _reported(measure, "grade", "grade_basis")
    percent, factor = measure["grade_pct"], measure["grade_factor"]
    if percent is None or factor == 1 or percent < MIN_PERCENT:
        return Figure(reported)
    return Figure(reported, f"{number(percent)} %", _factor(factor))


def format_signed_figure(qualifier: str | None, figure: str, upper: str | None = None) -> str:
    """Return a figure with its sign (vocabulary ``figure-qualifier``): about 500, < 0.1, 10–20."""
    if qualifier == "range":
        return f"{figure}–{upper}"
    if qualifier == "about":
        return str(gettext("about %(figure)s", figure=figure))
    return f"{SIGNS[qualifier]} {figure}" if qualifier is not None else figure


def abbreviate_commodity(commodity: str, lang: Language) -> str:
    """Return the short name of a commodity for figures: the symbol of its element, else its label."""
    terms = load_vocabulary("commodity")
    if commodity not in terms:
        return commodity
    return terms[commodity].extra["symbol"] or terms[commodity].label(lang)


def describe_graded_substance(basis: str | None, metal: str) -> str:
    """Return what a grade is of: the metal, the oxide or the equivalent that its source reports, or neither."""
    if basis == NOT_STATED:
        return str(gettext("%(metal)s, basis not stated", metal=metal))
    return metal if basis in (None, METAL) else str(basis)


def label_capacity_basis(basis: str | None, lang: Language) -> str:
    """Return the label of what a capacity counts, also where its source does not say so."""
    if basis is None:
        return str(gettext("basis not stated"))
    terms = load_vocabulary("capacity-basis")
    return terms[basis].label(lang) if basis in terms else basis


def _format_figure(part: Mapping[str, Any], name: str, of: str | None, lang: Language, what: str) -> Figure | None:
    if part[f"{name}_reported"] is None:
        return None
    reported = _reported(part, name, of)
    value, factor = part[f"{name}_t"], part[f"{name}_factor"]
    if value is None or (_is_prefix(factor) and lang not in LARGE_UNITS):
        return Figure(reported)
    return Figure(reported, f"{format_tonnes(value, lang)} {what}".strip(), _factor(factor))


def _reported(part: Mapping[str, Any], name: str, of: str | None) -> str:
    # the basis of a grade is shown only if it is not metal, the usual basis
    shown = None if name == "grade" and part[of or ""] == "metal" else of
    value = part[f"{name}_reported"]
    # more digits of a grade than these come from a conversion by its source
    is_converted = name == "grade" and number(value, 12) != number(value)
    digits = 4 if is_converted else 12
    upper = part.get(f"{name}_upper")
    parts = (
        format_signed_figure(
            part.get(f"{name}_qualifier"), number(value, digits), None if upper is None else number(upper, digits)
        ),
        part[f"{name}_unit"] or "",
        _label_basis(part[shown]) if shown and part[shown] else "",
    )
    return " ".join(word for word in parts if word)


def _label_basis(basis: str) -> str:
    if basis.startswith(OF_CONCENTRATE):
        return str(gettext("concentrate of %(grade)s", grade=basis.removeprefix(OF_CONCENTRATE)))
    return str(gettext("(basis not stated)") if basis == NOT_STATED else labels.label_plain_code(basis))


def _factor(factor: float) -> str | None:
    return None if _is_prefix(factor) else f"× {number(factor)}"


def _is_prefix(factor: float) -> bool:
    """Return whether a factor only moves the decimal point, as that of a prefix of a unit does."""
    return math.isclose(factor, 10 ** round(math.log10(factor)), rel_tol=1e-12)
