"""Tiles: on every zoom level each located record once, as a point or in a count, where it lies."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import pytest
from sqlalchemy import Engine
from tests.quick import mostly_slow

from lodebase.db import engine as engines
from lodebase.errors import NotFound, StatementTimeout
from lodebase.query import morton
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.cql2 import parse_text
from lodebase.query.filters.cql2_text import Cql2Condition
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.query import Query
from lodebase.query.tiles import (
    EXTENT,
    GRIDS,
    MAX_TILE_POINTS,
    MAX_ZOOM,
    Tile,
    draw,
    list_commodity_groups,
    list_tile_layers,
    name_cells_layer,
    read_tile_content,
)

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable, Served, SharedTable

METALS = ("copper", "lithium", "nickel,cobalt", "tin", "bauxite")
COUNTRIES = ("Chile", "China", "")
EDGES = [(180, 10), (-180, -10), (179.99999999, 0), (0, 0), (0, 90), (12, -90), (-45, 85.06), (45, -85.0511287), (90, 66.51326)]


def table() -> list[dict[str, Any]]:
    """More records at one point than a tile may show, a crowd around it, some everywhere, at every edge, and nowhere."""
    made = random.Random(3)
    at_one = [(-69.0706, -24.2701)] * (MAX_TILE_POINTS + 50)
    crowd = [(made.gauss(-69, 3), made.gauss(-24, 3)) for _ in range(700)]
    everywhere = [(made.uniform(-180, 180), math.degrees(math.asin(made.uniform(-1, 1)))) for _ in range(250)]
    spots = [*at_one, *crowd, *everywhere, *EDGES, *[("", "")] * 7]
    return [
        {"id": str(n), "lon": lon, "lat": lat, "metal": METALS[n % 5], "country": COUNTRIES[n % 3]}
        for n, (lon, lat) in enumerate(spots)
    ]


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    """The site's engine, as it is served: a role that only reads."""
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


def features(engine: Engine, query: Query, tile: Tile) -> dict[str, list[dict[str, Any]]]:
    """The features of a tile by layer, read by another's reader, rows counted downwards."""
    body = draw(engine, query, tile).body
    if not body:
        return {}
    read = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    assert all(layer["extent"] == EXTENT and layer["version"] == 2 for layer in read.values())
    return {name: layer["features"] for name, layer in read.items()}


def reported(engine: Engine, query: Query, tile: Tile) -> int:
    """How many records a tile reports, and that it keeps its promises."""
    found = features(engine, query, tile)
    name = query.collection
    dots, cells = found.pop(name, []), found.pop(name_cells_layer(name), [])
    assert not found and not (dots and cells) and len(dots) <= MAX_TILE_POINTS
    for feature in (*dots, *cells):
        assert all(0 <= value <= EXTENT for value in feature["geometry"]["coordinates"])
    for cell in cells:
        assert cell["properties"]["n"] == sum(cell["properties"][f"n_{group}"] for group in list_commodity_groups()) > 0
    assert len({feature["properties"]["id"] for feature in dots}) == len(dots)
    total = len(dots) + sum(int(cell["properties"]["n"]) for cell in cells)
    assert not cells or total > MAX_TILE_POINTS
    return total


def un_morton(code: int) -> tuple[int, int]:
    x, y = (sum((code >> (2 * bit + odd) & 1) << bit for bit in range(morton.DEPTH)) for odd in (0, 1))
    return x, y


def tiles_with_records(own_table: "OwnTable", z: int, condition: str = "true") -> Counter[Tile]:
    """How many records lie on each tile of a zoom level, computed by the formula of the grid and not by their places."""
    size = 1 << z
    lying: Counter[Tile] = Counter()
    for lon, lat in own_table.all(f"SELECT ST_X(geom), ST_Y(geom) FROM deposit WHERE geom IS NOT NULL AND {condition}"):
        angle = math.radians(max(-85.0511287798, min(85.0511287798, lat)))
        x = math.floor((lon + 180) / 360 * size)
        y = math.floor((1 - math.asinh(math.tan(angle)) / math.pi) / 2 * size)
        lying[Tile.at(z, min(max(x, 0), size - 1), min(max(y, 0), size - 1))] += 1
    return lying


