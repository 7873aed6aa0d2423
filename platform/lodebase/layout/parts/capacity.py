"""The concentration of capacity, and the shares of the ore in reach."""

from collections.abc import Mapping
from dataclasses import dataclass


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
