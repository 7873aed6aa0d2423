"""Comparison of two reports: differences in inputs, rules, findings and surroundings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

from lodebase.layout.parts.feedstock import OrePlace
from lodebase.layout.parts.plant import PlantInputs
from lodebase.layout.parts.rules import MeasureFinding, RuleFinding
from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.parts.zones import NearbyZone
from lodebase.layout.reports.report import LayoutReport
from lodedata.plain_data import convert_to_plain_data
from lodedata.rules import LegalStatus
from lodedata.rules.evaluation import Inside, Result

NOT_INPUTS = ("on",)
"""Inputs that are listed with the basis."""
Part = TypeVar("Part", RuleFinding, MeasureFinding, NeighbourSite, NearbyZone, OrePlace)
Brief = TypeVar("Brief")


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A value before and after."""

    name: str
    before: object
    after: object
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMeasure:
    """What a comparison has of a measure."""

    result: Result
    standing: LegalStatus | None
    figure: float | None
    threshold: float | None
    unit: str | None
    text_en: str
    text_zh: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFinding(ComparedMeasure):
    """What a comparison has of a finding by rule."""

    clause_en: str
    clause_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSite:
    """What a comparison has of a site of the same product."""

    name_en: str | None
    name_zh: str | None
    distance_km: float
    accuracy_m: float | None
    groups: Mapping[str, float | None]
    sources: tuple[str, ...]
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedZone:
    """What a comparison has of a zone."""

    zone_kind: str
    code: str | None
    name_en: str | None
    name_zh: str | None
    state: Inside
    edge_km: float
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedOre:
    """What a comparison has of a place of ore."""

    kind: str
    name_en: str | None
    name_zh: str | None
    distance_km: float
    size_class: str | None
    sources: tuple[str, ...]
    id: str


@dataclass(frozen=True, slots=True)
class ChangedPart(Generic[Brief]):
    """A part of a report that is in both and differs."""

    id: str
    before: Brief
    after: Brief


@dataclass(frozen=True, slots=True)
class PartChanges(Generic[Brief]):
    """What was added, removed and changed, by id."""

    added: tuple[Brief, ...]
    removed: tuple[Brief, ...]
    changed: tuple[ChangedPart[Brief], ...]

    def count(self) -> dict[str, int]:
        """Return the numbers by kind of change."""
        return {"added": len(self.added), "removed": len(self.removed), "changed": len(self.changed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportComparison:
    """The differences between two reports; a part without differences is empty."""

    same: bool
    basis: tuple[ComparedValue, ...]
    inputs: tuple[ComparedValue, ...]
    results: tuple[ComparedValue, ...]
    findings: PartChanges[ComparedFinding]
    measures: PartChanges[ComparedMeasure]
    neighbours: PartChanges[ComparedSite]
    zones: PartChanges[ComparedZone]
    ore: PartChanges[ComparedOre]
    cut: bool
    """Whether either report lists only the nearest sites, so that those farther away are not compared."""


def compare(first: LayoutReport, second: LayoutReport) -> ReportComparison:
    """Return the differences between two reports; sites and places are identified by their ids.

    A site that was merged into another one counts as removed.
    """
    results, later = first.summary.counted_rules, second.summary.counted_rules
    return ReportComparison(
        same=first.checksum == second.checksum,
        basis=(
            _compare_values("data_version", first.data_version, second.data_version),
            _compare_values("rules_on", first.rules_on, second.rules_on),
            _compare_values("rules_sha256", first.rules_sha256, second.rules_sha256),
            _compare_values("checksum", first.checksum, second.checksum),
        ),
        inputs=_compare_inputs(first.inputs, second.inputs),
        results=tuple(_compare_values(name, tally, later[name]) for name, tally in results.items()),
        findings=_compare_parts(first.rules, second.rules, ComparedFinding, _take_finding_key),
        measures=_compare_parts(first.measures, second.measures, ComparedMeasure, lambda measure: measure.text_en),
        neighbours=_compare_parts(first.neighbours.sites, second.neighbours.sites, ComparedSite, _take_site_key),
        zones=_compare_parts(first.zones.found, second.zones.found, ComparedZone, lambda zone: (zone.state, zone.edge_km)),
        ore=_compare_parts(
            first.feedstock.places,
            second.feedstock.places,
            ComparedOre,
            lambda ore_place: (ore_place.distance_km, ore_place.size_class),
        ),
        cut=any(report.neighbours.more or report.feedstock.more for report in (first, second)),
    )


def _compare_values(name: str, before: object, after: object) -> ComparedValue:
    return ComparedValue(name, before, after, before != after)


def _compare_inputs(before: PlantInputs, after: PlantInputs) -> tuple[ComparedValue, ...]:
    old, new = convert_to_plain_data(before), convert_to_plain_data(after)
    pairs = (_compare_values(name, old[name], new[name]) for name in old if name not in NOT_INPUTS)
    return tuple(pair for pair in pairs if pair.changed)


def _compare_parts(
    before: Iterable[Part], after: Iterable[Part], brief: type[Brief], key: Callable[[Part], object]
) -> PartChanges[Brief]:
    """Return what was added, removed and changed, by id; ``key`` returns the part of an item that is compared."""
    old, new = {part.id or "": part for part in before}, {part.id or "": part for part in after}
    return PartChanges(
        tuple(_select(part, brief) for name, part in new.items() if name not in old),
        tuple(_select(part, brief) for name, part in old.items() if name not in new),
        tuple(
            ChangedPart(name, _select(old[name], brief), _select(part, brief))
            for name, part in new.items()
            if name in old and key(old[name]) != key(part)
        ),
    )


def _select(part: object, brief: type[Brief]) -> Brief:
    return brief(**{field.name: getattr(part, field.name) for field in fields(brief)})  # type: ignore[arg-type]


def _take_finding_key(rule_finding: RuleFinding) -> object:
    return rule_finding.result, rule_finding.standing, rule_finding.figure, rule_finding.threshold


def _take_site_key(neighbour_site: NeighbourSite) -> object:
    return neighbour_site.groups, neighbour_site.distance_km, neighbour_site.accuracy_m
