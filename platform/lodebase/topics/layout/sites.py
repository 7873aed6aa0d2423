"""Several sites for one plant side by side, ranked by criteria that the reader weighs."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import create_model

from lodebase.errors import BadCandidate, Wrong
from lodebase.field_types import AnyText, ExactText, FieldType, Version
from lodebase.ground.distances import find_measured_layers, measure_nearest_km
from lodebase.ground.packs import ServedLayer
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.flat import build_flat_feature
from lodebase.layout.reports.site_ranking import (
    CRITERIA,
    GROUND_CRITERIA,
    SiteCriterion,
    find_uncounted,
    measure_criteria,
    rank_by_criteria,
)
from lodebase.operations.formats import NOT_IN_DATA, named
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.parameters.arguments import MAX_VALUE_LENGTH
from lodebase.topics.layout.plant import FIELD_TEXTS, PlantReport, report_plant
from lodedata.messages import Message, msg
from lodedata.write.formula import is_formula

SITES, PLANT_FIELDS = "sites", ("product", "capacity_tpa")
"""The field of the sites, and those of the plant, which is the same at each."""
WEIGHT_PREFIX = "w_"
MAX_SITES = 10
MAX_WEIGHT = 10.0
MAX_NAME_CHARACTERS = 200
MAX_NUMBER_CHARACTERS = 40
POSITION_PARTS = 2
NOT_KNOWN = msg("not known")
SITES_ADVICE = msg("Give product, capacity_tpa and sites, one site a line.")


def _build_text_type(longest: int, text: Message) -> FieldType:
    return replace(ExactText(longest, text), advice=SITES_ADVICE)


class SitesBase(Parameters):
    """A plant and its possible sites; :data:`SitesParameters` has the weights of the criteria as well."""

    product: Annotated[str, _build_text_type(MAX_NAME_CHARACTERS, FIELD_TEXTS["product"])]
    capacity_tpa: Annotated[str, _build_text_type(MAX_NUMBER_CHARACTERS, FIELD_TEXTS["capacity_tpa"])]
    sites: Annotated[
        str,
        _build_text_type(
            MAX_VALUE_LENGTH,
            msg("Sites, one a line: a name such as Zibo, Shandong, or latitude and longitude such as 36.8, 118.05"),
        ),
    ]
    version: Version | None = None

    @property
    def given(self) -> Mapping[str, str]:
        """The parameters that are given, as texts by name."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields if name != "version")
        return {name: value for name, value in values if value}


_WEIGHTS: Mapping[str, Any] = {
    f"{WEIGHT_PREFIX}{criterion.name}": (
        Annotated[
            str, AnyText(MAX_NUMBER_CHARACTERS, msg("The weight of a criterion, 0 to 10: %(title)s.", title=criterion.title))
        ]
        | None,
        None,
    )
    for criterion in CRITERIA
}
SitesParameters = create_model("SitesParameters", __base__=SitesBase, **_WEIGHTS)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field: its name, the site if one of several is meant, and the sentence."""

    field: str
    message: Message
    site: str | None = None

    def as_wrong(self) -> Wrong:
        """Return the error as one of a planned plant, whose field names the site."""
        return Wrong(self.field if self.site is None else f"{self.field}: {self.site}", self.message)


@dataclass(frozen=True, slots=True)
class SiteInOrder:
    """A site with its rank, its position in degrees, WGS 84, the value of each criterion, and its score from 0 to 1.

    A value or score that is not known is None.
    """

    rank: int
    site: str
    lat: float
    lon: float
    values: Mapping[str, float | None]
    score: float | None
    report: PlantReport = field(metadata=NOT_IN_DATA)


@dataclass(frozen=True, slots=True)
class SiteRanking:
    """The sites, the best first, and the weighted criteria that do not count, as they are not known at every site."""

    dataset_version: int | None = field(metadata=named("data_version"))
    """The version of the data, None without a site."""
    sites: tuple[SiteInOrder, ...]
    weights: Mapping[str, float]
    not_counted: tuple[str, ...]
    wrong: tuple[FieldError, ...] = field(metadata=NOT_IN_DATA)
    ground: Mapping[str, Sequence[ServedLayer]] = field(metadata=NOT_IN_DATA)
    """The layers of the ground that criteria are measured on."""

    @property
    def uncounted(self) -> list[SiteCriterion]:
        """Return the criteria that do not count."""
        return [criterion for criterion in CRITERIA if criterion.name in self.not_counted]


def split_sites(text: str) -> list[str]:
    """Return the lines of a text that name a site."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def count_sites(field_texts: Mapping[str, str]) -> int:
    """Return how many reports the parameters ask for, at least 1."""
    return max(1, min(len(split_sites(field_texts.get(SITES, ""))), MAX_SITES))


def rank_sites(services: OperationServices, parameters: SitesBase) -> SiteRanking:
    """Return the sites by score. Raises BadCandidate for all that is wrong."""
    ranking = examine_sites(services, parameters.given, parameters.version)
    if ranking.wrong:
        raise BadCandidate([field_error.as_wrong() for field_error in ranking.wrong])
    return ranking


