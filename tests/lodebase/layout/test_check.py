"""The layout check against sites whose figures are known: ranges, zones, feedstock, concentration, and the same again later."""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import Engine
from tests.lodebase.layout.plants import PLANTS, TODAY, check, feature, finding, load, zoned

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import BadCandidate, CandidatesWrong, NotFound
from lodebase.ingest.run import ImportJob, run
from lodebase.layout.pairs import ClusterQuery, compute_circle_overlap, draw_layers, find_pairs
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS
from lodebase.layout.reports.report import LayoutReport, checksum, write_report
from lodebase.operations.formats import convert_result_to_data
from lodebase.statistics.figures import Known as Figures
from lodedata import rules
from lodedata.geography.boundaries import Boundaries
from lodedata.layout.measures import compute_hhi
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.sources import load_source as source_named

LOADED = 2
"""The version of the data at which the plants were loaded and nothing else; rows that leave a table stay served."""
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def layout_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("layout")
    with own_store("layout") as store:
        run(store.importer, ImportJob(source_named("natural-earth"), folder, zoned, Boundaries(())))
        load(store, PLANTS, folder)
        yield store


@pytest.fixture(scope="module")
def engine(layout_store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(layout_store.addresses.site, "layout tests", alone=True)
    yield made
    made.dispose()


def radius(body: Mapping[str, Any], km: float) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in body["neighbours"]["radii"] if one["km"] == km)
    return found


def test_the_report_has_its_parts(engine: Engine) -> None:
    assert set(check(engine)) == {
        *(
            "summary",
            "findings",
            "basis",
            "inside",
            "neighbours",
            "zones",
            "feedstock",
            "concentration",
            "catchment",
            "same_as",
            "uncertainty",
        ),
        *("data_version", "rules_on", "rules_sha256", "inputs", "sources", "checksum"),
    }


def test_neighbours_are_counted_by_radius_and_status(engine: Engine) -> None:
    body = check(engine)
    near, wide = radius(body, 50), radius(body, 500)
    assert {name: one["placed"] for name, one in near["groups"].items() if one["placed"]} == {
        "operating": 1,
        "idle": 1,
        "announced": 1,
    }
    assert near["groups"]["operating"]["placed_tpa"] == 1_000_000
    assert near["groups"]["announced"] == near["groups"]["announced"] | {"placed_tpa": 0, "without_figure": 1}
    assert wide["all"]["placed"] == 5
    assert wide["groups"]["operating"]["placed_tpa"] == 3_000_000


def test_distances_are_those_of_pyproj(engine: Engine) -> None:
    for site in check(engine)["neighbours"]["sites"]:
        _, _, metres = GEOD.inv(105, 25, site["lon"], site["lat"])
        assert site["distance_km"] == pytest.approx(metres / 1000, abs=1e-3)


def test_a_site_near_a_radius_is_marked_and_the_figure_is_a_range(engine: Engine) -> None:
    """Edge lies 98.9 km away, known to 5 km."""
    _, _, metres = GEOD.inv(105, 25, 105.98, 25)
    assert 98_000 < metres < 100_000
    body = check(engine)
    building = radius(body, 100)["groups"]["construction"]
    assert (building["certain"], building["placed"], building["possible"]) == (0, 1, 1)
    assert (building["certain_tpa"], building["placed_tpa"], building["possible_tpa"]) == (0, 500_000, 500_000)
    edge = next(site for site in body["neighbours"]["sites"] if site["name_en"] == "Edge refinery")
    assert edge["uncertain_radii_km"] == [100]
    assert "4 (3–4)" in finding(body, "neighbours-100-km")["text_en"]


def test_the_accuracy_of_the_planned_place_widens_the_range(engine: Engine) -> None:
    building = radius(check(engine, lon=105.05, accuracy_m=3_000), 100)["groups"]["construction"]
    assert (building["certain"], building["placed"], building["possible"]) == (0, 1, 1)
    exact = radius(check(engine, lon=105.05, accuracy_m=0), 100)["groups"]["construction"]
    assert exact["certain"] == 1


