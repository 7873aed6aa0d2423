"""What was found by reading two rows goes before what the model makes of them."""

import pytest

from lodedata.matching import Side, judge
from lodedata.matching.concordance import Entry, entries, entry
from lodedata.matching.side import Reference

RELATIONS = {"same", "works", "became", "contains", "different"}


def first_of(relation: str) -> tuple[tuple[Reference, Reference], Entry]:
    """An entry with this relation, as it stands in the table."""
    return next(item for item in entries().items() if item[1].relation == relation and not item[1].turned)


def sides(rows: tuple[Reference, Reference]) -> tuple[Side, Side]:
    """Two copper deposits without names that are made of these rows, so that nothing but the rows can tell."""
    a, b = (
        Side(
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


def test_each_pair_stands_once_with_a_reason_of_its_own() -> None:
    told = [found for found in entries().values() if not found.turned]
    assert len(told) * 2 == len(entries())
    assert {found.relation for found in told} == RELATIONS
    assert all(len(found.reason.split()) >= 2 for found in told)
    assert len({found.reason for found in told}) > 0.99 * len(told)


@pytest.mark.parametrize("relation", ["same", "different", "contains"])
def test_two_rows_that_were_read_are_what_the_reader_found(relation: str) -> None:
    rows, found = first_of(relation)
    judged = judge(*sides(rows))
    assert judged.read
    assert judged.probability == float(relation != "different")
    assert judged.relation == ("contains" if relation == "contains" else "same")
    assert found.reason in judged.comparisons[0].en
    assert found.reason in judged.comparisons[0].zh


def test_what_contains_what_does_not_hang_on_the_order() -> None:
    rows, _ = first_of("contains")
    a, b = sides(rows)
    assert not judge(a, b).turned
    assert judge(b, a).turned


def test_rows_that_nobody_read_are_judged_by_the_model() -> None:
    a, b = sides((("somebody", "1"), ("somebody", "2")))
    assert entry(a, b) is None
    judged = judge(a, b)
    assert not judged.read
    assert 0 < judged.probability < 1
