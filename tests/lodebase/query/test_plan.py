"""The rules by which a page is read and its matches are counted: each is right for some query, and no query is without one."""

import pytest

from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.plan import COUNTS, READS, Plan, plan
from lodebase.query.query import Bbox, DistanceFilter, Query

BOX = Bbox(100, 20, 130, 50)
COPPER = (("commodities", ("copper",)),)
CHILE = (("country", ("CHL",)),)
CASES = (
    (Query("deposits"), Plan("text", "state")),
    (Query("deposits", bbox=BOX), Plan("text", "cells")),
    (Query("deposits", selections=COPPER), Plan("key", "facet")),
    (Query("deposits", selections=CHILE), Plan("rows", "facet")),
    (Query("deposits", bbox=BOX, selections=(("commodities", ("copper", "tin")),)), Plan("key", "cells")),
    (Query("deposits", selections=(("commodities", ("copper", "tin")),)), Plan("key", "key")),
    (Query("deposits", bbox=BOX, selections=COPPER + CHILE), Plan("key", "key")),
    (Query("deposits", bbox=BOX, selections=(("country", ("",)),)), Plan("key", "key")),
    (Query("deposits", selections=(("size_class", ("large",)),)), Plan("rows", "facet")),
    (Query("deposits", bbox=BOX, selections=(("size_class", ("large",)),)), Plan("rows", "rows")),
    (Query("deposits", near=DistanceFilter(100, 20, 50.0)), Plan("made", "rows")),
    (Query("deposits", sort=(("name_en", False),)), Plan("made", "state")),
    (Query("zones"), Plan("made", "state")),
    (Query("zones", bbox=BOX), Plan("made", "rows")),
)


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_a_query_is_read_and_counted_by_the_first_rule_that_applies(query: Query, expected: Plan) -> None:
    assert plan(query) == expected
    assert plan(query, count=False) == Plan(expected.read, None)


def test_every_rule_is_used() -> None:
    assert {expected.read for _, expected in CASES} == {rule.name for rule in READS}
    assert {expected.count for _, expected in CASES} == {rule.name for rule in COUNTS}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_earlier_state_is_made_of_records(name: str) -> None:
    assert plan(Query(name), earlier=True) == Plan("made", "rows")
