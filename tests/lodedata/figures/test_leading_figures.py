"""The figures that a record is known by: those of one class and of one product, never sums of classes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from lodedata.figures.amounts import compute_estimate_amounts
from lodedata.figures.leading_figures import PhaseCapacity, compute_capacity_figures, estimate_figures, list_owner_names
from lodedata.records import CommodityMeasure, Estimate, PartialDate, Quantity

DAY = date(2021, 1, 1)


def measure(commodity: str, grade: float, contained: float) -> CommodityMeasure:
    return CommodityMeasure(commodity, Quantity(grade, "%", "metal", 1.0), Quantity(contained, "t", "metal", 1.0))


def figures(main: str, *estimates: Estimate) -> Mapping[str, Any]:
    return estimate_figures(compute_estimate_amounts(estimates, "d1"), main)


def test_the_leading_estimate_has_the_most_of_the_main_commodity() -> None:
    indicated = Estimate(
        "indicated-mineral-resource",
        on=PartialDate(DAY, "year"),
        ore=Quantity(10, "Mt", None, 1e6),
        measures=(measure("gold", 0.0001, 10), measure("copper", 1.0, 100_000)),
    )
    inferred = Estimate(
        "inferred-mineral-resource", ore=Quantity(90, "Mt", None, 1e6), measures=(measure("copper", 0.1, 90_000),)
    )
    assert figures("copper", inferred, indicated) == {
        "figure_ore_t": 10_000_000,
        "figure_grade_pct": 1.0,
        "figure_grade_basis": "metal",
        "figure_contained_t": 100_000,
        "figure_contained_derived": False,
        "figure_commodity": "copper",
        "figure_class": "indicated-mineral-resource",
        "figure_date": str(DAY.year),
        "figure_covers": None,
        "figure_one_of_several": True,
    }


def estimate(category: str, contained: float, year: int | None = None, zone: str | None = None) -> Estimate:
    on = None if year is None else PartialDate(date(year, 1, 1), "year")
    return Estimate(category, on=on, zone=zone, measures=(measure("lithium", 0.3, contained),))


INDICATED, INFERRED, ALL = (
    "indicated-mineral-resource",
    "inferred-mineral-resource",
    "measured-indicated-inferred-mineral-resource",
)
RESERVES, PROBABLE = "proved-and-probable-ore-reserves", "probable-ore-reserves"


@pytest.mark.parametrize(
    ("estimates", "expected"),
    [
        ([estimate(INDICATED, 260_000), estimate(INFERRED, 120_000)], True),
        ([estimate(ALL, 380_000), estimate(INDICATED, 260_000)], False),
        ([estimate(INDICATED, 260_000), estimate(PROBABLE, 200_000)], False),
        ([estimate(RESERVES, 589_000), estimate(INFERRED, 432_000)], True),
        ([estimate(RESERVES, 589_000), estimate(PROBABLE, 432_000)], False),
        ([estimate(INFERRED, 303_000, zone="West Unit"), estimate(INFERRED, 164_000, zone="Central Unit")], True),
        ([estimate(INFERRED, 303_000), estimate(INFERRED, 164_000)], False),
        ([estimate("endowment", 303_000), estimate(INFERRED, 164_000)], False),
    ],
    ids=[
        "two classes",
        "total",
        "reserve of it",
        "reserve and inferred",
        "part of reserve",
        "zones",
        "same class",
        "undivided",
    ],
)
def test_figures_say_whether_further_classes_are_not_added(estimates: list[Estimate], expected: bool) -> None:
    assert figures("lithium", *estimates)["figure_one_of_several"] is expected


@pytest.mark.parametrize(
    ("earlier", "later", "leads"),
    [
        (estimate("endowment", 1_062_000, 1985), estimate(INDICATED, 260_000, 2010), 260_000),
        (estimate(INFERRED, 153_000, 2015), estimate(INFERRED, 40_900, 2017), 40_900),
        (estimate(INDICATED, 644_000, 2016), estimate(ALL, 250_000, 2019), 250_000),
        (estimate("proved-ore-reserves", 156_100, 1976), estimate(RESERVES, 151_700, 1986), 151_700),
        (estimate(ALL, 644_000, 2016), estimate(INDICATED, 250_000, 2019), 644_000),
        (estimate("endowment", 92_400, 1985), estimate("endowment", 50_800, 1989), 92_400),
        (estimate("endowment", 92_400), estimate(INDICATED, 50_800, 1989), 92_400),
        (estimate(INFERRED, 92_400, 1985, "north"), estimate(INFERRED, 50_800, 1989, "south"), 92_400),
    ],
    ids=[
        "undivided",
        "same class",
        "all classes",
        "both reserves",
        "one of all classes",
        "both undivided",
        "undated",
        "other zone",
    ],
)
def test_later_estimate_of_a_source_replaces_an_earlier_one(earlier: Estimate, later: Estimate, leads: float) -> None:
    """Kings Valley, Stage 2: the estimate of 1985 was served, though its source has the classes of 2010."""
    assert figures("lithium", earlier, later)["figure_contained_t"] == leads


def test_headline_is_never_a_figure_of_another_metal() -> None:
    """Renison, a tin deposit, was headed by its copper grade."""
    copper = Estimate("endowment", ore=Quantity(50, "Mt", None, 1e6), measures=(measure("copper", 0.31, 155_000),))
    tin = Estimate(
        "endowment", ore=Quantity(20, "Mt", None, 1e6), measures=(measure("copper", 0.3, 60_000), measure("tin", 1.4, 1))
    )
    found = figures("tin", copper, tin)
    assert (found["figure_commodity"], found["figure_grade_pct"], found["figure_ore_t"]) == ("tin", 1.4, 20_000_000)
    assert set(figures("tin", copper).values()) == {None}


def test_ore_without_a_grade_or_with_one_of_a_part_is_a_headline() -> None:
    bare = Estimate("endowment", ore=Quantity(50, "Mt", None, 1e6))
    assert (figures("bauxite", bare)["figure_ore_t"], figures("bauxite", bare)["figure_commodity"]) == (50_000_000, None)
    of_part = Estimate("endowment", ore=Quantity(50, "Mt", None, 1e6), measures=(measure("platinum", 0.0003, 150),))
    assert figures("platinum-group", of_part)["figure_ore_t"] == 50_000_000


def test_grade_of_an_oxide_says_what_it_is_of() -> None:
    graded = CommodityMeasure("lithium", Quantity(2.153, "%", "Li2O", 1.0))
    found = figures("lithium", Estimate("endowment", measures=(graded,)))
    assert (found["figure_grade_pct"], found["figure_grade_basis"]) == (2.153, "Li2O")


@pytest.mark.parametrize(
    ("commodity", "basis", "tonnes"),
    [
        ("copper", None, 600_000),
        ("copper", "metal", 600_000),
        ("tungsten", "WO3", 475_800),
        # quoted as metal and as oxide, so that a grade without a basis says nothing
        ("lithium", None, None),
        ("tungsten", None, None),
        # an ore is no metal
        ("bauxite", None, None),
    ],
)
def test_metal_is_derived_only_where_the_basis_of_the_grade_is_known(
    commodity: str, basis: str | None, tonnes: float | None
) -> None:
    graded = CommodityMeasure(commodity, Quantity(0.6, "%", basis, 1.0))
    found = figures(commodity, Estimate("endowment", ore=Quantity(100, "Mt", None, 1e6), measures=(graded,)))
    assert found["figure_contained_t"] == (None if tonnes is None else pytest.approx(tonnes))
    assert found["figure_contained_derived"] is (None if tonnes is None else True)


def test_reported_metal_is_not_replaced_by_a_derived_one() -> None:
    estimate = Estimate("endowment", ore=Quantity(100, "Mt", None, 1e6), measures=(measure("copper", 1.0, 5),))
    found = figures("copper", estimate)
    assert (found["figure_contained_t"], found["figure_contained_derived"]) == (5, False)


def test_undated_figure_has_no_date_of_a_reference_or_of_its_source() -> None:
    cited = Estimate("endowment", ore=Quantity(1, "t", None, 1.0), citation="usgs-sir2010-5090z: pcu 136")
    assert figures("copper", cited)["figure_date"] is None
    assert set(figures("copper").values()) == {None}


def test_headline_capacity_is_what_is_built_and_names_the_pipeline() -> None:
    phases = [
        PhaseCapacity("refined-copper", "product", 100.0, "operating"),
        PhaseCapacity("refined-copper", "product", 50.0, "permitted"),
        PhaseCapacity("refined-copper", "product", 900.0, "closed"),
        PhaseCapacity("nickel-sulphate", "product", 90.0, None),
        PhaseCapacity("blister-copper", None, None, None),
    ]
    assert compute_capacity_figures(phases, "copper") == {
        "figure_product": "refined-copper",
        "figure_capacity_basis": "product",
        "figure_capacity_tpa": 100.0,
        "figure_coming_tpa": 50.0,
    }
    assert set(compute_capacity_figures([], None).values()) == {None}


def test_ore_tonnage_does_not_lead_where_metal_is_stated() -> None:
    phases = [
        PhaseCapacity("copper-ore", "ore", 12_000_000.0, "operating"),
        PhaseCapacity("mine-copper", "metal", 340_000.0, "operating"),
    ]
    assert compute_capacity_figures(phases, "copper")["figure_capacity_tpa"] == 340_000.0
    assert compute_capacity_figures(phases[:1], "copper")["figure_capacity_basis"] == "ore"


def test_headline_capacity_is_of_the_main_commodity() -> None:
    phases = [PhaseCapacity("cobalt-ore", "ore", 12e6, "operating"), PhaseCapacity("copper-ore", "ore", 12e6, "operating")]
    assert compute_capacity_figures(phases, "copper")["figure_product"] == "copper-ore"
    assert compute_capacity_figures(phases, "nickel")["figure_product"] == "cobalt-ore"


def test_capacity_of_which_nothing_is_built_is_no_built_capacity() -> None:
    figures = compute_capacity_figures([PhaseCapacity("alumina", "product", 800.0, "announced")], "alumina")
    assert (figures["figure_capacity_tpa"], figures["figure_coming_tpa"]) == (None, 800.0)


def test_owners_are_named_once() -> None:
    assert list_owner_names([("A Mining", "甲公司"), ("A Mining", None), (None, None)]) == ["A Mining", "甲公司"]
