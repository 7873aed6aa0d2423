"""Pairs that are never joined without a person or the concordance."""

from typing import Any

import pytest

from lodebase.resolve.groups import PairProbability
from lodebase.resolve.join_guards import JoinGuards, find_doubles, find_namesakes
from lodedata.matching import MatchRecord, match_records
from lodedata.matching.guards import MAX_GUARDED_PROBABILITY, may_join


def deposit(identity: str, name: str, **values: Any) -> MatchRecord:
    usual: dict[str, Any] = {
        "kind": "deposit",
        "source": f"source-{identity}",
        "main_commodity": "copper",
        "commodities": frozenset({"copper"}),
        "accuracy_m": 2000.0,
        "country": "CHL",
        "own": frozenset({(f"source-{identity}", identity)}),
    }
    return MatchRecord(id=identity, names=(name,), **(usual | values))


def placed(identity: str, name: str, lat: float, **values: Any) -> MatchRecord:
    return deposit(identity, name, lon=-70.0, lat=lat, **values)


def test_two_positions_sixty_kilometres_apart_are_left_for_review() -> None:
    judged = match_records(placed("a", "Xarumba Quell", -20.0), placed("b", "Xarumba Quell", -20.54))
    assert judged.probability <= MAX_GUARDED_PROBABILITY
    assert judged.comparisons[0].name == "guard"
    near = match_records(placed("a", "Xarumba Quell", -20.0), placed("b", "Xarumba Quell", -20.01))
    assert near.probability > 0.7


def test_a_name_in_another_country_without_a_position_is_not_joined() -> None:
    abroad = match_records(placed("a", "Xarumba Quell", -20.0), deposit("b", "Xarumba Quell", country="PER"))
    assert abroad.probability <= MAX_GUARDED_PROBABILITY
    assert match_records(placed("a", "Xarumba Quell", -20.0), deposit("b", "Xarumba Quell")).probability > 0.7


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("Oyu Tolgoi", "Oyu Tolgoi-Hugo Dummett South"),
        ("Rosebery", "Rosebery-South Hercules"),
        ("Mirador", "Mirador Norte"),
        ("Murrin Murrin", "NiWest-Murrin North"),
    ],
)
def test_a_part_is_not_joined_with_its_whole(whole: str, part: str) -> None:
    assert match_records(deposit("a", whole), deposit("b", part)).probability <= MAX_GUARDED_PROBABILITY
    assert not may_join(deposit("a", whole), deposit("b", part))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Copper Creek", "Iron Creek"), ("Mineral Butte", "Butte Group"), ("Red Hills", "Red Mountain")],
)
def test_names_that_share_a_landform_only_are_not_joined(one: str, other: str) -> None:
    assert match_records(deposit("a", one, country="USA"), deposit("b", other, country="USA")).probability < 0.7


@pytest.mark.parametrize(("one", "other"), [("Mt Keith", "Mount Keith"), ("Cerro Verde", "Cerro Verde")])
def test_spellings_of_one_mountain_are_joined(one: str, other: str) -> None:
    assert may_join(deposit("a", one), deposit("b", other))


def test_oxide_and_metal_are_one_commodity() -> None:
    oxide = {"main_commodity": "lithium-oxide", "commodities": frozenset({"lithium-oxide"})}
    metal = {"main_commodity": "lithium", "commodities": frozenset({"lithium"})}
    pair = placed("a", "Xarumba", -20.0, **oxide), placed("b", "Xarumba", -20.0, **metal)
    assert match_records(*pair).comparisons[2].features == {"same_main": 1.0}


def test_a_wrong_position_in_a_group_does_not_keep_others_out() -> None:
    right, wrong, third = placed("a", "Xarumba", -20.0), placed("b", "Xarumba", -26.0), placed("c", "Xarumba", -20.1)
    assert not JoinGuards({r.id: r for r in (right, wrong, third)}, frozenset({"a", "b"})).forbid("b", "c")
    assert JoinGuards({r.id: r for r in (right, wrong, third)}, frozenset()).forbid("b", "c")


