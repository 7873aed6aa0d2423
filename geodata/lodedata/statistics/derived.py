"""Figures derived from observations: shares, concentration, ratios and growth, each with its formula and its inputs.

Shares are of the sum of the listed parts, which differs from a printed and rounded total. What a source withholds is
named and never counted as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lodedata.messages import Message, msg
from lodedata.statistics.series import REST

MAX_LEADERS = 3


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived figure: its range, which is one value where both ends are equal, its formula and its inputs.

    ``low`` is None where the figure can't be derived; ``reason`` then says why. An open end is a bound: ``>43``.
    """

    low: float | None
    high: float | None
    formula: Message
    inputs: Mapping[str, float] = field(default_factory=dict)
    reason: Message | None = None
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Concentration:
    """Shares of countries in per cent of the sum of all parts, and the Herfindahl-Hirschman index in points of 10,000.

    Other countries are as many as possible in ``hhi_low``, which adds nothing, and one country in ``hhi_high``.
    """

    total: float
    shares: tuple[tuple[str, float], ...]
    rest_share: float
    hhi_low: float
    hhi_high: float
    withheld: tuple[str, ...]

    @property
    def leaders(self) -> tuple[tuple[str, float], ...]:
        """The three largest shares of countries."""
        return self.shares[:MAX_LEADERS]

    @property
    def top_three(self) -> float:
        """The sum of the three largest shares, in per cent."""
        return sum(share for _, share in self.leaders)


HHI_FORMULA = msg("Sum of the squared shares in per cent; other countries count as many (low) or as one (high)")
SHARE_FORMULA = msg("Value of the country ÷ sum of all countries and other countries × 100")
RP_FORMULA = msg("Reserves ÷ production of the year; reserves change with prices and exploration, so it is no lifetime")
GROWTH_FORMULA = msg("(Value ÷ value of a year earlier - 1) × 100, from levels")
RECYCLED_FORMULA = msg("Recycled metal ÷ all metal × 100")
UTILISATION_FORMULA = msg("National output ÷ operating capacity in Lode × 100")
COVERAGE_FORMULA = msg("Operating capacity in Lode ÷ national output × 100: how complete Lode is")
CONSUMPTION_FORMULA = msg("Production + imports - exports - increase of stocks")
RELIANCE_FORMULA = msg("(Apparent consumption - production) ÷ apparent consumption × 100")


def derive_concentration(values: Mapping[str, float | None]) -> Concentration | None:
    """Return the concentration of values by area, None without a positive sum; a value of None is withheld."""
    disclosed_values = {area: value for area, value in values.items() if value is not None}
    total = sum(disclosed_values.values())
    if total <= 0:
        return None
    rest = 100 * disclosed_values.pop(REST, 0.0) / total
    shares = sorted(
        ((area, 100 * value / total) for area, value in disclosed_values.items()), key=lambda pair: (-pair[1], pair[0])
    )
    low = sum(share**2 for _, share in shares)
    withheld = tuple(sorted(area for area, value in values.items() if value is None))
    return Concentration(total, tuple(shares), rest, low, low + rest**2, withheld)


def compute_reserve_years(reserves: float | None, production: float | None, at_least: bool = False) -> Derived:
    """Return the ratio of reserves to a year's production in years of that production; ``at_least`` for a lower bound."""
    inputs = {name: value for name, value in (("reserves", reserves), ("production", production)) if value is not None}
    if reserves is None or not production:
        missing = msg("Reserves are not reported.") if reserves is None else msg("There is no production to divide by.")
        return Derived(None, None, RP_FORMULA, inputs, missing)
    ratio = reserves / production
    return Derived(ratio, ratio, RP_FORMULA, inputs, None, at_least)


def compute_yearly_growth(now: float | None, before: float | None) -> Derived:
    """Return the growth on a year earlier in per cent, from levels; a published growth is an observation of its own."""
    inputs = {name: value for name, value in (("value", now), ("value_before", before)) if value is not None}
    if now is None or not before:
        return Derived(None, None, GROWTH_FORMULA, inputs, msg("A level of this year or of the year before is missing."))
    percent = 100 * (now / before - 1)
    return Derived(percent, percent, GROWTH_FORMULA, inputs)


def derive_ratio(part: float | None, total: float | None, formula: Message, names: tuple[str, str]) -> Derived:
    """Return a part of a total in per cent, with a reason where one of them is missing."""
    inputs = {name: value for name, value in zip(names, (part, total), strict=True) if value is not None}
    if part is None or not total:
        return Derived(None, None, formula, inputs, msg("One of the two figures is missing."))
    percent = 100 * part / total
    return Derived(percent, percent, formula, inputs)


def derive_apparent_consumption(
    production: float | None, imports: float | None, exports: float | None, stocks: float = 0.0
) -> Derived:
    """Return production plus imports minus exports minus the increase of stocks, all on one basis."""
    figures = {"production": production, "imports": imports, "exports": exports}
    inputs = {name: value for name, value in figures.items() if value is not None} | {"stocks": stocks}
    if production is None or imports is None or exports is None:
        return Derived(None, None, CONSUMPTION_FORMULA, inputs, msg("Production, imports or exports are missing."))
    consumption = production + imports - exports - stocks
    return Derived(consumption, consumption, CONSUMPTION_FORMULA, inputs)


def compute_import_reliance(consumption: float | None, production: float | None) -> Derived:
    """Return the share of apparent consumption that production does not cover, in per cent; below zero for exporters."""
    inputs = {n: v for n, v in (("apparent_consumption", consumption), ("production", production)) if v is not None}
    if not consumption or production is None:
        return Derived(None, None, RELIANCE_FORMULA, inputs, msg("One of the two figures is missing."))
    reliance = 100 * (consumption - production) / consumption
    return Derived(reliance, reliance, RELIANCE_FORMULA, inputs)