def examine_sites(services: OperationServices, field_texts: Mapping[str, str], version: int | None) -> SiteRanking:
    """Return the sites by score, or what is wrong with the fields that are given."""
    weights, wrong = _read_weights(field_texts)
    names = split_sites(field_texts.get(SITES, ""))
    reports: list[PlantReport] = []
    if len(names) > MAX_SITES:
        wrong.append(FieldError(SITES, msg("Give at most %(most)s sites.", most=MAX_SITES)))
    elif not wrong:
        for name in names:
            try:
                reports.append(_report(services, field_texts, name, version))
            except BadCandidate as error:
                wrong += _describe_errors(name, error, {field_error.field for field_error in wrong})
    ground = {name: find_measured_layers(services.settings, kind) for name, kind in GROUND_CRITERIA.items()}
    if wrong:
        return SiteRanking(None, (), weights, (), tuple(wrong), ground)
    measured = [measure_criteria(report, _measure_ground(report, ground)) for report in reports]
    sites = tuple(
        SiteInOrder(
            rank,
            names[ranked_site.number],
            reports[ranked_site.number].inputs.lat,
            reports[ranked_site.number].inputs.lon,
            ranked_site.values,
            ranked_site.score,
            reports[ranked_site.number],
        )
        for rank, ranked_site in enumerate(rank_by_criteria(measured, weights), start=1)
    )
    read = reports[0].data_version if reports else None
    return SiteRanking(
        read, sites, weights, tuple(site_criterion.name for site_criterion in find_uncounted(measured, weights)), (), ground
    )


def _describe_errors(name: str, error: BadCandidate, others: Iterable[str]) -> list[FieldError]:
    """Return the errors of a site; one of the plant only unless it is among the fields of ``others`` from another site."""
    of_plant = [
        FieldError(wrong_field.field, wrong_field.message) for wrong_field in error.wrong if wrong_field.field in PLANT_FIELDS
    ]
    of_site = [
        FieldError(SITES, wrong_field.message, name) for wrong_field in error.wrong if wrong_field.field not in PLANT_FIELDS
    ]
    return [*(field_error for field_error in of_plant if field_error.field not in others), *of_site]


def _report(services: OperationServices, field_texts: Mapping[str, str], name: str, version: int | None) -> PlantReport:
    """Return the report on a plant at a latitude and longitude, or at a named place. Raises BadCandidate."""
    plant = {name: field_texts.get(name, "") for name in PLANT_FIELDS} | {"name": name[:MAX_NAME_CHARACTERS]}
    candidate = read_candidate(services.engine, build_flat_feature(plant | _locate(name)), services.today, version)
    return report_plant(services, candidate, version)


def _measure_ground(report: PlantReport, ground: Mapping[str, Sequence[ServedLayer]]) -> dict[str, float | None]:
    """Return the distance from the site of a report to the nearest feature of the layers of each criterion."""
    at = report.inputs
    return {name: measure_nearest_km(layers, at.lon, at.lat) for name, layers in ground.items()}


def _locate(name: str) -> dict[str, str]:
    """Return the latitude and longitude of a line, or the name of a place, as fields of a planned plant."""
    parts = re.split(r"[,，;；]\s*", name)
    if len(parts) == POSITION_PARTS and all(_read_number(part) is not None for part in parts):
        return {"lat": parts[0], "lon": parts[1]}
    return {"place": name}


def _read_weights(field_texts: Mapping[str, str]) -> tuple[dict[str, float], list[FieldError]]:
    """Return the weight of each criterion, and what is wrong with those that are given."""
    weights: dict[str, float] = {}
    wrong: list[FieldError] = []
    for criterion in CRITERIA:
        field_name = f"{WEIGHT_PREFIX}{criterion.name}"
        text = field_texts.get(field_name)
        weight = criterion.weight if not text else _read_number(text)
        if weight is None or not 0 <= weight <= MAX_WEIGHT:
            wrong.append(FieldError(field_name, msg("Give a weight from 0 to %(most)s.", most=int(MAX_WEIGHT))))
            weight = criterion.weight
        weights[criterion.name] = weight
    return weights, wrong


def _read_number(text: str) -> float | None:
    try:
        number = float(text.strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def write_sites(ranking: SiteRanking, language: str) -> bytes:
    """Return the sites as CSV, with titles in a language."""
    stream = io.StringIO()
    rows = csv.writer(stream)
    heads = (msg("Rank"), msg("Site"), msg("Latitude"), msg("Longitude"))
    titles = [f"{criterion.title.in_language(language)} {criterion.unit}".strip() for criterion in CRITERIA]
    rows.writerow([*(head.in_language(language) for head in heads), *titles, msg("Score").in_language(language)])
    unknown = NOT_KNOWN.in_language(language)
    for site in ranking.sites:
        figures = [site.values[criterion.name] for criterion in CRITERIA]
        cells = [unknown if value is None else value for value in (*figures, site.score)]
        rows.writerow([site.rank, f"'{site.site}" if is_formula(site.site) else site.site, site.lat, site.lon, *cells])
    return ("\ufeff" + stream.getvalue()).encode()
