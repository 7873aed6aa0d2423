"""Cells, classes of evidence, weights, gain curves and trials, on made-up ground."""

import h3
import numpy as np
import pytest
import shapely

from lodedata.errors import ModelRefused
from lodedata.messages import msg, wrap_foreign_text
from lodedata.topics.prospectivity.evidence import (
    OTHER_KINDS,
    Evidence,
    classify_distances,
    classify_polygon_kinds,
    compute_nearest_km,
    label_distance_classes,
    measure_nearest_elsewhere_km,
)
from lodedata.topics.prospectivity.favourability import TrainingCells, regress_classes, score_cells, weigh_classes
from lodedata.topics.prospectivity.gain import AREA_PERCENTS, compare_ranks, draw_gain, rank_cells
from lodedata.topics.prospectivity.grid import CellGrid, choose_resolution, cover_region, draw_cell_outline
from lodedata.topics.prospectivity.trials import DepositPoints, ModelTrial, Trial, fit_all, try_in_space, try_in_time

BOX = shapely.box(-110, 45, -70, 60)
BELT = shapely.box(-110, 51, -70, 53)


@pytest.fixture(scope="module")
def grid() -> CellGrid:
    return cover_region(BOX, 3)


def test_resolution_follows_from_the_area() -> None:
    # averages of H3: 12,393 km² at resolution 3, 1,770 at 4, 253 at 5
    assert [choose_resolution(area) for area in (135e6, 10e6, 750_000, 510e6)] == [3, 4, 5, 2]


def test_cells_cover_the_region_and_its_edge(grid: CellGrid) -> None:
    outlines = shapely.union_all([shapely.Polygon(draw_cell_outline(cell)) for cell in grid.cells])
    assert BOX.difference(outlines).area < 1e-4 * BOX.area
    assert all(shapely.Polygon(draw_cell_outline(cell)).intersects(BOX.buffer(0.2)) for cell in grid.cells)
    assert grid.area_km2.sum() == pytest.approx(4.24e6, rel=0.25)


def test_a_region_over_the_antimeridian_and_a_point_have_cells() -> None:
    halves = shapely.multipolygons([shapely.box(178, -18, 180, -16), shapely.box(-180, -18, -178, -16)])
    region = cover_region(halves, 4)
    assert region.lon.max() > 179 and region.lon.min() < -179 and np.abs(region.lat + 17).max() < 1.6
    crossing = next(cell for cell in region.cells if abs(h3.cell_to_latlng(cell)[1]) > 179.9)
    assert shapely.Polygon(draw_cell_outline(crossing)).area < 1


def test_countries_that_overlap_or_cross_themselves_have_cells() -> None:
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15), shapely.Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])]
    assert len(cover_region(shapely.multipolygons(shapes), 3).cells) > 150


def test_an_outline_without_end_is_refused() -> None:
    comb = [(x, y) for n in range(9_000) for x, y in ((n / 100 - 60, -80), (n / 100 - 60, 80), (n / 100 - 59.995, 80))]
    comb += [(31, -80)]
    with pytest.raises(ModelRefused, match="too long for its area"):
        cover_region(shapely.Polygon(comb), 5)


def test_a_deposit_is_no_evidence_of_its_own_cell(grid: CellGrid) -> None:
    here = grid.cells[100]
    lat, lon = h3.cell_to_latlng(here)
    points = DepositPoints.on_grid(
        np.array([lon, lon + 0.1, -80.0]), np.array([lat, lat + 0.1, 50.0]), np.full(3, np.nan), grid
    )
    away = measure_nearest_elsewhere_km(points.lon, points.lat, points.position, grid)
    every = compute_nearest_km(points.lon, points.lat, grid)
    other = grid.find_positions([h3.latlng_to_cell(50, -80, 3)])[0]
    far = h3.great_circle_distance((lat, lon), (50, -80), unit="km")
    assert every[100] < 1 and away[100] == pytest.approx(far, rel=1e-3)
    assert away[other] > 100
    elsewhere = np.setdiff1d(np.arange(len(grid.cells)), [100, other])
    assert away[elsewhere] == pytest.approx(every[elsewhere])


def test_classes_of_distance_have_their_labels() -> None:
    titles = [title.in_language("en") for title in label_distance_classes(50)]
    assert titles == ["less than 50 km", "50 to 100 km", "100 to 200 km", "200 to 400 km", "400 to 800 km", "800 km or more"]
    assert classify_distances(np.array([0, 49.9, 50, 799, 800, np.inf]), 50).tolist() == [0, 0, 1, 4, 5, 5]


def test_polygons_give_the_kind_at_the_centre(grid: CellGrid) -> None:
    kinds, of_cell = classify_polygon_kinds([BELT, BOX], ["arc", "shield"], grid)
    inside = shapely.contains_xy(BELT, grid.lon, grid.lat)
    assert kinds == (None, "shield", "arc")
    assert (of_cell == 2).tolist() == inside.tolist()
    many = [shapely.Point(x, y).buffer(1) for x, y in zip(grid.lon[:40], grid.lat[:40], strict=True)]
    assert classify_polygon_kinds(many, [str(n) for n in range(40)], grid)[0][-1] == OTHER_KINDS


def belt(grid: CellGrid) -> Evidence:
    inside = shapely.contains_xy(BELT, grid.lon, grid.lat)
    return Evidence(
        "belt",
        msg("%(layer)s", layer=wrap_foreign_text("Belt")),
        (wrap_foreign_text("no"), wrap_foreign_text("yes")),
        inside.astype(np.int8),
    )


