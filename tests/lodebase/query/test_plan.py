"""The rules by which a page is read and its matches are counted: each is right for some query, and no query is without one."""

import pytest

from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.plan import COUNTS, READS, Plan, plan
from lodebase.query.query import Query

BOX = Bbox(100, 20, 130, 50)
COPPER = SelectionCondition("commodities", ("copper",))
CHILE = SelectionCondition("country", ("CHL",))
CASES = (
    (Query("deposits"), Plan("text", "state")),
    (Query("deposits", (BoxCondition(BOX),)), Plan("text", "cells")),
    (Query("deposits", (COPPER,)), Plan("key", "facet")),
    (Query("deposits", (CHILE,)), Plan("rows", "facet")),
    (Query("deposits", (BoxCondition(BOX), SelectionCondition("commodities", ("copper", "tin")))), Plan("key", "cells")),
    (Query("deposits", (SelectionCondition("commodities", ("copper", "tin")),)), Plan("key", "key")),
    (Query("deposits", (BoxCondition(BOX), COPPER, CHILE)), Plan("key", "key")),
    (Query("deposits", (BoxCondition(BOX), SelectionCondition("country", ("",)))), Plan("key", "key")),
    (Query("deposits", (SelectionCondition("size_class", ("large",)),)), Plan("rows", "facet")),
    (Query("deposits", (BoxCondition(BOX), SelectionCondition("size_class", ("large",)))), Plan("rows", "rows")),
    (Query("deposits", (DistanceCondition(100, 20, 50.0),)), Plan("made", "rows")),
    (Query("deposits", sort=(("name_en", False),)), Plan("made", "state")),
    (Query("zones"), Plan("made", "state")),
    (Query("zones", (BoxCondition(BOX),)), Plan("made", "rows")),
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
