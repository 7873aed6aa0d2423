"""Operations of recycling: plants and streams of an area, what is in reach of a place, and the check of an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import create_model

from lodebase.field_types import (
    Country,
    Day,
    Description,
    Division,
    Latitude,
    Longitude,
    Number,
    Percent,
    Stream,
    Truth,
)
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.topics.recycling.store import RecyclingPlants, RecyclingReach, read_plants, read_reach
from lodedata.messages import Message, msg
from lodedata.rules.legal_status import LABELS, LegalStatus, label_clause
from lodedata.rules.quantities import ASSAYS, PROPERTIES
from lodedata.topics.recycling import imports
from lodedata.topics.recycling.imports import ImportClause, ImportResult
from lodedata.vocab import load_vocabulary

MAX_RADIUS_KM = 3_000.0
USUAL_RADIUS_KM = 300.0


class PlantsParameters(Parameters):
    """The area of the plants."""

    country: Annotated[Country | None, Description(msg("The country of the plants, by code or name."))] = None
    division: Annotated[Division | None, Description(msg("The first-level division of the plants, by code or name."))] = None


class ReachParameters(Parameters):
    """The place, the reach, and the country whose metal is spread."""

    country: Annotated[Country | None, Description(msg("The country whose metal is spread; by default that of the place."))] = (
        None
    )
    lon: Longitude
    lat: Latitude
    radius_km: Annotated[float, Number(1, MAX_RADIUS_KM, msg("The reach in kilometres."), USUAL_RADIUS_KM)] = USUAL_RADIUS_KM
    share_pct: Annotated[Percent | None, Description(msg("The share of the country's metal in reach, if you know it."))] = None


class ImportCheckParameters(Parameters):
    """The raw material and the day of its import; :data:`ImportCheckInput` has its assays and properties as well."""

    stream: Annotated[Stream, Description(msg("The stream, by code or label."))]
    date: Day | None = None

    @property
    def assays(self) -> Mapping[str, float]:
        """The assays that are given, in per cent."""
        return self._collect_parameters(ASSAYS)

    @property
    def properties(self) -> Mapping[str, bool]:
        """The properties that are given."""
        return self._collect_parameters(PROPERTIES)

    def _collect_parameters(self, names: Mapping[str, object]) -> Mapping[str, Any]:
        return {name: value for name in names if (value := getattr(self, name)) is not None}


_ASSAY = Annotated[Percent | None, Description(msg("An assay in per cent."))]
_ASSAYS: Mapping[str, Any] = dict.fromkeys(ASSAYS, (_ASSAY, None))
_PROPERTIES: Mapping[str, Any] = dict.fromkeys(PROPERTIES, (Truth | None, None))
ImportCheckInput = create_model("ImportCheckInput", __base__=ImportCheckParameters, **_ASSAYS, **_PROPERTIES)


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """A clause with its instrument, its legal status on the day and its result, None where it is not in force."""

    rule: str
    instrument: str
    title: Mapping[str, str]
    document: str | None
    text: Mapping[str, str]
    clause: str | None
    clause_label: Message
    read_in: str | None
    url: str | None
    standing: LegalStatus
    standing_label: Message
    result: str | None
    reason: Message | None


@dataclass(frozen=True, slots=True)
class ImportCheckReport:
    """Whether the data of a raw material meet the rules on its import on a day, clause by clause; it is no approval."""

    stream: str
    label_en: str
    label_zh: str
    date: date
    result: ImportResult
    result_label: Message
    reason: Message
    hs_codes: tuple[str, ...]
    standards: tuple[str, ...]
    waste_status: str
    clauses: tuple[ClauseReport, ...]
    disclaimer: Message


def find_plants(services: OperationServices, parameters: PlantsParameters) -> RecyclingPlants:
    """Return the plants and streams of an area."""
    return read_plants(services.engine, parameters.country or "", parameters.division or "")


def find_reach(services: OperationServices, parameters: ReachParameters) -> RecyclingReach:
    """Return the capacity and the metal in reach of a place."""
    place = (parameters.lon, parameters.lat, parameters.radius_km)
    return read_reach(services.engine, *place, parameters.country or "", parameters.share_pct)


def check_import(services: OperationServices, parameters: ImportCheckParameters) -> ImportCheckReport:
    """Return the check of a raw material on a day, by default today."""
    day = parameters.date or services.today
    checked = imports.check_import(parameters.stream, day, parameters.assays, parameters.properties)
    term, treatment = load_vocabulary("stream")[checked.stream], checked.treatment
    return ImportCheckReport(
        stream=checked.stream,
        label_en=term.label_en,
        label_zh=term.label_zh,
        date=checked.on,
        result=checked.result,
        result_label=imports.RESULTS[checked.result],
        reason=checked.reason,
        hs_codes=() if treatment is None else treatment.hs,
        standards=() if treatment is None else treatment.standards,
        waste_status=(treatment.waste_status if treatment is not None else "") or "not-known",
        clauses=tuple(_report_clause(clause) for clause in checked.clauses),
        disclaimer=imports.DISCLAIMER,
    )


def _report_clause(clause: ImportClause) -> ClauseReport:
    return ClauseReport(
        rule=clause.rule.id,
        instrument=clause.instrument.id,
        title={"en": clause.instrument.title_en, "zh": clause.instrument.title_zh},
        document=clause.instrument.document,
        text={"en": clause.rule.text_en, "zh": clause.rule.text_zh},
        clause=clause.rule.clause,
        clause_label=label_clause(clause.rule.clause),
        read_in=clause.rule.read_in,
        url=clause.rule.url,
        standing=clause.standing,
        standing_label=LABELS[clause.standing],
        result=None if clause.result is None else clause.result.result,
        reason=None if clause.result is None else clause.result.reason,
    )


PLANTS = Operation(
    "recycling.plants",
    "/api/recycling",
    msg("Recycling"),
    msg("Recycling plants and their streams, with the flows of stream to plant to metal"),
    PlantsParameters,
    run=find_plants,
    result=RecyclingPlants,
    varies_by=("version",),
)
REACH = Operation(
    "recycling.reach",
    "/api/recycling/reach",
    msg("Capacity and supply in reach"),
    msg("Capacity of recycling plants in reach of a place, and the metal that arises there by a model with its inputs"),
    ReachParameters,
    run=find_reach,
    result=RecyclingReach,
    command=True,
    process=True,
)
IMPORT_CHECK = Operation(
    "recycling.import_check",
    "/api/recycling/import-check",
    msg("May it be imported on this date?"),
    msg("Whether the data of a raw material meet the rules on its import to China on a day: pass, fail, not enough data"),
    ImportCheckInput,
    run=check_import,
    result=ImportCheckReport,
    varies_by=("day",),
    command=True,
    process=True,
)
OPERATIONS = (PLANTS, REACH, IMPORT_CHECK)
