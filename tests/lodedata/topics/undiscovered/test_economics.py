"""The economic filter: costs of Camm (1991), values of single deposits by the equations of RAEF, and what passes in a tract."""

from dataclasses import replace

import numpy as np
import pytest

from lodedata.topics.grade_tonnage.model import DepositFigures, GradeTonnageModel, fit_model
from lodedata.topics.undiscovered.economics import (
    METHODS,
    TONNES_IN_SHORT_TON,
    DepthInterval,
    EconomicFilter,
    draw_depths,
    value_deposits,
)
from lodedata.topics.undiscovered.mine_costs import (
    LARGE_PIT,
    MILLS,
    MINES,
    MineName,
    OreBody,
    compute_stripping_ratio,
    compute_tailings_cost,
)
from lodedata.topics.undiscovered.simulation import simulate_tract

FILTER = EconomicFilter(
    price_usd_t=9_000,
    depths=(DepthInterval(0, 250, 25), DepthInterval(250, 500, 25), DepthInterval(500, 1000, 50)),
    cost_factor=2.4,
    ore_body="massive",
    mill="flotation-3",
    recovery_pct=91,
    smelting_usd_t=573.2,
    byproduct_usd_t=0,
    discount_pct=15,
    days_per_year=350,
    open_pit_depth_m=61,
    tailings="lined",
)


@pytest.fixture(scope="module")
def model() -> GradeTonnageModel:
    values = 10 ** np.random.default_rng(3).multivariate_normal([8.4, -0.35], [[0.4, -0.02], [-0.02, 0.03]], 300)
    return fit_model(
        [DepositFigures(str(n), None, None, None, "", ore, {"copper": grade}) for n, (ore, grade) in enumerate(values)],
        "copper",
    )


def array(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value], dtype=np.float64)


def test_costs_are_those_of_camm() -> None:
    # IC 9298 at 10,000 short tons a day, computed from its equations
    capacity = array(10_000)
    assert MILLS["flotation-3"].of_capital(capacity)[0] == pytest.approx(83_600 * 10_000**0.708)
    assert MINES["block-caving"].cost.of_operation(capacity)[0] == pytest.approx(6.56, abs=0.01)
    assert LARGE_PIT.of_operation(array(100_000))[0] == pytest.approx(0.935, abs=0.001)


def test_block_caving_is_valued_by_the_equations_of_raef() -> None:
    ore, grade, depth = 242e6, 0.44, 300.0
    deposit_values = value_deposits(array(ore), array(grade), array(depth), FILTER)
    short_tons = ore / TONNES_IN_SHORT_TON
    life = 0.2 * short_tons**0.25
    capacity = (1.15 * 0.95 * short_tons) ** 0.75 / 70
    depth_yd = 0.3772 * short_tons ** (1 / 3) + 1.0936 * depth
    capital = 64_800 * capacity**0.759 + 371 * capacity + 180 * 3 * depth_yd * capacity**0.404 + 83_600 * capacity**0.708
    acres = 62 * capacity / 1000
    dam = 4 * (43_560 * acres) ** 0.5
    capital += 146_000 + 1783 * acres + 161 * dam + 5 * dam + 35_790 * acres
    a_ton = 48.4 * capacity**-0.217 + 2343 / capacity + 0.44 * 3 * depth_yd / capacity + 0.00163 * 3 * depth_yd
    yearly_cost = 2.4 * capacity * 350 * (a_ton + 153 * capacity**-0.344)
    metal = ore * 0.95 * 0.0044 * 0.91
    yearly = metal / life * (9_000 - 573.2) - yearly_cost
    expected = yearly * (1 - 1.15**-life) / 0.15 - 2.4 * capital
    assert METHODS[deposit_values.method[0]] == "block-caving"
    assert deposit_values.value_usd[0] == pytest.approx(expected) and deposit_values.recovered_t[0] == pytest.approx(metal)
    assert deposit_values.life_years[0] == pytest.approx(25.6, abs=0.1) and deposit_values.capacity_st_day[0] == pytest.approx(
        31_900, rel=0.01
    )


