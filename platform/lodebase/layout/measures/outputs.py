"""Outputs of the sites around a planned plant: a row for each phase, stored as columns to avoid an object per row."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from lodebase.layout.measures.distance_range import measure_distance_range
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, SqlValues
from lodebase.layout.statement_parameters import name_box_edges
from lodebase.layout.statements import (
    OUTPUTS_AS_OF,
    OUTPUTS_BOXED_AS_OF,
    OUTPUTS_BOXED_NOW,
    OUTPUTS_NOW,
    OUTPUTS_OF_COUNTRY_AS_OF,
    OUTPUTS_OF_COUNTRY_NOW,
)
from lodebase.query import morton
from lodebase.query.bbox import Bbox
from lodedata.layout.arcs import GeodeticPoints, measure_arcs_m
from lodedata.layout.measures import GEOD

Column = npt.NDArray[Any]
CLOSE_M = 0.01
"""Distances this close to a threshold are measured as geodesics; the error of the approximate arc is far smaller."""
PHASE, PRODUCT, FACILITY = range(3)
"""Source of an output: a phase, or the products or the facility type of the project."""
BETWEEN = "\n"
MAX_CELLS_ACROSS = 32
"""Upper limit of the cells around a plant, which hold few outputs."""
DEGREE_M = math.radians(GEOD.a)
"""Length of a degree of the equator, in metres."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Places of one record each, ordered by id."""

    ids: tuple[str, ...]
    lon: Column
    lat: Column
    accuracy_m: Column
    """Accuracy as given by the source; NaN if unknown."""
    distance_m: Column
    """Distance from the planned plant; from the nearest point of the area that it lies in."""
    division: Column
    """Code of the division, or an empty string; not read for the sites around a plant."""
    farthest_m: Column | None = None
    """Distance from the farthest point of the area that the planned plant lies in; None for a plant at a point."""

    @property
    def most_m(self) -> Column:
        """Return the greatest distance that each site may have."""
        return self.distance_m if self.farthest_m is None else self.farthest_m


@dataclass(frozen=True, slots=True)
class Outputs:
    """Outputs of sites: for each row the indices of its site, term, status and basis, and tonnes a year.

    ``origin`` is one of PHASE, PRODUCT and FACILITY; an unknown status or basis is -1, an unknown figure NaN.
    """

    sites: Sites
    terms: tuple[str, ...]
    bases: tuple[str | None, ...]
    site: Column
    term: Column
    origin: Column
    status: Column
    basis: Column
    tpa: Column

    def of(self, terms: Iterable[str], origin: Iterable[int]) -> Column:
        """Return a mask of the rows with one of these terms from one of these sources."""
        some = set(terms)
        wanted = [number for number, term in enumerate(self.terms) if term in some]
        return np.asarray(np.isin(self.term, wanted) & np.isin(self.origin, list(origin)))

    def select(self, rows: Column) -> "Outputs":
        """Return the rows of a mask; the sites stay as they are."""
        columns = {name: getattr(self, name)[rows] for name in ("site", "term", "origin", "status", "basis", "tpa")}
        return replace(self, **columns)


def read_outputs(state: SiteState, candidate: Candidate, values: SqlValues) -> Outputs:
    """Return the outputs of the product and of its ores in reach of a planned plant; some may lie slightly beyond."""
    toward_pole = max(abs(values[edge]) for edge in ("s0", "n0", "s1", "n1"))
    ranges = {} if state.earlier else _build_ranges(values)
    bound = {**values, "degree_m": DEGREE_M * max(math.cos(math.radians(toward_pole)), 0.0), **ranges}
    outputs = _read(state, OUTPUTS_AS_OF if state.earlier else OUTPUTS_NOW, bound)
    if candidate.is_area:
        near, far = measure_distance_range(candidate.wkt, outputs.sites.lon, outputs.sites.lat)
        return replace(outputs, sites=replace(outputs.sites, distance_m=near, farthest_m=far))
    distance_m = measure_arcs_m(
        GeodeticPoints.of([candidate.lon], [candidate.lat]), GeodeticPoints.of(outputs.sites.lon, outputs.sites.lat)
    )
    return replace(outputs, sites=replace(outputs.sites, distance_m=distance_m))


def read_outputs_in_box(state: SiteState, values: SqlValues) -> Outputs:
    """Return the outputs of the product and of its ores in a bounding box, without distances."""
    return _read(state, OUTPUTS_BOXED_AS_OF if state.earlier else OUTPUTS_BOXED_NOW, values)


