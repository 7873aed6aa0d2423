"""Gates of figures: what no ore has and what the world does not produce is held, and nothing else."""

import pytest

from lodedata.checks import Location, check
from lodedata.figures.held_figures import (
    SiteCapacity,
    find_capacity_doubts,
    find_grade_doubt,
    hold_impossible,
    load_grade_limits,
)
from lodedata.figures.national_output import find_output, load_national_outputs, load_output_stages
from lodedata.geography.boundaries import Boundaries
from lodedata.records import Commodity, CommodityMeasure, Deposit, Estimate, Phase, Project, Quantity
from lodedata.vocab import load_vocabulary

NOWHERE = Location(Boundaries(()), None, None)


@pytest.mark.parametrize(
    ("commodity", "percent", "basis", "doubt"),
    [
        ("copper", 80.0, None, "grade-above-mineral"),
        ("copper", 15.0, None, None),
        ("tin", 71.0, "Sn", "grade-above-ore"),
        ("tin", 60.0, "Sn", "grade-above-ore"),
        ("tin", 5.14, "Sn", None),
        ("lithium", 8.1, "Li2O", "grade-above-mineral"),
        ("lithium", 6.5, "Li2O", "grade-above-ore"),
        ("lithium", 1.5, "Li2O", None),
        ("bauxite", 50.0, "Al2O3", None),
        ("bauxite", 86.0, "Al2O3", "grade-above-mineral"),
        ("gold", 0.01, None, None),
    ],
)
def test_a_grade_that_no_ore_has_is_doubted(commodity: str, percent: float, basis: str | None, doubt: str | None) -> None:
    assert find_grade_doubt(commodity, Quantity(percent, "percent", basis, 1.0)) == doubt


def test_grade_without_conversion_is_not_judged() -> None:
    assert find_grade_doubt("copper", Quantity(4000.0, "pounds", None, None)) is None
    assert find_grade_doubt("copper", None) is None


def test_mineral_of_a_limit_is_richer_than_its_ore() -> None:
    assert all(0 < limit.ore_pct < limit.mineral_pct <= 100 for limit in load_grade_limits().values())


@pytest.mark.parametrize(
    ("capacities", "doubts"),
    [
        ([("mine-cobalt", None, 5_500_000.0), ("mine-copper", None, 5_500_000.0)], ["capacity-above-world", None]),
        # tonnes of ore are not compared with metal
        ([("mine-cobalt", "ore", 5_500_000.0)], [None]),
        ([("refined-copper", None, 130_000_000.0)], ["capacity-above-world"]),
        ([("secondary-aluminium", None, 70_000_000.0)], ["capacity-above-world"]),
        # each is possible, but not both at one site
        ([("mine-cobalt", None, 200_000.0), ("cobalt-ore", None, 200_000.0)], ["capacity-above-world"] * 2),
        # one impossible figure does not hold the other
        ([("mine-cobalt", None, 5_500_000.0), ("cobalt-ore", None, 2_000.0)], ["capacity-above-world", None]),
        ([(None, None, 1e12), ("lithium-carbonate", None, 33_000.0), ("mine-tin", None, None)], [None] * 3),
    ],
)
def test_a_capacity_above_the_output_of_the_world_is_doubted(
    capacities: list[tuple[str | None, str | None, float | None]], doubts: list[str | None]
) -> None:
    assert find_capacity_doubts([SiteCapacity(*capacity) for capacity in capacities]) == doubts


def deposit(percent: float) -> Deposit:
    measure = CommodityMeasure("tin", Quantity(percent, "percent", "Sn", 1.0))
    estimate = Estimate("endowment", ore=Quantity(1030.0, "t", None, 1.0), measures=(measure,))
    return Deposit(name_en="Moolyella", commodities=(Commodity("tin", "main"),), estimates=(estimate,))


def test_held_grade_keeps_what_was_reported_and_has_no_value() -> None:
    held = hold_impossible(deposit(71.0)).estimates[0].measures[0].grade
    assert held is not None
    assert (held.reported, held.converted, held.value, held.held) == (71.0, 71.0, None, "grade-above-ore")
    possible = deposit(1.2)
    assert hold_impossible(possible) is possible


def test_impossible_grade_is_flagged_with_its_limit() -> None:
    flags = [one for one in check(hold_impossible(deposit(71.0)), NOWHERE) if one.rule.startswith("grade")]
    assert [flag.rule for flag in flags] == ["grade-above-ore"]
    assert "71 % Sn" in flags[0].sentence("en") and "30 %" in flags[0].sentence("en")
    assert "精矿" in flags[0].sentence("zh")


def project(country: str, product: str, tonnes: float) -> Project:
    phase = Phase(product=product, capacity=Quantity(tonnes, "t/a", None, 1.0))
    return Project(name_en="Nkana", country=country, commodities=(Commodity("cobalt", "main"),), phases=(phase,))


@pytest.mark.parametrize(
    ("country", "product", "tonnes", "rules"),
    [
        ("ZMB", "mine-cobalt", 5_500_000.0, ["capacity-above-world"]),
        ("ZMB", "refined-copper", 1_300_000.0, ["capacity-above-country"]),
        ("ZMB", "refined-copper", 130_000.0, []),
        ("AND", "refined-copper", 130_000.0, []),
    ],
)
def test_impossible_capacity_is_flagged_with_the_output(country: str, product: str, tonnes: float, rules: list[str]) -> None:
    flags = [one for one in check(hold_impossible(project(country, product, tonnes)), NOWHERE) if "capacity" in one.rule]
    assert [flag.rule for flag in flags] == rules
    assert all(flag.sentence("en") != flag.sentence("zh") for flag in flags)


def test_outputs_are_those_of_the_geological_survey() -> None:
    """USGS, Mineral Commodity Summaries 2025: the larger of 2023 and 2024."""
    expected = {
        ("copper", "mine", "CHL"): 5_300_000,
        ("copper", "refinery", "POL"): 592_000,
        ("cobalt", "mine", "WLD"): 290_000,
        ("alumina", "refinery", "WLD"): 142_000_000,
        ("nickel", "mine", "IDN"): 2_200_000,
    }
    for key, tonnes in expected.items():
        output = find_output(*key)
        assert output is not None and output.tonnes == tonnes


def test_every_output_belongs_to_a_stage_and_an_area() -> None:
    countries = load_vocabulary("country")
    for commodity, stage, area in load_national_outputs():
        assert (commodity, stage) in load_output_stages() or commodity == "lithium"
        assert area == "WLD" or area in countries
    assert all((*key, "WLD") in load_national_outputs() for key in load_output_stages())
    products = [code for stage in load_output_stages().values() for code in stage.products]
    assert len(products) == len(set(products))
    assert all(code in load_vocabulary("product") for code in products)
