"""Large, medium and small at the limits of DZ/T 0400-2022, for each form of deposit, and never from a sum."""

import pytest

from lodedata.figures.amounts import compute_estimate_amounts
from lodedata.figures.size import Size, choose_sized_commodities, classify_size, load_size_thresholds
from lodedata.figures.units import find_basis_factor, parse_unit
from lodedata.records import Commodity, CommodityMeasure, CommodityRank, Deposit, Estimate, Quantity

LIMITS = [
    ("copper", "", "metal", 500_000, 100_000),
    ("bauxite", "", "ore", 20_000_000, 5_000_000),
    ("nickel", "", "metal", 100_000, 20_000),
    ("cobalt", "", "metal", 20_000, 2_000),
    ("tin", "", "metal", 40_000, 5_000),
    ("lithium", "mineral", "Li2O", 100_000, 10_000),
    ("lithium", "brine", "LiCl", 500_000, 100_000),
]
"""Commodity, form, basis, large from, medium from, in tonnes: 国土资发〔2000〕133号, confirmed by DZ/T 0400-2022."""


def quantity(value: float, unit_text: str, basis: str, commodity: str) -> Quantity:
    known = parse_unit(unit_text, "mass")
    assert known is not None and known.factor is not None
    share = 1 if basis == "ore" else find_basis_factor(commodity, basis)
    return Quantity(value, unit_text, basis, None if share is None else known.factor * share)


def estimate(commodity: str, basis: str, value: float, unit_text: str = "t") -> Estimate:
    figure = quantity(value, unit_text, basis, commodity)
    if basis == "ore":
        return Estimate("inferred-mineral-resource", ore=figure)
    return Estimate("inferred-mineral-resource", measures=(CommodityMeasure(commodity, contained=figure),))


def deposit(commodity: str, form: str, *estimates: Estimate, rank: CommodityRank = "main") -> Deposit:
    return Deposit(commodities=(Commodity(commodity, rank),), deposit_form=form or None, estimates=estimates)


def find_size(record: Deposit) -> Size | None:
    amounts = compute_estimate_amounts(record.estimates, "d1")
    return classify_size(choose_sized_commodities(record.commodities), record.deposit_form, amounts)


def size_class(found: Size | None) -> str | None:
    return None if found is None else found.size_class


def test_the_limits_are_those_of_the_standard() -> None:
    found = {(t.commodity, t.form, t.basis, t.large_t, t.medium_t) for t in load_size_thresholds().values()}
    assert found == set(LIMITS)
    assert {t.standard for t in load_size_thresholds().values()} == {"DZ/T 0400-2022"}


@pytest.mark.parametrize(("commodity", "form", "basis", "large", "medium"), LIMITS)
def test_a_class_begins_at_its_limit(commodity: str, form: str, basis: str, large: float, medium: float) -> None:
    """Large is from its limit on, medium from its own to below large: [lower, upper)."""
    sizes = [(large, "large"), (large * 0.999, "medium"), (medium, "medium"), (medium * 0.999, "small"), (0, "small")]
    for value, expected in sizes:
        size = find_size(deposit(commodity, form, estimate(commodity, basis, value)))
        assert size_class(size) == expected, value
        assert size is not None
        assert (size.commodity, size.basis, size.estimate) == (commodity, basis, "d1.e0")
        assert size.value_t == pytest.approx(value)


@pytest.mark.parametrize("unit_text", ["kt", "万吨"])
@pytest.mark.parametrize(("commodity", "form", "basis", "large", "medium"), LIMITS)
def test_a_class_begins_at_its_limit_in_other_units(
    commodity: str, form: str, basis: str, large: float, medium: float, unit_text: str
) -> None:
    known = parse_unit(unit_text, "mass")
    assert known is not None and known.factor is not None
    for limit, expected in ((large, "large"), (medium, "medium")):
        size = find_size(deposit(commodity, form, estimate(commodity, basis, limit / known.factor, unit_text)))
        assert size_class(size) == expected


