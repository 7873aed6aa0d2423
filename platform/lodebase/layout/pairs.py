"""Overlaps of existing sites of one product: pairs, clusters, provinces by rank, and a grid of H3 cells."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import h3
import shapely
from sqlalchemy import Engine

from lodebase.layout.measures.balance import balance, rates
from lodebase.layout.state import SiteState, state
from lodebase.layout.statement_parameters import LIVE, PIPELINE, of_product
from lodebase.layout.statements import EVERY_ORE, EVERY_SITE, SUPPLY
from lodedata.layout.feedstock import OUTPUTS
from lodedata.layout.measures import GEOD
from lodedata.layout.products import PRODUCTS

MOST_SITES = 5_000
MOST_PAIRS = 1_000
DEGREE_KM = 110.5
"""Lower bound of the length of a degree of latitude, in km."""


@dataclass(frozen=True, slots=True)
class ClusterQuery:
    """Parameters of an overlap query: product, maximum distance, area and grid resolution."""

    product: str
    within_km: float = 100.0
    country: str = "CHN"
    wkt: str | None = None
    resolution: int = 3


def pairs(engine: Engine, query: ClusterQuery, version: int | None = None) -> dict[str, Any]:
    """Return pairs, clusters, provinces and cells at a version of the data; None is the current version."""
    with state(engine, version) as seen:
        sites, ore = _rows(seen, query, EVERY_SITE), _rows(seen, query, EVERY_ORE)
        supply = _rows(seen, query, SUPPLY, **rates(query.product)) if query.product in OUTPUTS else None
        number = seen.version
    listed = sites[:MOST_SITES]
    near = _near(listed, query.within_km)
    return {
        "product": query.product,
        "within_km": query.within_km,
        "country": query.country if query.wkt is None else None,
        "within": query.wkt,
        "data_version": number,
        "sites": len(listed),
        "more": len(sites) > MOST_SITES,
        "pairs_matched": len(near),
        "pairs": [_pair(listed, *one, query.within_km) for one in near[:MOST_PAIRS]],
        "clusters": _clusters(listed, near),
        "provinces": _provinces(listed, ore),
        "balance": None if supply is None else balance(listed, supply),
        "cells": _cells(listed, ore, query.resolution),
    }


def _rows(seen: SiteState, query: ClusterQuery, statement: str, **more: Any) -> list[dict[str, Any]]:
    values = {**of_product(PRODUCTS[query.product]), "country": query.country, "wkt": query.wkt, "most": MOST_SITES + 1}
    return seen.rows(statement, values | more)


def _near(sites: list[dict[str, Any]], within_km: float) -> list[tuple[float, int, int]]:
    """Return the pairs within a distance with their geodesic in kilometres, the nearest first."""
    points = shapely.points([(one["lon"], one["lat"]) for one in sites]) if sites else []
    tree, found = shapely.STRtree(points), []
    for first, one in enumerate(sites):
        up = within_km / DEGREE_KM
        across = up / max(math.cos(math.radians(min(abs(one["lat"]) + up, 89))), 0.02)
        box = shapely.box(one["lon"] - across, one["lat"] - up, one["lon"] + across, one["lat"] + up)
        for second in tree.query(box).tolist():
            if second > first:
                other = sites[second]
                km = GEOD.inv(one["lon"], one["lat"], other["lon"], other["lat"])[2] / 1000
                if km <= within_km:
                    found.append((round(km, 3), first, second))
    return sorted(found)


def overlap(km: float, radius_km: float) -> float:
    """Return the share of a circle covered by another of the same radius, by the distance of their centres on a plane."""
    if km >= 2 * radius_km:
        return 0.0
    half = km / 2
    lens = 2 * (radius_km**2 * math.acos(half / radius_km) - half * math.sqrt(radius_km**2 - half**2))
    return lens / (math.pi * radius_km**2)


def _pair(sites: list[dict[str, Any]], km: float, first: int, second: int, within_km: float) -> dict[str, Any]:
    both = sites[first], sites[second]
    doubt = sum(one["accuracy_m"] or 0 for one in both) / 1000
    return {
        "distance_km": km,
        "overlap_pct": round(overlap(km, within_km) * 100, 2),
        "tpa": sum(_live(one) for one in both),
        "depends_on_accuracy": km + doubt > within_km or any(one["accuracy_m"] is None for one in both),
        "likely_same": km <= max(3.0, min(doubt, 25.0)) and not set(both[0]["sources"]) & set(both[1]["sources"]),
        "sites": [_short(one) for one in both],
    }


def _short(site: Mapping[str, Any]) -> dict[str, Any]:
    return {name: site[name] for name in ("id", "name_en", "name_zh", "lon", "lat", "division", "groups")}


def _live(site: Mapping[str, Any], groups: Iterable[str] = LIVE) -> float:
    return float(sum((site["groups"] or {}).get(name) or 0.0 for name in groups))


def _clusters(sites: list[dict[str, Any]], near: list[tuple[float, int, int]]) -> list[dict[str, Any]]:
    """Return the clusters of sites that are connected by pairs, the largest capacity first."""
    lead = list(range(len(sites)))

    def top(one: int) -> int:
        while lead[one] != one:
            lead[one] = one = lead[lead[one]]
        return one

    for _, first, second in near:
        lead[top(first)] = top(second)
    members: dict[int, list[int]] = {}
    for number in range(len(sites)):
        members.setdefault(top(number), []).append(number)
    made = [[sites[number] for number in some] for some in members.values() if len(some) > 1]
    summaries = [
        {
            "sites": len(some),
            "tpa": sum(map(_live, some)),
            "pipeline_tpa": sum(_live(one, PIPELINE) for one in some),
            "divisions": sorted({one["division"] for one in some if one["division"]}),
            "box": [f([one[axis] for one in some]) for f, axis in ((min, "lon"), (min, "lat"), (max, "lon"), (max, "lat"))],
            "ids": [one["id"] for one in some],
        }
        for some in made
    ]
    return sorted(summaries, key=lambda one: (-one["tpa"], one["ids"][0]))


def _provinces(sites: list[dict[str, Any]], ore: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the divisions with sites and places of ore, ranked by pipeline over operating capacity, then by capacity."""
    made: dict[str | None, dict[str, Any]] = {}
    for one in sites:
        totals = made.setdefault(one["division"], {"sites": 0, "operating_tpa": 0.0, "pipeline_tpa": 0.0, "ore_places": 0})
        totals["sites"] += 1
        totals["operating_tpa"] += _live(one, ("operating",))
        totals["pipeline_tpa"] += _live(one, PIPELINE)
    for place in ore:
        if place["division"] in made:
            made[place["division"]]["ore_places"] += 1
    rows = []
    for division, totals in made.items():
        operating, coming = totals["operating_tpa"], totals["pipeline_tpa"]
        rows.append(
            {
                "division": division,
                **totals,
                "pipeline_pct": round(coming / operating * 100, 2) if operating else None,
                "tpa_per_ore_place": round((operating + coming) / totals["ore_places"], 1) if totals["ore_places"] else None,
            }
        )
    return sorted(rows, key=lambda one: (-(one["pipeline_pct"] or 0), -one["operating_tpa"], one["division"] or ""))


