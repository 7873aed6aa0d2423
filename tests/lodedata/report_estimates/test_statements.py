"""Rules that classify the rows of reports, one by one, by small rows made after real ones."""

from typing import Any

import pytest
from tests.inventory_rows import entry

from lodedata.report_estimates import PropertyRows, ReportRow, classify_rows, read_row, refuse_neighbours


def classified(*entries: dict[str, Any], country: str | None = "CAN") -> list[ReportRow]:
    rows = [read_row(number, one) for number, one in enumerate(entries)]
    classify_rows(rows, country)
    return rows


def rules(rows: list[ReportRow]) -> list[str | None]:
    return [row.refusal.rule if row.refusal else "repeats" if row.repeats else None for row in rows]


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (entry(category=""), "estimate-without-class"),
        (entry(category="inferred+measured"), "estimate-class-unknown"),
        (entry(commodity="base"), "no-known-commodity"),
        (entry(ore=None), "estimate-without-ore"),
        (entry(ore=15.0, unit="metres"), "estimate-unit-not-mass"),
        (entry(ore=15e5, unit="tons"), "estimate-unit-unclear"),
        (entry(grade_unit="% NiEq"), "estimate-equivalent"),
        (entry(form="Li2O"), "estimate-form-contradicts"),
        (entry(commodity="lithium", form="Lithium Carbonate"), "estimate-of-product"),
        (entry(commodity="lithium", grade=800.0, grade_unit="mg/L"), "estimate-of-brine"),
        (entry(commodity="gold", grade=1.2), "estimate-grade-unit"),
        (entry(grade=81.0), "estimate-grade-impossible"),
        (entry(grade=2.0, grade_unit="g/t"), "estimate-grade-impossible"),
        (entry(ore=27263.0, unit="tonnes", grade=0.199), "estimate-too-small"),
        (entry(zone="2021 h1"), "estimate-of-period"),
        (entry(cut_off=None), "estimate-unsupported"),
        (entry(ore=33.18, unit=None), "estimate-unit-missing"),
    ],
)
def test_row_that_is_no_estimate_is_refused_with_its_reason(made: dict[str, Any], rule: str) -> None:
    assert rules(classified(made)) == [rule]


def test_row_has_ore_grade_role_and_grounds() -> None:
    (row,) = classified(entry())
    assert (row.ore_t, row.grade_pct, row.role) == (12.5e6, 0.8, "whole")
    assert (row.ore_ground, row.grade_ground, row.category) == ("stated", "stated", "indicated-mineral-resource")


def test_thousands_that_were_multiplied_before_are_tonnes() -> None:
    zones = [entry(ore=ore, unit="kTonnes", zone=zone) for ore, zone in ((1_566_000, "a"), (3_474_000, "b"), (217_000, "c"))]
    assert [row.ore_t for row in classified(*zones)] == [1_566_000, 3_474_000, 217_000]
    assert {row.ore_ground for row in classified(*zones)} == {"already-multiplied"}
    # figures that are no multiples of a thousand were not multiplied
    (row,) = classified(entry(ore=1_566.0, unit="kTonnes"))
    assert (row.ore_t, row.ore_ground) == (1_566_000, "stated")


def test_two_rounded_thousands_are_doubtful() -> None:
    assert rules(classified(entry(ore=527_000, unit="kt", grade=1.0))) == ["estimate-unit-doubtful"]


def test_ore_without_unit_is_tonnes_only_if_thousands_are_impossible() -> None:
    (row,) = classified(entry(ore=13_967_000, unit=None))
    assert (row.ore_t, row.ore_ground) == (13_967_000, "only-tonnes")
    assert rules(classified(entry(ore=13_967, unit=None))) == ["estimate-unit-missing"]
    # a table of the United States may be in short tons
    assert rules(classified(entry(ore=13_967_000, unit=None), country="USA")) == ["estimate-unit-missing"]


def test_figure_of_a_lost_unit_is_found_on_a_page_that_states_it() -> None:
    rows = classified(entry(ore=8_550_000, unit="tonnes", zone="west"), entry(ore=8_550, unit=None, zone="west", page=30))
    assert rules(rows) == [None, "repeats"]
    assert rows[0].also_on == [30]


def test_ore_far_below_the_others_of_its_table_is_doubtful() -> None:
    rows = classified(entry(ore=205_131_000, unit=None, zone="a"), entry(ore=9_207, unit=None, zone="b"))
    assert rules(rows) == [None, "estimate-unit-doubtful"]


def test_grade_without_unit_takes_that_of_its_table_or_what_is_possible() -> None:
    lost = entry(commodity="palladium", grade=0.41, grade_unit=None, zone="a")
    (row, _) = classified(lost, entry(commodity="palladium", grade=1.2, grade_unit="g/t", zone="b"))
    assert row.grade_pct == pytest.approx(0.41e-4) and row.grade_ground == "same-table"
    (alone,) = classified(lost)
    assert (alone.grade_pct, alone.grade_ground, alone.open) == (None, "not-certain", True)
    (copper,) = classified(entry(commodity="copper", grade=0.16, grade_unit=None))
    assert (copper.grade_pct, copper.grade_ground) == (0.16, "below-crust")


