"""Zones around a planned plant, and the position of the plant relative to the zones that rules refer to."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from lodebase.errors import BadCandidate, Wrong
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState
from lodebase.layout.statements import AREA_CHAIN, KINDS, ZONES, ZONES_OF_AREA
from lodedata.messages import Label, Message, in_each_language, literal, msg
from lodedata.rules import ZoneFact
from lodedata.rules.evaluation import Inside
from lodedata.rules.regions import Region, regions
from lodedata.vocab import vocabulary

AROUND_DEG = 0.5
"""Search distance around the site, in degrees of latitude."""
DEFAULT_ACCURACY_M = 5_000.0
"""Assumed accuracy of the edge of a zone in metres, if its source gives none."""
SHORE_M = 10_000.0
"""A site within this distance of a country, in metres, belongs to it; imports use the same distance."""
NAMELESS, NO_BASIS = Label("", ""), literal("")
PLACES = ("country", "division", "prefecture", "county")
"""Kinds of zones that cover the land without overlap."""


def zones(state: SiteState, candidate: Candidate) -> dict[str, Any]:
    """Return the zones around the site, its place and its position relative to each kind. Raises BadCandidate if at sea."""
    wide = AROUND_DEG / max(math.cos(math.radians(candidate.lat)), 0.05)
    values = {"wkt": candidate.wkt, "on": candidate.on.isoformat(), "around_lat": AROUND_DEG, "around_lon": wide}
    kinds = sorted(row["zone_kind"] for row in state.rows(KINDS, {}))
    if candidate.place is not None:
        return _of_area(state, kinds, candidate, values)
    return lie(state.rows(ZONES, values), kinds, candidate)


def _of_area(state: SiteState, kinds: list[str], candidate: Candidate, values: dict[str, Any]) -> dict[str, Any]:
    """Return the position of a plant somewhere in a named zone: its places follow from the zone, not from distances."""
    kind, _, code = (candidate.place or "").partition("/")
    chain = {row["zone_kind"]: row for row in state.rows(AREA_CHAIN, {"kind": kind, "code": code, "places": list(PLACES)})}
    own = chain[kind]
    found = [{**row, "state": "inside", "edge_km": 0.0, "inside": True, "doubt_m": 0.0} for row in chain.values()]
    others = state.rows(ZONES_OF_AREA, values | {"id": own["id"], "places": list(PLACES)})
    found += [_touched(row, candidate) for row in others]
    place = {one: _place([row for row in found if row["zone_kind"] == one], one) for one in PLACES}
    if place["country"]["code"] is None and own["country"] is not None:
        term = vocabulary("country").terms[own["country"]]
        place["country"] |= {"code": term.code, "name_en": term.label_en, "name_zh": term.label_zh}
    return {
        "found": found,
        "kinds": kinds,
        "place": place,
        "country": place["country"]["code"] or _country_of(place["division"]["code"]),
        "division": place["division"]["code"],
        "to_kinds": _area_to_kinds(found, kinds, chain, candidate),
        "area": {"reference": candidate.place, "name_en": own["name_en"], "name_zh": own["name_zh"] or own["name_en"]},
    }


def _touched(row: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Return a zone with whether all, some or no part of the area lies in it."""
    inside, covered, edge = (row.pop(name) for name in ("inside", "covered", "edge_m"))
    doubt = (row["accuracy_m"] if row["accuracy_m"] is not None else DEFAULT_ACCURACY_M) + candidate.accuracy_m
    state: Inside = "inside" if covered else "possible" if edge < doubt else "outside"
    return {**row, "state": state, "edge_km": round(edge / 1000, 3), "inside": inside, "doubt_m": round(doubt, 1)}


def _area_to_kinds(
    found: list[dict[str, Any]], kinds: Iterable[str], chain: Mapping[str, dict[str, Any]], candidate: Candidate
) -> dict[str, dict[str, Any]]:
    positions = {kind: _nearest([one for one in found if one["zone_kind"] == kind]) for kind in kinds if kind not in PLACES}
    named: dict[str, list[Region]] = {}
    for region in regions(candidate.on):
        named.setdefault(region.zone_kind, []).append(region)
    if "prefecture" in chain:
        city = chain["prefecture"] | {"parent": _division_of(chain["prefecture"])}
        return {kind: _by_city(some, [city]) for kind, some in named.items()} | positions
    if "division" in chain:
        return {kind: _by_province(some, chain["division"]) for kind, some in named.items()} | positions
    return {kind: _by_division(some, set()) for kind, some in named.items()} | positions


