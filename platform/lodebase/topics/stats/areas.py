"""One country in statistics: what it mines and refines, what it holds and what it builds, each with its rank."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from sqlalchemy import Connection, text

from lodebase.field_types import Code, PartialDay
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series.national_figures import list_reserves
from lodebase.series.overview import LatestShares, compute_latest_shares, read_dataset_citations
from lodebase.topics.stats.commodities import AS_OF
from lodebase.topics.stats.series_labels import label_of, stage_of
from lodedata.messages import Label, Message
from lodedata.statistics import derived
from lodedata.statistics.totals import TOTALS
from lodedata.vocab import label as vocabulary_label
from lodedata.vocab import load_vocabulary

# projects of a commodity by country and status, and the rank of the country by the number of its projects of that status
PROJECTS = text(
    "SELECT commodity, status, projects, rank, of_countries FROM ("
    "  SELECT main_commodity AS commodity, country, status, count(*) AS projects,"
    "    rank() OVER (PARTITION BY main_commodity, status ORDER BY count(*) DESC) AS rank,"
    "    count(*) OVER (PARTITION BY main_commodity, status) AS of_countries"
    "  FROM lode.project WHERE main_commodity = ANY(:commodities) AND country IS NOT NULL AND status IS NOT NULL"
    "  GROUP BY 1, 2, 3"
    ") ranked WHERE country = :area ORDER BY commodity, status"
)


class AreaParameters(Parameters):
    """A country, and the day on which releases were known."""

    area: Annotated[str, Code("country")]
    as_of: Annotated[PartialDay | None, AS_OF] = None

    @property
    def day(self) -> date | None:
        """The last day of ``as_of``."""
        return None if self.as_of is None else self.as_of.last


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """The output of a stage or the reserves of a commodity in tonnes, with share in per cent and rank among countries.

    ``ratio_years`` is reserves divided by the production of the year, ``ratio_at_least`` where reserves are a lower bound.
    """

    indicator: str
    indicator_label: Label
    commodity: str
    label: Label
    stage: str
    stage_label: Label
    year: str
    value: float
    unit: str
    share_percent: float | None
    rank: int
    of_countries: int
    ratio_years: float | None
    ratio_at_least: bool
    source: str
    source_title: Label
    release: str


@dataclass(frozen=True, slots=True)
class AreaProjects:
    """The number of projects of a main commodity and status in a country, and its rank among countries."""

    commodity: str
    label: Label
    status: str
    status_label: Label
    projects: int
    rank: int
    of_countries: int


@dataclass(frozen=True, slots=True)
class AreaReport:
    """A country: output by stage and reserves, the newest of each, and projects in Lode by status."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    area: str
    label: Label
    share_formula: Message
    ratio_formula: Message
    output: tuple[AreaFigure, ...]
    reserves: tuple[AreaFigure, ...]
    projects: tuple[AreaProjects, ...]

    @property
    def figures(self) -> tuple[AreaFigure, ...]:
        """Output and reserves, as tables have them."""
        return (*self.output, *self.reserves)


def show_area(services: OperationServices, parameters: AreaParameters) -> AreaReport:
    """Return the figures of a country, by the releases known on a day."""
    commodities = tuple(term.code for term in load_vocabulary("commodity") if term.extra["scope"] == "in")
    day = parameters.day
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        projects = tuple(_read_projects(connection, parameters.area, commodities))
    latest: tuple[LatestShares, ...] = services.figures.at(
        version, ("stats.latest", day, services.today), lambda: compute_latest_shares(services.engine, day)
    )
    held: Sequence[Mapping[str, Any]] = services.figures.at(
        version,
        ("stats.reserves", day),
        lambda: [row for commodity in commodities for row in list_reserves(services.engine, commodity, day)],
    )
    with open_reading(services.engine, "one") as connection:
        named = {latest_shares.data_set for latest_shares in latest} | {row["data_set"] for row in held}
        titles = {row["name"]: Label(row["title_en"], row["title_zh"]) for row in read_dataset_citations(connection, named)}
    return AreaReport(
        version,
        parameters.area,
        label_of("area", parameters.area),
        derived.SHARE_FORMULA,
        derived.RP_FORMULA,
        tuple(_list_outputs(parameters.area, latest, titles)),
        tuple(_list_reserves(parameters.area, held, titles)),
        projects,
    )


def _list_outputs(area: str, latest: Sequence[LatestShares], titles: Mapping[str, Label]) -> Iterator[AreaFigure]:
    for latest_shares in latest:
        value, concentration = latest_shares.figures.values.get(area), latest_shares.figures.concentration
        if value is None or concentration is None:
            continue
        shares = dict(concentration.shares)
        yield AreaFigure(
            indicator="production",
            indicator_label=label_of("indicator", "production"),
            commodity=latest_shares.commodity,
            label=label_of("commodity", latest_shares.commodity),
            stage=latest_shares.stage,
            stage_label=stage_of(latest_shares.commodity, latest_shares.stage),
            year=latest_shares.figures.year,
            value=value,
            unit="t",
            share_percent=shares[area],
            rank=1 + sum(share > shares[area] for share in shares.values()),
            of_countries=len(concentration.shares),
            ratio_years=None,
            ratio_at_least=False,
            source=latest_shares.source,
            source_title=titles[latest_shares.data_set],
            release=latest_shares.release,
        )


def _list_reserves(area: str, held: Sequence[Mapping[str, Any]], titles: Mapping[str, Label]) -> Iterator[AreaFigure]:
    for row in held:
        if row["area"] != area:
            continue
        of_series = [
            reserve_row
            for reserve_row in held
            if (reserve_row["commodity"], reserve_row["source"]) == (row["commodity"], row["source"])
        ]
        parts = [reserve_row for reserve_row in of_series if reserve_row["area"] not in TOTALS]
        countries = [part["base_value"] for part in parts if _is_country(part["area"])]
        yield AreaFigure(
            indicator="reserves",
            indicator_label=label_of("indicator", "reserves"),
            commodity=row["commodity"],
            label=label_of("commodity", row["commodity"]),
            stage=row["stage"],
            stage_label=stage_of(row["commodity"], row["stage"]),
            year=row["period"],
            value=row["base_value"],
            unit=row["base_unit"],
            share_percent=100 * row["base_value"] / sum(part["base_value"] for part in parts),
            rank=1 + sum(value > row["base_value"] for value in countries),
            of_countries=len(countries),
            ratio_years=row["ratio"],
            ratio_at_least=row["at_least"],
            source=row["source"],
            source_title=titles[row["data_set"]],
            release=row["release"],
        )


def _is_country(code: str) -> bool:
    return code in load_vocabulary("country")


def _read_projects(connection: Connection, area: str, commodities: Sequence[str]) -> Iterator[AreaProjects]:
    for row in connection.execute(PROJECTS, {"commodities": list(commodities), "area": area}).mappings():
        yield AreaProjects(
            commodity=row["commodity"],
            label=vocabulary_label("commodity", row["commodity"]),
            status=row["status"],
            status_label=vocabulary_label("status", row["status"]),
            projects=row["projects"],
            rank=row["rank"],
            of_countries=row["of_countries"],
        )