NORTH = parse_text("name_en LIKE 'Site 1%' OR s_intersects(geom, BBOX(-180, 0, 180, 90))", find_collection("deposits"))
QUERIES = [
    (Query("deposits"), "true"),
    (Query("deposits", (SelectionCondition("commodity_group", ("copper", "tin")),)), "commodity_group IN ('copper', 'tin')"),
    (Query("deposits", (SelectionCondition("country", ("CHN",)),)), "country = 'CHN'"),
    (
        Query(
            "deposits", (SelectionCondition("country", ("CHN", "")), SelectionCondition("main_commodity", ("nickel", "tin")))
        ),
        "country = 'CHN' AND main_commodity IN ('nickel', 'tin')",
    ),
    (Query("deposits", (BoxCondition(Bbox(-180, -90, 180, 90)),)), "geom IS NOT NULL"),
    (Query("deposits", (Cql2Condition(NORTH),)), "name_en LIKE 'Site 1%' OR ST_Y(geom) >= 0"),
    (
        Query("deposits", (BoxCondition(Bbox(-75, -30, -60, -20)), SelectionCondition("commodities", ("copper", "cobalt")))),
        "ST_X(geom) BETWEEN -75 AND -60 AND ST_Y(geom) BETWEEN -30 AND -20 AND commodities && '{copper,cobalt}'",
    ),
]


# with prepared counts, with prepared counts of a selection, and with counts of its own
@pytest.mark.parametrize(("query", "condition"), mostly_slow(QUERIES, quick=(QUERIES[1], QUERIES[-1])))
def test_every_zoom_level_reports_each_located_record_once(
    shared_table: "SharedTable", served: "Served", query: Query, condition: str
) -> None:
    filled, site = shared_table(table()), served(table())
    located = filled.one(f"SELECT count(*) FROM deposit WHERE geom IS NOT NULL AND {condition}")
    tile_content = read_tile_content(site, query)
    assert tile_content.records - tile_content.without_position == located
    deep = (10, 14, 18, 20, 22, MAX_ZOOM) if query == Query("deposits") else (20,)
    for z in (*range(10), *deep):
        lying = tiles_with_records(filled, z, condition)
        assert sum(lying.values()) == located
        for tile, n in lying.items():
            assert reported(site, query, tile) == n, tile
    assert read_tile_content(site, Query("deposits")).without_position == 7


def test_a_tile_where_nothing_lies_is_empty(own_table: "OwnTable", site: Engine) -> None:
    assert draw(site, Query("deposits"), Tile.at(0, 0, 0)).body == b""
    own_table.load([{"id": "1"}])
    drawn = draw(site, Query("deposits"), Tile.at(3, 0, 0))
    assert (drawn.body, drawn.dataset_version) == (b"", 1)
    assert draw(site, Query("deposits"), Tile.at(0, 0, 0)).body != b""
    assert draw(site, Query("projects"), Tile.at(0, 0, 0)).body == b""


@pytest.mark.parametrize("z", [0, 1, 4, 10, 16, 20, MAX_ZOOM])
def test_a_point_lies_where_its_record_lies(own_table: "OwnTable", site: Engine, z: int) -> None:
    spots = [*EDGES, (116.4074, 39.9042), (-69.0706, -24.2701), (151.2093, -33.8688)]
    own_table.load([{"id": str(n), "name": str(n), "lon": lon, "lat": lat} for n, (lon, lat) in enumerate(spots)])
    seen = set()
    for tile in tiles_with_records(own_table, z):
        for feature in features(site, Query("deposits"), tile)["deposits"]:
            lon, lat = spots[int(feature["properties"]["name_en"])]
            column, row = feature["geometry"]["coordinates"]
            width = 360 / 2**z
            assert (tile.x + (column + 0.5) / EXTENT) * width - 180 == pytest.approx(lon, abs=0.51 * width / EXTENT)
            up = math.pi * (1 - 2 * (tile.y + (row + 0.5) / EXTENT) / 2**z)
            there = math.asinh(math.tan(math.radians(max(-85.0511287798, min(85.0511287798, lat)))))
            assert up == pytest.approx(there, abs=1.02 * math.pi / 2**z / EXTENT)
            seen.add((lon, lat))
    assert seen == set(spots)


