"""Position of places relative to zones: the same result as the database returns, computed from polygons in memory."""

import math
from collections.abc import Iterable

import numpy as np
import shapely

from lodebase.layout.grid.cells import Cells
from lodebase.layout.grid.snapshot import ZoneSnapshot
from lodebase.layout.measures.zones import AROUND_DEG, DEFAULT_ACCURACY_M, PLACES, find_state, locate_in_zones, sum_doubt_m
from lodebase.layout.parts.zones import NearbyZone, PlantZones
from lodebase.layout.planned.candidate import Candidate
from lodedata.layout.edges import Edges

SURE_M = 50_000.0
"""An edge outside the bounding box is farther away than this, in metres."""


class ZonePositions:
    """Zones with their edges in memory."""

    def __init__(self, zones: Iterable[ZoneSnapshot], kinds: Iterable[str], cells: Cells) -> None:
        self.kinds = sorted(kinds)
        self.zones = [(zone, shapely.from_wkb(zone.wkb)) for zone in zones]
        self.edges = [Edges.of(shape) for _, shape in self.zones]
        for _, shape in self.zones:
            shapely.prepare(shape)
        wide = _compute_margin_deg(max(abs(cells.lat.min()), abs(cells.lat.max()))) if len(cells) else 0.0
        box = (cells.lon.min() - wide, cells.lat.min() - AROUND_DEG, cells.lon.max() + wide, cells.lat.max() + AROUND_DEG)
        self.near = [edges.within(*box) for edges in self.edges]
        self.inside = [shapely.intersects_xy(shape, cells.lon, cells.lat) for _, shape in self.zones]

    def locate(self, number: int, candidate: Candidate) -> PlantZones:
        """Return the position of a place relative to the zones. Raises BadCandidate if the place is at sea."""
        wide = _compute_margin_deg(candidate.lat)
        box = (candidate.lon - wide, candidate.lat - AROUND_DEG, candidate.lon + wide, candidate.lat + AROUND_DEG)
        near = []
        for n, (zone, shape) in enumerate(self.zones):
            west, south, east, north = shape.bounds
            if west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]:
                inside = bool(self.inside[n][number])
                edge_m = self._measure_edge_m(n, zone, box, candidate)
                near.append((zone.kind, edge_m, _describe(zone, inside, edge_m, candidate)))
        # the order of the check; the sort is stable, so ids stay in order
        near.sort(key=lambda near_zone: near_zone[:2])
        return locate_in_zones([zone for _, _, zone in near], self.kinds, candidate)

    def _measure_edge_m(
        self, n: int, zone: ZoneSnapshot, box: tuple[float, float, float, float], candidate: Candidate
    ) -> float:
        doubt = (DEFAULT_ACCURACY_M if zone.accuracy_m is None else zone.accuracy_m) + candidate.reach_m
        edge_m = self.near[n].within(*box).distance_m(candidate.lon, candidate.lat)
        if edge_m <= SURE_M:
            return edge_m
        # for a country or province, greater distances do not matter
        return math.inf if zone.kind in PLACES and doubt < SURE_M else self.edges[n].distance_m(candidate.lon, candidate.lat)


def _compute_margin_deg(lat: float) -> float:
    return AROUND_DEG / max(math.cos(math.radians(float(np.abs(lat)))), 0.05)


def _describe(zone: ZoneSnapshot, inside: bool, edge_m: float, candidate: Candidate) -> NearbyZone:
    doubt = sum_doubt_m(zone.accuracy_m, candidate)
    return NearbyZone(
        zone_kind=zone.kind,
        code=zone.code,
        name_en=zone.name_en,
        name_zh=zone.name_zh,
        accuracy_m=zone.accuracy_m,
        state=find_state(inside, inside, edge_m, doubt),
        edge_km=round(edge_m / 1000, 3),
        inside=inside,
        doubt_m=round(doubt, 1),
    )