def _by_province(named: list[Region], province: Mapping[str, Any]) -> dict[str, Any]:
    """Return the position of a plant somewhere in a province: all, none or some of its cities are named."""
    touched = [one for one in named if one.cities(province["code"]) != ()]
    values: dict[str, Any] = {"places": _name(province), "document": (touched or named)[0].document}
    if not touched:
        return _position("outside", by="area", basis=msg("%(places)s: no city is named in %(document)s", **values))
    if any(one.cities(province["code"]) is None for one in touched):
        return _position(
            "inside", touched[0].name, by="area", basis=msg("%(places)s: all of it named in %(document)s", **values)
        )
    cities = [city for one in touched for city in one.cities(province["code"]) or ()]
    basis = msg(
        "%(document)s names some cities of %(places)s only (%(cities)s); name the prefecture of the site",
        cities=cities,
        **values,
    )
    return _position("possible", touched[0].name, by="area", basis=basis)


def lie(rows: Iterable[dict[str, Any]], kinds: Iterable[str], candidate: Candidate) -> dict[str, Any]:
    """Return the position of a site relative to zones, ordered by kind and edge distance. Raises BadCandidate if at sea."""
    found = [_zone(row, candidate) for row in rows]
    place = {kind: _place(found, kind) for kind in PLACES}
    if "country" in kinds and place["country"]["code"] is None:
        raise BadCandidate([Wrong("geometry", msg("The place is in the sea: no country is near."))])
    return {
        "found": [one for one in found if one["zone_kind"] not in PLACES or one["state"] != "outside"],
        "kinds": kinds,
        "place": place,
        "country": place["country"]["code"] or _country_of(place["division"]["code"] or candidate.division),
        "division": place["division"]["code"] or candidate.division,
        "to_kinds": _to_kinds(found, kinds, place["division"], candidate),
    }


def facts(found: Mapping[str, Any]) -> dict[str, ZoneFact]:
    """Return the position of the site relative to the zones of each kind, as facts for the rules."""
    return {kind: _fact(position) for kind, position in found["to_kinds"].items()}


def _fact(position: Mapping[str, Any]) -> ZoneFact:
    basis = Label(position["basis_en"], position["basis_zh"]) if position["basis_en"] else None
    name = Label(position["name_en"], position["name_zh"])
    return ZoneFact(position["state"], name, position["distance_m"], position["accuracy_m"], basis)


