"""Statistics over time: series, their observations, and the files of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lodebase.operations.formats import NOT_IN_DATA, named
from lodebase.operations.operation import OperationServices
from lodebase.series.package import PackageStream
from lodebase.series.series_query import find_observations, find_series
from lodebase.topics.stats.series_labels import label_codes
from lodebase.topics.stats.series_parameters import ObservationsParameters, ReleasesParameters, SeriesParameters
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

SEMICOLON = msg("; ")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A code of a dimension with its labels, and the number of series that have it."""

    value: str
    count: int
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True)
class SeriesOfQuery:
    """The series that match, and the number by value of each dimension."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    matched: int = field(metadata=named("numberMatched"))
    returned: int = field(metadata=named("numberReturned"))
    facets: Mapping[str, tuple[FacetValue, ...]]
    series: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ObservationsOfQuery:
    """The observations that match, each with the labels of its flags; ``complete`` is false if the limit left some out."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    returned: int = field(metadata=named("numberReturned"))
    complete: bool
    observations: tuple[Mapping[str, Any], ...]
    rows: tuple[Mapping[str, Any], ...] = field(metadata=NOT_IN_DATA)
    """The observations as files have them."""


@dataclass(frozen=True, slots=True)
class PackedSeries:
    """Series and observations as a Data Package, which is written while it is sent."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    stream: PackageStream


def list_series(services: OperationServices, parameters: SeriesParameters) -> SeriesOfQuery:
    """Return the series that match, with the number by value of each dimension."""
    series = find_series(services.engine, parameters.query)
    facets = {
        name: tuple(FacetValue(code, count, **label_codes(name, code)) for code, count in counts.items())
        for name, counts in series.facets.items()
    }
    return SeriesOfQuery(series.dataset_version, series.matched, len(series.series), facets, series.series)


def list_observations(services: OperationServices, parameters: ObservationsParameters) -> ObservationsOfQuery:
    """Return the observations that match, by default those of the latest release of each."""
    observation_set = find_observations(services.engine, parameters.query)
    observations = tuple({**row, **describe_flags(row)} for row in observation_set.rows)
    return ObservationsOfQuery(
        observation_set.dataset_version, len(observation_set.rows), observation_set.complete, observations, observation_set.rows
    )


def pack_series(services: OperationServices, parameters: ReleasesParameters) -> PackedSeries:
    """Return all series and observations, or those that match, as a Data Package."""
    stream = PackageStream(services.engine, parameters.query)
    return PackedSeries(stream.dataset_version, stream)


def describe_flags(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the status and confidentiality of an observation by their labels, in both languages."""
    flags = {}
    for lang in ("en", "zh"):
        terms = [load_vocabulary("observation-status")[row["obs_status"]]] if row["obs_status"] != "A" else []
        terms += [load_vocabulary("confidentiality-status")[row["conf_status"]]] if row["conf_status"] != "F" else []
        flags[f"flags_{lang}"] = SEMICOLON.in_language(lang).join(term.label(lang) for term in terms)
    return flags
