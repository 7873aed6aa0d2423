"""Planned plants: parse a GeoJSON feature into a candidate, with an error message for each invalid property."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, TypedDict, TypeVar

import shapely

from lodebase.errors import BadCandidate, BadQuery, Wrong
from lodebase.layout.planned.place import SitePlace, place
from lodedata.layout.capacity_text import parse_tonnes
from lodedata.layout.feedstock import MATERIALS
from lodedata.layout.products import PRODUCTS, Product
from lodedata.messages import Message, msg
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import load_vocabulary

T = TypeVar("T")
RADII_KM = (50.0, 100.0, 200.0, 500.0)
FARTHEST_KM = 1_000.0
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 1, 1)
MAX_PLANTS = 100
COLLECTION_ADVICE = msg("Send a GeoJSON Feature or a FeatureCollection of up to %(most)s.", most=MAX_PLANTS)
ORIGINS = ("domestic", "import", "recycled")
PROPERTIES = (
    *("product", "capacity_tpa", "phases", "feedstock", "technology", "energy", "declared", "owner", "name", "on"),
    *("radius_km", "lang", "project_type", "accuracy_m", "division", "place"),
)


class PlantFeature(TypedDict):
    """A planned plant as a GeoJSON Feature; the geometry is missing if the properties name a place."""

    type: Literal["Feature"]
    geometry: object
    properties: dict[str, object]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feedstock of a planned plant: material, origin, and the shares of the need that are equity or contracted."""

    material: str
    origin: str | None = None
    equity_pct: float | None = None
    contract_pct: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateUnit:
    """A phase of a planned plant."""

    capacity_tpa: float
    name: str | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A planned plant. ``wkt`` is a point, polygon or multipolygon in WGS 84; ``lon, lat`` is a point in it, and ``reach_m`` is
    the distance in metres from that point to the farthest part of the place, plus the declared accuracy. ``place`` refers to
    the zone whose polygon the place is, as ``prefecture/370300``; None for a geometry that was entered.
    """

    wkt: str
    lon: float
    lat: float
    reach_m: float
    product: str
    capacity_tpa: float
    on: date
    project_type: str = "new"
    radii_km: tuple[float, ...] = RADII_KM
    phases: tuple[CandidateUnit, ...] = ()
    feedstock: tuple[Feed, ...] = ()
    declared: tuple[tuple[str, float], ...] = ()
    technology: str | None = None
    owner: str | None = None
    name: str | None = None
    division: str | None = None
    accuracy_m: float = 0.0
    place: str | None = None

    @property
    def is_area(self) -> bool:
        """Return whether the plant lies somewhere in a polygon, so that its distances are ranges."""
        return not self.wkt.startswith("POINT")

    @property
    def product_details(self) -> Product:
        """Return the product that the plant makes."""
        return PRODUCTS[self.product]

    def feature(self) -> PlantFeature:
        """Return the GeoJSON feature of this candidate, with its day and without empty properties."""
        properties: dict[str, object] = {
            "product": self.product,
            "capacity_tpa": self.capacity_tpa,
            "on": self.on.isoformat(),
            "project_type": self.project_type,
            "radius_km": list(self.radii_km),
            "accuracy_m": self.accuracy_m,
            "phases": [_remove_none(asdict(phase)) for phase in self.phases],
            "feedstock": [_remove_none(asdict(feed)) for feed in self.feedstock],
            "declared": dict(self.declared),
            **{name: getattr(self, name) for name in ("technology", "owner", "name", "division", "place")},
        }
        geometry = None if self.place else shapely.geometry.mapping(shapely.from_wkt(self.wkt))
        return {
            "type": "Feature",
            "geometry": geometry,
            "properties": {k: v for k, v in properties.items() if v not in (None, [], {})},
        }


def parse_candidate(feature: object, today: date, zone: SitePlace | None = None) -> Candidate:
    """Return the planned plant of a GeoJSON feature; ``today`` is the default day. Raises BadCandidate.

    ``zone`` is the place that the feature names instead of a geometry; planned.areas finds it.
    """
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise BadCandidate([Wrong("type", msg("This is not a GeoJSON Feature."))])
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise BadCandidate([Wrong("properties", msg("This is not a JSON object."))])
    reader = _Reader(properties)
    candidate = reader.read(feature.get("geometry"), today, zone)
    if reader.wrong:
        raise BadCandidate(reader.wrong)
    assert candidate is not None
    return candidate


def parse_candidates(collection: Mapping[str, Any], today: date, parse: Callable[[object, date], T]) -> list[T]:
    """Return what ``parse`` makes of each planned plant of a GeoJSON feature collection.

    Raises BadQuery for none or too many, and BadCandidate.
    """
    features = collection.get("features")
    if not isinstance(features, list) or not 1 <= len(features) <= MAX_PLANTS:
        refusal = msg("%(parameter)s is not a list of 1 to %(most)s. %(advice)s", most=MAX_PLANTS, advice=COLLECTION_ADVICE)
        raise BadQuery("features", "", refusal)
    candidates, wrong = [], []
    for number, feature in enumerate(features):
        try:
            candidates.append(parse(feature, today))
        except BadCandidate as error:
            wrong += [Wrong(f"features[{number}].{problem.field}", problem.message) for problem in error.wrong]
    if wrong:
        raise BadCandidate(wrong)
    return candidates


def _remove_none(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


class _Reader:
    """Reads the properties and collects all errors, so that they are reported together."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self.properties = properties
        self.wrong: list[Wrong] = []

    def no(self, field: str, message: Message) -> None:
        self.wrong.append(Wrong(field, message))

    def read(self, geometry: object, today: date, zone: SitePlace | None) -> Candidate | None:
        """Return the candidate, or None if there are errors."""
        for name in self.properties:
            if name not in PROPERTIES:
                self.no(
                    str(name)[:40],
                    msg("This is not a property of a planned plant. Use %(choices)s.", choices=list(PROPERTIES)),
                )
        if self.properties.get("lang") not in (None, "en", "zh"):
            self.no("lang", msg("Use en or zh."))
        accuracy = self.number("accuracy_m", 0, 100_000) or 0.0
        where = self.where(geometry, zone)
        if isinstance(where, Wrong):
            self.wrong.append(where)
        product, phases = self.product(), self.phases()
        capacity = self.capacity(product, phases)
        on, radii = self.day(today), self.radii()
        feedstock, declared = self.feedstock(product), self.declared(product)
        kind, division = self.term("project_type", "phase-type") or "new", self.term("division", "division")
        technology, owner, name_ = self.text("technology"), self.text("owner"), self.text("name")
        if self.wrong or isinstance(where, Wrong) or product is None or capacity is None:
            return None
        return Candidate(
            where.wkt,
            where.lon,
            where.lat,
            where.reach_m + accuracy,
            product.code,
            capacity,
            on,
            kind,
            radii,
            phases,
            feedstock,
            declared,
            technology,
            owner,
            name_,
            division,
            accuracy,
            where.reference,
        )

    def where(self, geometry: object, zone: SitePlace | None) -> SitePlace | Wrong:
        """Return the place of the geometry or the zone, of which exactly one is given, or its error."""
        named = self.properties.get("place")
        if zone is None and not named:
            return place(geometry)
        if geometry is not None:
            return Wrong("place", msg("Give either a geometry or the name of a place, not both."))
        if zone is None:
            return Wrong("place", msg("Places are known by name only where the data of a store are read. Give a geometry."))
        return zone

    def number(self, name: str, least: float, most: float, of: Mapping[str, Any] | None = None) -> float | None:
        """Return a numeric property within two bounds, or None if it is missing or invalid."""
        value = (self.properties if of is None else of).get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.no(name, msg("This is not a number."))
            return None
        if not least <= value <= most:
            self.no(
                name,
                msg(
                    "%(value)s is out of range. Enter a number from %(least)s to %(most)s.",
                    value=f"{value:,g}",
                    least=f"{least:,g}",
                    most=f"{most:,g}",
                ),
            )
            return None
        return float(value)

    def text(self, name: str) -> str | None:
        value = self.properties.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > 200 or "\0" in value:
            self.no(name, msg("Enter a text of up to 200 characters."))
            return None
        return value.strip() or None

    def term(self, name: str, vocabulary_name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        terms = load_vocabulary(vocabulary_name)
        term = terms.find(value, "CHN") or terms.find(value) if vocabulary_name == "division" else terms.find(value)
        if term is None and value in terms:
            term = terms[value]
        if term is None:
            self.no(
                name,
                msg(
                    "This is not a term of the vocabulary %(vocabulary)s. Use a code, label or alias; see "
                    "/api/vocabularies/%(vocabulary)s.",
                    vocabulary=vocabulary_name,
                ),
            )
        return None if term is None else term.code

    def product(self) -> Product | None:
        value = self.properties.get("product")
        product = PRODUCTS.get(value) if isinstance(value, str) else None
        if product is None:
            self.no("product", msg("This product is not checked. Use one of %(choices)s.", choices=list(PRODUCTS)))
        return product

    def phases(self) -> tuple[CandidateUnit, ...]:
        value = self.properties.get("phases")
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > 20 or not all(isinstance(phase, Mapping) for phase in value):
            self.no("phases", msg("Give a list of up to 20 objects with capacity_tpa."))
            return ()
        units = []
        for phase in value:
            capacity = self.number("capacity_tpa", 0, 1e12, phase)
            names = [str(phase[key])[:100] if phase.get(key) is not None else None for key in ("name", "start")]
            if capacity is None:
                self.no("phases", msg("A phase lacks capacity_tpa."))
            else:
                units.append(CandidateUnit(capacity, *names))
        return tuple(units)

    def capacity(self, product: Product | None, phases: tuple[CandidateUnit, ...]) -> float | None:
        entered = self.properties.get("capacity_tpa")
        value = parse_tonnes(entered) if isinstance(entered, str) else self.number("capacity_tpa", -math.inf, math.inf)
        if value is None and isinstance(entered, str):
            self.no(
                "capacity_tpa",
                msg(
                    '"%(value)s" is not a number of tonnes a year. Write tonnes (400000), or with a unit: 40万吨, 400 kt.',
                    value=entered[:40],
                ),
            )
            return None
        in_phases = sum(phase.capacity_tpa for phase in phases)
        if value is None:
            if not phases and self.properties.get("capacity_tpa") is None:
                self.no("capacity_tpa", msg("This is missing. Enter tonnes of product a year."))
            value = in_phases or None
        if value is None or product is None:
            return value
        if phases and abs(in_phases - value) > 0.01 * max(value, 1):
            self.no(
                "phases",
                msg(
                    "The phases add up to %(in_phases)s t/a, not to %(value)s t/a.",
                    in_phases=f"{in_phases:,.0f}",
                    value=f"{value:,.0f}",
                ),
            )
        self._check_value(value, product)
        return value

    def _check_value(self, value: float, product: Product) -> None:
        if value <= 0:
            self.no("capacity_tpa", msg("%(value)s is not a capacity. Enter a number above 0.", value=f"{value:,g}"))
        elif value > 3 * product.largest_tpa:
            self.no(
                "capacity_tpa",
                msg(
                    "%(value)s t/a is far more than any existing plant. Check the unit: kilograms, or a thousand times "
                    "too much?",
                    value=f"{value:,.0f}",
                ),
            )
        elif value * 1000 <= product.largest_tpa and value < product.largest_tpa / 2000:
            self.no(
                "capacity_tpa",
                msg(
                    "%(value)s t/a is very small. If thousand tonnes are meant, write %(thousandfold)s.",
                    value=f"{value:,g}",
                    thousandfold=f"{value * 1000:,.0f}",
                ),
            )

    def day(self, today: date) -> date:
        value = self.properties.get("on")
        if value is None or value == "":
            return today
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            self.no("on", msg("This is not a date. Write it as 2026-01-31."))
            return today
        if not FIRST_DAY <= day < LAST_DAY:
            self.no("on", msg("There are no rules on this day. The first day is %(first)s.", first=FIRST_DAY))
        return day

    def radii(self) -> tuple[float, ...]:
        value = self.properties.get("radius_km")
        if value is None:
            return RADII_KM
        listed = value if isinstance(value, list) else [value]
        right = [
            radius
            for radius in listed
            if isinstance(radius, int | float) and not isinstance(radius, bool) and 0 < radius <= FARTHEST_KM
        ]
        if len(right) != len(listed) or not 1 <= len(listed) <= 8:
            self.no(
                "radius_km",
                msg("Give a list of 1 to 8 radii up to %(most)s km.", most=f"{FARTHEST_KM:g}"),
            )
            return RADII_KM
        return tuple(sorted({float(radius) for radius in right}))

    def feedstock(self, product: Product | None) -> tuple[Feed, ...]:
        value = self.properties.get("feedstock")
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        if len(listed) > 10:
            self.no("feedstock", msg("Name at most 10."))
            return ()
        feeds = [self._choose_feed({"material": entry} if isinstance(entry, str) else entry, product) for entry in listed]
        valid_feeds = tuple(feed for feed in feeds if feed is not None)
        for share in ("equity_pct", "contract_pct"):
            if sum(getattr(feed, share) or 0 for feed in valid_feeds) > 100.001:
                self.no("feedstock", msg("%(share)s adds up to more than 100 %%.", share=share))
        if not self.wrong and sum((feed.equity_pct or 0) + (feed.contract_pct or 0) for feed in valid_feeds) > 100.001:
            self.no(
                "feedstock",
                msg("Own and contracted feedstock together are more than 100 %% of the demand. Enter smaller shares."),
            )
        return valid_feeds

    def _choose_feed(self, entry: object, product: Product | None) -> Feed | None:
        materials = [code for code in MATERIALS if product is None or not product.needs or self._can_feed(code, product)]
        shares = ("equity_pct", "contract_pct")
        if isinstance(entry, Mapping) and entry.get("material") is None and any(entry.get(name) is not None for name in shares):
            self.no(
                "feedstock", msg("A share of own or contracted feedstock is given, but no feedstock. Choose the feedstock.")
            )
            return None
        if not isinstance(entry, Mapping) or entry.get("material") not in materials:
            self.no("feedstock", msg("Use one of %(choices)s.", choices=list(materials)))
            return None
        if unknown := set(entry) - {"material", "origin", "equity_pct", "contract_pct"}:
            self.no("feedstock", msg("There is no property %(name)r of feedstock.", name=sorted(map(str, unknown))[0][:40]))
        origin = entry.get("origin")
        if origin is not None and origin not in ORIGINS:
            self.no("feedstock", msg("origin must be one of %(choices)s.", choices=list(ORIGINS)))
        equity, contract = (self.number(name, 0, 100, entry) for name in shares)
        return Feed(str(entry["material"]), origin if origin in ORIGINS else None, equity, contract)

    @staticmethod
    def _can_feed(code: str, product: Product) -> bool:
        return code in product.materials or MATERIALS[code].kind_of in product.materials

    def declared(self, product: Product | None) -> tuple[tuple[str, float], ...]:
        value = self.properties.get("declared") or {}
        if not isinstance(value, Mapping):
            self.no("declared", msg("Give an object of figures by their codes."))
            return ()
        allowed_figures = {
            code: definition for code, definition in DECLARED.items() if product is None or product.code in definition.products
        }
        figures_by_code: dict[str, float] = {}
        energy = self.number("energy", 0, 100_000)
        if energy is not None:
            figures_by_code["energy_kgce_per_t"] = energy
        for code in value:
            if code not in allowed_figures:
                self.no(
                    "declared",
                    msg(
                        "There is no figure %(code)r for this product. Use one of %(choices)s.",
                        code=str(code)[:40],
                        choices=list(allowed_figures),
                    ),
                )
                continue
            figure = self.number(code, 0, allowed_figures[code].most, value)
            if figure is not None:
                figures_by_code[code] = figure
        return tuple(sorted(figures_by_code.items()))