def _cells(sites: list[dict[str, Any]], ore: list[dict[str, Any]], resolution: int) -> list[dict[str, Any]]:
    """Return H3 cells with live capacity and the numbers of sites and places of ore."""
    made: dict[str, dict[str, Any]] = {}
    for rows, name in ((sites, "sites"), (ore, "ore_places")):
        for one in rows:
            cell = h3.latlng_to_cell(one["lat"], one["lon"], resolution)
            counts = made.setdefault(cell, {"cell": cell, "sites": 0, "ore_places": 0, "tpa": 0.0})
            counts[name] += 1
            counts["tpa"] += _live(one) if name == "sites" else 0.0
    return [made[cell] for cell in sorted(made)]


def layers(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return pairs as lines, sites as points and cells as hexagons, in one FeatureCollection."""
    features: list[dict[str, Any]] = []
    for cell in body["cells"]:
        ring = [[lon, lat] for lat, lon in h3.cell_to_boundary(cell["cell"])]
        # longitudes of a cell across the antimeridian continue past 180
        ring = [
            [lon + 360 if lon - ring[0][0] < -180 else lon - 360 if lon - ring[0][0] > 180 else lon, lat] for lon, lat in ring
        ]
        features.append(_feature("cell", {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, cell))
    for pair in body["pairs"]:
        line = [[one["lon"], one["lat"]] for one in pair["sites"]]
        properties = {name: pair[name] for name in ("distance_km", "overlap_pct", "tpa", "likely_same")}
        features.append(_feature("pair", {"type": "LineString", "coordinates": line}, properties))
    return {"type": "FeatureCollection", "features": features}


def _feature(layer: str, geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}}
