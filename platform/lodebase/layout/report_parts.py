"""The parts of a layout report: what was entered, what is around the plant, and what was found.

A text has a field for each language, ``text_en`` and ``text_zh``. Names end with the unit: km, m, t, or tpa for tonnes a year.
A field with a default may be missing in reports that earlier versions saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lodebase.layout.planned.candidate import CandidateUnit, Feed
from lodebase.layout.statement_parameters import LIVE
from lodedata.plain_data import NOT_IF_NONE
from lodedata.rules import LegalStatus
from lodedata.rules.evaluation import Inside, Result

Certainty = Literal["certain", "placed", "possible"]
"""Whether sites lie inside certainly, as their positions are given, or possibly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantInputs:
    """What was entered about the planned plant, as it was parsed."""

    wkt: str
    lon: float
    lat: float
    reach_m: float
    product: str
    capacity_tpa: float
    on: str
    project_type: str
    radii_km: tuple[float, ...]
    phases: tuple[CandidateUnit, ...] = ()
    feedstock: tuple[Feed, ...]
    declared: Mapping[str, float]
    technology: str | None = None
    owner: str | None = None
    name: str | None = None
    division: str | None = None
    accuracy_m: float
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """The product and place of the plant, and the number of rules that count by result."""

    product: str
    label_en: str
    label_zh: str
    capacity_tpa: float
    place: Mapping[str, str | None]
    counted_rules: Mapping[str, int]
    nearest_km: float | None
    disclaimer_en: str
    disclaimer_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """The result of a rule for the planned plant, with the clause and the act that it is taken from."""

    id: str
    kind: str
    text_en: str
    text_zh: str
    clause_en: str
    clause_zh: str
    citation: str
    instrument: str
    instrument_en: str | None = None
    instrument_zh: str | None = None
    read_in: str | None = None
    read_as: str | None = None
    clause_no: str | None = None
    url: str | None = None
    force: str | None = None
    note_en: str | None = None
    note_zh: str | None = None
    standing: LegalStatus
    counts: bool
    result: Result
    reason_en: str
    reason_zh: str
    figure: float | None
    threshold: float | None
    unit: str | None
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFinding:
    """A measure that no instrument sets a threshold for, with the records and sources that it is based on."""

    id: str
    kind: Literal["measure"] = "measure"
    text_en: str
    text_zh: str
    citation: None = None
    standing: None = None
    counts: Literal[False] = False
    result: Literal["not_applicable"] = "not_applicable"
    reason_en: str
    reason_zh: str
    figure: float | None
    threshold: None = None
    unit: str | None
    records: tuple[str, ...]
    sources: tuple[str, ...] = ()