def test_what_was_decided_of_a_record_holds_for_its_namesake() -> None:
    """Morenci was read to be Morenci-Metcalf, so that a further source's Morenci-Metcalf may join both."""
    whole, double = placed("a", "Xarumba", -20.0), placed("b", "Xarumba-Quelltor", -20.0)
    further, other = placed("c", "XARUMBA-QUELLTOR", -20.0), placed("d", "Xarumba-Quelltor Sud", -20.0)
    records = {record.id: record for record in (whole, double, further, other)}
    namesakes = find_namesakes(records, [PairProbability("b", "c", 0.95), PairProbability("c", "d", 0.9)])
    assert namesakes == {"b": {"c"}, "c": {"b"}}
    assert JoinGuards(records, (), namesakes).forbid("a", "c")
    assert not JoinGuards(records, (), namesakes, {frozenset("ab"): True}).forbid("a", "c")
    assert JoinGuards(records, (), namesakes, {frozenset("bd"): False}).forbid("c", "d")


def test_guards_of_names_do_not_separate_a_deposit_from_the_group_of_its_namesake() -> None:
    """Bingham Canyon without a position joins Bingham Canyon and Bingham, which are one record."""
    namesake, other = placed("a", "Xarumba Canyon", -20.0), placed("b", "Xarumba", -20.0)
    nowhere, pair = deposit("c", "Xarumba Canyon"), PairProbability("a", "b", 0.9)
    records = {record.id: record for record in (namesake, other, nowhere)}
    alike = PairProbability("a", "c", 0.9)
    namesakes = find_namesakes(records, [pair, alike])
    doubles = find_doubles(records, [pair, alike], namesakes)
    assert doubles == {"a": {"c"}, "c": {"a"}}
    likely = {frozenset("ab"), frozenset("ac")}
    assert JoinGuards(records, (), namesakes).forbid("b", "c")
    assert not JoinGuards(records, (), namesakes, doubles=doubles, likely=likely).forbid("b", "c")
    # the namesake has to be likely the same as the other one
    assert JoinGuards(records, (), namesakes, doubles=doubles, likely={frozenset("ac")}).forbid("b", "c")
    # and distance and country count as before
    far = records | {"b": placed("b", "Xarumba", -21.0), "c": placed("c", "Xarumba Canyon", -20.0)}
    assert JoinGuards(far, (), namesakes, doubles=doubles, likely=likely).forbid("b", "c")


def test_projects_have_no_doubles() -> None:
    mines = {identity: placed(identity, "Xarumba", -20.0, kind="project") for identity in "ab"}
    pair = PairProbability("a", "b", 0.9)
    assert find_doubles(mines, [pair], find_namesakes(mines, [pair])) == {}


def test_a_name_alone_has_to_be_the_same() -> None:
    nowhere = deposit("b", "Xarumba")
    assert not may_join(placed("a", "Xarumba River", -20.0), nowhere)
    assert may_join(placed("a", "Xarumba", -20.0), nowhere)


