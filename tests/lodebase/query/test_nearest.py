"""Radius, nearest and polygon, compared with the geodesics of PROJ, and what a position's accuracy makes certain."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from pyproj import Geod
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.query import Bbox, Counts, Query, read_page
from lodebase.query.collections_ import find_collection
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.area import AreaCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.filters.spatial.certainty import Certainty
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.query_parser import parse_query_arguments

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable, Served

GEOD = Geod(ellps="WGS84")
SPOTS = [(-180 + n * 7.3 % 360, -90 + n * 4.9 % 180) for n in range(150)]
SPOTS += [(0, 90), (0, -90), (180, 0), (-180, 10), (179.999, -17), (-179.999, -17)]
ROWS = [{"id": str(n), "name": str(n), "lon": lon, "lat": lat} for n, (lon, lat) in enumerate(SPOTS)]
CENTRES = [(0, 0), (179.9, -17), (-179.9, 3), (15, 89.5), (120, -89.9), (117.57, 29.0), (180, 0), (12, 80)]


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


def spots(own_table: "OwnTable", accuracy: str = "") -> None:
    own_table.load(ROWS)
    if accuracy:
        own_table.owner(f"UPDATE deposit SET position_accuracy_m = {accuracy}")


def matches(engine: Engine, query: Query) -> list[tuple[str, dict[str, Any]]]:
    """The name and properties of each record, all of them on one page, in order."""
    found = read_page(engine, replace(query, limit=1000), Counts())
    assert found.matched == found.returned
    features = json.loads(b"[" + found.features + b"]")
    return [(feature["properties"]["name_en"], feature["properties"]) for feature in features]


def kilometres(lon: float, lat: float) -> dict[str, float]:
    """The distance from a point to every spot by PROJ's geodesics (Karney 2013)."""
    return {str(n): GEOD.inv(lon, lat, x, y)[2] / 1000 for n, (x, y) in enumerate(SPOTS)}


@pytest.mark.parametrize("centre", CENTRES)
def test_a_radius_has_what_the_geodesic_reaches_nearest_first(served: "Served", centre: tuple[float, float]) -> None:
    site = served(ROWS)
    km = kilometres(*centre)
    for radius in (50.0, 800.0, 3_000.0, 12_000.0, 20_004.0):
        found = matches(site, Query("deposits", (DistanceCondition(*centre, radius),)))
        wanted = {name for name, distance in km.items() if distance <= radius}
        assert {name for name, _ in found} == wanted
        reported = [properties["distance_km"] for _, properties in found]
        assert reported == sorted(reported)
        assert all(properties["distance_km"] == pytest.approx(km[name], abs=0.0011) for name, properties in found)


@pytest.mark.parametrize("centre", CENTRES)
def test_the_nearest_come_in_the_order_of_their_geodesics(served: "Served", centre: tuple[float, float]) -> None:
    site = served(ROWS)
    km = kilometres(*centre)
    query = Query("deposits", (DistanceCondition(*centre, None),))
    reported = [round(properties["distance_km"], 2) for _, properties in matches(site, query)]
    assert reported == pytest.approx(sorted(km.values()), abs=0.011)
    few = read_page(site, replace(query, limit=7), Counts())
    names = [feature["properties"]["name_en"] for feature in json.loads(b"[" + few.features + b"]")]
    assert sorted(km[name] for name in names) == pytest.approx(sorted(km.values())[:7])
    assert few.matched == len(SPOTS)


def test_nearest_rows_pass_over_doubtful_positions_and_fill_the_page(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table)
    km = kilometres(12, 80)
    by_distance = sorted(km, key=lambda name: km[name])
    doubted = by_distance[:10]
    own_table.owner(f"UPDATE deposit SET position_doubtful = true WHERE name_en = ANY('{{{','.join(doubted)}}}')")
    query = Query("deposits", (DistanceCondition(12, 80, None),), limit=7)
    nearest_page = read_page(site, query, Counts())
    names = [feature["properties"]["name_en"] for feature in json.loads(b"[" + nearest_page.features + b"]")]
    assert names == by_distance[10:17]
    assert nearest_page.matched == len(SPOTS) - len(doubted)
    assert nearest_page.next is not None


