"""Places along the curve: the same in Python and in the store, and a box as ranges that miss nothing and doubt little."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lodebase.query.bbox import Bbox
from lodebase.query.morton import (
    COUNTED,
    DEPTH,
    MAX_ACROSS,
    NOWHERE,
    Range,
    compute_morton_code,
    compute_tile_range,
    cover,
)

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

LONS = st.floats(-180, 180)
LATS = st.floats(-90, 90)
POINTS = [
    (0.0, 0.0),
    (-180.0, 90.0),
    (180.0, -90.0),
    (180.0, 0.0),
    (-180.0, 0.0),
    (117.57, 29.0),
    (-69.0706, -24.2701),
    (0.0, 85.06),
    (12.5, -85.06),
]


def place(lon: float, lat: float) -> int:
    """The place of a point by the formulas of the tiling scheme (OGC 17-083r4, annex D.1, WebMercatorQuad)."""
    size = 1 << DEPTH
    angle = math.radians(min(max(lat, -85.05112877980659), 85.05112877980659))
    x = min(max(math.floor((lon + 180) / 360 * size), 0), size - 1)
    y = min(max(math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size), 0), size - 1)
    return sum((x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1 for bit in range(DEPTH))


def among(at: int, ranges: tuple[Range, ...]) -> bool:
    return any(first <= at <= last for first, last in ranges)


def test_the_store_and_the_formulas_give_one_place(own_table: "OwnTable") -> None:
    for lon, lat in POINTS:
        made = own_table.one("SELECT lode.morton_code(ST_SetSRID(ST_MakePoint(%s, %s), 4326))", lon, lat)
        assert made == place(lon, lat), (lon, lat)
    assert own_table.one("SELECT lode.morton_code(NULL)") == NOWHERE
    assert own_table.one("SELECT lode.morton_code('SRID=4326;POINT EMPTY'::geometry)") == NOWHERE


@pytest.mark.parametrize(("z", "x", "y"), [(0, 0, 0), (1, 1, 0), (5, 26, 13), (26, 2**26 - 1, 2**26 - 1)])
def test_a_tile_is_one_range_and_its_children_are_its_quarters(z: int, x: int, y: int) -> None:
    first, last = compute_tile_range(z, x, y)
    assert last - first + 1 == 4 ** (DEPTH - z)
    assert first >> 2 * (DEPTH - z) == compute_morton_code(x, y)
    if z < DEPTH:
        quarters = sorted(compute_tile_range(z + 1, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1))
        assert quarters[0][0] == first
        assert quarters[-1][1] == last


BOXES = given(
    lons=st.tuples(LONS, LONS), lats=st.tuples(LATS, LATS).map(sorted), share=st.tuples(st.floats(0, 1), st.floats(0, 1))
)


def spot(box: Bbox, share: tuple[float, float]) -> tuple[float, float]:
    """A point of a box, so far along its sides."""
    lon = box.west + box.width_deg() * share[0]
    lat = min(max(box.south + (box.north - box.south) * share[1], box.south), box.north)
    return lon - 360 if lon > 180 else lon, lat


def edge_cases(test: Any) -> Any:
    """The test with boxes at the ends of the world too."""
    for lons, lats in (
        ((177.0, -177.0), [-70.0, 70.0]),
        ((0.0, 0.0), [0.0, 0.0]),
        ((100.0, 120.0), [20.0, 40.0]),
        ((10.0, 9.9), [-50.0, 50.0]),
        ((10.0, 9.99), [-1.0, 1.0]),
        ((180.0, -180.0), [-90.0, 90.0]),
        ((-180.0, 180.0), [-90.0, 90.0]),
        ((0.0, 11.0), [86.0, 87.0]),
    ):
        test = example(lons=lons, lats=lats, share=(0.5, 0.5))(test)
    return test


@settings(max_examples=400, deadline=None)
@BOXES
@edge_cases
def test_a_box_is_covered_by_ranges_in_order(lons: tuple[float, float], lats: list[float], share: tuple[float, float]) -> None:
    box = Bbox(lons[0], lats[0], lons[1], lats[1])
    ranges = cover(box).ranges
    assert len(ranges) <= 8 * MAX_ACROSS
    assert among(place(*spot(box, share)), ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@settings(max_examples=400, deadline=None)
@BOXES
@edge_cases
def test_what_is_counted_as_inside_is_inside_and_nothing_is_counted_twice(
    lons: tuple[float, float], lats: list[float], share: tuple[float, float]
) -> None:
    box = Bbox(lons[0], lats[0], lons[1], lats[1])
    found = cover(box)
    inside = [(first << 2 * (DEPTH - z), (last + 1 << 2 * (DEPTH - z)) - 1) for z, first, last in found.inside]
    ranges = sorted((*inside, *found.edge))
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
    assert among(place(*spot(box, share)), tuple(ranges))
    for level, first, last in found.inside:
        assert level in COUNTED
        for cell in {first, last}:
            assert beyond(box, level, cell) == set()


def beyond(box: Bbox, level: int, cell: int) -> set[str]:
    """The sides of a box beyond which a cell reaches."""
    x, y = (sum((cell >> 2 * bit + odd & 1) << bit for bit in range(level)) for odd in (0, 1))
    west, east = (n / 2**level * 360 - 180 for n in (x, x + 1))
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * n / 2**level)))) for n in (y, y + 1))
    parts = [part for part in box.parts() if part.west <= east + 1e-9 and west <= part.east + 1e-9]
    return {
        *(["west"] if all(west < part.west - 1e-9 for part in parts) else []),
        *(["east"] if all(part.east + 1e-9 < east for part in parts) else []),
        *(["south"] if south < box.south - 1e-9 and y + 1 < 2**level else []),
        *(["north"] if box.north + 1e-9 < north and y > 0 else []),
    }
