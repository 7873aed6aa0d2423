"""Reports on planned plants: one structure that all formats are written from, with a checksum."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Engine

from lodebase.layout.findings import DISCLAIMER, RESULTS, MeasuredParts, list_findings
from lodebase.layout.measures.basis import describe_basis
from lodebase.layout.measures.catchment import compute_catchment
from lodebase.layout.measures.concentration import measure_concentration, read_nation
from lodebase.layout.measures.duplicates import find_similar_records
from lodebase.layout.measures.feedstock import measure_feedstock
from lodebase.layout.measures.inside import count_inside
from lodebase.layout.measures.neighbours import find_neighbours
from lodebase.layout.measures.outputs import read_outputs
from lodebase.layout.measures.uncertainty import UncertainParts, list_uncertainties
from lodebase.layout.measures.zones import locate_plant
from lodebase.layout.parts.basis import ReportBasis, ReportSource, UncertaintyNote
from lodebase.layout.parts.capacity import CapacityConcentration, PlantCatchment
from lodebase.layout.parts.feedstock import PlantFeedstock
from lodebase.layout.parts.plant import PlantInputs, ReportSummary
from lodebase.layout.parts.rules import Finding, MeasureFinding, RuleFinding
from lodebase.layout.parts.sites import NeighbourSite, NeighbourSites, SimilarRecord, SitesInside
from lodebase.layout.parts.zones import PlantZones
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, SqlValues, state, state_with_internal
from lodebase.layout.statement_parameters import build_candidate_parameters
from lodebase.layout.statements import INTERNAL_RECORDS, INTERNAL_SOURCES, SOURCES
from lodebase.statistics.figures import Known as Figures
from lodedata.messages import msg
from lodedata.plain_data import NOT_IF_NONE, convert_to_plain_data
from lodedata.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutReport:
    """The contents of a report. They depend only on inputs, data version and rules, not on the time of the request."""

    inputs: PlantInputs
    data_version: int
    rules_on: str
    rules_sha256: str
    summary: ReportSummary
    findings: tuple[Finding, ...]
    basis: ReportBasis | None = None
    inside: SitesInside | None = None
    neighbours: NeighbourSites
    zones: PlantZones
    feedstock: PlantFeedstock
    concentration: CapacityConcentration | None
    catchment: PlantCatchment
    same_as: tuple[SimilarRecord, ...]
    uncertainty: tuple[UncertaintyNote, ...]
    sources: tuple[ReportSource, ...]
    checksum: str = ""
    """The SHA-256 of all other fields as JSON."""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "LayoutReport":
        """Return the report of its data, also that of a report that an earlier version saved. Raises ValidationError."""
        return _ADAPTER.validate_python(body)

    @property
    def rules(self) -> list[RuleFinding]:
        """Return the findings by rule."""
        return [finding for finding in self.findings if isinstance(finding, RuleFinding)]

    @property
    def counted_rules(self) -> list[RuleFinding]:
        """Return the findings by the rules that count."""
        return [rule for rule in self.rules if rule.counts]

    @property
    def measures(self) -> list[MeasureFinding]:
        """Return the measures, which no rule has a threshold for."""
        return [finding for finding in self.findings if isinstance(finding, MeasureFinding)]

    def with_checksum(self) -> Self:
        """Return the report with the checksum of its data."""
        body = self.as_data()
        del body["checksum"]
        return replace(self, checksum=checksum(body))

    def as_data(self) -> dict[str, object]:
        """Return the report as data, with its checksum."""
        body: dict[str, object] = convert_to_plain_data(self)
        return body


_ADAPTER = TypeAdapter(LayoutReport)


@dataclass(frozen=True, slots=True)
class PublicTwin:
    """A public record that an internal one is likely the same plant as."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LikelyPublicRecord:
    """An internal record that is likely the same plant as public ones."""

    internal: str
    internal_name: str
    public: tuple[PublicTwin, ...]


