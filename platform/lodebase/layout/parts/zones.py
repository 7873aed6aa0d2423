"""The zones around a planned plant."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lodedata.plain_data import NOT_IF_NONE
from lodedata.rules.evaluation import Inside


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
