"""The layout check of planned plants: their parameters, the report on one, the reports on several, and the rules of days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import Field, create_model

from lodebase.errors import BadQuery
from lodebase.field_types import DAY, MAX_QUOTED_CHARACTERS, SEPARATORS, ExactText, FieldType, Version
from lodebase.layout.parts.plant import PlantInputs
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import (
    COLLECTION_ADVICE,
    FIRST_DAY,
    LAST_DAY,
    MAX_PLANTS,
    Candidate,
    parse_candidate,
    parse_candidates,
)
from lodebase.layout.planned.flat import FIELDS, PREFIX, build_flat_feature
from lodebase.layout.reports.findings_by_date import RuleByDate, choose_dates_to_compare, compare_dates
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.layout.rulebook import load_rulebook
from lodebase.operations.formats import NOT_IN_DATA, OperationFormat, named
from lodebase.operations.operation import JobOrder, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.parameters.arguments import MAX_VALUE_LENGTH
from lodebase.query.parameters.nesting import read_json
from lodebase.topics.layout.plant_schema import CANDIDATE
from lodedata.messages import Message, msg
from lodedata.rules.quantities import DECLARED

MAX_DAYS = 20
"""Days whose rules one request compares."""
MAX_PLANTS_AT_ONCE = 3
"""Planned plants that are checked while the client waits."""
ALIAS_PREFIX = "declared_"
PLANTS_PROCESS = "layout-checks"
"""The process that checks several planned plants as a job."""


def _read_feature(text: str) -> object:
    return read_json("candidate", text, COLLECTION_ADVICE)


def _read_body(content: bytes) -> object:
    return read_json("body", content, COLLECTION_ADVICE)


def _parse_days(value: str) -> tuple[date, ...]:
    days = tuple(DAY.validate(part, "on") for part in SEPARATORS.split(value) if part.strip())
    for day in days:
        if not FIRST_DAY <= day < LAST_DAY:
            outside = msg("There are no rules on %(value)s. The first day is %(first)s.", first=FIRST_DAY)
            raise BadQuery("on", day.isoformat(), outside)
    if len(days) > MAX_DAYS:
        many = msg("%(parameter)s names more than %(most)s days. Name fewer.", most=MAX_DAYS)
        raise BadQuery("on", value[:MAX_QUOTED_CHARACTERS], many)
    return days


PLANT_ADVICE = msg("Give place, product and capacity_tpa, or a GeoJSON Feature, or send it by POST.")
PLANT = FieldType(
    _read_feature,
    {"type": "string", "maxLength": MAX_VALUE_LENGTH},
    msg('"%(value)s" is not a planned plant. %(advice)s', advice=PLANT_ADVICE),
    PLANT_ADVICE,
    msg("A GeoJSON Feature as JSON."),
    reads="exact",
)
PLANTS = FieldType(
    _read_body,
    CANDIDATE,
    PLANT.refusal,
    COLLECTION_ADVICE,
    msg("The planned plants: a GeoJSON Feature, or a FeatureCollection."),
    reads="file",
)
PLANT_DATA = FieldType(
    lambda value: value,
    {**CANDIDATE, "contentMediaType": "application/geo+json"},
    PLANT.refusal,
    PLANT_ADVICE,
    msg("The planned plant: a GeoJSON Feature with product and capacity_tpa."),
    reads="data",
)
PLANTS_DATA = FieldType(
    lambda value: value,
    {"type": "object", "contentMediaType": "application/geo+json"},
    PLANT.refusal,
    COLLECTION_ADVICE,
    msg("The planned plants: a GeoJSON FeatureCollection of up to %(most)s.", most=MAX_PLANTS),
    reads="data",
)
DAYS = FieldType(
    _parse_days,
    {"type": "string", "maxLength": MAX_VALUE_LENGTH},
    DAY.refusal,
    msg("Enter days such as 2006-12-31,2026-12-31."),
    msg("Dates, separated by commas; by default 2006, 2014, 2019 and 2026."),
    several=True,
)


class PlantParameters(Parameters):
    """A planned plant as a GeoJSON Feature; :data:`PlantInput` has its fields as well."""

    candidate: Annotated[object, PLANT] | None = None
    version: Version | None = None

    @property
    def given_fields(self) -> Mapping[str, str]:
        """The fields of the plant that are given, by the names of their parameters."""
        declared = ((model_field.alias or name, getattr(self, name)) for name, model_field in type(self).model_fields.items())
        named = {*FIELDS, *(PREFIX + code for code in DECLARED)}
        return {name: value for name, value in declared if name in named and value}

    @property
    def feature(self) -> object:
        """The plant as a GeoJSON Feature. Raises BadQuery if it is given twice or not at all."""
        plant_fields = self.given_fields
        if self.candidate is not None and plant_fields:
            twice = msg("Give either %(parameter)s or the fields of a plant (%(fields)s).", fields=list(plant_fields))
            raise BadQuery("candidate", "", twice)
        if plant_fields:
            return build_flat_feature(plant_fields)
        if self.candidate is None:
            raise PLANT.refuse_missing("candidate")
        return self.candidate


_PLACE_NAME = msg("The name of the place, a reference such as prefecture/370300, or coordinates.")
FIELD_TEXTS: Mapping[str, Message] = {
    "product": msg("The product, by code or name."),
    "project_type": msg("The type of the project: a term of the vocabulary phase-type."),
    "on": msg("The date; by default today."),
    "name": msg("The name of the project."),
    "owner": msg("The owner."),
    "technology": msg("The technology."),
    "division": msg("The division, by ISO 3166-2 code; by default that of the place."),
    "capacity_tpa": msg("The capacity in tonnes a year."),
    "capacity_unit": msg("The unit of the capacity where it is not tonnes, such as kt or Mt."),
    "accuracy_m": msg("The accuracy of the position in metres."),
    "material": msg("The feedstock, by code."),
    "origin": msg("The origin of the feedstock: domestic, import or recycled."),
    "equity_pct": msg("The share of the feedstock from mines with equity, in per cent."),
    "contract_pct": msg("The share of the feedstock under contract, in per cent."),
    "lon": msg("Longitude of the place in degrees, WGS 84."),
    "lat": msg("Latitude of the place in degrees, WGS 84."),
    "place": _PLACE_NAME,
    "at": _PLACE_NAME,
    "outline": msg("The outline of the site as WKT or GeoJSON, in place of a point."),
}
"""What each field of a planned plant means; all are checked together, so that every invalid one is reported."""
_OWN: Mapping[str, Any] = {
    name: (Annotated[str, ExactText(MAX_VALUE_LENGTH, FIELD_TEXTS[name])] | None, None) for name in FIELDS
}
_DECLARED: Mapping[str, Any] = {
    f"{ALIAS_PREFIX}{code}": (
        Annotated[
            Annotated[
                str,
                ExactText(
                    MAX_VALUE_LENGTH,
                    msg("A figure of the planned plant: %(quantity)s, %(unit)s.", quantity=quantity.title, unit=quantity.unit),
                ),
            ]
            | None,
            Field(alias=f"{PREFIX}{code}"),
        ],
        None,
    )
    for code, quantity in DECLARED.items()
}
PlantInput = create_model("PlantInput", __base__=PlantParameters, **_OWN, **_DECLARED)


class SentPlantsParameters(Parameters):
    """Planned plants as the body of a request, and the version of the data."""

    plants: Annotated[object, PLANTS]
    version: Version | None = None

    @property
    def are_several(self) -> bool:
        """Whether they are a collection."""
        return isinstance(self.plants, Mapping) and self.plants.get("type") == "FeatureCollection"

    @property
    def collection(self) -> Mapping[str, Any]:
        """The collection of several."""
        assert isinstance(self.plants, Mapping), "one plant is no collection"
        return self.plants


class PlantDataParameters(Parameters):
    """A planned plant as data, and the version of the data."""

    candidate: Annotated[object, PLANT_DATA]
    version: Version | None = None

    def require_day(self, today: date) -> None:
        """Raise BadCandidate for an invalid plant; what its place means is known to the store alone."""
        _require_plant(self.candidate, today)


class PlantsDataParameters(Parameters):
    """Planned plants as data, and the version of the data."""

    candidates: Annotated[Mapping[str, Any], PLANTS_DATA]
    version: Version | None = None

    def require_day(self, today: date) -> None:
        """Raise BadQuery for none or too many, and BadCandidate."""
        parse_candidates(self.candidates, today, _require_plant)


def _require_plant(plant: object, today: date) -> None:
    properties = plant.get("properties") if isinstance(plant, Mapping) else None
    if not isinstance(properties, Mapping) or properties.get("place") is None:
        parse_candidate(plant, today)


class DaysParameters(Parameters):
    """A planned plant, and the days whose rules are compared."""

    candidate: Annotated[object, PLANT]
    on: Annotated[tuple[date, ...], DAYS] = ()
    version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantReport(LayoutReport):
    """The report on a planned plant; it depends on inputs, data version and rules alone."""

    candidate: Candidate = field(metadata=NOT_IN_DATA)
    dataset_version: int = field(metadata=NOT_IN_DATA)


@dataclass(frozen=True, slots=True)
class PlantReports:
    """The reports on the planned plants of a body, in their order; one plant that was sent alone has its report alone."""

    reports: tuple[PlantReport, ...]
    are_several: bool = field(metadata=NOT_IN_DATA)

    @property
    def dataset_version(self) -> int | None:
        """Return the version of the data of a single report, None for several."""
        return None if self.are_several else self.reports[0].dataset_version


@dataclass(frozen=True, slots=True)
class FindingsOfDays:
    """The findings on a planned plant under the rules of several days."""

    days: tuple[str, ...]
    counted: Mapping[str, Mapping[str, int]]
    rules: tuple[RuleByDate, ...]
    inputs: PlantInputs
    dataset_version: int = field(metadata=named("data_version"))


def report_plant(services: OperationServices, candidate: Candidate, version: int | None) -> PlantReport:
    """Return the report on a planned plant. Raises BadCandidate, and NotFound if the version does not exist."""
    report = write_report(services.engine, services.figures, candidate, load_rulebook(services.settings), version)
    parts = {report_field.name: getattr(report, report_field.name) for report_field in fields(LayoutReport)}
    return PlantReport(**parts, candidate=candidate, dataset_version=report.data_version)


def check_plant(services: OperationServices, parameters: PlantParameters) -> PlantReport:
    """Return the report on the planned plant of the parameters; with a version of the data it never changes."""
    candidate = read_candidate(services.engine, parameters.feature, services.today, parameters.version)
    return report_plant(services, candidate, parameters.version)


def check_plant_data(services: OperationServices, parameters: PlantDataParameters) -> PlantReport:
    """Return the report on a planned plant that is sent as data."""
    candidate = read_candidate(services.engine, parameters.candidate, services.today, parameters.version)
    return report_plant(services, candidate, parameters.version)


def check_plants_data(services: OperationServices, parameters: PlantsDataParameters) -> PlantReports:
    """Return the report on each of the planned plants that are sent as data."""
    candidates = _read_several(services, parameters.candidates, parameters.version)
    reports = []
    for number, candidate in enumerate(candidates):
        services.progress(number, len(candidates))
        reports.append(report_plant(services, candidate, parameters.version))
    return PlantReports(tuple(reports), True)


def check_plants(services: OperationServices, parameters: SentPlantsParameters) -> PlantReports:
    """Return the report on the planned plant that is sent, or the reports on each of several."""
    if not parameters.are_several:
        candidate = read_candidate(services.engine, parameters.plants, services.today, parameters.version)
        return PlantReports((report_plant(services, candidate, parameters.version),), False)
    candidates = _read_several(services, parameters.collection, parameters.version)
    return PlantReports(tuple(report_plant(services, candidate, parameters.version) for candidate in candidates), True)


def order_plant_checks(
    services: OperationServices, parameters: SentPlantsParameters, chosen: OperationFormat
) -> JobOrder | None:
    """Return the job that checks more plants than a client waits for. Raises BadQuery for a file of several."""
    if not parameters.are_several:
        return None
    if chosen.name in REPORT_FORMATS:
        raise BadQuery("f", chosen.name, msg("A file %(value)s holds one planned plant. Send one Feature."))
    if len(_read_several(services, parameters.collection, parameters.version)) <= MAX_PLANTS_AT_ONCE:
        return None
    version = {} if parameters.version is None else {"version": parameters.version}
    return JobOrder(PLANTS_PROCESS, {"candidates": parameters.plants, **version})


def _read_several(services: OperationServices, plants: Mapping[str, Any], version: int | None) -> Sequence[Candidate]:
    read = partial(read_candidate, services.engine, version=version)
    return parse_candidates(plants, services.today, read)


def compare_days(services: OperationServices, parameters: DaysParameters) -> FindingsOfDays:
    """Return the findings on a planned plant under the rules of several days; by default of 2006, 2014, 2019 and 2026."""
    candidate = read_candidate(services.engine, parameters.candidate, services.today)
    report = report_plant(services, candidate, parameters.version)
    days = parameters.on or choose_dates_to_compare(candidate.on)
    dates = compare_dates(services.engine, candidate, load_rulebook(services.settings), report.data_version, days)
    return FindingsOfDays(dates.days, dates.counted, dates.rules, report.inputs, report.data_version)
