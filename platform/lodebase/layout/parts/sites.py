"""The sites around a planned plant, with their totals by radius, status and certainty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lodebase.layout.statement_parameters import LIVE
from lodedata.plain_data import NOT_IF_NONE

Certainty = Literal["certain", "placed", "possible"]
"""Whether sites lie inside certainly, as their positions are given, or possibly."""


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