@dataclass(frozen=True, slots=True)
class InternalPart:
    """The internal sources and records that a report counts, as a warning."""

    sources: tuple[str, ...]
    records: tuple[str, ...]
    likely_public: tuple[LikelyPublicRecord, ...]
    note_en: str
    note_zh: str
    twice_en: str | None = field(default=None, metadata=NOT_IF_NONE)
    twice_zh: str | None = field(default=None, metadata=NOT_IF_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalReport(LayoutReport):
    """A report that counts internal records."""

    internal: InternalPart


def checksum(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a report without its checksum, as JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()


def write_report(
    engine: Engine, figures: Figures, candidate: Candidate, rules: RuleSet, version: int | None = None
) -> LayoutReport:
    """Return the report on a planned plant at a version of the data; None is the current version.

    Raises BadCandidate if the place is at sea, NotFound if the version does not exist, and the errors of reading.
    """
    with state(engine, version) as seen:
        return _write(seen, figures, candidate, rules)


def write_report_with_internal(desk: Engine, candidate: Candidate, rules: RuleSet) -> InternalReport:
    """Return the report with internal records counted, and which of them it lists; it is stored nowhere.

    Raises BadCandidate if the place is at sea, and the errors of reading.
    """
    with state_with_internal(desk) as seen:
        # figures of a country are computed anew, as those of public reports have no internal records
        report = _write(seen, Figures(), candidate, rules)
        names = [row["name"] for row in seen.rows(INTERNAL_SOURCES, {})]
        records = {row["record_id"] for row in seen.rows(INTERNAL_RECORDS, {})}
    shown = {*(site.id for site in report.neighbours.sites), *(place.id for place in report.feedstock.places)}
    listed = shown & records
    note = msg(
        "This report counts records that are not public: %(count)s of those it lists, of %(sources)s. Do not pass it on.",
        count=len(listed),
        sources=names,
    )
    twins = tuple(_find_likely_public(report.neighbours.sites, records))
    counted = msg(
        "%(count)s of the internal records are likely plants that public records describe too. Internal rows are not matched "
        "with public ones, so that the sums of capacities count these plants twice.",
        count=len(twins),
    )
    part = InternalPart(
        tuple(names),
        tuple(sorted(listed)),
        twins,
        note.in_language("en"),
        note.in_language("zh"),
        counted.in_language("en") if twins else None,
        counted.in_language("zh") if twins else None,
    )
    return InternalReport(
        **{report_field.name: getattr(report, report_field.name) for report_field in fields(LayoutReport)}, internal=part
    )


def _find_likely_public(sites: Collection[NeighbourSite], internal: Collection[str]) -> Iterator[LikelyPublicRecord]:
    """Yield the internal records that are likely the same plant as public ones, each with these."""
    names = {site.id: site.name_en or site.name_zh or site.id for site in sites}
    for site in sites:
        public = tuple(PublicTwin(other, names[other]) for other in site.likely_same_as if other not in internal)
        if site.id in internal and public:
            yield LikelyPublicRecord(site.id, names[site.id], public)


def _write(seen: SiteState, figures: Figures, candidate: Candidate, rules: RuleSet) -> LayoutReport:
    values = build_candidate_parameters(candidate)
    zones = locate_plant(seen, candidate)
    around = read_outputs(seen, candidate, values)
    neighbours = find_neighbours(seen, candidate, values, around)
    feedstock = measure_feedstock(seen, candidate, values, around, neighbours.radii[-1].live_tpa("placed"))
    parts = MeasuredParts(
        count_inside(seen, candidate, values, around),
        neighbours,
        feedstock,
        _measure_country(seen, figures, candidate, zones, values),
        compute_catchment(candidate, neighbours.sites, feedstock.places),
        find_similar_records(candidate, neighbours.sites),
    )
    findings = list_findings(candidate, rules, zones, parts)
    uncertain = UncertainParts(neighbours.sites, parts.inside, parts.concentration, zones, findings)
    report = LayoutReport(
        inputs=read_inputs(candidate),
        data_version=seen.version,
        rules_on=candidate.on.isoformat(),
        rules_sha256=rules.sha256,
        summary=_summarize(candidate, neighbours, zones, findings),
        findings=findings,
        basis=describe_basis(candidate, rules, uncertain),
        inside=parts.inside,
        neighbours=neighbours,
        zones=zones,
        feedstock=feedstock,
        concentration=parts.concentration,
        catchment=parts.catchment,
        same_as=parts.same_as,
        uncertainty=list_uncertainties(candidate, uncertain),
        sources=_list_sources(seen, parts, zones),
    )
    return report.with_checksum()


def read_inputs(candidate: Candidate) -> PlantInputs:
    """Return the inputs of the report as they were parsed."""
    values = {input_field.name: getattr(candidate, input_field.name) for input_field in fields(PlantInputs)}
    return PlantInputs(**{**values, "on": candidate.on.isoformat(), "declared": dict(candidate.declared)})


def _measure_country(
    seen: SiteState, figures: Figures, candidate: Candidate, zones: PlantZones, values: SqlValues
) -> CapacityConcentration | None:
    country = zones.country
    if country is None:
        return None
    nation = figures.at(seen.version, ("layout", candidate.product, country), lambda: read_nation(seen, country, values))
    return measure_concentration(nation, candidate, country, zones.division)


def _summarize(
    candidate: Candidate, neighbours: NeighbourSites, zones: PlantZones, findings: Iterable[Finding]
) -> ReportSummary:
    counted = [finding for finding in findings if finding.counts]
    return ReportSummary(
        product=candidate.product,
        label_en=candidate.product_details.label_en,
        label_zh=candidate.product_details.label_zh,
        capacity_tpa=candidate.capacity_tpa,
        place={kind: zone.code for kind, zone in zones.place.items()},
        counted_rules={result: sum(finding.result == result for finding in counted) for result in RESULTS},
        nearest_km=None if neighbours.nearest is None else neighbours.nearest.distance_km,
        disclaimer_en=DISCLAIMER.in_language("en"),
        disclaimer_zh=DISCLAIMER.in_language("zh"),
    )


def _list_sources(seen: SiteState, parts: MeasuredParts, zones: PlantZones) -> tuple[ReportSource, ...]:
    """Return the sources that the report is based on."""
    used = {name for site in parts.neighbours.sites for name in site.sources}
    used |= {name for place in parts.feedstock.places for name in place.sources}
    used |= {name for zone in zones.found for name in zone.sources}
    used |= set() if parts.concentration is None else set(parts.concentration.sources)
    return tuple(ReportSource(**row) for row in seen.rows(SOURCES, {}) if row["name"] in used)
