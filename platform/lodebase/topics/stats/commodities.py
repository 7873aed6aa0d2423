"""Commodities at a glance: world output, leading countries and concentration of the newest edition, and the price."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from sqlalchemy import Engine

from lodebase.field_types import Description, PartialDay
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series.overview import LatestShares, compute_latest_shares, read_dataset_citations
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.series_labels import label_of, stage_of
from lodedata.messages import Label, Message, msg
from lodedata.statistics import derived
from lodedata.statistics.series import WORLD

AS_OF = Description(msg("The releases known on this day; a month or year counts to its end."))
LISTED_SHARES = 5
"""The countries that a row lists."""
EQUAL_OF_PRICE = ("source", "commodity", "stage", "basis", "freq", "transformation", "unit", "unit_mult")


class OverviewParameters(Parameters):
    """The day on which releases were known."""

    as_of: Annotated[PartialDay | None, AS_OF] = None

    @property
    def day(self) -> date | None:
        """The last day of ``as_of``."""
        return None if self.as_of is None else self.as_of.last


@dataclass(frozen=True, slots=True)
class AreaShare:
    """The share of a country in per cent of the sum of all parts."""

    area: str
    label: Label
    share_percent: float

    def __str__(self) -> str:
        """The code and the share, as tables have it."""
        return f"{self.area} {self.share_percent:.4g} %"


@dataclass(frozen=True, slots=True)
class PriceNow:
    """The latest price of a commodity and its change on the same period a year earlier in per cent, in its own series."""

    commodity: str
    source: str
    period: str
    price: float
    unit: str
    change_percent: float | None
    note: str


@dataclass(frozen=True, slots=True)
class CommodityFigures:
    """Production of a stage in its newest year, in tonnes, and the price of the commodity.

    ``output`` is the total of the world that the source prints, or the sum of its parts. The index of concentration is in
    points of 10,000: ``hhi_low`` counts other countries as many, ``hhi_high`` as one.
    """

    commodity: str
    label: Label
    stage: str
    stage_label: Label
    year: str
    estimated: bool
    output: float
    output_printed: bool
    unit: str
    leaders: tuple[AreaShare, ...]
    top_share_percent: float
    top_three_percent: float
    hhi_low: float
    hhi_high: float
    withheld: tuple[str, ...]
    source: str
    source_title: Label
    release: str
    released_on: str
    price: float | None
    price_unit: str | None
    price_period: str | None
    price_change_percent: float | None
    price_source: str | None


@dataclass(frozen=True, slots=True)
class CommodityOverview:
    """The stages of all commodities in scope, in the order of the vocabulary."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    share_formula: Message
    hhi_formula: Message
    commodities: tuple[CommodityFigures, ...]


def show_commodities(services: OperationServices, parameters: OverviewParameters) -> CommodityOverview:
    """Return the newest figures of each commodity and stage, by the releases known on a day."""
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    key = ("stats.commodities", parameters.day, services.today)
    commodity_figures: tuple[CommodityFigures, ...] = services.figures.at(
        version, key, lambda: _read_figures(services.engine, parameters.day)
    )
    return CommodityOverview(version, derived.SHARE_FORMULA, derived.HHI_FORMULA, commodity_figures)


def _read_figures(engine: Engine, day: date | None) -> tuple[CommodityFigures, ...]:
    latest = compute_latest_shares(engine, day)
    prices = {
        price.commodity: price
        for price in find_prices(engine, tuple({latest_shares.commodity for latest_shares in latest}), day)
    }
    with open_reading(engine, "one") as connection:
        titles = {
            row["name"]: row for row in read_dataset_citations(connection, {latest_shares.data_set for latest_shares in latest})
        }
    return tuple(
        _build_row(latest_shares, titles[latest_shares.data_set], prices.get(latest_shares.commodity))
        for latest_shares in latest
    )


def _build_row(latest_shares: LatestShares, title: Mapping[str, Any], price: PriceNow | None) -> CommodityFigures:
    concentration = latest_shares.figures.concentration
    assert concentration is not None
    printed = latest_shares.figures.printed_total
    return CommodityFigures(
        commodity=latest_shares.commodity,
        label=label_of("commodity", latest_shares.commodity),
        stage=latest_shares.stage,
        stage_label=stage_of(latest_shares.commodity, latest_shares.stage),
        year=latest_shares.figures.year,
        estimated=latest_shares.estimated,
        output=concentration.total if printed is None else printed,
        output_printed=printed is not None,
        unit="t",
        leaders=tuple(AreaShare(area, label_of("area", area), share) for area, share in concentration.shares[:LISTED_SHARES]),
        top_share_percent=concentration.shares[0][1],
        top_three_percent=concentration.top_three,
        hhi_low=concentration.hhi_low,
        hhi_high=concentration.hhi_high,
        withheld=concentration.withheld,
        source=latest_shares.source,
        source_title=Label(title["title_en"], title["title_zh"]),
        release=latest_shares.release,
        released_on=latest_shares.released_on,
        price=None if price is None else price.price,
        price_unit=None if price is None else price.unit,
        price_period=None if price is None else price.period,
        price_change_percent=None if price is None else price.change_percent,
        price_source=None if price is None else price.source,
    )


def find_prices(engine: Engine, commodities: Sequence[str], as_of: date | None = None) -> tuple[PriceNow, ...]:
    """Return the latest price of each commodity: of several series the one whose unit is stated, then the latest period."""
    filters = {"indicator": ("price",), "area": (WORLD,), "commodity": tuple(commodities), "transformation": ("level",)}
    if not commodities:
        return ()
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in find_observations(engine, SeriesQuery(filters, as_of=as_of)).rows:
        if row["value"] is not None:
            grouped[tuple(row[name] for name in EQUAL_OF_PRICE)].append(row)
    best: dict[str, tuple[tuple[bool, str, str], PriceNow]] = {}
    for _, rows in sorted(grouped.items(), key=lambda pair: tuple(map(str, pair[0]))):
        last = rows[-1]
        price = _find_price(rows)
        rank = (last["unit"] != "usd-unstated", last["period"], last["released_on"])
        if price.commodity not in best or rank > best[price.commodity][0]:
            best[price.commodity] = rank, price
    return tuple(price for _, price in best.values())


def _find_price(rows: Sequence[Mapping[str, Any]]) -> PriceNow:
    last = rows[-1]
    period_values = {row["period"]: row["value"] for row in rows}
    change = derived.compute_yearly_growth(last["value"], period_values.get(_find_year_before(last["period"]))).low
    return PriceNow(last["commodity"], last["source"], last["period"], last["value"], last["unit"], change, last["note"])


def _find_year_before(period: str) -> str:
    """Return the same period a year earlier: ``2025-03`` of ``2026-03``."""
    return f"{int(period[:4]) - 1}{period[4:]}"
