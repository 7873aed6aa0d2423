"""Prices side by side: each series with its specification, unit, currency and publisher, and several metals on one index."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import Annotated, Any

from sqlalchemy import Engine

from lodebase.field_types import Codes, Description, PartialDay
from lodebase.operations.formats import NOT_IN_DATA, NOT_IN_TABLE
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading
from lodebase.series.overview import read_dataset_citations
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.commodities import AS_OF
from lodebase.topics.stats.series_labels import label_of
from lodedata.messages import Label, Message, msg
from lodedata.records import PartialDate
from lodedata.statistics.series import DIMENSIONS, WORLD
from lodedata.vocab import load_vocabulary

CURRENCIES: Mapping[str, str] = {"usd-t": "USD", "usd-lb": "USD", "cent-lb": "USD", "cny-t": "CNY", "usd-unstated": "USD"}
"""The currency of each unit of prices, by ISO 4217 code."""
UNSTATED = "usd-unstated"
NOT_SPECIFIED = msg("specification not stated")
NOTES = (
    NOT_SPECIFIED,
    msg("unit and specification not stated"),
    msg("IMF lithium series, no price of carbonate; unit and specification not stated"),
)
"""Notes of series that Lode wrote itself, which have a translation; those of other sources are as printed."""
NOMINAL = "nominal"
DEFLATED_BY: Mapping[str, tuple[str, ...]] = {"USD": ("USA", WORLD), "CNY": ("CHN",)}
"""The areas whose deflator is one of a currency, the first that is stored."""
NOTE = msg(
    "Prices are nominal. No deflator is stored, so no real prices are given. An index is 100 in the average of its year, "
    "within one series, so that prices in different units can be compared."
)
REAL_NOTE = msg(
    "A real price is the nominal one times the average of the deflator in the chosen year, divided by the deflator of the "
    "period; without a deflator of the period there is none. An index is nominal and 100 in the average of its year, "
    "within one series."
)


class PricesParameters(Parameters):
    """Commodities, the range of periods, and the year of the index."""

    commodity: Annotated[tuple[str, ...] | None, Codes("commodity")] = None
    begin: Annotated[PartialDay | None, Description(msg("The first period."))] = None
    end: Annotated[PartialDay | None, Description(msg("The last period."))] = None
    index: Annotated[PartialDay | None, Description(msg("The year whose average is 100, such as 2020."))] = None
    real: Annotated[PartialDay | None, Description(msg("The year in whose money real prices are given, such as 2020."))] = None
    as_of: Annotated[PartialDay | None, AS_OF] = None


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price of a period, and its index where the series has prices in the year of the index.

    ``real`` is the price in money of the chosen year, None without a deflator of the period.
    """

    source: str
    commodity: str
    period: str
    price: float
    unit: str
    currency: str
    basis: str
    index: float | None
    real: float | None
    release: str


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """A series of prices. ``specification`` is what the source says on grade, form and unit."""

    key: str
    commodity: str
    label: Label
    source: str
    title: Label
    citation: str
    specification: Message | Label
    market: Label
    unit: str
    unit_label: Label
    currency: str
    basis: str
    release: str
    released_on: str
    base: float | None
    """The average price of the year of the index."""
    deflator: Label | None
    """The title of what real prices are divided by, None for nominal ones alone."""
    points: tuple[PricePoint, ...] = field(metadata=NOT_IN_TABLE)

    @property
    def latest_real(self) -> PricePoint | None:
        """The last point with a real price."""
        return next((point for point in reversed(self.points) if point.real is not None), None)