def test_the_place_and_its_zones_are_reported(engine: Engine) -> None:
    body = check(engine)
    assert body["zones"]["country"] == "CHN"
    assert body["zones"]["division"] == "CN-GX"
    park = next(one for one in body["zones"]["found"] if one["code"] == "park")
    # a tenth of a degree of latitude at 25 degrees is 11.08 km (pyproj)
    assert park["state"] == "outside"
    assert park["edge_km"] == pytest.approx(GEOD.inv(105, 25, 105, 25.1)[2] / 1000, abs=1e-3)


def test_a_site_nearer_to_an_edge_than_the_edge_is_known_is_possibly_inside(engine: Engine) -> None:
    body = check(engine, lon=105.02, lat=25.1002)
    park = next(one for one in body["zones"]["found"] if one["code"] == "park")
    assert (park["state"], park["inside"]) == ("possible", True)
    assert check(engine, lon=109.98)["zones"]["place"]["division"]["perhaps"] == ["CN-GX", "CN-SD"]


def test_key_regions_follow_from_the_province_without_polygons(engine: Engine) -> None:
    assert finding(check(engine), "cn-2025-alumina-key-regions")["result"] == "met"
    shandong = check(engine, lon=112.5)
    assert finding(shandong, "cn-2025-alumina-key-regions")["result"] == "not_enough_data"
    assert any(one["id"] == "zones-by-division-key-air-region" for one in shandong["uncertainty"])
    # at the edge of the two the province itself is not sure
    assert finding(check(engine, lon=109.98), "cn-2025-alumina-key-regions")["result"] == "not_enough_data"


def test_a_distance_of_an_earlier_rule_is_measured(engine: Engine) -> None:
    properties: dict[str, Any] = {"product": "copper", "capacity_tpa": 200_000, "on": "2010-01-01"}
    found = finding(check(engine, lon=105.02, lat=25.095, **properties), "cn-2006-copper-protected-distance")
    assert (found["result"], found["standing"], found["counts"]) == ("not_met", "in_force", True)
    assert found["figure"] == pytest.approx(0.554, abs=1e-3)
    assert finding(check(engine, **properties), "cn-2006-copper-protected-distance")["result"] == "met"


def test_the_rules_of_a_day_count_on_it(engine: Engine) -> None:
    properties: dict[str, Any] = {"product": "copper", "capacity_tpa": 60_000, "feedstock": ["copper-concentrate"]}
    counted = {
        on: {
            one["id"] for one in check(engine, on=on, **properties)["findings"] if one["counts"] and one["result"] == "not_met"
        }
        for on in ("2006-12-31", "2014-12-31", "2019-12-31", "2026-11-25")
    }
    assert counted["2006-12-31"] == {"cn-2006-copper-scale"}
    assert counted["2014-12-31"] == {"cn-2014-copper-scale"}
    assert counted["2019-12-31"] == counted["2026-11-25"] == set()


def test_no_finding_is_an_approval_or_a_refusal(engine: Engine) -> None:
    body = check(engine)
    assert {one["result"] for one in body["findings"]} <= {"met", "not_met", "judgement", "not_enough_data", "not_applicable"}
    assert "neither an approval nor a refusal" in body["summary"]["disclaimer_en"]
    assert "既非批准" in body["summary"]["disclaimer_zh"]
    for one in body["findings"]:
        assert one["text_en"] and one["text_zh"]
        assert "approve" not in one["text_en"] and "予以批准" not in one["text_zh"]


def test_resources_and_reserves_are_never_added(engine: Engine) -> None:
    classes = {class_["category"]: class_ for class_ in check(engine)["feedstock"]["classes"]}
    assert classes["measured-mineral-resource"]["ore_t"] == 30_000_000
    assert classes["proved-ore-reserves"]["ore_t"] == 10_000_000
    assert 40_000_000 not in [class_["ore_t"] for class_ in classes.values()]


def test_feedstock_is_a_range_and_held_against_the_mines_in_reach(engine: Engine) -> None:
    fed = check(engine, feedstock=[{"material": "bauxite-gibbsite", "equity_pct": 60}])["feedstock"]
    assert fed["needs"][0]["tpa"] == [2_200_000, 2_700_000]
    assert fed["equity_pct"] == 60
    # near, edge and far are there or coming within 500 km: 3.5 Mt, with the plant 4.5 Mt; the mine's 3 Mt feed 1.11 to 1.36 Mt
    assert fed["balance"]["capacity_after_tpa"] == 4_500_000
    assert fed["balance"]["feeds_tpa"] == [1_111_111, 1_363_636]
    assert fed["balance"]["ratio_after"] == [3.3, 4.05]
    assert (fed["balance"]["mines"], fed["balance"]["mines_without_figure"]) == (1, 0)
    assert {place["name_en"] for place in fed["places"]} == {"Mine", "Ore", "Reserve"}


