"""Snapshot of the store for a what-if run, read in one transaction: sites and places of ore of each product, and zones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from lodebase.errors import NotFound
from lodebase.layout.grid.what_if_query import WhatIfQuery
from lodebase.layout.measures.outputs import PHASE, PRODUCT, Outputs, read_outputs_in_box, read_outputs_of_area
from lodebase.layout.measures.units import CODES, Units, group_units
from lodebase.layout.measures.zones import AROUND_DEG
from lodebase.layout.planned.candidate import FARTHEST_KM, Candidate
from lodebase.layout.state import SiteState, SqlValues
from lodebase.layout.statement_parameters import LIVE, PIPELINE, WIDEST_M, build_product_parameters, name_box_edges
from lodebase.layout.statements import AREA, DEPOSIT_PLACES, KINDS, ZONES_AROUND
from lodebase.query.bbox import Bbox
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg

POINT = np.dtype([("lon", "f8"), ("lat", "f8"), ("accuracy_m", "f8"), ("live_kg", "f8"), ("coming", "?")])
"""A site: position, position accuracy in metres (NaN if unknown), kilograms a year that exist or are planned, and whether any
of it is in the pipeline. Kilograms are integers, so that their sums are the same in any order.
"""
KILOGRAMS = 1e3
SHARE_OF_LARGEST = 0.1
Points = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ZoneSnapshot:
    """A zone as in its row, with its polygons as WKB."""

    kind: str
    code: str
    name_en: str
    name_zh: str | None
    accuracy_m: float | None
    wkb: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data of the store that a what-if run needs. ``ore`` holds deposits and mines."""

    version: int
    plants: tuple[Candidate, ...]
    sized_by: tuple[str, ...]
    """Origin of the capacity of each plant, as text."""
    sites: Mapping[str, Points]
    ore: Mapping[str, tuple[Points, Points]]
    zones: tuple[ZoneSnapshot, ...]
    kinds: tuple[str, ...]


def read_query_area(seen: SiteState, query: WhatIfQuery) -> shapely.Geometry:
    """Return the polygons of a query. Raises NotFound if the store has no boundary of the country."""
    if query.area is not None:
        return shapely.from_wkb(query.area)
    rows = seen.rows(AREA, {"country": query.country, "on": query.on.isoformat()})
    if not rows:
        raise NotFound(
            msg(
                "The store has no boundary of %(country)s. Import boundaries with `lode import natural-earth`, or "
                "give a file by --within.",
                country=query.country,
            )
        )
    return shapely.union_all([shapely.from_wkb(bytes(row["geom"])) for row in rows])


def read_grid_snapshot(seen: SiteState, query: WhatIfQuery, where: shapely.Geometry) -> Snapshot:
    """Return all the data that a query needs from a state of the store."""
    reach = max(plant.radii_km[-1] for plant in query.plants) * 1000 + WIDEST_M if query.plants else FARTHEST_KM
    around = name_box_edges(Bbox(*where.bounds).wider(reach))
    values = {plant.product: {**build_product_parameters(plant.product_details), **around} for plant in query.plants}
    outputs = {name: read_outputs_in_box(seen, parameters) for name, parameters in values.items()}
    sized = [_add_capacity(seen, plant, query, where) for plant in query.plants]
    return Snapshot(
        seen.version,
        tuple(sized_plant for sized_plant, _ in sized),
        tuple(by for _, by in sized),
        {name: _read_sites(outputs[name], parameters) for name, parameters in values.items()},
        {
            name: (_read_points(seen, DEPOSIT_PLACES, parameters), _read_mines(outputs[name], parameters))
            for name, parameters in values.items()
        },
        tuple(_read_zones(seen, query, where)),
        tuple(row["zone_kind"] for row in seen.rows(KINDS, {})),
    )


def _read_sites(outputs: Outputs, values: SqlValues) -> Points:
    """Return the sites of a product, with the capacity that exists or is planned."""
    units = group_units(outputs, values)
    count = len(outputs.sites.ids)
    live, coming = (np.isin(units.group, [CODES.index(name) for name in some]) for some in (LIVE, PIPELINE))
    points = _build_site_points(outputs)
    points["accuracy_m"] = units.accuracy_m
    points["live_kg"] = np.round(np.bincount(units.site, np.where(live, np.nan_to_num(units.tpa), 0.0), count) * KILOGRAMS)
    points["coming"] = np.bincount(units.site, coming, count) > 0
    return points[units.present()]


def _read_mines(outputs: Outputs, values: SqlValues) -> Points:
    mine_mask = np.zeros(len(outputs.sites.ids), dtype=bool)
    mine_mask[outputs.site[outputs.of(values["mined"], (PHASE, PRODUCT))]] = True
    return _build_site_points(outputs)[mine_mask]


def _build_site_points(outputs: Outputs) -> Points:
    points = np.zeros(len(outputs.sites.ids), POINT)
    points["lon"], points["lat"] = outputs.sites.lon, outputs.sites.lat
    return points


def _read_points(seen: SiteState, statement: str, values: SqlValues) -> Points:
    """Return the points of a statement that returns each column as big-endian numbers, to avoid an object per row."""
    row = seen.rows(statement, values)[0]
    points = np.zeros(row["sites"], POINT)
    for name in ("lon", "lat", "accuracy_m", "live_tpa"):
        values_of = np.frombuffer(bytes(row[name] or b""), ">f8")
        points["live_kg" if name == "live_tpa" else name] = np.round(values_of * KILOGRAMS) if name == "live_tpa" else values_of
    points["coming"] = np.frombuffer(bytes(row["coming"] or b""), "?")
    return points


def _add_capacity(seen: SiteState, candidate: Candidate, query: WhatIfQuery, where: shapely.Geometry) -> tuple[Candidate, str]:
    """Return a plant with its capacity and the origin of it: as given, else the median of the operating sites in the area.

    Without operating sites, the capacity is a share of that of the largest site.
    """
    if candidate.capacity_tpa:
        return candidate, "given"
    values = {**build_product_parameters(candidate.product_details), "country": query.country}
    units = group_units(read_outputs_of_area(seen, values, None if query.area is None else where), values)
    sites, tpa = find_usual_size(units)
    if tpa is not None:
        return replace(candidate, capacity_tpa=tpa), f"median of {sites} operating sites in the area"
    return replace(
        candidate, capacity_tpa=PRODUCTS[candidate.product].largest_tpa * SHARE_OF_LARGEST
    ), "a tenth of the capacity of the largest known site"


def find_usual_size(units: Units) -> tuple[int, float | None]:
    """Return the number of operating sites with a figure, and their median in tonnes a year, the lower of two middle ones."""
    sizes = np.sort(units.tpa[(units.group == CODES.index("operating")) & (units.tpa > 0)]).tolist()
    return len(sizes), sizes[(len(sizes) - 1) // 2] if sizes else None


def _read_zones(seen: SiteState, query: WhatIfQuery, where: shapely.Geometry) -> Iterable[ZoneSnapshot]:
    low, high = where.bounds[1], where.bounds[3]
    wide = AROUND_DEG / max(float(np.cos(np.radians(max(abs(low), abs(high))))), 0.05)
    values = {
        "west": where.bounds[0] - wide,
        "south": low - AROUND_DEG,
        "east": where.bounds[2] + wide,
        "north": high + AROUND_DEG,
        "on": query.on.isoformat(),
    }
    for row in seen.rows(ZONES_AROUND, values):
        yield ZoneSnapshot(row["zone_kind"], row["code"], row["name_en"], row["name_zh"], row["accuracy_m"], bytes(row["geom"]))