@dataclass(frozen=True, slots=True)
class Prices:
    """Series of prices; ``deflators`` are the titles of the stored deflators, ``real_year`` the money of real prices."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    note: Message
    index_year: str | None
    real_year: str | None
    deflators: tuple[Label, ...]
    series: tuple[PriceSeries, ...]


@dataclass(frozen=True, slots=True)
class Deflator:
    """An index of the general level of prices by period, as months, quarters and years are written."""

    data_set: str
    values: Mapping[str, float]

    def find_average(self, year: str) -> float | None:
        """Return the average of a year: the annual value, else the mean of its periods; None if it has none."""
        of_year = [value for period, value in self.values.items() if period[:4] == year]
        return self.values.get(year, fmean(of_year) if of_year else None)

    def deflate_price(self, price: float, period: str, year: str) -> float | None:
        """Return a price in money of a year; None without a deflator of that year, or of the period or its year."""
        then, now = self.values.get(period, self.values.get(period[:4])), self.find_average(year)
        return None if not then or now is None else price * now / then


def find_prices_of(services: OperationServices, parameters: PricesParameters) -> Prices:
    """Return the series of prices of commodities, all in scope by default."""
    commodities = parameters.commodity or tuple(
        term.code for term in load_vocabulary("commodity") if term.extra["scope"] == "in"
    )
    filters = {"indicator": ("price",), "commodity": commodities, "transformation": ("level",)}
    as_of = None if parameters.as_of is None else parameters.as_of.last
    observations = find_observations(services.engine, SeriesQuery(filters, as_of=as_of))
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in observations.rows:
        if row["value"] is not None:
            grouped[tuple(row[name] for name in DIMENSIONS)].append(row)
    deflators = _read_deflators(services.engine, as_of)
    data_sets = {row["data_set"] for row in observations.rows} | {deflator.data_set for deflator in deflators.values()}
    with open_reading(services.engine, "one") as connection:
        titles = {row["name"]: row for row in read_dataset_citations(connection, data_sets)}
    price_series = tuple(_build_series(rows, titles, parameters, deflators) for rows in grouped.values())
    listed = {deflator.data_set: _build_title(titles[deflator.data_set]) for deflator in deflators.values()}
    return Prices(
        observations.dataset_version,
        REAL_NOTE if deflators else NOTE,
        _take_year(parameters.index),
        _take_year(parameters.real),
        tuple(listed.values()),
        price_series,
    )


def _read_deflators(engine: Engine, as_of: date | None) -> Mapping[str, Deflator]:
    """Return the deflator of each currency that has one; of several series of an area the one with most periods."""
    areas = tuple(dict.fromkeys(area for listed in DEFLATED_BY.values() for area in listed))
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    filters = {"indicator": ("deflator",), "area": areas, "transformation": ("level",)}
    for row in find_observations(engine, SeriesQuery(filters, as_of=as_of)).rows:
        if row["value"] is not None:
            grouped[tuple(row[name] for name in DIMENSIONS)].append(row)
    longest: dict[str, list[Mapping[str, Any]]] = {}
    for rows in sorted(grouped.values(), key=len):
        longest[rows[0]["area"]] = rows
    deflators: dict[str, Deflator] = {}
    for currency, listed in DEFLATED_BY.items():
        for area in listed:
            if area in longest:
                rows = longest[area]
                deflators[currency] = Deflator(rows[-1]["data_set"], {row["period"]: row["value"] for row in rows})
                break
    return deflators


def _take_year(day: PartialDate | None) -> str | None:
    return None if day is None else str(day.first.year)


def _describe_specification(note: str) -> Message | Label:
    """Return what a source says of grade, form and unit."""
    if not note:
        return NOT_SPECIFIED
    return next((candidate for candidate in NOTES if str(candidate) == note), Label(note, None))


def _build_title(cited_set: Mapping[str, Any]) -> Label:
    return Label(cited_set["title_en"], cited_set["title_zh"])


def _build_series(
    rows: Sequence[Mapping[str, Any]],
    titles: Mapping[str, Mapping[str, Any]],
    parameters: PricesParameters,
    deflators: Mapping[str, Deflator],
) -> PriceSeries:
    last, year = rows[-1], _take_year(parameters.index)
    title = titles[last["data_set"]]
    of_year = [row["value"] for row in rows if year is not None and row["period"][:4] == year]
    base = fmean(of_year) if of_year else None
    currency = CURRENCIES.get(last["unit"], "")
    deflator = None if parameters.real is None else deflators.get(currency)
    return PriceSeries(
        key=".".join(str(last[name]) for name in DIMENSIONS),
        commodity=last["commodity"],
        label=label_of("commodity", last["commodity"]),
        source=last["source"],
        title=_build_title(title),
        citation=title["citation"],
        specification=_describe_specification(last["note"]),
        market=label_of("area", last["area"]),
        unit=last["unit"],
        unit_label=label_of("unit", last["unit"]),
        currency=currency,
        basis=NOMINAL,
        release=last["release"],
        released_on=last["released_on"],
        base=base,
        deflator=None if deflator is None else _build_title(titles[deflator.data_set]),
        points=tuple(_compute_points(rows, base, deflator, parameters)),
    )


def _compute_points(
    rows: Sequence[Mapping[str, Any]], base: float | None, deflator: Deflator | None, parameters: PricesParameters
) -> Iterator[PricePoint]:
    begin = None if parameters.begin is None else parameters.begin.first
    end = None if parameters.end is None else parameters.end.last
    year = _take_year(parameters.real)
    for row in rows:
        day = _find_first_day(row["period"])
        if (begin is None or day >= begin) and (end is None or day <= end):
            yield PricePoint(
                source=row["source"],
                commodity=row["commodity"],
                period=row["period"],
                price=row["value"],
                unit=row["unit"],
                currency=CURRENCIES.get(row["unit"], ""),
                basis=NOMINAL,
                index=None if not base else 100 * row["value"] / base,
                real=None if deflator is None or year is None else deflator.deflate_price(row["value"], row["period"], year),
                release=row["release"],
            )


def _find_first_day(period: str) -> date:
    """Return the first day of a year, quarter, month or day as it is written."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return date(int(year), 3 * int(part[1:]) - 2, 1)
    month, _, day = part.partition("-")
    return date(int(year), int(month or 1), int(day or 1))
