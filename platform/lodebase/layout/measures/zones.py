"""Zones around a planned plant, and the position of the plant relative to the zones that rules refer to."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lodebase.errors import BadCandidate, Wrong
from lodebase.layout.parts.zones import NamedArea, NearbyZone, PlaceOfKind, PlantZones, ZonePosition
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, SqlRow, SqlValues
from lodebase.layout.statements import AREA_CHAIN, KINDS, ZONES, ZONES_OF_AREA
from lodedata.messages import Label, Message, msg, wrap_foreign_text
from lodedata.rules import ZoneFact
from lodedata.rules.evaluation import Inside
from lodedata.rules.regions import Region, list_regions
from lodedata.vocab import load_vocabulary

AROUND_DEG = 0.5
"""Search distance around the site, in degrees of latitude."""
DEFAULT_ACCURACY_M = 5_000.0
"""Assumed accuracy of the edge of a zone in metres, if its source gives none."""
SHORE_M = 10_000.0
"""A site within this distance of a country, in metres, belongs to it; imports use the same distance."""
NAMELESS, NO_BASIS = Label("", ""), wrap_foreign_text("")
PLACES = ("country", "division", "prefecture", "county")
"""Kinds of zones that cover the land without overlap."""


@dataclass(frozen=True, slots=True)
class _City:
    """A prefecture that contains or may contain the site, with its division."""

    code: str
    name: Label
    division: str | None


def locate_plant(state: SiteState, candidate: Candidate) -> PlantZones:
    """Return the zones around the site, its place and its position relative to each kind. Raises BadCandidate if at sea."""
    wide = AROUND_DEG / max(math.cos(math.radians(candidate.lat)), 0.05)
    values = {"wkt": candidate.wkt, "on": candidate.on.isoformat(), "around_lat": AROUND_DEG, "around_lon": wide}
    kinds = sorted(row["zone_kind"] for row in state.rows(KINDS, {}))
    if candidate.place is not None:
        return _locate_in_area(state, kinds, candidate, values)
    return locate_in_zones([read_zone(row, row["edge_m"], candidate) for row in state.rows(ZONES, values)], kinds, candidate)


def _locate_in_area(state: SiteState, kinds: list[str], candidate: Candidate, values: SqlValues) -> PlantZones:
    """Return the position of a plant somewhere in a named zone: its places follow from the zone, not from distances."""
    kind, _, code = (candidate.place or "").partition("/")
    rows = state.rows(AREA_CHAIN, {"kind": kind, "code": code, "places": list(PLACES)})
    chain = {row["zone_kind"]: _describe_zone(row, "inside", 0.0, True, 0.0) for row in rows}
    own = chain[kind]
    others = state.rows(ZONES_OF_AREA, {**values, "id": own.id, "places": list(PLACES)})
    zones = (*chain.values(), *(_read_touched(row, candidate) for row in others))
    place = {place: _find_place([zone for zone in zones if zone.zone_kind == place], place) for place in PLACES}
    if place["country"].code is None and own.country is not None:
        term = load_vocabulary("country").terms[own.country]
        place["country"] = replace(place["country"], code=term.code, name_en=term.label_en, name_zh=term.label_zh)
    return PlantZones(
        found=zones,
        kinds=tuple(kinds),
        place=place,
        country=place["country"].code or _find_country(place["division"].code),
        division=place["division"].code,
        to_kinds=_locate_area_by_kind(zones, kinds, chain, candidate),
        area=NamedArea(reference=candidate.place, name_en=own.name_en, name_zh=own.name_zh or own.name_en),
    )


def _describe_zone(row: SqlRow, state: Inside, edge_m: float, inside: bool, doubt_m: float) -> NearbyZone:
    return NearbyZone(
        id=row["id"],
        zone_kind=row["zone_kind"],
        code=row["code"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        country=row["country"],
        parent=row["parent"],
        accuracy_m=row["accuracy_m"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        sources=tuple(row["sources"]),
        note_en=row["note_en"],
        note_zh=row["note_zh"],
        step=row.get("step"),
        state=state,
        edge_km=round(edge_m / 1000, 3),
        inside=inside,
        doubt_m=round(doubt_m, 1),
    )


def sum_doubt_m(accuracy_m: float | None, candidate: Candidate) -> float:
    """Return the combined uncertainty of the edge of a zone and of the site, in metres."""
    return (accuracy_m if accuracy_m is not None else DEFAULT_ACCURACY_M) + candidate.accuracy_m


def _read_touched(row: SqlRow, candidate: Candidate) -> NearbyZone:
    """Return a zone with whether all, some or no part of the area lies in it."""
    doubt, edge = sum_doubt_m(row["accuracy_m"], candidate), row["edge_m"]
    state: Inside = "inside" if row["covered"] else "possible" if edge < doubt else "outside"
    return _describe_zone(row, state, edge, row["inside"], doubt)


def _name_regions(candidate: Candidate) -> dict[str, list[Region]]:
    """Return the regions that documents in force on the day name, by kind of zone."""
    named: dict[str, list[Region]] = {}
    for region in list_regions(candidate.on):
        named.setdefault(region.zone_kind, []).append(region)
    return named


def _locate_by_polygons(nearby_zones: Sequence[NearbyZone], kinds: Iterable[str]) -> dict[str, ZonePosition]:
    return {
        kind: _locate_nearest([nearby_zone for nearby_zone in nearby_zones if nearby_zone.zone_kind == kind])
        for kind in kinds
        if kind not in PLACES
    }


def _locate_area_by_kind(
    nearby_zones: Sequence[NearbyZone], kinds: Iterable[str], chain: Mapping[str, NearbyZone], candidate: Candidate
) -> dict[str, ZonePosition]:
    positions, named = _locate_by_polygons(nearby_zones, kinds), _name_regions(candidate)
    if "prefecture" in chain:
        city = _read_city(chain["prefecture"])
        return {kind: _locate_by_city(some, [city]) for kind, some in named.items()} | positions
    if "division" in chain:
        return {kind: _locate_by_province(some, chain["division"]) for kind, some in named.items()} | positions
    return {kind: _locate_by_division(some, set()) for kind, some in named.items()} | positions


def _locate_by_province(named: list[Region], province: NearbyZone) -> ZonePosition:
    """Return the position of a plant somewhere in a province: all, none or some of its cities are named."""
    code, name = province.code or "", _name_of(province)
    touched = [region for region in named if region.list_cities(code) != ()]
    document = (touched or named)[0].document
    if not touched:
        basis = msg("%(places)s: no city is named in %(document)s", places=name, document=document)
        return _position("outside", by="area", basis=basis)
    if any(region.list_cities(code) is None for region in touched):
        basis = msg("%(places)s: all of it named in %(document)s", places=name, document=document)
        return _position("inside", touched[0].name, by="area", basis=basis)
    cities = [city for region in touched for city in region.list_cities(code) or ()]
    basis = msg(
        "%(document)s names some cities of %(places)s only (%(cities)s); name the prefecture of the site",
        cities=cities,
        places=name,
        document=document,
    )
    return _position("possible", touched[0].name, by="area", basis=basis)


def locate_in_zones(zones: Sequence[NearbyZone], kinds: Sequence[str], candidate: Candidate) -> PlantZones:
    """Return the position of a site relative to zones, ordered by kind and edge distance. Raises BadCandidate if at sea."""
    place = {kind: _find_place(zones, kind) for kind in PLACES}
    if "country" in kinds and place["country"].code is None:
        raise BadCandidate([Wrong("geometry", msg("The place is in the sea: no country is near."))])
    division = place["division"].code or candidate.division
    return PlantZones(
        found=tuple(zone for zone in zones if zone.zone_kind not in PLACES or zone.state != "outside"),
        kinds=tuple(kinds),
        place=place,
        country=place["country"].code or _find_country(division),
        division=division,
        to_kinds=_locate_by_kind(zones, kinds, place["division"], candidate),
    )


def state_zone_facts(zones: PlantZones) -> dict[str, ZoneFact]:
    """Return the position of the site relative to the zones of each kind, as facts for the rules."""
    return {kind: _build_fact(position) for kind, position in zones.to_kinds.items()}


def _build_fact(position: ZonePosition) -> ZoneFact:
    basis = Label(position.basis_en, position.basis_zh) if position.basis_en else None
    name = Label(position.name_en, position.name_zh)
    return ZoneFact(position.state, name, position.distance_m, position.accuracy_m, basis)


def find_state(inside: bool, covered: bool, edge_m: float, doubt_m: float) -> Inside:
    """Return whether the site is inside a zone, outside or possibly inside."""
    return "possible" if edge_m < doubt_m or (inside and not covered) else "inside" if inside else "outside"


def read_zone(row: SqlRow, edge_m: float, candidate: Candidate) -> NearbyZone:
    """Return a zone with the distance to its edge and whether the site is inside, outside or possibly inside."""
    doubt = sum_doubt_m(row["accuracy_m"], candidate)
    return _describe_zone(row, find_state(row["inside"], row["covered"], edge_m, doubt), edge_m, row["inside"], doubt)


def _find_place(zones: Iterable[NearbyZone], kind: str) -> PlaceOfKind:
    """Return the zone of a kind that contains the site, and those that may contain it within the accuracy of the positions."""
    of_kind = [zone for zone in zones if zone.zone_kind == kind]
    within = [zone for zone in of_kind if zone.inside]
    perhaps = tuple(sorted(str(zone.code) for zone in of_kind if zone.state == "possible"))
    # a site on the coast may lie slightly outside a generalised shoreline
    chosen = next((zone for zone in (*within, *of_kind) if zone.inside or zone.edge_km * 1000 <= SHORE_M), None)
    if chosen is None:
        return PlaceOfKind(code=None, name_en=None, name_zh=None, perhaps=perhaps)
    return PlaceOfKind(code=chosen.code, name_en=chosen.name_en, name_zh=chosen.name_zh, perhaps=perhaps)


def _find_country(division: str | None) -> str | None:
    terms = load_vocabulary("division")
    return terms[division].extra["country"] if division is not None and division in terms else None


def _locate_by_kind(
    nearby_zones: Sequence[NearbyZone], kinds: Iterable[str], place: PlaceOfKind, candidate: Candidate
) -> dict[str, ZonePosition]:
    positions, named = _locate_by_polygons(nearby_zones, kinds), _name_regions(candidate)
    division = place.code or candidate.division
    divisions = {*place.perhaps, *(() if division is None else (division,))}
    cities = [
        _read_city(nearby_zone)
        for nearby_zone in nearby_zones
        if nearby_zone.zone_kind == "prefecture" and nearby_zone.state != "outside"
    ]
    if cities and place.code in {city.division for city in cities}:
        return {kind: _locate_by_city(some, cities) for kind, some in named.items()} | positions
    return {kind: _locate_by_division(some, divisions) for kind, some in named.items()} | positions


def _read_city(prefecture: NearbyZone) -> _City:
    """Return a prefecture with its division: as given by the source, else by the first two digits of its GB/T 2260 code."""
    division = prefecture.parent
    if not division:
        start = str(prefecture.code)[:2] + "0000"
        division = next((term.code for term in load_vocabulary("division") if term.extra["gb_code"] == start), None)
    return _City(str(prefecture.code), _name_of(prefecture), division)


def _locate_nearest(nearby_zones: Sequence[NearbyZone]) -> ZonePosition:
    """Return the deciding zone of one kind: one that contains the site, else one that may contain it, else the nearest."""
    order: Mapping[str, int] = {"inside": 0, "possible": 1, "outside": 2}
    if not nearby_zones:
        return _position("outside", by="polygons")
    deciding_zone = min(nearby_zones, key=lambda zone: (order[zone.state], zone.edge_km))
    metres = 0.0 if deciding_zone.inside else deciding_zone.edge_km * 1000
    return _position(deciding_zone.state, _name_of(deciding_zone), metres, deciding_zone.doubt_m, by="polygons")


def _locate_by_city(named: list[Region], cities: list[_City]) -> ZonePosition:
    """Return the position by the prefectures that contain or may contain the site: all, none or some are named."""
    cities = sorted(cities, key=lambda city: city.code)
    hits = [(city, region) for city in cities for region in named if region.includes(city.division or "", city.name.zh or "")]
    region = hits[0][1] if hits else named[0]
    places, document = [city.name for city in cities], region.document
    if not hits:
        basis = msg("%(places)s: not named in %(document)s", places=places, document=document)
        return _position("outside", by="city", basis=basis)
    if len(hits) == len(cities):
        basis = msg("%(places)s: named in %(document)s", places=places, document=document)
        return _position("inside", region.name, by="city", basis=basis)
    basis = msg(
        "near the boundary of %(places)s, of which %(named)s is named in %(document)s",
        named=[city.name for city, _ in hits],
        places=places,
        document=document,
    )
    return _position("possible", region.name, by="city", basis=basis)


def _name_of(zone: NearbyZone) -> Label:
    return Label(zone.name_en, zone.name_zh)


def _locate_by_division(named: list[Region], divisions: set[str]) -> ZonePosition:
    """Return the position by division alone: all, none or some of its cities are named."""
    if not divisions:
        return _position("unknown", by="division")
    terms = load_vocabulary("division")
    codes = sorted(divisions)
    places = [Label(terms[code].label_en, terms[code].label_zh) for code in codes]
    complete = [region for region in named if any(region.list_cities(code) is None for code in divisions)]
    touched = [region for region in named if any(region.list_cities(code) != () for code in divisions)]
    deciding_region = touched[0] if touched else named[0]
    if not touched:
        basis = msg("%(places)s: no city is named in %(document)s", places=places, document=deciding_region.document)
        return _position("outside", by="division", basis=basis)
    if len(complete) == len(touched) == 1 and all(complete[0].list_cities(code) is None for code in divisions):
        basis = msg("%(places)s: all of it named in %(document)s", places=places, document=deciding_region.document)
        return _position("inside", deciding_region.name, by="division", basis=basis)
    basis = msg(
        "%(places)s: %(document)s names some cities only (%(cities)s), and there is no boundary of the prefecture of the site",
        cities=[city for code in codes for region in touched for city in region.list_cities(code) or ()],
        places=places,
        document=deciding_region.document,
    )
    return _position("possible", deciding_region.name, by="division", basis=basis)


def _position(
    state: Inside,
    name: Label = NAMELESS,
    metres: float | None = None,
    doubt: float | None = None,
    *,
    by: str,
    basis: Message = NO_BASIS,
) -> ZonePosition:
    return ZonePosition(
        state=state,
        name_en=name.in_language("en"),
        name_zh=name.in_language("zh"),
        distance_m=metres,
        accuracy_m=doubt,
        by=by,
        basis_en=basis.in_language("en"),
        basis_zh=basis.in_language("zh"),
    )
