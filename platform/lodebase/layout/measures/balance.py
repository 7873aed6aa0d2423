"""Balance of capacity and feedstock: the live capacity of plants divided by what the mines of the same area could feed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodebase.layout.statement_parameters import LIVE
from lodedata.layout.feedstock import OUTPUTS, UNSTATED


@dataclass(frozen=True, slots=True)
class FeedstockBalance:
    """The live capacity of an area, and the range of product that its mines could feed, in tonnes a year."""

    capacity_tpa: float
    feeds_tpa: tuple[int, int]
    mines: int
    mines_without_figure: int
    capacity_over_feedstock: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class DivisionBalance(FeedstockBalance):
    """The balance of a division, None for what states none."""

    division: str | None


@dataclass(frozen=True, slots=True)
class AreaBalance(FeedstockBalance):
    """The balance of an area, and of each of its divisions."""

    divisions: tuple[DivisionBalance, ...]


@dataclass(slots=True)
class _Totals:
    """Sums of one division."""

    capacity_tpa: float = 0.0
    low_tpa: float = 0.0
    high_tpa: float = 0.0
    mines: int = 0
    mines_without_figure: int = 0

    def add(self, other: "_Totals") -> None:
        """Add the sums of another one."""
        self.capacity_tpa += other.capacity_tpa
        self.low_tpa += other.low_tpa
        self.high_tpa += other.high_tpa
        self.mines += other.mines
        self.mines_without_figure += other.mines_without_figure

    @property
    def ratio(self) -> tuple[float, float] | None:
        """The capacity over the most and the least that could be fed, None if that is nothing."""
        if self.low_tpa <= 0:
            return None
        return round(self.capacity_tpa / self.high_tpa, 3), round(self.capacity_tpa / self.low_tpa, 3)

    @property
    def feeds_tpa(self) -> tuple[int, int]:
        """The range that could be fed, in whole tonnes."""
        return round(self.low_tpa), round(self.high_tpa)


@dataclass(frozen=True, slots=True)
class ConversionRates:
    """The outputs of mines with the tonnes of each that a tonne of product takes, as parameters of the statement SUPPLY."""

    outputs: list[str]
    bases: list[str]
    lows: list[float]
    highs: list[float]
    unstated: str
    live: list[str]


@dataclass(frozen=True, slots=True)
class CapacityByStatus:
    """The capacity of a site by group of statuses, None without a figure, and its division."""

    division: str | None
    groups: Mapping[str, float | None] | None


@dataclass(frozen=True, slots=True)
class MineSupply:
    """What the mines of a division could feed, as a range in tonnes of product a year; None for what states no division."""

    division: str | None
    mines: int
    without_figure: int
    low: float
    high: float


def find_rates(product: str) -> ConversionRates:
    """Return the rates of the outputs that a product is made of."""
    listed = OUTPUTS[product]
    return ConversionRates(
        [output.mined for output in listed],
        [output.basis for output in listed],
        [output.low for output in listed],
        [output.high for output in listed],
        UNSTATED,
        list(LIVE),
    )


def compute_balance(sites: Iterable[CapacityByStatus], supply: Iterable[MineSupply]) -> AreaBalance:
    """Return capacity, the range that mines could feed and the ratio of the two, for the area and for each division.

    Mines whose figure can't be converted to tonnes of the product are only counted. Imported ore is not included.
    """
    totals: dict[str | None, _Totals] = {}
    for site in sites:
        groups = site.groups or {}
        live = float(sum(groups.get(name) or 0.0 for name in LIVE))
        totals.setdefault(site.division, _Totals()).capacity_tpa += live
    for row in supply:
        fed = _Totals(0.0, row.low, row.high, row.mines, row.without_figure)
        totals.setdefault(row.division, _Totals()).add(fed)
    area = _Totals()
    for one_division in totals.values():
        area.add(one_division)
    order = sorted(totals, key=lambda code: (-totals[code].capacity_tpa, code or ""))
    divisions = tuple(
        DivisionBalance(of.capacity_tpa, of.feeds_tpa, of.mines, of.mines_without_figure, of.ratio, division=code)
        for code in order
        for of in (totals[code],)
    )
    return AreaBalance(
        area.capacity_tpa, area.feeds_tpa, area.mines, area.mines_without_figure, area.ratio, divisions=divisions
    )
