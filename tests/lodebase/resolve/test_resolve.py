"""Pairs of records that may be one thing, found in a store, and the groups that they make."""

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from lodebase.db.schema.matches import RELATIONS
from lodebase.resolve.candidates import find_candidate_pairs
from lodebase.resolve.facts import parse_facts_json, write_facts_json
from lodebase.resolve.groups import PairProbability, form_record_groups
from lodebase.resolve.measure import LOTS, read_labelled_pairs
from lodebase.resolve.pairs import ResolutionProgress, find_pairs
from lodebase.resolve.scoring import compute_model_version
from lodedata.matching import MatchRecord
from lodedata.matching.blocking import derive_blocking_keys

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

PAIRS = "SELECT a_id, b_id, relation, probability FROM match_pair"
NAMED = """
SELECT a.facts -> 'names' ->> 0, b.facts -> 'names' ->> 0, relation FROM match_pair
JOIN match_side a ON a.id = a_id JOIN match_side b ON b.id = b_id WHERE probability > 0.5 ORDER BY 1, 2
"""
DISTRICT: list[dict[str, Any]] = [
    {"id": "1", "name": "Xarumba", "country": "CHL"},
    {"id": "2", "name": "Mina Xarumba", "kind": "project", "country": "CHL", "product": "copper ore", "capacity_kt": 9},
    {"id": "3", "name": "Xarumba Norte", "kind": "discovery", "country": "CHL", "lat": "20.4521"},
    {"id": "4", "name": "Quellaveco", "country": "CHL", "lat": "20.4431"},
]


def test_a_mine_works_the_deposit_of_its_name_and_not_its_neighbour(own_table: "OwnTable") -> None:
    own_table.load(DISTRICT)
    with own_table.connection() as connection:
        assert find_pairs(connection, None) > 0
        rows = connection.execute(NAMED).fetchall()
    assert ("Mina Xarumba", "Xarumba", "works") in rows
    assert not [pair for pair in rows if "Quellaveco" in pair]


def test_pairs_of_single_records_are_those_of_all(own_table: "OwnTable") -> None:
    own_table.load(DISTRICT)
    with own_table.connection() as connection:
        find_pairs(connection, None)
        whole = set(connection.execute(PAIRS).fetchall())
        connection.execute("DELETE FROM match_pair")
        for (identity,) in connection.execute("SELECT id FROM match_side").fetchall():
            find_pairs(connection, [identity])
        assert set(connection.execute(PAIRS).fetchall()) == whole
        assert connection.execute("SELECT DISTINCT model_version FROM match_pair").fetchall() == [(compute_model_version(),)]


def test_processes_next_to_this_one_judge_as_this_one_does(own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch) -> None:
    own_table.load(DISTRICT)
    whole = "SELECT * FROM match_pair ORDER BY a_id, b_id"
    with own_table.connection() as connection:
        assert find_pairs(connection, None) > 0
        here = connection.execute(whole).fetchall()
        monkeypatch.setattr("lodebase.resolve.scoring.MANY", 0)
        monkeypatch.setattr("lodebase.resolve.pairs.BATCH", 1)
        progress = ResolutionProgress()
        assert find_pairs(connection, None, progress) == len(here)
        assert connection.execute(whole).fetchall() == here
    assert (progress.records, progress.prepared, progress.compared) == (4, 4, 4)
    assert str(progress.line()) == "4 records compared; grouping"


