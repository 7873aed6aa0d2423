"""Deposits that have one name and one figure in common."""

from dataclasses import replace

import pytest

from lodedata.matching import MatchRecord, match_records
from lodedata.matching.blocking import derive_blocking_keys
from lodedata.matching.evidence.figures import compare_figures
from lodedata.matching.guards import may_join
from lodedata.matching.pair import record_pair
from lodedata.messages import list_languages

KALMAKYR = frozenset({("copper", 6.08e9, 0.39), ("gold", 6.08e9, 3.7e-5)})
"""The figures of Almalyk in Singer and others (2008) and in Mudd and Jowitt (2018)."""


def deposit(identity: str, name: str, figures: frozenset[tuple[str, float, float]] = KALMAKYR) -> MatchRecord:
    return MatchRecord(
        id=identity,
        kind="deposit",
        source=f"source-{identity}",
        names=(name,),
        country="UZB",
        main_commodity="copper",
        commodities=frozenset({"copper"}),
        own=frozenset({(f"source-{identity}", identity)}),
        figures=figures,
    )


def placed(record: MatchRecord, lat: float) -> MatchRecord:
    return replace(record, lon=69.65, lat=lat, accuracy_m=6000.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Almalyk Group", "Kal’makyr (Almalyk)"),
        ("Almalyk (Kalmakyr)", "Kal’makyr (Almalyk)"),
        ("Margaret", "Mount Margaret"),
        ("Sipalay", "Sipilay"),
        ("Norpax", "Werner Lake-Norpax"),
    ],
)
def test_one_name_with_the_same_ore_and_grade_is_one_deposit(one: str, other: str) -> None:
    first, second = deposit("a", one), deposit("b", other)
    judged = match_records(placed(first, 40.81), second)
    assert (judged.relation, judged.comparisons[0].name) == ("same", "figures")
    assert judged.probability >= 0.95
    assert may_join(placed(first, 40.81), second)


@pytest.mark.parametrize(
    ("one", "other"), [("Almalyk Group", "Kal’makyr (Almalyk)"), ("Sipalay", "Sipilay"), ("Norpax", "Werner Lake-Norpax")]
)
def test_such_names_are_guarded_without_figures(one: str, other: str) -> None:
    first, second = placed(deposit("a", one, frozenset()), 40.81), deposit("b", other, frozenset())
    assert not may_join(first, second)


def test_the_reason_states_both_names_and_the_ore() -> None:
    compared = compare_figures(record_pair(deposit("a", "Almalyk Group"), deposit("b", "Kal’makyr (Almalyk)")))
    assert compared is not None and compared.reason is not None
    for language in list_languages():
        text = compared.reason.in_language(language)
        assert "Almalyk Group" in text and "6,080,000,000" in text


@pytest.mark.parametrize(("ore_t", "grade"), [(6.1e9, 0.39), (6.08e9, 0.3935), (6.02e9, 0.39), (6.08e9, 0.3865)])
def test_rounding_makes_no_other_figure(ore_t: float, grade: float) -> None:
    assert may_join(deposit("a", "Almalyk Group"), deposit("b", "Kal’makyr (Almalyk)", frozenset({("copper", ore_t, grade)})))


@pytest.mark.parametrize(
    "figures",
    [
        frozenset({("copper", 6.2e9, 0.39)}),
        frozenset({("copper", 6.08e9, 0.4)}),
        frozenset({("zinc", 6.08e9, 0.39)}),
        frozenset({("copper", 6.08e9, 0.5), ("copper", 1e9, 0.39)}),
        frozenset(),
    ],
)
def test_another_ore_grade_or_metal_is_another_figure(figures: frozenset[tuple[str, float, float]]) -> None:
    first, second = placed(deposit("a", "Almalyk Group"), 40.81), deposit("b", "Kal’makyr (Almalyk)", figures)
    assert not may_join(first, second)
    assert match_records(first, second).probability <= 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NiWest-Hepi", "NiWest-Waite Kauri"),
        ("Kambalda-Spargoville", "Kambalda-Beta Hunt Group"),
        ("Xarumba Norte", "Xarumba Sur"),
        ("Reko Diq H13", "Reko Diq H14"),
        ("Kiwi Carpet", "Mount Abbot"),
    ],
)
def test_the_same_figure_of_another_name_is_a_coincidence(one: str, other: str) -> None:
    assert compare_figures(record_pair(deposit("a", one), deposit("b", other))) is None


def test_the_same_figure_joins_no_deposits_of_two_countries_or_far_apart() -> None:
    first = deposit("a", "Almalyk")
    assert not may_join(first, replace(deposit("b", "Almalyk"), country="KAZ"))
    assert not may_join(placed(first, 40.81), placed(deposit("b", "Almalyk"), 41.4))
    assert may_join(placed(first, 40.81), placed(deposit("b", "Almalyk"), 41.0))


def test_a_project_is_not_compared_by_figures() -> None:
    project = replace(deposit("a", "Almalyk"), kind="project")
    assert compare_figures(record_pair(project, deposit("b", "Almalyk"))) is None


def test_deposits_of_nearly_the_same_tonnage_share_a_key() -> None:
    for ore_t in (3.0e5, 6.08e9, 8.0387e8, 1.0):
        for factor in (1.0, 1.0099, 0.9902):
            one, other = (
                deposit(identity, name, frozenset({("copper", tonnage, 0.4)}))
                for identity, name, tonnage in (("a", "Agaskyr", ore_t), ("b", "Tansgse", ore_t * factor))
            )
            assert any("@" in key for key in derive_blocking_keys(one) & derive_blocking_keys(other))
    far = deposit("b", "Tansgse", frozenset({("copper", 6.5e9, 0.4)}))
    assert not derive_blocking_keys(deposit("a", "Agaskyr")) & derive_blocking_keys(far)