def read_outputs_of_country(state: SiteState, values: SqlValues) -> Outputs:
    """Return the outputs of the product and of its ores in a country, with or without a position, and without distances."""
    return _read(state, OUTPUTS_OF_COUNTRY_AS_OF if state.earlier else OUTPUTS_OF_COUNTRY_NOW, values)


def read_outputs_of_area(state: SiteState, values: SqlValues, area: shapely.Geometry | None) -> Outputs:
    """Return the outputs that have a position in polygons, in the country of the values for None, without distances."""
    if area is None:
        outputs = read_outputs_of_country(state, values)
        inside = ~np.isnan(outputs.sites.lon)
    else:
        outputs = read_outputs_in_box(state, {**values, **name_box_edges(Bbox(*area.bounds))})
        inside = shapely.intersects_xy(area, outputs.sites.lon, outputs.sites.lat)
    return outputs.select(inside[outputs.site])


def _read(state: SiteState, statement: str, values: SqlValues) -> Outputs:
    terms = tuple(dict.fromkeys((*values["codes"], *values["facilities"], *values["mined"])))
    row = state.rows(statement, {**values, "terms": list(terms)})[0]
    ids, first, site = np.unique(_parse_lines(row["ids"]), return_index=True, return_inverse=True)
    lon, lat, accuracy_m = (_parse_floats(row[name])[first] for name in ("lon", "lat", "accuracy_m"))
    division = _parse_lines(row["divisions"])[first] if "divisions" in row else np.empty(0, dtype=str)
    bases, basis = np.unique(_parse_lines(row["bases"]), return_inverse=True)
    coded = np.frombuffer(row["coded"] or b"", ">i4").astype(np.int64)
    term, origin, status = coded // 1000, coded // 100 % 10, coded % 100 - 1
    tpa = _parse_floats(row["tpa"])
    # a fixed order of the rows of one site, so that sums do not depend on the storage order
    order = np.lexsort((tpa, basis, status, term, origin, site))
    return Outputs(
        Sites(tuple(ids.tolist()), lon, lat, accuracy_m, np.full(len(ids), np.nan), division),
        terms,
        tuple(basis_name or None for basis_name in bases.tolist()),
        *(column[order] for column in (site, term, origin, status, basis, tpa)),
    )


def measure_exactly(sites: Sites, candidate: Candidate, at_m: Iterable[Column | float]) -> Sites:
    """Return the sites, with the geodesic where the approximate arc is too close to one of some distances to decide."""
    close = np.zeros(len(sites.ids), dtype=bool)
    for metres in at_m:
        close |= np.abs(sites.distance_m - metres) < CLOSE_M
    return _measure_exactly(sites, candidate, close)


def find_nearest(sites: Sites, candidate: Candidate, among: Column, most: int) -> tuple[Sites, list[int]]:
    """Return the sites and the numbers of the nearest ``most``, ordered by geodesic distance and id."""
    numbers = np.flatnonzero(among)
    if len(numbers) > most:
        farthest = np.partition(sites.distance_m[numbers], most - 1)[most - 1] + CLOSE_M
        numbers = numbers[sites.distance_m[numbers] <= farthest]
    chosen = np.zeros(len(sites.ids), dtype=bool)
    chosen[numbers] = True
    exact = _measure_exactly(sites, candidate, chosen)
    # sites are ordered by id
    order = np.argsort(exact.distance_m[numbers], kind="stable")[:most]
    return exact, numbers[order].tolist()


def _measure_exactly(sites: Sites, candidate: Candidate, some: Column) -> Sites:
    if sites.farthest_m is not None:
        return sites
    metres = sites.distance_m.copy()
    count = int(some.sum())
    metres[some] = GEOD.inv(np.full(count, candidate.lon), np.full(count, candidate.lat), sites.lon[some], sites.lat[some])[2]
    return replace(sites, distance_m=metres)


def _build_ranges(values: SqlValues) -> dict[str, str]:
    """Return the bounding box as ranges of Morton codes; both parts are the same unless it crosses the antimeridian."""
    boxes = {Bbox(*(values[f"{edge}{number}"] for edge in "wsen")) for number in (0, 1)}
    ranges = sorted(range_ for box in boxes for range_ in morton.cover(box, MAX_CELLS_ACROSS).ranges)
    return {
        "firsts": morton.write_array_literal([first for first, _ in ranges]),
        "lasts": morton.write_array_literal([last for _, last in ranges]),
    }


def _parse_lines(text: str | None) -> Column:
    return np.array(text.split(BETWEEN) if text is not None else [], dtype=str)


def _parse_floats(run: bytes | None) -> Column:
    return np.frombuffer(run or b"", ">f8").astype(float)
