"""Mineral records as frozen values: deposits, discoveries, projects and their parts.

A reported figure has the number, unit and basis of its source; the converted one is stored with it, with the conversion
factor. Longitude comes before latitude (see :mod:`lodedata.geography.crs`). Codes are those of :mod:`lodedata.vocab`.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from lodedata.slot_pickling import pickle_by_slots

CommodityRank = Literal["main", "co-product", "by-product"]


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, the month or the day; ``first`` is the first day of that span."""

    first: date
    precision: Literal["year", "month", "day"]

    @property
    def last(self) -> date:
        """The last day of the span."""
        first = self.first
        if self.precision == "year":
            return date(first.year, 12, 31)
        if self.precision == "month":
            return date(first.year, first.month, monthrange(first.year, first.month)[1])
        return first

    def __str__(self) -> str:
        return self.first.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Position:
    """A position in WGS 84 degrees with its accuracy radius in metres, and the original coordinates with their system."""

    lon: float
    lat: float
    accuracy_m: float | None
    method: str
    original: str
    crs: str


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class UnreadPosition:
    """Coordinates as reported, with their system, that are no position on the globe."""

    original: str
    crs: str


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Quantity:
    """A reported figure with unit and basis; ``value`` is ``reported * factor`` in the field's base unit, or None.

    A figure that fails a gate has the code of its reason in ``held`` (vocabulary ``figure-doubt``) and no value.
    ``qualifier`` (vocabulary ``figure-qualifier``) is None for an exact figure; a bound or a range, whose upper end is
    ``upper`` and whose lower end is ``reported``, has no factor and no value.
    """

    reported: float
    unit: str
    basis: str | None = None
    factor: float | None = None
    held: str | None = None
    qualifier: str | None = None
    upper: float | None = None

    @property
    def value(self) -> float | None:
        """The figure in the base unit, None if the unit can't be converted or the figure is held."""
        return None if self.held is not None else self.converted

    @property
    def converted(self) -> float | None:
        """The figure in the base unit, also of a held one."""
        return None if self.factor is None else self.reported * self.factor


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Commodity:
    """One commodity of a record and its rank (EarthResourceML commodityRank)."""

    code: str
    rank: CommodityRank


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Status:
    """A project status (domain vocabulary ``status``) with its date, if stated; ``inferred`` if nobody reported it."""

    code: str
    reported: str
    on: PartialDate | None
    inferred: bool = False


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class CommodityMeasure:
    """Grade and contained amount of one commodity in an estimate's ore (EarthResourceML CommodityMeasure)."""

    commodity: str
    grade: Quantity | None = None
    contained: Quantity | None = None


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Estimate:
    """One resource or reserve figure: one class, code, date and ore tonnage, with a grade per commodity.

    ``category`` is a CRIRSCO class, a combined one as published, or ``endowment`` for a tonnage that its source gives
    undivided or in a class of its own; ``category_reported`` has the original text. Classes are never added
    up (GB/T 17766-2020, 5.2 and 5.3).
    """

    category: str
    category_reported: str | None = None
    code: str | None = None
    on: PartialDate | None = None
    ore: Quantity | None = None
    cut_off: str | None = None
    includes_reserves: bool | None = None
    competent_person: str | None = None
    zone: str | None = None
    covers: str | None = None
    source_row: str | None = None
    citation: str | None = None
    measures: tuple[CommodityMeasure, ...] = ()


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class ExplorationActivity:
    """One step of a deposit's exploration history (EarthResourceML ExplorationActivity), as reported."""

    reported: str
    detail: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    source_row: str | None = None
    citation: str | None = None


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Phase:
    """One unit of a project: product, capacity, status and dates.

    A total of several facilities is stored with one of them, with the names of the others in ``shared_with``; the others have
    the figure as reported, without its factor, and the name of the first in ``included_in``.
    """

    name: str | None = None
    phase_type: str | None = None
    product: str | None = None
    product_reported: str | None = None
    capacity: Quantity | None = None
    shared_with: tuple[str, ...] = ()
    included_in: str | None = None
    status: Status | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    feedstock: tuple[str, ...] = ()
    technology: str | None = None
    energy_kgce_per_t: float | None = None
    source_row: str | None = None
    citation: str | None = None
    note: str | None = None


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class Owner:
    """An owner or operator of a project, with the share in percent if known."""

    name_en: str | None
    name_zh: str | None = None
    share_pct: float | None = None
    role: Literal["owner", "operator"] = "owner"
    uscc: str | None = None
    on: PartialDate | None = None
    date_basis: Literal["stated", "in-or-before"] | None = None
    """Whether ``on`` is the date of the ownership, or that of the row or source, in or before which it held."""
    name_reported: str | None = None
    """The text that the name was taken from, if it says more than the name."""
    source_row: str | None = None
    citation: str | None = None


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class MineralRecord:
    """The common fields of deposits, discoveries and projects."""

    name_en: str | None = None
    name_zh: str | None = None
    aliases: tuple[str, ...] = ()
    position: Position | None = None
    unread_position: UnreadPosition | None = None
    country: str | None = None
    country_reported: str | None = None
    division: str | None = None
    division_reported: str | None = None
    commodities: tuple[Commodity, ...] = ()
    main_commodity_ground: str | None = None
    """Why the first commodity is the main one (vocabulary ``main-commodity-ground``); None if its source states it."""
    information_date: PartialDate | None = None
    access_level: Literal["public", "generalised"] = "public"
    note_en: str | None = None
    note_zh: str | None = None
    citations: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Values of declared fields that have no attribute here, by name."""
    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """The English name, else the Chinese one, else an empty text."""
        return self.name_en or self.name_zh or ""


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(MineralRecord):
    """A mineral deposit, occurrence or prospect in the ground (CGI mineral-occurrence-type)."""

    kind: ClassVar[str] = "deposit"
    occurrence_type: str | None = None
    deposit_model: str | None = None
    deposit_model_reported: str | None = None
    deposit_form: str | None = None
    host_unit: str | None = None
    age: str | None = None
    exploration_stage: str | None = None
    discovery_year: int | None = None
    mine_status: Status | None = None
    estimates: tuple[Estimate, ...] = ()
    activities: tuple[ExplorationActivity, ...] = ()


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery(MineralRecord):
    """A result of exploration: an event or prospect with date, stage, method and result."""

    kind: ClassVar[str] = "discovery"
    discovery_date: PartialDate | None = None
    announced_by: str | None = None
    activity_type: str | None = None
    result: str | None = None
    exploration_stage: str | None = None
    stage_reported: str | None = None
    deposit_model: str | None = None
    deposit_model_reported: str | None = None
    deposit_form: str | None = None
    became: str | None = None
    estimates: tuple[Estimate, ...] = ()


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class Project(MineralRecord):
    """A site that people build and run. Status and capacity are those of its phases."""

    kind: ClassVar[str] = "project"
    facility_types: tuple[str, ...] = ()
    facility_reported: str | None = None
    phases: tuple[Phase, ...] = ()
    owners: tuple[Owner, ...] = ()


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A polygon with a meaning for planning; ``wkb`` is a WGS 84 polygon or multipolygon."""

    kind: ClassVar[str] = "zone"
    zone_kind: str
    code: str
    name_en: str
    name_zh: str | None
    country: str | None
    wkb: bytes
    accuracy_m: float | None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    parent: str | None = None
    note_en: str | None = None
    note_zh: str | None = None


@pickle_by_slots
@dataclass(frozen=True, slots=True, kw_only=True)
class GenericRecord:
    """A record of a kind without a class of its own: values by field, and a polygon or a position if any.

    ``wkb`` is a WGS 84 multipolygon. A value is a text, a number, a truth value, a :class:`PartialDate`, or for an array a
    tuple of texts.
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    wkb: bytes | None = None
    position: Position | None = None
    unread_position: UnreadPosition | None = None

    @property
    def country(self) -> str | None:
        """The code of its country, None if its kind has none."""
        return self.values.get("country")

    @property
    def division(self) -> str | None:
        """The code of its first-level division, None if its kind has none."""
        return self.values.get("division")


Record = Deposit | Discovery | Project | Zone | GenericRecord


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class SourceRow:
    """One original row of a source: its key, its cells as a JSON object, and its location in the file."""

    key: str
    raw: bytes
    locator: str