def test_a_point_shows_what_it_is_and_leaves_out_what_is_unknown(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(
        [
            {"id": "1", "name": "Dot", "metal": "nickel,cobalt", "country": "Chile"},
            {"id": "2", "kind": "project", "product": "copper cathode", "capacity_kt": "10", "name": "Plant"},
        ]
    )
    (dot,) = features(site, Query("deposits"), Tile.at(0, 0, 0))["deposits"]
    expected = {
        "id": own_table.one("SELECT id FROM deposit"),
        "name_en": "Dot",
        "country": "CHL",
        "position_accuracy_m": 100,
        "main_commodity": own_table.one("SELECT main_commodity FROM deposit"),
        "commodity_group": "nickel",
    }
    assert {name: dot["properties"].get(name) for name in expected} == expected
    for name in (collection.name for collection in COLLECTIONS.values() if collection.geometry is not None):
        (first, *_) = list_tile_layers(find_collection(name))
        described = {field.name for field in first.fields}
        for feature in features(site, Query(name), Tile.at(0, 0, 0)).get(name, []):
            assert set(feature["properties"]) <= described


@pytest.mark.slow
def test_a_cell_lies_among_its_records(own_table: "OwnTable", site: Engine) -> None:
    """One crowd in one cell: its mean is the cell's place, as finely as the prepared counts report."""
    spot = (-69.0706, -24.2701)
    own_table.load([{"id": str(n), "lon": spot[0], "lat": spot[1], "metal": METALS[n % 5]} for n in range(MAX_TILE_POINTS + 1)])
    for z in (*GRIDS, 9, 13, 20, MAX_ZOOM):
        (tile,) = tiles_with_records(own_table, z)
        (cell,) = features(site, Query("deposits"), tile)[name_cells_layer("deposits")]
        assert cell["properties"]["n"] == MAX_TILE_POINTS + 1
        assert {name: n for name, n in cell["properties"].items() if name != "n"} == {
            f"n_{group}": own_table.one("SELECT count(*) FROM deposit WHERE commodity_group = %s", group)
            for group in list_commodity_groups()
        }
        finest = GRIDS[z][0] if z in GRIDS else min(z + 6, morton.DEPTH)
        column, row = cell["geometry"]["coordinates"]
        side = 2**z
        x, y = (tile.x + column / EXTENT) / side, (tile.y + row / EXTENT) / side
        assert x == pytest.approx((spot[0] + 180) / 360, abs=0.5 / 2**finest + 1 / EXTENT / side)
        rows = (1 - math.asinh(math.tan(math.radians(spot[1]))) / math.pi) / 2
        assert y == pytest.approx(rows, abs=0.5 / 2**finest + 1 / EXTENT / side)


@pytest.mark.slow
def test_tiles_stay_true_when_rows_move_and_go(own_table: "OwnTable", site: Engine) -> None:
    rows = table()
    own_table.load(rows)
    moved = [{**row, "lon": 100.5, "lat": 30.5} for row in rows[:2_500]]
    own_table.load([*moved, *({**row, "metal": "gold"} for row in rows[2_500:2_600])])
    for z in (0, 3, 6, 9, 12):
        lying = tiles_with_records(own_table, z)
        assert sum(lying.values()) == len(rows) - 7 - 100
        for tile, n in lying.items():
            assert reported(site, Query("deposits"), tile) == n
    (crowd,) = (tile for tile in tiles_with_records(own_table, 12, "ST_X(geom) = 100.5"))
    assert reported(site, Query("deposits"), crowd) == 2_500


def test_a_filter_that_takes_too_long_is_one_sentence(own_table: "OwnTable", site: Engine) -> None:
    own_table.load([{"id": "1"}])
    own_table.owner(
        "ALTER TABLE deposit RENAME TO slow; CREATE VIEW deposit AS SELECT slow.* FROM slow, pg_sleep(30);"
        " GRANT SELECT ON deposit TO lode_site"
    )
    hasty = engines.create_checked_engine(own_table.store.addresses.site, "tests", 0.2, pool_size=1)
    with pytest.raises(StatementTimeout, match="^The query took longer than the limit. Request less at a time.$"):
        draw(hasty, Query("deposits", (BoxCondition(Bbox(0, 0, 90, 90)),)), Tile.at(0, 0, 0))
    hasty.dispose()


@pytest.mark.parametrize(
    ("z", "x", "y", "refusal"),
    [
        (25, 0, 0, "There is no zoom level 25. Use 0 to 24."),
        (-1, 0, 0, "There is no zoom level -1. Use 0 to 24."),
        (0, 1, 0, "Zoom level 0 has no column 1. Use 0 to 0."),
        (3, 0, 8, "Zoom level 3 has no row 8. Use 0 to 7."),
        (3, -1, 0, "Zoom level 3 has no column -1. Use 0 to 7."),
    ],
)
def test_there_is_no_tile_outside_the_grid(z: int, x: int, y: int, refusal: str) -> None:
    with pytest.raises(NotFound, match=f"^{refusal}$"):
        Tile.at(z, x, y)


SQUARES = {
    "around Africa": (-20, -35, 50, 37),
    "astride the date line": (170, -20, 180, -10),
    "the far south": (-180, -90, 180, -60),
}


def test_polygons_are_on_every_tile_that_they_reach(own_table: "OwnTable", site: Engine) -> None:
    for code, (west, south, east, north) in SQUARES.items():
        own_table.owner(
            "INSERT INTO lode.zone (id, zone_kind, code, name_en, geom, sources) VALUES"
            f" ('z-{code}', 'country', '{code}', '{code}',"
            f" ST_Multi(ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)), '{{test}}')"
        )
    for z in (0, 2, 5):
        for x in range(1 << z):
            for y in range(1 << z):
                found = features(site, Query("zones"), Tile.at(z, x, y))
                names = {feature["properties"]["name_en"] for feature in found.get("zones", [])}
                # the middle of a tile lies in a square that fills it
                lon = (x + 0.5) / (1 << z) * 360 - 180
                lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / (1 << z)))))
                over = {c for c, (w, s, e, n) in SQUARES.items() if w < lon < e and s < lat < n}
                assert over <= names, (z, x, y)
    assert draw(site, Query("zones", (SelectionCondition("country", ("CHL",)),)), Tile.at(0, 0, 0)).body == b""


