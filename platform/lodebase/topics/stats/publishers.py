"""Series of several publishers side by side: where their figures of an area and year differ, by how much and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from lodebase.field_types import Code, Commodity, Country, Description, PartialDay
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.series.overview import ANNUAL, PROVISIONAL, read_series_source_titles
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.commodities import AS_OF
from lodebase.topics.stats.series_labels import label_of
from lodedata.messages import Label, Message, msg

MIN_DIFFERENCE_PERCENT = 0.5
"""Figures that are nearer to each other differ by rounding."""
OTHER_BASIS = msg("They count different quantities: %(bases)s.")
ESTIMATED = msg("%(source)s marks its figure as estimated, provisional or unverified.")
OTHER_EDITION = msg("They were released %(days)s days apart; the later one may be revised.")
NO_REASON = msg("The sources state no reason.")
UNVERIFIED = (*PROVISIONAL, "V", "U")


class DifferencesParameters(Parameters):
    """A commodity, a stage, and a country."""

    commodity: Commodity
    stage: Annotated[str, Code("processing-stage")]
    area: Annotated[Country | None, Description(msg("The country; all by default."))] = None
    as_of: Annotated[PartialDay | None, AS_OF] = None

    @property
    def day(self) -> date | None:
        """The last day of ``as_of``."""
        return None if self.as_of is None else self.as_of.last


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure of a publisher in tonnes, what it counts, its status flag and its release."""

    source: str
    title: Label
    tonnes: float
    basis: str
    obs_status: str
    release: str
    released_on: str

    def __str__(self) -> str:
        """The figure with its source, as tables have it."""
        return f"{self.source}={self.tonnes:.12g} ({self.basis}, {self.obs_status}, {self.release});"


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """The figures of an area and year, the largest first, and the difference in per cent of the smallest."""

    area: str
    label: Label
    year: str
    difference_percent: float
    figures: tuple[PublishedFigure, ...]
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class FigureDifferences:
    """Areas and years for which publishers differ by more than rounding, and in how many they agree."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    commodity: str
    stage: str
    agreeing: int
    differences: tuple[FigureDifference, ...]


def find_differences(services: OperationServices, parameters: DifferencesParameters) -> FigureDifferences:
    """Return where publishers differ on the production of a stage, the latest year first."""
    filters = {**ANNUAL, "commodity": (parameters.commodity,), "stage": (parameters.stage,)}
    filters |= {} if parameters.area is None else {"area": (parameters.area,)}
    observations = find_observations(services.engine, SeriesQuery(filters, as_of=parameters.day))
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in observations.rows:
        if row["base_value"] is not None:
            grouped[row["area"], row["period"]].append(row)
    several = {key: rows for key, rows in grouped.items() if len({row["source"] for row in rows}) > 1}
    titles = read_series_source_titles(services.engine) if several else {}
    compared = [_describe_difference(area, year, rows, titles) for (area, year), rows in several.items()]
    differing = [difference for difference in compared if difference.difference_percent >= MIN_DIFFERENCE_PERCENT]
    differing.sort(key=lambda difference: (-int(difference.year), -difference.difference_percent, difference.area))
    return FigureDifferences(
        observations.dataset_version, parameters.commodity, parameters.stage, len(compared) - len(differing), tuple(differing)
    )


def _describe_difference(
    area: str, year: str, rows: Sequence[Mapping[str, Any]], titles: Mapping[str, Label]
) -> FigureDifference:
    figures = [
        PublishedFigure(
            row["source"],
            titles[row["source"]],
            row["base_value"],
            *(row[name] for name in ("basis", "obs_status", "release", "released_on")),
        )
        for row in sorted(rows, key=lambda row: (-row["base_value"], row["source"]))
    ]
    least = figures[-1].tonnes
    percent = 100 * (figures[0].tonnes - least) / least if least else (100.0 if figures[0].tonnes else 0.0)
    reasons = tuple(_list_reasons(figures)) or (NO_REASON,)
    return FigureDifference(area, label_of("area", area), year, percent, tuple(figures), reasons)


def _list_reasons(figures: Sequence[PublishedFigure]) -> Iterator[Message]:
    """Yield what the flags, bases and releases of the figures say about their difference."""
    bases = sorted({figure.basis for figure in figures})
    if len(bases) > 1:
        yield OTHER_BASIS.filled(bases=[label_of("basis", basis) for basis in bases])
    for figure in figures:
        if figure.obs_status in UNVERIFIED:
            yield ESTIMATED.filled(source=figure.title)
    days = sorted(date.fromisoformat(figure.released_on) for figure in figures)
    if days[0] != days[-1]:
        yield OTHER_EDITION.filled(days=(days[-1] - days[0]).days)
