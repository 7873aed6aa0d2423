"""Apparent consumption and net import reliance of an area by year, from output and trade of one stage and basis."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from lodebase.series.series_query import SeriesQuery, find_observations
from lodedata.statistics import derived
from lodedata.statistics.derived import Derived

INDICATORS = ("production", "imports", "exports", "stocks")


@dataclass(frozen=True, slots=True)
class YearBalance:
    """A year with its inputs in the base unit, the consumption and the reliance; a missing input is the reason of both.

    Stocks count if those at the end of both years are known; else they are taken as unchanged.
    """

    year: str
    basis: str
    inputs: Mapping[str, float]
    stocks_known: bool
    consumption: Derived
    reliance: Derived


def compute_year_balances(
    engine: Engine, commodity: str, stage: str, area: str, as_of: date | None = None
) -> tuple[YearBalance, ...]:
    """Return the balance of each year and basis with production, imports or exports; bases are never mixed."""
    filters = {"commodity": (commodity,), "stage": (stage,), "area": (area,), "indicator": INDICATORS}
    query = SeriesQuery({**filters, "freq": ("A",), "transformation": ("level",)}, as_of=as_of)
    year_inputs: dict[tuple[str, str], dict[str, tuple[str, float]]] = defaultdict(dict)
    for row in find_observations(engine, query).rows:
        if row["base_value"] is None:
            continue
        latest_inputs = year_inputs[row["basis"], row["period"]]
        if row["indicator"] not in latest_inputs or row["released_on"] >= latest_inputs[row["indicator"]][0]:
            latest_inputs[row["indicator"]] = (row["released_on"], row["base_value"])
    return tuple(
        _compute_balance(
            year, basis, _collect_values(inputs), _collect_values(year_inputs.get((basis, str(int(year) - 1)), {}))
        )
        for (basis, year), inputs in sorted(year_inputs.items())
        if set(inputs) & {"production", "imports", "exports"}
    )


def _collect_values(inputs: Mapping[str, tuple[str, float]]) -> dict[str, float]:
    return {name: value for name, (_, value) in inputs.items()}


def _compute_balance(year: str, basis: str, inputs: dict[str, float], before: Mapping[str, float]) -> YearBalance:
    stocks_known = "stocks" in inputs and "stocks" in before
    increase = inputs["stocks"] - before["stocks"] if stocks_known else 0.0
    production = inputs.get("production")
    consumption = derived.derive_apparent_consumption(production, inputs.get("imports"), inputs.get("exports"), increase)
    reliance = derived.compute_import_reliance(consumption.low, production)
    return YearBalance(year, basis, inputs, stocks_known, consumption, reliance)