def test_small_polygons_are_counted_in_squares_at_every_zoom(own_table: "OwnTable", site: Engine) -> None:
    """Each is drawn by its id, or counted once in the square in which it lies; a narrow one does not vanish."""
    made = random.Random(11)
    boxes = [
        (x, y, x + made.uniform(1e-4, 0.3), y + 0.02) for x, y in ((made.gauss(-66, 2), made.gauss(-24, 2)) for _ in range(300))
    ]
    boxes += [(10, 10, 40, 10.0000001), (179.9, 84, 180, 85)]
    own_table.owner(
        "INSERT INTO lode.zone (id, zone_kind, code, name_en, geom, sources) VALUES "
        + ", ".join(
            f"('z{n}', '{'country' if n % 3 else 'division'}', '{n}', '{n}',"
            f" ST_Multi(ST_MakeEnvelope({w}, {s}, {e}, {n_}, 4326)), '{{test}}')"
            for n, (w, s, e, n_) in enumerate(boxes)
        )
    )
    for z in (0, 1, 4):
        drawn, counted = set(), 0
        for x in range(1 << z):
            for y in range(1 << z):
                for feature in features(site, Query("zones"), Tile.at(z, x, y)).get("zones", []):
                    properties = feature["properties"]
                    if properties["n"] == 1:
                        drawn.add(properties["id"])
                    else:
                        counted += properties["n"]
                        assert properties["zone_kind"] in ("country", "division") and "id" not in properties
                    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
        assert len(drawn) + counted == len(boxes), z
        assert counted > 0 or z > 3, z
