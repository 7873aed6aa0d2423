"""Undiscovered deposits of a tract: their number, ore and metal by simulation, and areas of polygons."""

from typing import Any

import numpy as np
import pytest
import shapely
from scipy import optimize, stats  # type: ignore[import-untyped]

from lodedata.topics.grade_tonnage.model import DepositFigures, GradeTonnageModel, Lognormal, Percentiles, fit_model
from lodedata.topics.undiscovered.simulation import CutOff, number_probabilities, simulate_numbers, simulate_tract
from lodedata.topics.undiscovered.tract import measure_area_km2, split_at_antimeridian


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
    simulation = simulate_tract((0, 0, 0), model, 1)
    assert simulation.chance_of_none == 1 and simulation.mean_number == 0
    assert (simulation.ore_t.mean, simulation.metal_t.reached_by_5_pct) == (0, 0)


def test_mean_metal_is_the_mean_number_times_that_of_one_deposit(model: GradeTonnageModel) -> None:
    simulation = simulate_tract((1, 1, 1), model, 2)
    many = simulate_tract((10, 20, 40), model, 2)
    assert simulation.mean_number == pytest.approx(0.9333, abs=1e-3)
    assert many.metal_t.mean / many.mean_number == pytest.approx(simulation.metal_t.mean / simulation.mean_number, rel=0.05)
    assert many.ore_t.reached_by_95_pct < many.ore_t.reached_by_50_pct < many.ore_t.reached_by_5_pct


def test_a_seed_gives_the_same_result_again(model: GradeTonnageModel) -> None:
    assert simulate_tract((1, 3, 8), model, 7) == simulate_tract((1, 3, 8), model, 7)
    assert simulate_tract((1, 3, 8), model, 7) != simulate_tract((1, 3, 8), model, 8)


def test_simulated_deposits_are_within_the_range_of_the_model(model: GradeTonnageModel) -> None:
    simulation = simulate_tract((1, 1, 1), model, 4)
    assert simulation.ore_t.reached_by_5_pct <= model.ore_t.greatest
    assert simulation.metal_t.reached_by_5_pct <= model.ore_t.greatest * model.grade_pct.greatest / 100


def test_area_is_on_the_ellipsoid() -> None:
    # one degree by one at the equator by GeographicLib's Planimeter: 12,308.8 km²
    assert measure_area_km2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308.8, rel=1e-5)


@pytest.mark.parametrize(
    "text",
    ["POLYGON((179 -10,-179 -10,-179 -8,179 -8,179 -10))", "POLYGON((179 -10,181 -10,181 -8,179 -8,179 -10))"],
)
def test_a_polygon_over_the_antimeridian_is_split_and_small(text: str) -> None:
    geometry = split_at_antimeridian(shapely.from_wkt(text))
    assert geometry.geom_type == "MultiPolygon" and geometry.is_valid and geometry.bounds == (-180, -10, 180, -8)
    assert measure_area_km2(geometry) == pytest.approx(measure_area_km2(shapely.box(170, -10, 172, -8)), rel=1e-3)


def test_a_wide_polygon_is_left_as_it_is() -> None:
    wide = shapely.Polygon([(-100, 0), (0, 0), (100, 0), (100, 10), (0, 10), (-100, 10)])
    assert split_at_antimeridian(wide) is wide


def test_the_example_of_mapmark4_is_reproduced() -> None:
    # Users' guide of MapMark4 (https://doi.org/10.3133/tm7C14): ore has a median of 1.87e8 t and a deviation of 1.49 in natural
    # logarithms, copper a compositional mean of 0.443 % and a variance of log-ratios of 0.278; the number of deposits is
    # negative binomial with the mean 10.6613 and the variance 43.0923, cut at 42. Its grades do not depend on ore, and nothing
    # else is truncated.
    chances = negative_binomial(10.6613, 43.0923, most=42)
    assert chances[:2] == pytest.approx([0.00787, 0.0204], rel=0.01)
    ore = lognormal(1.87e8, 1.49 / np.log(10), 9.73e4, 2.35e11)
    grade = lognormal(0.443, np.sqrt(0.278) / np.log(10), 0.01, 20)
    none = Percentiles(0, 0, 0)
    example = GradeTonnageModel("copper", 71, ore, grade, none, 0.0, 1.0, False, (), False)
    simulation = simulate_numbers(chances, example, 7)
    # its table of totals, whose figures have two digits: quantiles .05, .5 and .95, and the mean. Of 20,000 tracts the .05
    # quantile has a standard error of three per cent, and so has that of the guide
    for amounts, published in (
        (simulation.ore_t, (4.1e8, 4.3e9, 1.7e10, 6.0e9)),
        (simulation.metal_t, (1.8e6, 2.1e7, 9.0e7, 3.1e7)),
    ):
        measured = (amounts.reached_by_95_pct, amounts.reached_by_50_pct, amounts.reached_by_5_pct, amounts.mean)
        for one, expected, tolerance in zip(measured, published, (0.1, 0.05, 0.06, 0.04), strict=True):
            assert one == pytest.approx(expected, rel=tolerance)
    assert simulation.mean_number == pytest.approx(10.6613, rel=1e-4)


def negative_binomial(mean: float, variance: float, most: int) -> Any:
    """Return the chances of a negative binomial number that is cut at a number, with its mean and variance after the cut."""
    numbers = np.arange(most + 1)

    def cut(parameters: Any) -> Any:
        size, centre = np.exp(parameters)
        chances = stats.nbinom.pmf(numbers, size, size / (size + centre))
        return chances / chances.sum()

    def error(parameters: Any) -> list[float]:
        found = float((numbers * cut(parameters)).sum())
        return [found - mean, float(((numbers - found) ** 2 * cut(parameters)).sum()) - variance]

    return cut(optimize.fsolve(error, np.log([mean**2 / (variance - mean), mean])))


def lognormal(median: float, deviation_log10: float, least: float, greatest: float) -> Lognormal:
    none = Percentiles(0, 0, 0)
    return Lognormal(71, float(np.log10(median)), deviation_log10, none, none, least, greatest, 0.0, 1.0, True)


def test_a_cutoff_counts_what_reaches_it_and_changes_nothing_else(model: GradeTonnageModel) -> None:
    all_of_it, cut = simulate_tract((1, 3, 8), model, 5), simulate_tract((1, 3, 8), model, 5, CutOff(3e8, 0.4))
    assert (cut.ore_t, cut.metal_t, cut.chance_of_none) == (all_of_it.ore_t, all_of_it.metal_t, all_of_it.chance_of_none)
    above = cut.above_cutoff
    assert above is not None and 0 < above.share_of_deposits < 1
    assert above.chance_of_none > cut.chance_of_none and above.ore_t.mean < cut.ore_t.mean
    nothing = simulate_tract((1, 3, 8), model, 5, CutOff(0, 0)).above_cutoff
    assert nothing is not None and nothing.ore_t == cut.ore_t and nothing.share_of_deposits == 1
    none = simulate_tract((0, 0, 0), model, 5, CutOff(1, 0)).above_cutoff
    assert none is not None and (none.share_of_deposits, none.chance_of_none, none.ore_t.mean) == (0, 1, 0)