def test_a_division_in_brackets_is_that_of_the_other_record() -> None:
    texas = deposit("a", "Red Hills (Texas)", country="USA")
    assert not may_join(texas, placed("b", "Red Hills", 32.0, country="USA", division="US-AZ"))
    assert may_join(texas, placed("c", "Red Hills", 30.0, country="USA", division="US-TX"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Camp Lake", "Pot Lake"), ("Red Mountain", "Red Flat Mountain"), ("Nickel King", "King Mine")],
)
def test_a_common_word_without_a_position_is_no_evidence(one: str, other: str) -> None:
    assert match_records(placed("a", one, -20.0), deposit("b", other)).probability <= MAX_GUARDED_PROBABILITY
    assert match_records(placed("a", one, -20.0), deposit("b", one)).probability > MAX_GUARDED_PROBABILITY


def test_a_mine_abroad_does_not_work_a_deposit_without_a_position() -> None:
    mine = placed("a", "Xarumba Quell", -3.0, kind="project", country="ECU", facility_types=frozenset({"mine"}))
    judged = match_records(mine, deposit("b", "Xarumba Quell"))
    assert (judged.relation, judged.comparisons[0].name) == ("works", "guard")
    assert judged.probability <= MAX_GUARDED_PROBABILITY
    assert match_records(mine, deposit("b", "Xarumba Quell", country="ECU")).probability > 0.7


def test_a_part_is_linked_with_the_mine_of_the_whole() -> None:
    mine = placed("a", "Mirador mine", -3.0, kind="project", facility_types=frozenset({"mine"}))
    assert "guard" not in {
        comparison.name for comparison in match_records(mine, placed("b", "Mirador Norte", -3.0)).comparisons
    }


def test_an_alumina_refinery_is_not_joined_with_the_smelter_of_its_name() -> None:
    refinery, smelter = (
        placed(
            identity,
            "Xarumba",
            -20.0,
            kind="project",
            main_commodity=product,
            commodities=frozenset({"bauxite", product}),
            products=frozenset({product}),
            facility_types=frozenset({"refinery" if product == "alumina" else "smelter"}),
        )
        for identity, product in (("a", "alumina"), ("b", "aluminium-metal"))
    )
    assert match_records(refinery, smelter).comparisons[0].name == "guard"
    assert not may_join(refinery, smelter)


def test_other_text_in_brackets_distinguishes_the_rows_of_one_source() -> None:
    sulfide, laterite = (
        deposit(kind, f"Honeymoon Well Group ({kind})", source="minmod-world-resources") for kind in ("sulfide", "laterite")
    )
    assert match_records(sulfide, laterite).comparisons[0].name == "guard"
    whole = deposit("w", "Honeymoon Well Group", source="minmod-world-resources")
    assert match_records(sulfide, whole).comparisons[0].name != "guard"


def test_names_that_list_the_same_parts_are_of_one_whole() -> None:
    assert may_join(deposit("a", "Ambatovy-Analamay"), deposit("b", "Ambatovy JV (incl. Analamay)"))
    assert not may_join(deposit("a", "Ambatovy-Analamay"), deposit("b", "Analamay"))


@pytest.mark.parametrize(
    ("other", "joins"),
    [
        ({}, True),
        ({"names": ("Xarumba Quell Mine",)}, True),
        ({"names": ("Xarumba",)}, False),
        ({"names": ("Xarumba Quell District",)}, False),
        ({"names": ()}, False),
        ({"country": "PER"}, False),
        ({"country": None}, False),
        ({"lat": -20.12}, False),
        ({"lon": None, "lat": None}, False),
        ({"commodities": frozenset({"nickel"}), "main_commodity": "nickel"}, False),
    ],
)
def test_a_source_of_sure_joins_is_joined_with_namesakes_nearby_only(other: dict[str, Any], joins: bool) -> None:
    row = placed("a", "Xarumba Quell", -20.0, source="usgs-ni-cr-pge-minmod", accuracy_m=5000.0)
    second = MatchRecord(
        **{name: getattr(placed("b", "Xarumba Quell", -20.01), name) for name in MatchRecord.__slots__} | other
    )
    judged = match_records(row, second)
    assert (judged.probability > 0.7) is joins
    if not joins:
        assert judged.comparisons[0].name == "guard" and judged.probability <= MAX_GUARDED_PROBABILITY


@pytest.mark.parametrize("name", ["Nickel Prospect", "North", "No. 3", "Unknown - Lead-Copper", "Unnamed on Xarumba Islands"])
def test_a_name_that_is_none_is_no_reason_for_a_sure_join(name: str) -> None:
    row, second = (placed(identity, name, -20.0, source="usgs-ni-cr-pge-minmod") for identity in "ab")
    assert match_records(row, second).probability <= MAX_GUARDED_PROBABILITY


def test_two_unnamed_rows_of_a_source_of_sure_joins_are_never_joined() -> None:
    source = {"source": "usgs-ni-cr-pge-minmod", "names": ()}
    assert match_records(_unnamed("a", source), _unnamed("b", source)).probability <= MAX_GUARDED_PROBABILITY


def test_sure_joins_do_not_separate_a_row_from_other_members_of_a_group() -> None:
    """A namesake may be in a group with records of other names."""
    row = placed("a", "Xarumba Quell", -20.0, source="usgs-ni-cr-pge-minmod")
    assert may_join(row, placed("b", "Xarumba", -20.01))


def _unnamed(identity: str, values: dict[str, Any]) -> MatchRecord:
    usual = {name: getattr(placed(identity, "x", -20.0), name) for name in MatchRecord.__slots__}
    return MatchRecord(**usual | values)