def test_a_radius_of_something_combines_with_other_filters(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table)
    whole = {name for name, _ in matches(site, Query("deposits", (DistanceCondition(0, 0, 8_000),)))}
    boxed = {
        name
        for name, _ in matches(site, Query("deposits", (DistanceCondition(0, 0, 8_000), BoxCondition(Bbox(0, -90, 180, 90)))))
    }
    assert boxed == {name for name in whole if SPOTS[int(name)][0] >= 0}
    assert matches(site, Query("deposits", (DistanceCondition(0, 0, 8_000), SelectionCondition("country", ("CHL",))))) == []


def sets(engine: Engine, condition: AreaCondition | DistanceCondition) -> dict[str, set[str]]:
    levels: tuple[Certainty, ...] = ("certain", "possible", "all")
    found = {level: matches(engine, Query("deposits", (replace(condition, certainty=level),))) for level in levels}
    for level in ("certain", "possible"):
        assert {properties["certainty"] for _, properties in found[level]} <= {level}
    return {level: {name for name, _ in rows} for level, rows in found.items()}


def test_a_radius_counts_in_each_accuracy(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table, "length(name_en) * 400000.0")
    km = kilometres(0, 0)
    off = {name: len(name) * 400.0 for name in km}
    found = sets(site, DistanceCondition(0, 0, 5_000))
    assert found["certain"] == {name for name in km if km[name] + off[name] <= 5_000}
    assert found["all"] == {name for name in km if km[name] - off[name] <= 5_000}
    assert found["possible"] == found["all"] - found["certain"]
    assert found["certain"] and found["possible"]


def test_an_unknown_accuracy_is_never_certain(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table, "NULL")
    inside = {name for name, distance in kilometres(0, 0).items() if distance <= 5_000}
    found = sets(site, DistanceCondition(0, 0, 5_000))
    assert found == {"certain": set(), "possible": inside, "all": inside}


def test_a_polygon_counts_in_each_accuracy(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table, "500000")
    shape = shapely.Polygon([(10, -40), (100, -40), (100, 40), (60, 10), (10, 40)])
    area = AreaCondition(shapely.to_wkb(shape), Bbox(10, -40, 100, 40))
    inside = {str(n) for n, spot in enumerate(SPOTS) if shape.intersects(shapely.Point(spot))}
    assert {name for name, _ in matches(site, Query("deposits", (area,)))} == inside
    found = sets(site, area)
    assert found["certain"] < inside < found["all"]
    assert found["possible"] == found["all"] - found["certain"]
    # the rim by points half a degree apart: within 60 km of the limit that is too coarse to decide
    rim = shapely.get_coordinates(shapely.segmentize(shape.exterior, 0.5))
    for n, (lon, lat) in enumerate(SPOTS):
        size = len(rim)
        away = min(GEOD.inv([lon] * size, [lat] * size, rim[:, 0], rim[:, 1])[2]) / 1000
        if abs(away - 500) > 60:
            assert (str(n) in found["possible"]) == (away < 500), (lon, lat, away)


def test_certainty_in_a_polygon_leaves_out_no_nearest_record(own_table: "OwnTable", site: Engine) -> None:
    spots(own_table, "500000")
    shape = shapely.Polygon([(10, -40), (100, -40), (100, 40), (60, 10), (10, 40)])
    area = AreaCondition(shapely.to_wkb(shape), Bbox(10, -40, 100, 40))
    for level, inside in sets(site, area).items():
        arguments = Arguments([("nearest", "0,0"), ("within", shape.wkt), ("certainty", level), ("limit", "1000")])
        nearest = parse_query_arguments(find_collection("deposits"), arguments)
        assert {name for name, _ in matches(site, nearest)} == inside, level