@pytest.mark.parametrize(
    ("ore_body", "depth", "method"),
    [
        ("massive", 60, "open-pit"),
        ("massive", 61, "block-caving"),
        ("flat", 60, "open-pit"),
        ("flat", 200, "room-and-pillar"),
        ("vein", 0, "vertical-crater-retreat"),
    ],
)
def test_method_follows_from_form_and_depth(ore_body: OreBody, depth: float, method: MineName) -> None:
    deposit_values = value_deposits(array(1e7), array(1.0), array(depth), replace(FILTER, ore_body=ore_body))
    assert METHODS[deposit_values.method[0]] == method
    assert deposit_values.recovered_t[0] == pytest.approx(1e7 * MINES[method].recovery * 0.01 * 0.91)


def test_waste_of_a_pit_grows_with_depth_and_is_never_negative() -> None:
    ore = np.full(3, 1e8)
    ratios = compute_stripping_ratio(ore, np.array([0.0, 30.0, 200.0]))
    assert (np.diff(ratios) > 0).all() and ratios[0] == pytest.approx(0.958, abs=0.01)
    assert compute_stripping_ratio(array(1e12), array(0))[0] >= 0


def test_a_pond_costs_more_with_a_liner_and_a_longer_life() -> None:
    capacity = np.full(3, 10_000.0)
    lives = np.array([5.0, 10.0, 20.0])
    lined, unlined = compute_tailings_cost("lined", capacity, lives), compute_tailings_cost("unlined", capacity, lives)
    assert (lined > unlined).all() and (np.diff(lined) > 0).all()
    assert compute_tailings_cost("none", capacity, lives).tolist() == [0, 0, 0]


def test_depths_have_the_shares_of_their_intervals() -> None:
    depths = draw_depths(FILTER.depths, 40_000, np.random.default_rng(1))
    assert [((depths >= low) & (depths < high)).mean() for low, high in ((0, 250), (250, 500), (500, 1000))] == pytest.approx(
        [0.25, 0.25, 0.5], abs=0.01
    )


def test_without_a_discount_the_value_is_that_of_all_years() -> None:
    free = replace(FILTER, discount_pct=0)
    found, discounted = (value_deposits(array(1e8), array(1.0), array(100), one) for one in (free, FILTER))
    assert found.value_usd[0] > discounted.value_usd[0] > 0


def test_a_filter_counts_what_pays_and_changes_nothing_else(model: GradeTonnageModel) -> None:
    whole, filtered = simulate_tract((1, 3, 8), model, 5), simulate_tract((1, 3, 8), model, 5, economic=FILTER)
    assert (filtered.ore_t, filtered.metal_t, filtered.chance_of_none) == (whole.ore_t, whole.metal_t, whole.chance_of_none)
    above = filtered.above_filter
    assert above is not None and 0 < above.share_of_deposits < 1
    assert above.chance_of_none > whole.chance_of_none and above.metal_t.mean < whole.metal_t.mean
    assert above.recovered_t.mean < 0.95 * 0.91 * above.metal_t.mean * 1.001
    assert sum(method.share_of_deposits for method in above.methods) == pytest.approx(1)
    assert sum(method.share_passing for method in above.methods) == pytest.approx(above.share_of_deposits)
    dearer = simulate_tract((1, 3, 8), model, 5, economic=replace(FILTER, cost_factor=4)).above_filter
    richer = simulate_tract((1, 3, 8), model, 5, economic=replace(FILTER, price_usd_t=20_000)).above_filter
    assert dearer is not None and richer is not None
    assert dearer.share_of_deposits < above.share_of_deposits < richer.share_of_deposits


def test_without_deposits_or_at_no_price_nothing_passes(model: GradeTonnageModel) -> None:
    none = simulate_tract((0, 0, 0), model, 5, economic=FILTER).above_filter
    assert none is not None and (none.share_of_deposits, none.chance_of_none, none.methods) == (0, 1, ())
    free = simulate_tract((1, 3, 8), model, 5, economic=replace(FILTER, price_usd_t=0)).above_filter
    assert free is not None and (free.share_of_deposits, free.chance_of_none, free.median_life_years) == (0, 1, None)
    assert free.recovered_t.mean == 0