def test_weights_are_those_of_the_formula_and_shrink_for_rare_classes(grid: CellGrid) -> None:
    evidence = belt(grid)
    inside = np.flatnonzero(evidence.of_cell)
    has_deposit = np.zeros(len(grid.cells), dtype=bool)
    has_deposit[inside[:30]] = True
    cells = TrainingCells(has_deposit, np.ones(len(grid.cells), dtype=bool))
    (weights,) = weigh_classes([evidence], cells)
    share = len(inside) / len(grid.cells)
    assert weights[1] == pytest.approx(np.log((30 + 2 * share) / 32 / share))
    assert weights[0] < 0
    (coefficients,) = regress_classes([evidence], cells)
    assert coefficients[1] > 1 and coefficients[0] < 0
    assert (coefficients[evidence.of_cell]).mean() == pytest.approx(0, abs=1e-9)
    assert score_cells([evidence], (weights,))[inside[0]] == weights[1]
    nothing = Evidence(
        "none", msg("none"), (wrap_foreign_text("a"), wrap_foreign_text("b")), np.zeros(len(grid.cells), dtype=np.int8)
    )
    assert weigh_classes([nothing], cells)[0].tolist() == pytest.approx([0, 0])


def test_gain_curve_of_a_perfect_rank_and_of_equal_scores() -> None:
    areas = np.full(100, 10.0)
    ranks = rank_cells(np.arange(100, 0, -1.0), areas)
    best = draw_gain(ranks.of(np.arange(100) < 5))
    assert best.found_pct[AREA_PERCENTS.index(5)] == 100 and best.mean_rank_pct == 2.5
    assert best.found_pct[AREA_PERCENTS.index(2)] == 40
    equal = draw_gain(rank_cells(np.zeros(100), areas).of(np.arange(100) < 5))
    assert equal.found_pct == tuple(float(share) for share in AREA_PERCENTS) and equal.mean_rank_pct == 50


def test_areas_count_and_not_numbers_of_cells() -> None:
    ranks = rank_cells(np.array([3.0, 2.0, 1.0]), np.array([1.0, 1.0, 8.0]))
    assert ranks.until.tolist() == pytest.approx([0.1, 0.2, 1.0]) and ranks.middle[2] == pytest.approx(0.6)


def test_a_difference_within_chance_is_neither_better_nor_worse() -> None:
    areas, random = np.full(1000, 1.0), np.random.default_rng(2)
    good, poor, deposits = random.random(1000), random.random(1000), np.arange(1000) < 40
    good[deposits] += 1
    better = compare_ranks(rank_cells(good, areas).of(deposits), rank_cells(poor, areas).of(deposits))
    assert better.is_better and not better.is_worse
    worse = compare_ranks(rank_cells(poor, areas).of(deposits), rank_cells(good, areas).of(deposits))
    assert worse.is_worse and worse.mean_pct == pytest.approx(-better.mean_pct)
    same = compare_ranks(rank_cells(poor, areas).of(deposits), rank_cells(random.random(1000), areas).of(deposits))
    assert not same.is_better and not same.is_worse


def deposits(grid: CellGrid, in_belt: bool) -> DepositPoints:
    """Return 300 deposits found from 1950 to 2009: along the belt, or anywhere."""
    random = np.random.default_rng(4)
    lon = random.uniform(-109, -71, 300)
    lat = random.uniform(51.1, 52.9, 300) if in_belt else random.uniform(46, 59, 300)
    return DepositPoints.on_grid(lon, lat, 1950 + (np.arange(300) // 5).astype(np.float64), grid)


def gain(trial: Trial | None, method: str) -> ModelTrial:
    assert trial is not None
    return next(one for one in trial.gains if one.method == method)


def test_a_belt_that_the_evidence_shows_is_found_again_in_a_withheld_region(grid: CellGrid) -> None:
    layers, points = [belt(grid)], deposits(grid, in_belt=True)
    trial = try_in_space(layers, points, grid)
    for method in ("weights", "logistic"):
        difference = gain(trial, method).difference
        assert difference is not None and difference.is_better
    assert trial is not None and 1 < len(trial.regions) <= 5 and trial.tested >= 10
    known, models = fit_all(layers, points, grid)
    assert known.code == "known-deposits"
    best = models["weights"].ranks.until == models["weights"].ranks.until.min()
    assert belt(grid).of_cell[best].all()


def test_evidence_that_says_nothing_is_not_better_than_distance(grid: CellGrid) -> None:
    trial = try_in_time([belt(grid)], deposits(grid, in_belt=False), grid, 1985)
    for method in ("weights", "logistic"):
        difference = gain(trial, method).difference
        assert difference is not None and not difference.is_better


def test_the_trial_in_time_leaves_out_cells_of_the_training_and_those_without_a_year(grid: CellGrid) -> None:
    points = deposits(grid, in_belt=False)
    year = points.year.copy()
    year[::7] = np.nan
    undated = DepositPoints(points.lon, points.lat, year, points.cells, points.position)
    trial = try_in_time([belt(grid)], undated, grid, 1985)
    early, late = undated.occupied(year < 1985, grid), undated.occupied(year >= 1985, grid)
    unknown = undated.occupied(np.isnan(year), grid)
    assert trial is not None
    assert (trial.trained, trial.tested) == (int(early.sum()), int((late & ~early & ~unknown).sum()))
    assert try_in_time([belt(grid)], undated, grid, 1951) is None
    assert try_in_time([belt(grid)], undated, grid, 2010) is None