def test_concentration_before_and_after(engine: Engine) -> None:
    """Guangxi holds 3.5 Mt and Shandong 4 Mt of what is there or coming; 1 Mt is added in Guangxi."""
    spread = check(engine)["concentration"]
    assert spread["share_pct"]["before"] == pytest.approx(3.5 / 7.5 * 100, abs=1e-3)
    assert spread["share_pct"]["after"] == pytest.approx(4.5 / 8.5 * 100, abs=1e-3)
    assert spread["hhi_divisions"]["before"] == pytest.approx(compute_hhi([3.5, 4]), abs=1e-3)
    assert spread["hhi_divisions"]["after"] == pytest.approx(compute_hhi([4.5, 4]), abs=1e-3)
    # operating: A 3 Mt, D 4 Mt; the new plant is a holder of its own
    assert spread["hhi_holders"]["before"] == pytest.approx(compute_hhi([3, 4]), abs=1e-3)
    assert spread["hhi_holders"]["after"] == pytest.approx(compute_hhi([3, 4, 1]), abs=1e-3)
    assert check(engine, owner="A")["concentration"]["hhi_holders"]["after"] == pytest.approx(compute_hhi([4, 4]), abs=1e-3)
    assert spread["pipeline_pct"]["province"]["before"] == pytest.approx(0.5 / 3 * 100, abs=1e-3)
    assert spread["pipeline_pct"]["province"]["after"] == pytest.approx(1.5 / 3 * 100, abs=1e-3)
    # Guangxi: 5 of the 6 sites, and 7 of the 8 projects of the country
    assert spread["location_quotient"]["before"] == pytest.approx((5 / 7) / (6 / 8), abs=1e-3)


def test_the_steps_of_one_metal_at_a_site_are_not_added(engine: Engine, layout_store: Store, tmp_path: Path) -> None:
    body = check(engine, product="copper", capacity_tpa=200_000)
    assert radius(body, 50)["groups"]["operating"]["placed_tpa"] == 100_000


def test_catchment_takes_from_each_what_the_new_plant_gets(engine: Engine) -> None:
    drawn = check(engine)["catchment"]
    assert (drawn["demands"], drawn["plants"], drawn["left_out"]) == (3, 3, 2)
    for beta in drawn["betas"]:
        assert sum(plant["taken_pct"] for plant in beta["taken"]) == pytest.approx(beta["share_pct"], abs=1e-3)
    assert [beta["beta"] for beta in drawn["betas"]] == [1, 2, 3]


def test_a_duplicate_record_and_duplicate_construction_are_two_findings(engine: Engine) -> None:
    body = check(engine, lon=105.3, name="Near refinery", owner="A", capacity_tpa=1_000_000)
    assert body["same_as"][0]["name_en"] == "Near refinery"
    assert body["same_as"][0]["score"] == 1.0
    assert finding(body, "duplicate-record")["records"] == [body["same_as"][0]["id"]]
    assert finding(body, "duplicate-construction")["figure"] == 1
    assert not any(one["id"] == "duplicate-record" for one in check(engine)["findings"])


def test_a_site_at_sea_is_refused_with_a_sentence(engine: Engine) -> None:
    with pytest.raises(BadCandidate, match="is in the sea"):
        check(engine, lon=-150, lat=-40)


def test_the_same_query_has_the_same_result_and_a_later_import_does_not_change_it(
    engine: Engine, layout_store: Store, tmp_path: Path
) -> None:
    first = check(engine)
    assert check(engine)["checksum"] == first["checksum"]
    assert first["checksum"] == checksum({name: value for name, value in first.items() if name != "checksum"})
    more = {"id": "new", "name": "New refinery", "lon": "105.1", "capacity_kt": "700", "status": "operating"}
    load(layout_store, (*PLANTS, more), tmp_path)
    try:
        again = check(engine, first["data_version"], on="2026-11-25")
        assert again == first
        now = check(engine)
        assert now["data_version"] > first["data_version"]
        assert radius(now, 50)["all"]["placed"] == radius(first, 50)["all"]["placed"] + 1
        with pytest.raises(NotFound):
            check(engine, 10_000)
    finally:
        load(layout_store, PLANTS, tmp_path)


