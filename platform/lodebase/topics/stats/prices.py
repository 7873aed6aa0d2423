"""Prices side by side: each series with its specification, unit, currency and publisher, and several metals on one index."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import Annotated, Any

from lodebase.operations.field_types import Codes, Description, PartialDay
from lodebase.operations.formats import NOT_IN_DATA, NOT_IN_TABLE
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import reading
from lodebase.series.overview import cited
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.commodities import AS_OF
from lodebase.topics.stats.series_labels import label_of
from lodedata.messages import Label, Message, msg
from lodedata.statistics.series import DIMENSIONS
from lodedata.vocab import vocabulary

CURRENCIES: Mapping[str, str] = {"usd-t": "USD", "usd-lb": "USD", "cent-lb": "USD", "cny-t": "CNY", "usd-unstated": "USD"}
"""The currency of each unit of prices, by ISO 4217 code."""
UNSTATED = "usd-unstated"
NOMINAL = "nominal"
NOTE = msg(
    "Prices are nominal. No deflator is stored, so no real prices are given. An index is 100 in the average of its year, "
    "within one series, so that prices in different units can be compared."
)


class PricesParameters(Parameters):
    """Commodities, the range of periods, and the year of the index."""

    commodity: Annotated[tuple[str, ...] | None, Codes("commodity")] = None
    begin: Annotated[PartialDay | None, Description(msg("The first period."))] = None
    end: Annotated[PartialDay | None, Description(msg("The last period."))] = None
    index: Annotated[PartialDay | None, Description(msg("The year whose average is 100, such as 2020."))] = None
    as_of: Annotated[PartialDay | None, AS_OF] = None


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price of a period, and its index where the series has prices in the year of the index."""

    source: str
    commodity: str
    period: str
    price: float
    unit: str
    currency: str
    basis: str
    index: float | None
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
    points: tuple[PricePoint, ...] = field(metadata=NOT_IN_TABLE)


@dataclass(frozen=True, slots=True)
class Prices:
    """Series of prices; ``deflator`` names what real prices are divided by, None as none is stored."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    note: Message
    index_year: str | None
    deflator: str | None
    series: tuple[PriceSeries, ...]


def find_prices_of(services: OperationServices, parameters: PricesParameters) -> Prices:
    """Return the series of prices of commodities, all in scope by default."""
    commodities = parameters.commodity or tuple(term.code for term in vocabulary("commodity") if term.extra["scope"] == "in")
    filters = {"indicator": ("price",), "commodity": commodities, "transformation": ("level",)}
    as_of = None if parameters.as_of is None else parameters.as_of.last
    found = find_observations(services.engine, SeriesQuery(filters, as_of=as_of))
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in found.rows:
        if row["value"] is not None:
            grouped[tuple(row[name] for name in DIMENSIONS)].append(row)
    with reading(services.engine, "one") as connection:
        titles = {row["name"]: row for row in cited(connection, {row["data_set"] for row in found.rows})}
    year = None if parameters.index is None else str(parameters.index.first.year)
    made = tuple(_series(rows, titles, year, parameters) for rows in grouped.values())
    return Prices(found.dataset_version, NOTE, year, None, made)


def _series(
    rows: Sequence[Mapping[str, Any]], titles: Mapping[str, Mapping[str, Any]], year: str | None, parameters: PricesParameters
) -> PriceSeries:
    last = rows[-1]
    title = titles[last["data_set"]]
    of_year = [row["value"] for row in rows if year is not None and row["period"][:4] == year]
    base = fmean(of_year) if of_year else None
    return PriceSeries(
        key=".".join(str(last[name]) for name in DIMENSIONS),
        commodity=last["commodity"],
        label=label_of("commodity", last["commodity"]),
        source=last["source"],
        title=Label(title["title_en"], title["title_zh"]),
        citation=title["citation"],
        specification=Label(last["note"], None) if last["note"] else msg("specification not stated"),
        market=label_of("area", last["area"]),
        unit=last["unit"],
        unit_label=label_of("unit", last["unit"]),
        currency=CURRENCIES.get(last["unit"], ""),
        basis=NOMINAL,
        release=last["release"],
        released_on=last["released_on"],
        base=base,
        points=tuple(_points(rows, base, parameters)),
    )


def _points(rows: Sequence[Mapping[str, Any]], base: float | None, parameters: PricesParameters) -> Iterator[PricePoint]:
    begin = None if parameters.begin is None else parameters.begin.first
    end = None if parameters.end is None else parameters.end.last
    for row in rows:
        day = _first_day(row["period"])
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
                release=row["release"],
            )


def _first_day(period: str) -> date:
    """Return the first day of a year, quarter, month or day as it is written."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return date(int(year), 3 * int(part[1:]) - 2, 1)
    month, _, day = part.partition("-")
    return date(int(year), int(month or 1), int(day or 1))