Finding = RuleFinding | MeasureFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTotals:
    """Number and capacity of the sites that lie inside certainly, as placed and possibly; those as placed without a figure."""

    certain: int
    placed: int
    possible: int
    certain_tpa: float
    placed_tpa: float
    possible_tpa: float
    without_figure: int

    def tpa(self, certainty: Certainty) -> float:
        """Return the capacity of the sites that lie inside with a certainty."""
        return {"certain": self.certain_tpa, "placed": self.placed_tpa, "possible": self.possible_tpa}[certainty]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesByStatus:
    """The totals of all sites, and by group of statuses."""

    all: SiteTotals
    groups: Mapping[str, SiteTotals]

    def live_tpa(self, certainty: Certainty) -> float:
        """Return the operating, constructed and planned capacity of the sites that lie inside with a certainty."""
        return float(sum(self.groups[name].tpa(certainty) for name in LIVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiusTotals(SitesByStatus):
    """The sites within a radius."""

    km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAges:
    """The oldest and the latest date of the statuses of some sites, and how many are old or not dated."""

    oldest: str | None
    newest: str | None
    old: int
    undated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesInside(SitesByStatus):
    """The sites inside the area of the plant."""

    km2: float
    ages: Mapping[str, StatusAges]
    old_years: int
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePhase:
    """A phase of a site that makes the product."""

    product: str
    capacity_tpa: float | None
    status: str | None
    status_date: str | None
    status_inferred: bool | None
    source: str | None
    citation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourSite:
    """A site of the same product; ``groups`` has its capacity by group of statuses, None without a figure."""

    id: str
    name_en: str | None
    name_zh: str | None
    aliases: tuple[str, ...] | None = None
    country: str | None
    division: str | None
    information_date: str | None = None
    sources: tuple[str, ...]
    flags: tuple[str, ...] | None = None
    facility_types: tuple[str, ...] | None = None
    accuracy_m: float | None
    lon: float
    lat: float
    phases: tuple[SitePhase, ...]
    owners: tuple[str | None, ...]
    distance_km: float
    farthest_km: float | None = field(default=None, metadata=NOT_IF_NONE)
    """The greatest distance, from the farthest point of the area that the plant lies in."""
    groups: Mapping[str, float | None]
    uncertain_radii_km: tuple[float, ...]
    likely_same_as: tuple[str, ...] = ()

    @property
    def status_date(self) -> str | None:
        """Return the latest date of a status of its phases, None if none is dated."""
        return max((phase.status_date for phase in self.phases if phase.status_date), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourSites:
    """The sites of the same product around the plant: counts by radius, and the nearest."""

    radii: tuple[RadiusTotals, ...]
    nearest: NeighbourSite | None
    sites: tuple[NeighbourSite, ...]
    more: bool
    distinct_listed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyZone:
    """A zone, the distance to its edge, and whether the site is inside, outside or possibly inside."""

    id: str | None = field(default=None, metadata=NOT_IF_NONE)
    zone_kind: str
    code: str | None
    name_en: str | None
    name_zh: str | None
    country: str | None = None
    parent: str | None = None
    accuracy_m: float | None
    valid_from: str | None = None
    valid_to: str | None = None
    sources: tuple[str, ...] = ()
    note_en: str | None = None
    note_zh: str | None = None
    step: int | None = field(default=None, metadata=NOT_IF_NONE)
    """How many zones lie between it and the one that the plant names as its place."""
    state: Inside
    edge_km: float
    inside: bool
    doubt_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfKind:
    """The zone of a kind that contains the site, None if none does, and the codes of those that may contain it."""

    code: str | None
    name_en: str | None
    name_zh: str | None
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePosition:
    """The position of the site relative to the zones of a kind, and what it follows from."""

    state: Inside
    name_en: str
    name_zh: str
    distance_m: float | None
    accuracy_m: float | None
    by: str
    basis_en: str
    basis_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedArea:
    """The zone that the plant names as its place."""

    reference: str | None
    name_en: str | None
    name_zh: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantZones:
    """The zones around the plant, the place that it lies in, and its position relative to each kind."""

    found: tuple[NearbyZone, ...]
    kinds: tuple[str, ...]
    place: Mapping[str, PlaceOfKind]
    country: str | None
    division: str | None
    to_kinds: Mapping[str, ZonePosition]
    area: NamedArea | None = field(default=None, metadata=NOT_IF_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNeed:
    """A material that the plant needs, in tonnes for a tonne of product and in tonnes a year, each a range."""

    material: str
    label_en: str
    label_zh: str
    t_per_t: tuple[float, float]
    tpa: tuple[int, int]
    mark: str
    source_en: str
    source_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFeed:
    """A feedstock that was declared for the plant."""

    material: str
    label_en: str
    label_zh: str
    origin: str | None
    equity_pct: float | None
    contract_pct: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrePlace:
    """A deposit or mine in reach."""

    id: str
    kind: Literal["deposit", "mine"]
    name_en: str | None
    name_zh: str | None
    size_class: str | None
    status: str | None = None
    country: str | None = None
    sources: tuple[str, ...]
    accuracy_m: float | None
    lon: float
    lat: float
    distance_m: float
    farthest_km: float | None = field(default=None, metadata=NOT_IF_NONE)
    distance_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateClass:
    """The deposits in reach with figures of a class, and their sums in tonnes for a class whose figures may be added up."""

    category: str | None
    kind: str
    combined: bool | None = None
    deposits: int
    ore_t: float | None
    contained_t: float | None
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedProduct:
    """The output of the mines in reach by product, basis of the figure and group of statuses."""

    product: str
    basis: str | None
    grp: str
    mines: int
    without_figure: int
    tpa: float | None
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityBalance:
    """The capacity of all plants in reach, and the range of product that the mines in reach could feed."""

    capacity_before_tpa: float
    capacity_after_tpa: float
    feeds_tpa: tuple[int, int]
    ratio_after: tuple[float, float] | None
    mines: int
    mines_without_figure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantFeedstock:
    """The needs of the plant, what was declared, and the ore in reach."""

    within_km: float
    needs: tuple[FeedNeed, ...]
    declared: tuple[DeclaredFeed, ...]
    equity_pct: float | None
    contract_pct: float | None
    places: tuple[OrePlace, ...]
    more: bool
    by_size: Mapping[str, int]
    classes: tuple[EstimateClass, ...]
    mined: tuple[MinedProduct, ...]
    balance: CapacityBalance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCapacity:
    """Sites, those without a figure, and their capacity."""

    sites: int
    without_figure: int
    tpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTotals:
    """Sites and capacity of a country or a division by group of statuses, and in total."""

    groups: Mapping[str, GroupCapacity]
    live_tpa: float
    sites: int
    without_figure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """A measure without and with the planned plant, and the change; None if it is not known."""

    before: float | None
    after: float | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityConcentration:
    """Concentration of the product's capacity in the country, without and with the planned plant."""

    country: str
    division: str | None
    nation: CapacityTotals
    province: CapacityTotals | None
    share_pct: BeforeAfter
    hhi_divisions: BeforeAfter
    without_division: int
    hhi_holders: BeforeAfter
    location_quotient: BeforeAfter
    left_out: int
    sources: tuple[str, ...]
    pipeline_pct: Mapping[str, BeforeAfter]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenShare:
    """The share of the ore places that an existing plant draws without and with the planned plant, in per cent."""

    id: str
    name_en: str | None
    name_zh: str | None
    before_pct: float
    after_pct: float
    taken_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchmentShares:
    """The shares of Huff's model for an exponent."""

    beta: float
    share_pct: float
    taken: tuple[TakenShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantCatchment:
    """The share of the ore places that the planned plant would draw."""

    demands: int
    plants: int
    left_out: int
    nearest_km: float
    betas: tuple[CatchmentShares, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRecord:
    """A record that may be the planned plant, with a score from 0 to 1 and the reasons."""

    id: str
    name_en: str | None
    name_zh: str | None
    distance_km: float
    groups: Mapping[str, float | None]
    sources: tuple[str, ...]
    score: float
    likely: bool
    reasons_en: tuple[str, ...]
    reasons_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyNote:
    """An uncertainty with the number of records that it concerns, as a sentence."""

    id: str
    count: int
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputCoverage:
    """The capacity of the operating plants held here, in per cent of the output of the country."""

    country: str
    operating_tpa: float
    output_t: float
    year: str
    source: str
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDates(StatusAges):
    """The dates of the statuses of the listed sites."""

    sites: int
    old_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentInPart:
    """An instrument that is held in part only, and what is not held."""

    id: str
    title_en: str
    title_zh: str
    en: str | None
    zh: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRead:
    """How many rules apply, how their texts were read, and which instruments are held in part only."""

    apply: int
    read_as: Mapping[str, int]
    in_part: tuple[InstrumentInPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBasis:
    """What the result rests on."""

    coverage: OutputCoverage | None
    statuses: StatusDates
    rules: RulesRead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSource:
    """A source of the report."""

    name: str
    title_en: str | None
    title_zh: str | None
    licence_name: str | None
    citation: str | None
    as_of: str | None