def test_held_capacity_is_left_out_of_shares_and_the_report_says_so(
    engine: Engine, layout_store: Store, tmp_path: Path
) -> None:
    """200 Mt of alumina are more than the world's 142 Mt of 2024 by USGS, Mineral Commodity Summaries 2025."""
    before = check(engine)
    assert not [one for one in before["uncertainty"] if one["id"] == "left-out"]
    wrong = {"id": "wrong", "name": "Wrong refinery", "lon": "105.1", "capacity_kt": "200000", "status": "operating"}
    load(layout_store, (*PLANTS, wrong), tmp_path)
    try:
        after = check(engine)
        assert after["concentration"]["nation"]["live_tpa"] == before["concentration"]["nation"]["live_tpa"]
        assert radius(after, 50)["all"]["placed_tpa"] == radius(before, 50)["all"]["placed_tpa"]
        (said,) = [one for one in after["uncertainty"] if one["id"] == "left-out"]
        assert said["count"] == 1 and "held back or doubtful" in said["text_en"] and "暂缓采用" in said["text_zh"]
    finally:
        load(layout_store, PLANTS, tmp_path)


def test_adding_a_plant_never_lowers_a_count(engine: Engine, layout_store: Store, tmp_path: Path) -> None:
    before = check(engine)
    dice = random.Random(7)
    more = tuple(
        {"id": f"more {n}", "name": f"More {n}", "lon": f"{dice.uniform(101, 109):.3f}", "lat": f"{dice.uniform(22, 28):.3f}"}
        | {"capacity_kt": "100", "status": dice.choice(("operating", "announced", "closed"))}
        for n in range(20)
    )
    load(layout_store, (*PLANTS, *more), tmp_path)
    try:
        after = check(engine)
        for first, second in zip(before["neighbours"]["radii"], after["neighbours"]["radii"], strict=True):
            for name in ("certain", "placed", "possible", "placed_tpa"):
                assert second["all"][name] >= first["all"][name]
    finally:
        load(layout_store, PLANTS, tmp_path)


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 360), st.floats(0, 1))
def test_moving_the_place_within_its_accuracy_changes_nothing_that_is_certain(
    engine: Engine, bearing: float, part: float
) -> None:
    accuracy = 8_000.0
    loose = check(engine, accuracy_m=accuracy)
    lon, lat, _ = GEOD.fwd(105, 25, bearing, accuracy * part)
    moved = check(engine, lon=lon, lat=lat)
    for first, second in zip(loose["neighbours"]["radii"], moved["neighbours"]["radii"], strict=True):
        assert first["all"]["certain"] <= second["all"]["placed"] <= first["all"]["possible"]


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 360), st.floats(0, 1), st.sampled_from([(105.0, 25.0), (109.99, 25.0), (105.02, 25.15)]))
def test_moving_the_place_within_its_accuracy_never_turns_a_certain_finding(
    engine: Engine, bearing: float, part: float, at: tuple[float, float]
) -> None:
    """What is met or not met where the place is known to 3 km is so wherever in the 3 km it is: in a province, near the edge of
    one, in a park.
    """
    accuracy = 3_000.0
    properties: dict[str, Any] = {"on": "2010-01-01", "product": "copper", "capacity_tpa": 200_000}
    for more in ({}, properties):
        loose = check(engine, lon=at[0], lat=at[1], accuracy_m=accuracy, **more)
        lon, lat, _ = GEOD.fwd(*at, bearing, accuracy * part)
        moved = {one["id"]: one for one in check(engine, lon=lon, lat=lat, **more)["findings"]}
        certain = [one for one in loose["findings"] if one["counts"] and one["result"] in ("met", "not_met")]
        assert [moved[one["id"]]["result"] for one in certain] == [one["result"] for one in certain]


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 360), st.floats(0, 1), st.sampled_from(range(len(PLANTS))))
def test_moving_a_site_within_its_accuracy_keeps_what_is_certain(
    engine: Engine, bearing: float, part: float, number: int
) -> None:
    """A site that surely lies within a radius does so wherever it is within its accuracy; one not even possibly never does."""
    site = {site["name_en"]: site for site in check(engine)["neighbours"]["sites"]}.get(PLANTS[number]["name"])
    if site is None:
        return
    lon, lat, _ = GEOD.fwd(site["lon"], site["lat"], bearing, site["accuracy_m"] * part)
    km = GEOD.inv(105, 25, lon, lat)[2] / 1000
    for radius_km in (50, 100, 200, 500):
        if radius_km not in site["uncertain_radii_km"]:
            assert (km <= radius_km) == (site["distance_km"] <= radius_km)