def test_the_same_lithium_is_large_as_a_mineral_and_medium_as_a_brine() -> None:
    """300 kt of lithium carbonate: 121 kt Li2O, 344 kt LiCl."""
    carbonate = estimate("lithium", "LCE", 300_000)
    mineral, brine = find_size(deposit("lithium", "mineral", carbonate)), find_size(deposit("lithium", "brine", carbonate))
    assert mineral is not None and brine is not None
    assert (mineral.size_class, mineral.basis) == ("large", "Li2O")
    assert mineral.value_t == pytest.approx(121_300, rel=1e-3)
    assert (brine.size_class, brine.basis) == ("medium", "LiCl")
    assert brine.value_t == pytest.approx(344_200, rel=1e-3)


@pytest.mark.parametrize("form", ["clay", ""])
def test_lithium_in_clay_or_in_an_unknown_form_has_no_size(form: str) -> None:
    """Clay is not in the table."""
    assert find_size(deposit("lithium", form, estimate("lithium", "Li2O", 10_000_000))) is None


def test_a_size_never_comes_from_a_sum() -> None:
    half = estimate("copper", "metal", 300_000)
    size = find_size(deposit("copper", "", half, half, half))
    assert size is not None
    assert (size.size_class, size.value_t) == ("medium", 300_000)


def test_a_size_comes_from_the_largest_single_figure_and_names_it() -> None:
    figures = [estimate("copper", "metal", value) for value in (100_000, 700_000, 600_000)]
    size = find_size(deposit("copper", "", *figures))
    assert size is not None
    assert (size.size_class, size.value_t, size.estimate) == ("large", 700_000, "d1.e1")


def test_nothing_is_extra_large_for_that_is_no_class_of_the_standard() -> None:
    assert size_class(find_size(deposit("copper", "", estimate("copper", "metal", 100_000_000)))) == "large"


def test_a_main_metal_without_figures_leaves_the_word_to_a_co_product() -> None:
    both = Deposit(
        commodities=(Commodity("copper", "main"), Commodity("cobalt", "co-product")),
        estimates=(estimate("cobalt", "metal", 25_000),),
    )
    size = find_size(both)
    assert size is not None
    assert (size.commodity, size.size_class) == ("cobalt", "large")


def test_a_by_product_makes_no_size_in_addition_to_a_main_metal() -> None:
    both = Deposit(
        commodities=(Commodity("gold", "main"), Commodity("copper", "by-product")),
        estimates=(estimate("copper", "metal", 900_000),),
    )
    assert find_size(both) is None


def test_a_metal_that_the_standard_is_not_read_for_has_no_size() -> None:
    assert find_size(deposit("gold", "", estimate("gold", "metal", 1_000_000))) is None


def test_a_figure_that_could_not_be_converted_makes_no_size() -> None:
    odd = Estimate("endowment", measures=(CommodityMeasure("copper", contained=Quantity(9e9, "wet tonnes", "metal")),))
    assert find_size(deposit("copper", "", odd)) is None
    assert find_size(deposit("copper", "")) is None
    assert find_size(Deposit()) is None


def test_bauxite_is_measured_by_its_ore_and_copper_is_not() -> None:
    ore = Estimate("endowment", ore=quantity(30, "Mt", "ore", "bauxite"))
    assert size_class(find_size(deposit("bauxite", "", ore))) == "large"
    assert find_size(deposit("copper", "", ore)) is None


def test_size_follows_from_derived_metal_and_says_so() -> None:
    graded = Estimate(
        "inferred-mineral-resource",
        ore=Quantity(100, "Mt", None, 1e6),
        measures=(CommodityMeasure("copper", Quantity(0.6, "%", None, 1.0)),),
    )
    size = find_size(deposit("copper", "", graded, estimate("copper", "metal", 400_000)))
    assert size is not None
    assert (size.size_class, size.value_t, size.is_derived, size.estimate) == ("large", 600_000, True, "d1.e0")
