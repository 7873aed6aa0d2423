"""Zones around a planned plant, and the position of the plant relative to the zones that rules refer to."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from lodebase.errors import BadCandidate, Wrong
from lodebase.layout.candidate import Candidate
from lodebase.layout.state import SiteState
from lodebase.layout.statements import KINDS, ZONES
from lodedata.messages import msg
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
PLACES = ("country", "division", "prefecture")
"""Kinds of zones that cover the land without overlap."""


def zones(state: SiteState, candidate: Candidate) -> dict[str, Any]:
    """Return the zones around the site, its place and its position relative to each kind. Raises BadCandidate if at sea."""
    wide = AROUND_DEG / max(math.cos(math.radians(candidate.lat)), 0.05)
    values = {"wkt": candidate.wkt, "on": candidate.on.isoformat(), "around_lat": AROUND_DEG, "around_lon": wide}
    kinds = sorted(row["zone_kind"] for row in state.rows(KINDS, {}))
    return lie(state.rows(ZONES, values), kinds, candidate)


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
        "country": place["country"]["code"] or _country_of(candidate.division),
        "division": place["division"]["code"] or candidate.division,
        "to_kinds": _to_kinds(found, kinds, place["division"], candidate),
    }


def facts(found: Mapping[str, Any]) -> dict[str, ZoneFact]:
    """Return the position of the site relative to the zones of each kind, as facts for the rules."""
    names = ("state", "name_en", "name_zh", "distance_m", "accuracy_m", "basis_en", "basis_zh")
    return {kind: ZoneFact(**{name: position[name] for name in names}) for kind, position in found["to_kinds"].items()}


def _zone(row: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Return a zone with the distance to its edge and whether the site is inside, outside or possibly inside."""
    doubt = (row["accuracy_m"] if row["accuracy_m"] is not None else DEFAULT_ACCURACY_M) + candidate.reach_m
    inside, edge = row.pop("inside"), row.pop("edge_m")
    whole = row.pop("covered")
    state: Inside = "possible" if edge < doubt or (inside and not whole) else "inside" if inside else "outside"
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
    names = one["name_en"], one["name_zh"] or one["name_en"]
    return _position(one["state"], *names, metres, one["doubt_m"], by="polygons")


def _by_city(named: list[Region], cities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the position by the prefectures that contain or may contain the site: all, none or some are named."""
    cities = sorted(cities, key=lambda one: str(one["code"]))
    hits = [(one, region) for one in cities for region in named if region.includes(one["parent"] or "", one["name_zh"] or "")]
    en = ", ".join(str(one["name_en"]) for one in cities)
    zh = "、".join(str(one["name_zh"] or one["name_en"]) for one in cities)
    region = hits[0][1] if hits else named[0]
    if not hits:
        return _position(
            "outside", by="city", basis=(f"{en}: not named in {region.document}", f"{zh}未列入{region.document}名单")
        )
    names = region.name_en, region.name_zh
    if len(hits) == len(cities):
        basis = (f"{en}: named in {region.document}", f"{zh}列入{region.document}名单")
        return _position("inside", *names, by="city", basis=basis)
    hit = "、".join(str(one["name_zh"]) for one, _ in hits)
    basis = (
        f"near the edge of {en}, of which {', '.join(str(one['name_en']) for one, _ in hits)} is named in {region.document}",
        f"项目临近{zh}边界，其中{hit}列入{region.document}名单",
    )
    return _position("possible", *names, by="city", basis=basis)


def _by_division(named: list[Region], divisions: set[str]) -> dict[str, Any]:
    """Return the position by division alone: all, none or some of its cities are named."""
    if not divisions:
        return _position("unknown", by="division")
    terms = vocabulary("division")
    codes = sorted(divisions)
    en, zh = ", ".join(terms[code].label_en for code in codes), "、".join(terms[code].label_zh for code in codes)
    whole = [one for one in named if any(one.cities(code) is None for code in divisions)]
    touched = [one for one in named if any(one.cities(code) != () for code in divisions)]
    if not touched:
        return _position(
            "outside",
            by="division",
            basis=(f"{en}: no city named in {named[0].document}", f"{zh}没有城市列入{named[0].document}名单"),
        )
    one = touched[0]
    if len(whole) == len(touched) == 1 and all(whole[0].cities(code) is None for code in divisions):
        basis = (f"{en}: named whole in {one.document}", f"{zh}全域列入{one.document}名单")
        return _position("inside", one.name_en, one.name_zh, by="division", basis=basis)
    cities = "、".join(city for code in codes for region in touched for city in region.cities(code) or ())
    basis = (
        f"{en}: {one.document} names some cities alone ({cities}), and no boundary tells in which one the site lies",
        f"{zh}仅部分城市列入{one.document}名单：{cities}；库中没有项目所在地级市的边界，无法确定所在城市",
    )
    return _position("possible", one.name_en, one.name_zh, by="division", basis=basis)


def _position(
    state: Inside,
    name_en: str = "",
    name_zh: str = "",
    metres: float | None = None,
    doubt: float | None = None,
    *,
    by: str,
    basis: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    return {
        **{"state": state, "name_en": name_en, "name_zh": name_zh, "distance_m": metres, "accuracy_m": doubt, "by": by},
        **{"basis_en": basis[0], "basis_zh": basis[1]},
    }