def test_a_polygon_reaches_as_far_as_its_corners(engine: Engine) -> None:
    ring = [[105, 25], [105.02, 25], [105.02, 25.02], [105, 25.02], [105, 25]]
    sent = feature() | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    candidate = parse_candidate(sent, TODAY)
    assert 1_400 < candidate.reach_m < 1_600
    body: Any = write_report(engine, Figures(), candidate, rules.load_rules()).as_data()
    assert body["zones"]["division"] == "CN-GX"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_format_is_written_from_the_same_data(engine: Engine, language: Any) -> None:
    body = check(engine)
    made = {name: form.write(LayoutReport.read(body), language, None) for name, form in REPORT_FORMATS.items()}
    assert made["pdf"].startswith(b"%PDF")
    assert made["pdf"] == REPORT_FORMATS["pdf"].write(LayoutReport.read(body), language, None)
    assert made["xlsx"].startswith(b"PK")
    assert made["geojson"].count(b'"layer":"site"') == len(body["neighbours"]["sites"])


def test_a_file_of_planned_plants_is_checked_row_by_row(layout_store: Store, tmp_path: Path) -> None:
    file, out = tmp_path / "plants.csv", tmp_path / "reports"
    file.write_text(
        "名称,产品,产能,经度,纬度,原料,权益原料比例,capital_pct\n"
        "甲,氧化铝,1000000,105,25,bauxite-gibbsite,60,30\n"
        "乙,alumina,2000,105,25,,,\n",
        encoding="utf-8",
    )
    environment = {"LODE_DATABASE_URL": layout_store.addresses.owner.render_as_string(hide_password=False)}
    result = CliRunner().invoke(cli, ["layout", str(file), "--out", str(out), "--form", "json", "--json"], env=environment)
    assert isinstance(result.exception, CandidatesWrong), result.output
    first, second = json.loads(result.stdout)
    assert (first["name"], first["not_met"], first["problem"]) == ("甲", 0, None)
    # the clause on own bauxite is guiding and names no figure
    assert first["judgement"] > 0
    assert "If thousand tonnes are meant" in second["problem"]
    assert json.loads((out / "0002.json").read_text())["inputs"]["declared"] == {"capital_pct": 30.0}