def test_cell_that_holds_metal_gets_the_ore_of_its_line() -> None:
    rows = classified(
        entry(commodity="copper", ore=1_249_000, unit="tonnes", grade=1.67, zone="a"),
        entry(commodity="cobalt", ore=4_122, unit="tonnes", grade=0.33, zone="a"),
    )
    assert [row.ore_t for row in rows] == [1_249_000, 1_249_000]
    assert (rows[1].metal_reported_t, rows[1].ore_ground) == (4_122, "metal-in-cell")


def test_table_read_twice_is_one_statement_with_all_its_pages() -> None:
    rows = classified(entry(), entry(ore=12_520_000, unit="tonnes", page=150), entry(page=20, zone="not specified"))
    assert rules(rows) == [None, "repeats", "repeats"]
    assert rows[0].also_on == [150]


def test_sum_of_classes_is_confirmed_or_refused() -> None:
    measured, indicated = entry(category="measured", ore=10.0), entry(ore=47.0)
    good = classified(measured, indicated, entry(category="measured+indicated", ore=57.0))
    assert rules(good) == [None, None, None] and all(row.is_sum for row in good)
    assert good[2].category == "measured-and-indicated-mineral-resource"
    wrong = classified(measured, indicated, entry(category="measured+indicated", ore=87.0))
    assert rules(wrong) == ["estimate-sum-differs"] * 3


def test_other_cut_offs_are_a_sensitivity_table_but_for_the_one_stated_elsewhere() -> None:
    at = ((40.0, 0.3), (30.0, 0.4), (20.0, 0.5))
    rows = classified(*(entry(ore=ore, cut_off=cut_off) for ore, cut_off in at), entry(ore=30.0, cut_off=0.4, page=5))
    assert [row.role for row in rows[:3]] == ["sensitivity", "whole", "sensitivity"]
    rising = classified(*(entry(ore=ore, cut_off=cut_off) for ore, cut_off in ((20.0, 0.3), (30.0, 0.4), (40.0, 0.5))))
    assert rules(rising) == ["estimate-cut-offs-unclear"] * 3


def test_figures_that_contradict_are_refused_unless_more_pages_support_one() -> None:
    assert rules(classified(entry(zone="a"), entry(ore=20.0, zone="a", page=90))) == ["estimate-figures-differ"] * 2
    rows = classified(entry(zone="a"), entry(zone="a", page=50), entry(ore=20.0, zone="a", page=90))
    assert rules(rows) == [None, "repeats", "estimate-figures-differ"]


def test_rows_of_a_page_that_lost_its_zones_are_refused() -> None:
    rows = classified(entry(), entry(ore=3.0), entry(category="inferred", ore=1.5))
    assert rules(rows) == ["estimate-figures-differ", "estimate-figures-differ", "estimate-zone-lost"]


def test_parts_whose_sum_another_page_states_lost_their_zones() -> None:
    """An open pit and an underground mine, each with a cut-off of its own, and both together: Whabouchi, 2016."""
    parts = (entry(ore=8.3, cut_off=0.43, page=54), entry(ore=5.7, cut_off=0.8, page=55))
    rows = classified(*parts, entry(ore=14.0, cut_off=0.6, page=54))
    assert rules(rows) == ["estimate-zone-lost-in-sum", "estimate-zone-lost-in-sum", None]
    assert rules(classified(*parts, entry(ore=15.0, cut_off=0.6, page=54))) == [None] * 3


def test_same_figures_under_another_zone_are_refused() -> None:
    rows = classified(entry(ore=8.55, zone="west graham"), entry(ore=8.55, zone="conwest zone", page=79))
    assert rules(rows) == [None, "estimate-zone-twice"]


def test_total_next_to_its_parts_keeps_its_role() -> None:
    rows = classified(
        entry(ore=10.0, zone="north"), entry(ore=2.5, zone="south"), entry(ore=12.5), entry(ore=12.6, zone="total", page=9)
    )
    assert [row.role for row in rows if row.open] == ["part", "part", "total", "total"]


def test_other_ore_of_one_metal_is_refused() -> None:
    metals = [entry(commodity=name, zone="a") for name in ("nickel", "copper")]
    rows = classified(*metals, entry(commodity="cobalt", ore=19.0, grade=0.05, zone="a"))
    assert rules(rows) == [None, None, "estimate-ore-of-metals-differs"]


def test_figures_of_a_neighbour_are_refused() -> None:
    own = classified(entry(ore=7.889, zone="dyke"), entry(ore=7.889, zone="dyke", page=80))
    recited = classified(entry(ore=7.889))
    listed = classified(entry(ore=2.0, zone="Beta"), entry(ore=3.0, zone="Gamma"))
    other = classified(entry(ore=6.0))
    names = ("Alpha Lithium Project", "Lac Bleu Property", "Delta Property", "Beta Nickel Mine")
    refuse_neighbours([PropertyRows(name, rows) for name, rows in zip(names, (own, recited, listed, other), strict=True)])
    assert rules(own) == [None, "repeats"] and rules(other) == [None]
    assert rules(recited) == ["estimate-of-neighbour"]
    assert rules(listed) == ["estimate-of-neighbour"] * 2
