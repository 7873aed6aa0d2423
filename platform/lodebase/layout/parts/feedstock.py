"""The feedstock of a planned plant, and the ore in reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lodedata.plain_data import NOT_IF_NONE


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
