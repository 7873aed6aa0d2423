"""Undiscovered deposits of a tract: their number, ore and metal by simulation, and areas of polygons."""

import numpy as np
import pytest
import shapely

from lodedata.topics.grade_tonnage.model import DepositFigures, GradeTonnageModel, fit_model
from lodedata.topics.undiscovered.simulation import number_probabilities, simulate_tract
from lodedata.topics.undiscovered.tract import area_km2, split_at_antimeridian


@pytest.fixture(scope="module")
def model() -> GradeTonnageModel:
    values = 10 ** np.random.default_rng(3).multivariate_normal([8.4, -0.35], [[0.4, -0.02], [-0.02, 0.03]], 300)
    return fit_model(
        [DepositFigures(str(n), None, None, None, "", ore, {"copper": grade}) for n, (ore, grade) in enumerate(values)],
        "copper",
    )


@pytest.mark.parametrize("numbers", [(1, 3, 8), (0, 2, 5), (2, 2, 2), (3, 10, 40), (0, 0, 1), (5, 7, 20)])
def test_mean_number_is_that_of_the_published_formula(numbers: tuple[int, int, int]) -> None:
    # Singer and Menzie (2005), in Mineral deposit research, Springer, 215-217: of 90, 50, 10, 5 and 1 per cent
    ninety, fifty, ten = numbers
    expected = 0.233 * ninety + 0.4 * fifty + (0.225 + 0.045 + 0.03) * ten
    chances = number_probabilities(numbers)
    assert chances.sum() == pytest.approx(1)
    assert (np.arange(len(chances)) * chances).sum() == pytest.approx(expected, rel=0.02, abs=0.2)


def test_numbers_are_reached_with_their_chances_within_half_a_step() -> None:
    chances = number_probabilities((4, 10, 24))
    assert chances[4:].sum() == pytest.approx(0.9, abs=0.05)
    assert chances[10:].sum() == pytest.approx(0.5, abs=0.05)
    assert chances[24:].sum() == pytest.approx(0.1, abs=0.05)


def test_no_deposits_hold_nothing(model: GradeTonnageModel) -> None:
    found = simulate_tract((0, 0, 0), model, 1)
    assert found.chance_of_none == 1 and found.mean_number == 0
    assert (found.ore_t.mean, found.metal_t.reached_by_5_pct) == (0, 0)


def test_mean_metal_is_the_mean_number_times_that_of_one_deposit(model: GradeTonnageModel) -> None:
    one = simulate_tract((1, 1, 1), model, 2)
    many = simulate_tract((10, 20, 40), model, 2)
    assert one.mean_number == pytest.approx(0.9333, abs=1e-3)
    assert many.metal_t.mean / many.mean_number == pytest.approx(one.metal_t.mean / one.mean_number, rel=0.05)
    assert many.ore_t.reached_by_95_pct < many.ore_t.reached_by_50_pct < many.ore_t.reached_by_5_pct


def test_a_seed_gives_the_same_result_again(model: GradeTonnageModel) -> None:
    assert simulate_tract((1, 3, 8), model, 7) == simulate_tract((1, 3, 8), model, 7)
    assert simulate_tract((1, 3, 8), model, 7) != simulate_tract((1, 3, 8), model, 8)


def test_simulated_deposits_are_within_the_range_of_the_model(model: GradeTonnageModel) -> None:
    found = simulate_tract((1, 1, 1), model, 4)
    assert found.ore_t.reached_by_5_pct <= model.ore_t.greatest
    assert found.metal_t.reached_by_5_pct <= model.ore_t.greatest * model.grade_pct.greatest / 100


def test_area_is_on_the_ellipsoid() -> None:
    # one degree by one at the equator by GeographicLib's Planimeter: 12,308.8 km²
    assert area_km2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308.8, rel=1e-5)


@pytest.mark.parametrize(
    "text",
    ["POLYGON((179 -10,-179 -10,-179 -8,179 -8,179 -10))", "POLYGON((179 -10,181 -10,181 -8,179 -8,179 -10))"],
)
def test_a_polygon_over_the_antimeridian_is_split_and_small(text: str) -> None:
    found = split_at_antimeridian(shapely.from_wkt(text))
    assert found.geom_type == "MultiPolygon" and found.is_valid and found.bounds == (-180, -10, 180, -8)
    assert area_km2(found) == pytest.approx(area_km2(shapely.box(170, -10, 172, -8)), rel=1e-3)


def test_a_wide_polygon_is_left_as_it_is() -> None:
    wide = shapely.Polygon([(-100, 0), (0, 0), (100, 0), (100, 10), (0, 10), (-100, 10)])
    assert split_at_antimeridian(wide) is wide