@pytest.mark.parametrize("batch", [1, 3, 5_000])
def test_progress_counts_what_is_compared_and_never_less_than_none(
    own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    own_table.load(DISTRICT)
    seen: list[int] = []

    class Watched(ResolutionProgress):
        def __setattr__(self, name: str, value: int) -> None:
            if name == "compared":
                seen.append(value)
            super().__setattr__(name, value)

    monkeypatch.setattr("lodebase.resolve.pairs.BATCH", batch)
    with own_table.connection() as connection:
        find_pairs(connection, None, Watched())
    assert seen == [0, *range(batch, 4, batch), 4]


def test_a_record_that_is_no_longer_there_takes_its_pairs_with_it(own_table: "OwnTable") -> None:
    own_table.load(DISTRICT)
    with own_table.connection() as connection:
        find_pairs(connection, None)
        (identity,) = connection.execute("DELETE FROM project RETURNING id").fetchone() or ("",)
        find_pairs(connection, [identity])
        assert connection.execute("SELECT FROM match_pair WHERE a_id = %(id)s OR b_id = %(id)s", {"id": identity}).rowcount == 0


def test_a_side_reads_back_as_it_was_written() -> None:
    side = MatchRecord(
        id="x",
        kind="project",
        source="s",
        names=("德兴铜矿",),
        lon=0.0,
        lat=0.0,
        commodities=frozenset({"copper"}),
        own=frozenset({("s", "1")}),
        amounts_t={"copper": 1.5},
        figures=frozenset({("copper", 6.08e9, 0.39)}),
    )
    assert parse_facts_json(write_facts_json(side)) == side


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_of_nearly_the_same_is_no_group(order: int) -> None:
    chain = [
        PairProbability("a", "b", 0.99),
        PairProbability("b", "c", 0.95),
        PairProbability("c", "d", 0.99),
        PairProbability("a", "c", 0.1),
    ]
    assert form_record_groups(chain[::order], 0.9) == (frozenset("ab"), frozenset("cd"))


def test_a_group_needs_no_bond_that_is_likely_anyway() -> None:
    assert form_record_groups(
        [PairProbability("a", "b", 0.97), PairProbability("b", "c", 0.97), PairProbability("a", "c", 0.7)], 0.9
    ) == (frozenset("abc"),)


def test_what_somebody_read_goes_before_what_is_likely() -> None:
    likely = [PairProbability("a", "b", 0.99), PairProbability("b", "c", 0.99), PairProbability("a", "c", 0.99)]
    assert form_record_groups([*likely[:2], PairProbability("a", "c", 0)], 0.9) == (frozenset("ab"),)
    assert form_record_groups([PairProbability("a", "d", 1)], 0.9, apart=lambda a, b: True) == (frozenset("ad"),)
    # and a judgement before what was read
    assert form_record_groups([PairProbability("a", "d", 1)], 0.9, {frozenset("ad"): False}) == ()
    assert form_record_groups([PairProbability("a", "d", 0)], 0.9, {frozenset("ad"): True}) == (frozenset("ad"),)


def test_of_reviewed_pairs_that_contradict_each_other_the_best_supported_is_joined() -> None:
    same = [PairProbability(pair[0], pair[1], 1) for pair in ("ab", "bc", "bd", "cd")]
    # by their ids a and b would be joined first, and keep c and d out
    different = [PairProbability(pair[0], pair[1], 0) for pair in ("ac", "ad")]
    assert form_record_groups([*same, *different], 0.9) == (frozenset("bcd"),)


def test_reviewed_pairs_are_compared_even_if_they_have_nothing_in_common(own_table: "OwnTable") -> None:
    rows = [
        (name, MatchRecord(id=name, kind="deposit", source=source, names=(name,), own=frozenset({(source, key)})))
        for name, source, key in (
            ("Mansa Mina", "usgs-copper-assessment-sir20105090z", "pcu:82"),
            ("Ministro Hales", "minmod-world-resources", "copper:ministro-hales__764"),
            ("Elsewhere", "minmod-world-resources", "copper:elsewhere"),
        )
    ]
    with own_table.connection() as connection:
        for name, record in rows:
            for key in derive_blocking_keys(record):
                connection.execute("INSERT INTO match_key (key, id) VALUES (%s, %s)", (key, name))
        assert find_candidate_pairs(connection, ["Mansa Mina"]) == {("Mansa Mina", "Ministro Hales")}
        assert find_candidate_pairs(connection, ["Elsewhere"]) == set()


def test_the_half_of_a_labelled_pair_is_decided_by_its_keys() -> None:
    for pair in read_labelled_pairs():
        text = "\0".join(sorted("#".join(reference) for reference in (pair.a, pair.b)))
        even = hashlib.blake2b(text.encode(), digest_size=8).digest()[0] % 2 == 0
        assert pair.half == ("tune" if even and pair.lot in ("first", "second") else "test")
        assert pair.reason
        assert pair.relation in RELATIONS
    assert len({frozenset((pair.a, pair.b)) for pair in read_labelled_pairs()}) == len(read_labelled_pairs()) > 600
    assert {pair.lot for pair in read_labelled_pairs()} == set(LOTS)


@pytest.mark.parametrize("lot", ["second", "fourth"])
def test_each_pair_of_a_lot_has_a_reason_of_its_own(lot: str) -> None:
    reasons = [pair.reason for pair in read_labelled_pairs() if pair.lot == lot]
    assert len(set(reasons)) == len(reasons)


def test_no_weight_was_fitted_to_the_third_and_fourth_lot() -> None:
    halves = {
        pair.lot: {labelled_pair.half for labelled_pair in read_labelled_pairs() if labelled_pair.lot == pair.lot}
        for pair in read_labelled_pairs()
    }
    assert halves["third"] == halves["fourth"] == {"test"}
    assert sum(pair.lot == "third" for pair in read_labelled_pairs()) >= 300
    assert sum(pair.lot == "fourth" for pair in read_labelled_pairs()) >= 100
