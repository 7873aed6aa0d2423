"""Measures of the layout check against published examples, stoichiometry and properties that hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodedata.figures.units import find_basis_factor
from lodedata.layout.feedstock import MATERIALS, Need, compute_least_t_per_t, compute_required_amount, is_kind_of
from lodedata.layout.huff import BETAS, compute_huff_probabilities, compute_market_shares
from lodedata.layout.measures import compute_hhi, compute_location_quotient
from lodedata.layout.products import PRODUCTS
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import load_vocabulary

AMOUNTS = st.lists(st.floats(0, 1e9), min_size=1, max_size=12)
ATOMS = {"Li": 6.94, "O": 15.999, "C": 12.011, "Al": 26.982}
"""IUPAC abridged standard atomic weights."""


def test_hhi_is_that_of_the_departments_own_example() -> None:
    # U.S. Department of Justice, "Herfindahl-Hirschman Index": shares of 30, 30, 20 and 20 percent give 2,600
    assert compute_hhi([30, 30, 20, 20]) == pytest.approx(2600)
    assert compute_hhi([5]) == 10_000
    assert compute_hhi([]) is None
    assert compute_hhi([0, 0]) is None
    with pytest.raises(ValueError, match="below nought"):
        compute_hhi([1, -1])


@given(AMOUNTS, st.floats(0.1, 1000))
def test_hhi_does_not_depend_on_the_unit_and_lies_between_equal_shares_and_one_holder(
    amounts: list[float], factor: float
) -> None:
    amounts = [round(amount, 3) for amount in amounts]
    hhi = compute_hhi(amounts)
    if hhi is None:
        return
    assert hhi == pytest.approx(compute_hhi([amount * factor for amount in amounts]), rel=1e-9)
    assert 10_000 / len(amounts) * (1 - 1e-9) <= hhi <= 10_000 * (1 + 1e-9)


def test_location_quotient_is_that_of_a_published_example() -> None:
    # Emsi, "Understanding location quotient": breweries with 8 % of the jobs of a region and 5 % of the nation's, LQ 1.6;
    # bakeries with 2.5 % and 1 %, LQ 2.5
    assert compute_location_quotient(8, 100, 5, 100) == pytest.approx(1.6)
    assert compute_location_quotient(2.5, 100, 1, 100) == pytest.approx(2.5)
    assert compute_location_quotient(1, 0, 1, 1) is None
    assert compute_location_quotient(1, 1, 0, 1) is None


def test_huff_is_even_at_converses_breaking_point() -> None:
    # Converse 1949 after Reilly 1931: between towns of 90 and 10 that lie 40 km apart trade parts 40 / (1 + sqrt(90 / 10))
    # = 10 km from the smaller one
    assert 40 / (1 + math.sqrt(90 / 10)) == 10
    assert compute_huff_probabilities([[30, 10]], [90, 10], 2).tolist() == [[0.5, 0.5]]


def test_huff_agrees_with_a_manual_calculation() -> None:
    # attractions 5,000 and 2,500 at 10 and 5 km, beta 2: 50 and 100, so one third and two thirds
    assert compute_huff_probabilities([[10, 5]], [5000, 2500], 2)[0] == pytest.approx([1 / 3, 2 / 3])
    # beta 1: 500 and 500; beta 3: 5 and 20
    assert compute_huff_probabilities([[10, 5]], [5000, 2500], 1)[0] == pytest.approx([1 / 2, 1 / 2])
    assert compute_huff_probabilities([[10, 5]], [5000, 2500], 3)[0] == pytest.approx([1 / 5, 4 / 5])
    assert compute_huff_probabilities([[10, 5]], [0, 0], 2)[0].tolist() == [0, 0]
    with pytest.raises(ValueError, match="below nought"):
        compute_huff_probabilities([[1]], [-1], 2)


@given(st.lists(st.tuples(st.floats(100, 110), st.floats(20, 40), st.floats(1, 1e6)), min_size=1, max_size=6))
def test_a_new_plant_takes_from_each_what_it_gets_in_all(plants: list[tuple[float, float, float]]) -> None:
    market_shares = compute_market_shares(
        (105, 30), 1e5, [p[:2] for p in plants], [p[2] for p in plants], [(104, 31), (108, 25)]
    )
    assert [market_share.beta for market_share in market_shares] == list(BETAS)
    for market_share in market_shares:
        assert sum(market_share.before) - sum(market_share.after) == pytest.approx(market_share.share)
        assert all(after <= before * (1 + 1e-12) for before, after in zip(market_share.before, market_share.after, strict=True))


def test_the_first_plant_takes_all_and_no_demand_is_no_catchment() -> None:
    assert [share.share for share in compute_market_shares((105, 30), 1.0, [], [], [(104, 31)])] == [1.0, 1.0, 1.0]
    assert compute_market_shares((105, 30), 1.0, [], [], []) == []


def test_conversions_are_those_of_the_atoms() -> None:
    """Compare the conversion factors of needs with the atomic weights (domain tables: 0.5293, 2.473, 5.323)."""
    alumina = 2 * ATOMS["Al"] + 3 * ATOMS["O"]
    lithia, carbonate = 2 * ATOMS["Li"] + ATOMS["O"], 2 * ATOMS["Li"] + ATOMS["C"] + 3 * ATOMS["O"]
    assert 2 * ATOMS["Al"] / alumina == pytest.approx(0.5293, abs=5e-5)
    assert carbonate / lithia == pytest.approx(2.473, abs=5e-4)
    assert carbonate / (2 * ATOMS["Li"]) == pytest.approx(5.323, abs=5e-4)
    assert find_basis_factor("lithium", "LCE") == pytest.approx(2 * ATOMS["Li"] / carbonate, rel=1e-3)
    assert find_basis_factor("aluminium", "Al2O3") == pytest.approx(0.5293, abs=5e-5)


def test_needs_rest_on_their_grades() -> None:
    # 6 % Li2O gives 0.148 t LCE per tonne before losses, so 6.74 t are the least
    assert compute_least_t_per_t(6, 2.473) == pytest.approx(1 / 0.148, rel=5e-3)
    assert _need("lithium-carbonate", "spodumene-concentrate").low > compute_least_t_per_t(6, 2.473)
    lepidolite = _need("lithium-carbonate", "lepidolite-concentrate")
    assert (lepidolite.low, lepidolite.high) == pytest.approx(
        (compute_least_t_per_t(4, 2.473), compute_least_t_per_t(2, 2.473)), rel=1e-2
    )
    copper = _need("copper", "copper-concentrate")
    assert (copper.low, copper.high) == pytest.approx(
        (compute_least_t_per_t(30, 1, 98), compute_least_t_per_t(20, 1, 97)), rel=2e-2
    )
    assert copper.low < compute_least_t_per_t(25, 1, 97.5) < copper.high
    assert _need("aluminium", "alumina").low == pytest.approx(1 / 0.5293, rel=1e-3)
    for grade in (0, -1, 101):
        with pytest.raises(ValueError, match="grade or recovery"):
            compute_least_t_per_t(grade)


def test_a_need_grows_with_the_capacity() -> None:
    bauxite = _need("alumina", "bauxite")
    amount = compute_required_amount(bauxite, 2_000_000)
    assert (amount.low_tpa, amount.high_tpa) == pytest.approx((4_400_000, 5_400_000))
    with pytest.raises(ValueError, match="below nought"):
        compute_required_amount(bauxite, -1)


def test_material_is_a_kind_of_a_broader_one() -> None:
    assert is_kind_of("bauxite-diaspore", "bauxite")
    assert not is_kind_of("bauxite", "bauxite-diaspore")
    assert is_kind_of("something", "something")


def test_products_use_the_terms_of_the_vocabularies() -> None:
    made, facilities, commodities = load_vocabulary("product"), load_vocabulary("facility-type"), load_vocabulary("commodity")
    for product in PRODUCTS.values():
        assert all(code in made for code in (*product.codes, *product.mined)), product.code
        assert all(code in facilities for code in product.facilities), product.code
        assert all(code in commodities for code in product.ores), product.code
        assert all(need.material in MATERIALS and 0 < need.low <= need.high for need in product.needs), product.code
    assert all(product in PRODUCTS for about in DECLARED.values() for product in about.products)


def _need(product: str, material: str) -> Need:
    return next(need for need in PRODUCTS[product].needs if need.material == material)


def test_shares_do_not_change_with_the_unit() -> None:
    away = np.array([[10.0, 20.0], [5.0, 40.0]])
    assert compute_huff_probabilities(away, [1, 2], 2) == pytest.approx(compute_huff_probabilities(away, [1000, 2000], 2))
