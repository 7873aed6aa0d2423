"""A reviewed relation of two rows takes precedence over the model."""

from dataclasses import replace

import pytest

from lodedata.matching import MatchRecord, match_records
from lodedata.matching.concordance import ConcordanceEntry, find_concordance_entry, load_concordance_entries
from lodedata.matching.record import Reference
from lodedata.messages import list_languages

RELATIONS = {"same", "works", "became", "contains", "different"}


def first_of(relation: str) -> tuple[tuple[Reference, Reference], ConcordanceEntry]:
    """Return the first entry of the table with this relation."""
    return next(item for item in load_concordance_entries().items() if item[1].relation == relation and not item[1].inverse)


def sides(rows: tuple[Reference, Reference]) -> tuple[MatchRecord, MatchRecord]:
    """Return two unnamed copper deposits of these rows, so that only the rows identify them."""
    a, b = (
        MatchRecord(
            id=f"{row[0]} {row[1]}",
            kind="deposit",
            source=row[0],
            main_commodity="copper",
            commodities=frozenset({"copper"}),
            own=frozenset({row}),
        )
        for row in rows
    )
    return a, b


def test_each_pair_is_listed_once_with_its_own_reason() -> None:
    reviewed = [found for found in load_concordance_entries().values() if not found.inverse]
    assert len(reviewed) * 2 == len(load_concordance_entries())
    assert {found.relation for found in reviewed} == RELATIONS
    assert all(len(found.reason.split()) >= 2 for found in reviewed)
    assert len({found.reason for found in reviewed}) > 0.99 * len(reviewed)


@pytest.mark.parametrize("relation", ["same", "different", "contains"])
def test_two_rows_that_were_read_are_what_the_reader_found(relation: str) -> None:
    rows, found = first_of(relation)
    judged = match_records(*sides(rows))
    assert judged.reviewed
    assert judged.probability == float(relation != "different")
    assert judged.relation == ("contains" if relation == "contains" else "same")
    reason = judged.comparisons[0].reason
    assert reason is not None
    assert all(found.reason in reason.in_language(language) for language in list_languages())


def test_what_contains_what_does_not_hang_on_the_order() -> None:
    rows, _ = first_of("contains")
    a, b = sides(rows)
    assert not match_records(a, b).inverse
    assert match_records(b, a).inverse


def test_rows_that_nobody_read_are_judged_by_the_model() -> None:
    a, b = sides((("somebody", "1"), ("somebody", "2")))
    assert find_concordance_entry(a, b) is None
    judged = match_records(a, b)
    assert not judged.reviewed
    assert 0 < judged.probability < 1


def test_a_whole_that_bears_the_name_of_its_main_body_is_one_with_it() -> None:
    rows = ("lode-starter", "ambatovy"), ("usgs-pp1802-critical-minerals", "492")
    assert load_concordance_entries()[rows].relation == "contains"
    whole, body = sides(rows)
    assert match_records(whole, body).relation == "contains"
    whole, body = (replace(one, names=("Ambatovy",)) for one in (whole, body))
    assert (match_records(whole, body).relation, match_records(whole, body).probability) == ("same", 1)