def _zone(row: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Return a zone with the distance to its edge and whether the site is inside, outside or possibly inside."""
    doubt = (row["accuracy_m"] if row["accuracy_m"] is not None else DEFAULT_ACCURACY_M) + candidate.accuracy_m
    inside, edge = row.pop("inside"), row.pop("edge_m")
    covered = row.pop("covered")
    state: Inside = "possible" if edge < doubt or (inside and not covered) else "inside" if inside else "outside"
    return {**row, "state": state, "edge_km": round(edge / 1000, 3), "inside": inside, "doubt_m": round(doubt, 1)}


def _place(found: Iterable[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the zone of a kind that contains the site, and those that may contain it within the accuracy of the positions."""
    of_kind = [one for one in found if one["zone_kind"] == kind]
    within = [one for one in of_kind if one["inside"]]
    perhaps = [one["code"] for one in of_kind if one["state"] == "possible"]
    # a site on the coast may lie slightly outside a generalised shoreline
    chosen = next((one for one in (*within, *of_kind) if one["inside"] or one["edge_km"] * 1000 <= SHORE_M), None)
    names = (None, None, None) if chosen is None else (chosen["code"], chosen["name_en"], chosen["name_zh"])
    return {"code": names[0], "name_en": names[1], "name_zh": names[2], "perhaps": sorted(perhaps)}


def _country_of(division: str | None) -> str | None:
    terms = vocabulary("division")
    return terms[division].extra["country"] if division is not None and division in terms else None


def _to_kinds(
    found: list[dict[str, Any]], kinds: Iterable[str], place: Mapping[str, Any], candidate: Candidate
) -> dict[str, dict[str, Any]]:
    positions = {kind: _nearest([one for one in found if one["zone_kind"] == kind]) for kind in kinds if kind not in PLACES}
    named: dict[str, list[Region]] = {}
    for region in regions(candidate.on):
        named.setdefault(region.zone_kind, []).append(region)
    divisions = set(place["perhaps"]) | {code for code in (place["code"] or candidate.division,) if code is not None}
    cities = [
        one | {"parent": _division_of(one)} for one in found if one["zone_kind"] == "prefecture" and one["state"] != "outside"
    ]
    if cities and place["code"] in {one["parent"] for one in cities}:
        return {kind: _by_city(some, cities) for kind, some in named.items()} | positions
    return {kind: _by_division(some, divisions) for kind, some in named.items()} | positions


def _division_of(prefecture: Mapping[str, Any]) -> str | None:
    """Return the division of a prefecture: as given by the source, else by the first two digits of its GB/T 2260 code."""
    if prefecture.get("parent"):
        return str(prefecture["parent"])
    start = str(prefecture["code"])[:2] + "0000"
    return next((term.code for term in vocabulary("division") if term.extra["gb_code"] == start), None)


def _nearest(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the deciding zone of one kind: one that contains the site, else one that may contain it, else the nearest."""
    order: Mapping[str, int] = {"inside": 0, "possible": 1, "outside": 2}
    if not found:
        return _position("outside", by="polygons")
    one = min(found, key=lambda zone: (order[zone["state"]], zone["edge_km"]))
    metres = 0.0 if one["inside"] else one["edge_km"] * 1000
    return _position(one["state"], _name(one), metres, one["doubt_m"], by="polygons")


def _by_city(named: list[Region], cities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the position by the prefectures that contain or may contain the site: all, none or some are named."""
    cities = sorted(cities, key=lambda one: str(one["code"]))
    hits = [(one, region) for one in cities for region in named if region.includes(one["parent"] or "", one["name_zh"] or "")]
    region = hits[0][1] if hits else named[0]
    values: dict[str, Any] = {"places": [_name(one) for one in cities], "document": region.document}
    if not hits:
        return _position("outside", by="city", basis=msg("%(places)s: not named in %(document)s", **values))
    if len(hits) == len(cities):
        return _position("inside", region.name, by="city", basis=msg("%(places)s: named in %(document)s", **values))
    basis = msg(
        "near the boundary of %(places)s, of which %(named)s is named in %(document)s",
        named=[_name(one) for one, _ in hits],
        **values,
    )
    return _position("possible", region.name, by="city", basis=basis)


def _name(zone: Mapping[str, Any]) -> Label:
    return Label(zone["name_en"], zone["name_zh"])


def _by_division(named: list[Region], divisions: set[str]) -> dict[str, Any]:
    """Return the position by division alone: all, none or some of its cities are named."""
    if not divisions:
        return _position("unknown", by="division")
    terms = vocabulary("division")
    codes = sorted(divisions)
    places = [Label(terms[code].label_en, terms[code].label_zh) for code in codes]
    complete = [one for one in named if any(one.cities(code) is None for code in divisions)]
    touched = [one for one in named if any(one.cities(code) != () for code in divisions)]
    one = touched[0] if touched else named[0]
    values: dict[str, Any] = {"places": places, "document": one.document}
    if not touched:
        return _position("outside", by="division", basis=msg("%(places)s: no city is named in %(document)s", **values))
    if len(complete) == len(touched) == 1 and all(complete[0].cities(code) is None for code in divisions):
        return _position("inside", one.name, by="division", basis=msg("%(places)s: all of it named in %(document)s", **values))
    basis = msg(
        "%(places)s: %(document)s names some cities only (%(cities)s), and there is no boundary of the prefecture of the site",
        cities=[city for code in codes for region in touched for city in region.cities(code) or ()],
        **values,
    )
    return _position("possible", one.name, by="division", basis=basis)


def _position(
    state: Inside,
    name: Label = NAMELESS,
    metres: float | None = None,
    doubt: float | None = None,
    *,
    by: str,
    basis: Message = NO_BASIS,
) -> dict[str, Any]:
    return {
        "state": state,
        **in_each_language("name", name),
        **{"distance_m": metres, "accuracy_m": doubt, "by": by},
        **in_each_language("basis", basis),
    }
