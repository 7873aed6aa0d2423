"""Overlaps of existing sites of one product: pairs, clusters, provinces by rank, and a grid of H3 cells."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import h3
import numpy as np
import shapely
from sqlalchemy import Engine

from lodebase.layout.grid.cells import build_cell_ring
from lodebase.layout.measures.balance import AreaBalance, CapacityByStatus, compute_balance, find_rates
from lodebase.layout.measures.mines import measure_supply
from lodebase.layout.measures.outputs import read_outputs_of_area
from lodebase.layout.measures.units import Units, group_units
from lodebase.layout.state import SiteState, SqlRow, state
from lodebase.layout.statement_parameters import LIVE, PIPELINE, build_product_parameters
from lodebase.layout.statements import EVERY_ORE, SITES
from lodedata.layout.feedstock import OUTPUTS
from lodedata.layout.measures import GEOD
from lodedata.layout.products import PRODUCTS

MAX_PAIRED_SITES = 5_000
MAX_PAIRS = 1_000
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


@dataclass(frozen=True, slots=True)
class PairedSite:
    """A site of a pair, in degrees, WGS 84; its capacity in tonnes a year by group of statuses, None without a figure."""

    id: str
    name_en: str | None
    name_zh: str | None
    lon: float
    lat: float
    division: str | None
    groups: Mapping[str, float | None] | None


@dataclass(frozen=True, slots=True)
class SitePair:
    """Two sites of a product that are close to each other."""

    distance_km: float
    overlap_pct: float
    tpa: float
    depends_on_accuracy: bool
    likely_same: bool
    sites: tuple[PairedSite, PairedSite]


@dataclass(frozen=True, slots=True)
class SiteCluster:
    """Sites that are connected by pairs; ``box`` is west, south, east, north in degrees."""

    sites: int
    tpa: float
    pipeline_tpa: float
    divisions: tuple[str, ...]
    box: tuple[float, float, float, float]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DivisionCapacity:
    """The sites of a division, their capacity, and the places of ore there."""

    division: str | None
    sites: int
    operating_tpa: float
    pipeline_tpa: float
    ore_places: int
    pipeline_pct: float | None
    tpa_per_ore_place: float | None


@dataclass(frozen=True, slots=True)
class OverlapCell:
    """A cell of the H3 grid with its sites, places of ore and live capacity."""

    cell: str
    sites: int
    ore_places: int
    tpa: float


@dataclass(frozen=True, slots=True)
class SitePairs:
    """Pairs and clusters of sites of one product, provinces by rank, and cells of a grid."""

    product: str
    within_km: float
    country: str | None
    within: str | None
    dataset_version: int = field(metadata={"name": "data_version"})
    sites: int
    more: bool
    pairs_matched: int
    pairs: tuple[SitePair, ...]
    clusters: tuple[SiteCluster, ...]
    provinces: tuple[DivisionCapacity, ...]
    balance: AreaBalance | None
    cells: tuple[OverlapCell, ...]


def find_pairs(engine: Engine, query: ClusterQuery, version: int | None = None) -> SitePairs:
    """Return pairs, clusters, provinces and cells at a version of the data; None is the current version."""
    product = build_product_parameters(PRODUCTS[query.product])
    values = {**product, "country": query.country, "wkt": query.wkt, "most": MAX_PAIRED_SITES + 1}
    with state(engine, version) as seen:
        outputs = read_outputs_of_area(seen, values, None if query.wkt is None else shapely.from_wkt(query.wkt))
        sites, ore = _read_sites(seen, group_units(outputs, values)), seen.rows(EVERY_ORE, values)
        number = seen.version
    supply = measure_supply(outputs, values, find_rates(query.product)) if query.product in OUTPUTS else None
    listed = sites[:MAX_PAIRED_SITES]
    near = _find_near_pairs(listed, query.within_km)
    return SitePairs(
        product=query.product,
        within_km=query.within_km,
        country=query.country if query.wkt is None else None,
        within=query.wkt,
        dataset_version=number,
        sites=len(listed),
        more=len(sites) > MAX_PAIRED_SITES,
        pairs_matched=len(near),
        pairs=tuple(_build_pair(listed, *near_pair, query.within_km) for near_pair in near[:MAX_PAIRS]),
        clusters=tuple(_find_clusters(listed, near)),
        provinces=tuple(_rank_provinces(listed, ore)),
        balance=None
        if supply is None
        else compute_balance((CapacityByStatus(site["division"], site["groups"]) for site in listed), supply),
        cells=tuple(_compute_cells(listed, ore, query.resolution)),
    )


def _read_sites(seen: SiteState, units: Units) -> list[SqlRow]:
    """Return at most one site more than are compared, with their capacity by group; those of the largest capacity first."""
    largest = np.full(len(units.sites.ids), -1.0)
    np.fmax.at(largest, units.site, units.tpa)
    present = np.flatnonzero(units.present())
    # sites are ordered by id
    numbers = present[np.argsort(-largest[present], kind="stable")][: MAX_PAIRED_SITES + 1].tolist()
    rows = seen.rows(SITES, {"ids": [units.sites.ids[number] for number in numbers]})
    return [{**row, "groups": groups} for row, groups in zip(rows, units.by_site(numbers), strict=True)]


def _find_near_pairs(sites: list[SqlRow], within_km: float) -> list[tuple[float, int, int]]:
    """Return the pairs within a distance with their geodesic in kilometres, the nearest first."""
    points = shapely.points([(site["lon"], site["lat"]) for site in sites]) if sites else []
    tree, near_pairs = shapely.STRtree(points), []
    for first, site in enumerate(sites):
        up = within_km / DEGREE_KM
        across = up / max(math.cos(math.radians(min(abs(site["lat"]) + up, 89))), 0.02)
        box = shapely.box(site["lon"] - across, site["lat"] - up, site["lon"] + across, site["lat"] + up)
        for second in tree.query(box).tolist():
            if second > first:
                other = sites[second]
                km = GEOD.inv(site["lon"], site["lat"], other["lon"], other["lat"])[2] / 1000
                if km <= within_km:
                    near_pairs.append((round(km, 3), first, second))
    return sorted(near_pairs)


def compute_circle_overlap(km: float, radius_km: float) -> float:
    """Return the share of a circle covered by another of the same radius, by the distance of their centres on a plane."""
    if km >= 2 * radius_km:
        return 0.0
    half = km / 2
    lens = 2 * (radius_km**2 * math.acos(half / radius_km) - half * math.sqrt(radius_km**2 - half**2))
    return lens / (math.pi * radius_km**2)


def _build_pair(sites: list[SqlRow], km: float, first: int, second: int, within_km: float) -> SitePair:
    both = sites[first], sites[second]
    doubt = sum(site["accuracy_m"] or 0 for site in both) / 1000
    return SitePair(
        distance_km=km,
        overlap_pct=round(compute_circle_overlap(km, within_km) * 100, 2),
        tpa=sum(_sum_live_capacity(site) for site in both),
        depends_on_accuracy=km + doubt > within_km or any(site["accuracy_m"] is None for site in both),
        likely_same=km <= max(3.0, min(doubt, 25.0)) and not set(both[0]["sources"]) & set(both[1]["sources"]),
        sites=(_build_site(both[0]), _build_site(both[1])),
    )


def _build_site(row: SqlRow) -> PairedSite:
    return PairedSite(**{site_field.name: row[site_field.name] for site_field in fields(PairedSite)})


def _sum_live_capacity(site: SqlRow, groups: Iterable[str] = LIVE) -> float:
    return float(sum((site["groups"] or {}).get(name) or 0.0 for name in groups))


def _find_clusters(sites: list[SqlRow], near: list[tuple[float, int, int]]) -> list[SiteCluster]:
    """Return the clusters of sites that are connected by pairs, the largest capacity first."""
    lead = list(range(len(sites)))

    def top(index: int) -> int:
        while lead[index] != index:
            lead[index] = index = lead[lead[index]]
        return index

    for _, first, second in near:
        lead[top(first)] = top(second)
    members: dict[int, list[int]] = {}
    for number in range(len(sites)):
        members.setdefault(top(number), []).append(number)
    site_groups = [[sites[number] for number in some] for some in members.values() if len(some) > 1]
    return sorted(map(_build_cluster, site_groups), key=lambda cluster: (-cluster.tpa, cluster.ids[0]))


def _build_cluster(sites: list[SqlRow]) -> SiteCluster:
    lons, lats = [site["lon"] for site in sites], [site["lat"] for site in sites]
    return SiteCluster(
        sites=len(sites),
        tpa=sum(map(_sum_live_capacity, sites)),
        pipeline_tpa=sum(_sum_live_capacity(site, PIPELINE) for site in sites),
        divisions=tuple(sorted({site["division"] for site in sites if site["division"]})),
        box=(min(lons), min(lats), max(lons), max(lats)),
        ids=tuple(site["id"] for site in sites),
    )


def _rank_provinces(sites: list[SqlRow], ore: list[SqlRow]) -> list[DivisionCapacity]:
    """Return the divisions with sites and places of ore, ranked by pipeline over operating capacity, then by capacity."""
    of_division: dict[str | None, list[SqlRow]] = {}
    for site in sites:
        of_division.setdefault(site["division"], []).append(site)
    places = Counter(sql_row["division"] for sql_row in ore)
    rows = [_build_province(division, there, places[division]) for division, there in of_division.items()]
    return sorted(rows, key=lambda row: (-(row.pipeline_pct or 0), -row.operating_tpa, row.division or ""))


def _build_province(division: str | None, sites: list[SqlRow], ore_places: int) -> DivisionCapacity:
    operating = sum(_sum_live_capacity(site, ("operating",)) for site in sites)
    coming = sum(_sum_live_capacity(site, PIPELINE) for site in sites)
    return DivisionCapacity(
        division=division,
        sites=len(sites),
        operating_tpa=operating,
        pipeline_tpa=coming,
        ore_places=ore_places,
        pipeline_pct=round(coming / operating * 100, 2) if operating else None,
        tpa_per_ore_place=round((operating + coming) / ore_places, 1) if ore_places else None,
    )


def _compute_cells(sites: list[SqlRow], ore: list[SqlRow], resolution: int) -> list[OverlapCell]:
    """Return H3 cells with live capacity and the numbers of sites and places of ore."""
    there: Counter[str] = Counter()
    tpa: dict[str, float] = {}
    for site in sites:
        cell = h3.latlng_to_cell(site["lat"], site["lon"], resolution)
        there[cell] += 1
        tpa[cell] = tpa.get(cell, 0.0) + _sum_live_capacity(site)
    places = Counter(h3.latlng_to_cell(sql_row["lat"], sql_row["lon"], resolution) for sql_row in ore)
    return [OverlapCell(cell, there[cell], places[cell], tpa.get(cell, 0.0)) for cell in sorted({*there, *places})]


def draw_layers(site_pairs: SitePairs) -> Mapping[str, Any]:
    """Return pairs as lines and cells as hexagons, in one FeatureCollection."""
    features: list[Mapping[str, object]] = []
    for cell in site_pairs.cells:
        features.append(_build_feature("cell", {"type": "Polygon", "coordinates": [build_cell_ring(cell.cell)]}, asdict(cell)))
    for pair in site_pairs.pairs:
        line = [[site.lon, site.lat] for site in pair.sites]
        properties = {
            "distance_km": pair.distance_km,
            "overlap_pct": pair.overlap_pct,
            "tpa": pair.tpa,
            "likely_same": pair.likely_same,
        }
        features.append(_build_feature("pair", {"type": "LineString", "coordinates": line}, properties))
    return {"type": "FeatureCollection", "features": features}


def _build_feature(layer: str, geometry: Mapping[str, object], properties: Mapping[str, object]) -> Mapping[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}}