@pytest.mark.parametrize(
    ("text", "message"), [("product,lon,lat\n", "capacity_tpa is missing"), ("product,beauty\n", "'beauty' is not a column")]
)
def test_a_file_of_other_columns_is_refused(layout_store: Store, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "plants.csv"
    file.write_text(text + "1,2,3\n", encoding="utf-8")
    environment = {"LODE_DATABASE_URL": layout_store.addresses.owner.render_as_string(hide_password=False)}
    assert message in str(CliRunner().invoke(cli, ["layout", str(file)], env=environment).exception)


@pytest.fixture(scope="module")
def overlaps(engine: Engine) -> dict[str, Any]:
    found: dict[str, Any] = convert_result_to_data(find_pairs(engine, ClusterQuery("alumina", 150.0), LOADED))
    return found


def test_pairs_are_those_within_the_distance_the_nearest_first(overlaps: dict[str, Any]) -> None:
    # near 105.3, bare 105.4, idle 105.2, edge 105.98, far 109, east 112: the first four lie within 80 km of one another
    assert overlaps["sites"] == 6
    assert overlaps["pairs_matched"] == len(overlaps["pairs"]) == 6
    distances = [pair["distance_km"] for pair in overlaps["pairs"]]
    assert distances == sorted(distances)
    for pair in overlaps["pairs"]:
        (a, b), km = pair["sites"], pair["distance_km"]
        assert km == pytest.approx(GEOD.inv(a["lon"], a["lat"], b["lon"], b["lat"])[2] / 1000, abs=1e-3)


def test_clusters_are_connected(overlaps: dict[str, Any]) -> None:
    (cluster,) = overlaps["clusters"]
    assert (cluster["sites"], cluster["tpa"], cluster["pipeline_tpa"]) == (4, 1_500_000, 500_000)


def test_provinces_are_ranked_by_what_is_coming(overlaps: dict[str, Any]) -> None:
    first, second = overlaps["provinces"]
    assert (first["division"], first["pipeline_pct"]) == ("CN-GX", pytest.approx(0.5 / 3 * 100, abs=0.01))
    assert (second["division"], second["pipeline_pct"]) == ("CN-SD", 0)
    assert first["ore_places"] == 2


def test_the_grid_holds_every_site_and_every_tonne_once(engine: Engine, overlaps: dict[str, Any]) -> None:
    assert sum(cell["sites"] for cell in overlaps["cells"]) == 6
    assert sum(cell["tpa"] for cell in overlaps["cells"]) == 7_500_000
    drawn = draw_layers(find_pairs(engine, ClusterQuery("alumina", 150.0), LOADED))["features"]
    assert len(drawn) == len(overlaps["cells"]) + len(overlaps["pairs"])
    assert all(shapely.geometry.shape(one["geometry"]).is_valid for one in drawn)


def test_a_polygon_replaces_the_country(engine: Engine) -> None:
    box = shapely.to_wkt(shapely.box(105, 24, 105.5, 26))
    assert find_pairs(engine, ClusterQuery("alumina", wkt=box), LOADED).sites == 3
    elsewhere = find_pairs(engine, ClusterQuery("alumina", country="CHL"))
    assert (elsewhere.sites, elsewhere.cells) == (0, ())


@pytest.mark.parametrize("km", [0.0, 10.0, 100.0, 199.0, 200.0, 300.0])
def test_the_overlap_of_circles_is_that_of_polygons(km: float) -> None:
    first, second = (shapely.Point(x, 0).buffer(100, quad_segs=512) for x in (0, km))
    expected = first.intersection(second).area / first.area
    assert compute_circle_overlap(km, 100) == pytest.approx(expected, abs=1e-4)
    assert compute_circle_overlap(km, 100) <= 1 + 1e-12 and not math.isnan(compute_circle_overlap(km, 100))


ZONES = """
name: test-regions
title_en: Test regions
title_zh: 测试区域
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - kind: {const: zone}
    name_en: name
    zone: {kind: {const: key-air-region}, code: code, accuracy_m: 2000, valid_from: from}
"""


def test_polygons_of_an_operator_decide_where_there_are_any(engine: Engine, layout_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "regions.geojson"
    shapes = [
        ("A", shapely.box(111, 24, 113, 26), "2020-01-01"),
        ("", shapely.box(1, 1, 2, 2), ""),
        ("P", shapely.Point(1, 1), ""),
    ]
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shape),
            "properties": {"code": code, "name": f"Region {code}", "from": since},
        }
        for code, shape, since in shapes
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    described = Source.model_validate(yaml.safe_load(ZONES))
    summary = run(
        layout_store.importer, ImportJob(described, file, lambda tally: read_mapped(described, file, tally), Boundaries(()))
    )
    # the region of a point is loaded without a polygon, and the one without a code is refused
    assert (summary.loaded, summary.quarantined) == (2, 1)
    for lon, result in ((112, "not_met"), (110.99, "not_enough_data"), (110.5, "met"), (105, "met")):
        found = finding(check(engine, lon=lon), "cn-2025-alumina-key-regions")
        assert found["result"] == result, (lon, found)
    assert "Region A" in finding(check(engine, lon=112), "cn-2025-alumina-key-regions")["reason_en"]
    # before the polygons are valid, the result follows from the province
    early = check(engine, lon=112, on="2019-01-01")["zones"]["to_kinds"]["key-air-region"]
    assert early["state"] == "outside"
