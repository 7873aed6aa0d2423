"""Every condition and every field of the Query reaches the plan, the count and the statement: none can be forgotten."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl

import pytest

from lodebase.query import Query, cql2, facets, tiles
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import find_collection
from lodebase.query.conditions import Condition, SqlCondition
from lodebase.query.conditions.condition import AnyCondition
from lodebase.query.crs import Crs
from lodebase.query.expression import bind_values
from lodebase.query.filters.changed import CHANGED
from lodebase.query.filters.cql2_text import Cql2Condition
from lodebase.query.filters.days import StatusDayCondition, ValidDayCondition
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.licences import choose_licences
from lodebase.query.filters.registry import FILTERS as FILTERS_OF_ROWS
from lodebase.query.filters.spatial.area import AreaCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.pages import bind_counted_values, statement
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.query_parser import parse_query_arguments
from lodebase.query.plan import plan
from lodebase.query.query import Cursor
from lodedata.figures.low_grade import load_low_grade_rules

BOX = Bbox(100, 20, 130, 50)
AREA = bytes.fromhex("0103000000000000000000")
DAY = date(2026, 1, 1)
CONDITIONS: Mapping[type[AnyCondition], tuple[str, tuple[AnyCondition, ...]]] = {
    BoxCondition: ("deposits", (BoxCondition(BOX), BoxCondition(Bbox(170, -90, -170, 90)))),
    SelectionCondition: (
        "deposits",
        (SelectionCondition("commodities", ("tin",)), SelectionCondition("division", ("a", "b"))),
    ),
    Cql2Condition: ("deposits", (Cql2Condition(cql2.parse_text("name_en = 'x'", find_collection("deposits"))),)),
    ValidDayCondition: ("list-entries", (ValidDayCondition(DAY),)),
    StatusDayCondition: ("mining-rights", (StatusDayCondition(DAY, ("in-force",)),)),
    SqlCondition: ("deposits", (CHANGED, choose_licences(("CC0-1.0",)))),
    DistanceCondition: (
        "deposits",
        (
            DistanceCondition(100, 20, 50.0),
            DistanceCondition(100, 20, 50.0, "certain"),
            # a page of the nearest rows finds how far they reach first
            DistanceCondition(100, 20, None, reach_km=80.0),
        ),
    ),
    AreaCondition: ("deposits", (AreaCondition(AREA, BOX), AreaCondition(AREA, BOX, "possible"))),
}
"""A collection whose queries may have a condition of each class, and conditions of the class."""
CASES = [(kind, name, condition) for kind, (name, conditions) in CONDITIONS.items() for condition in conditions]
OF_THE_PAGE: Mapping[str, Any] = {
    "sort": (("name_en", False),),
    "properties": ("name_en",),
    "crs": Crs(3857),
    "limit": 5,
    "after": Cursor(1, 9, 5, (7, "abc")),
}
"""The fields that choose among the rows that match, or how they look."""
ELSEWHERE = {"collection", "as_of", "conditions"}
"""The collection is the table; a version is set in the transaction; each class of conditions is tried."""


def test_each_field_of_the_query_and_each_class_of_conditions_is_tried() -> None:
    assert {field.name for field in fields(Query)} == OF_THE_PAGE.keys() | ELSEWHERE
    # a dataclass with slots replaces the class that was declared, so names are compared
    assert {kind.__name__ for kind in Condition.__subclasses__()} == {kind.__name__ for kind in CONDITIONS}


VALUES: Mapping[str, tuple[str, str]] = {
    "bbox": ("deposits", "100,20,130,50"),
    "nearest": ("deposits", "100,20"),
    "within": ("deposits", "POLYGON((100 20,120 20,120 40,100 40,100 20))"),
    "certainty": ("deposits", "certain&within=POLYGON((100 20,120 20,120 40,100 40,100 20))"),
    "commodity": ("deposits", "tin"),
    "on": ("list-entries", "2026-01-01"),
    "name_en": ("deposits", "x"),
    "datetime": ("official-acts", "2018/2020"),
    "filter": ("deposits", "name_en = 'x'"),
    "id": ("deposits", "abc"),
    "expires_before": ("list-entries", "2026-01-01"),
    "area_km2_min": ("mining-rights", "5"),
    "facility": ("projects", "smelter"),
    "has_figure": ("deposits", "true"),
    "organisation": ("projects", "abc"),
    "last_known": ("deposits", "true"),
    "developed": ("deposits", "no"),
    "located": ("deposits", "true"),
    "year": ("deposits", "1985"),
    "ore_t_min": ("deposits", "5"),
    "ore_t_max": ("deposits", "5"),
    "low_grade": ("deposits", next(iter(load_low_grade_rules()))),
    "updated_since": ("deposits", "2026-01-01"),
    "licence": ("deposits", "CC0-1.0"),
}
"""A collection that takes a parameter of each filter, and a value of it with the parameters that it needs."""


def test_each_filter_is_tried() -> None:
    missing = [
        row_filter
        for row_filter in FILTERS_OF_ROWS
        if not VALUES.keys() & {parameter.name for parameter in row_filter.parameters}
    ]
    assert missing == []


@pytest.mark.parametrize("name", VALUES)
def test_a_declared_filter_reaches_the_plan_and_the_statement(name: str) -> None:
    collection, value = VALUES[name]
    given = Arguments(parse_qsl(f"{name}={value}"))
    query = parse_query_arguments(find_collection(collection), given)
    without = Query(collection)
    assert statement(query.shape(), plan(query)).sql != statement(without.shape(), plan(without)).sql
    assert plan(query).count not in ("state", None) and query.same_rows() != without.same_rows()
    assert hash(query) == hash(parse_query_arguments(find_collection(collection), given))


@pytest.mark.parametrize(("kind", "name", "condition"), CASES)
def test_a_condition_reaches_the_plan_the_count_and_the_statement(
    kind: type[AnyCondition], name: str, condition: AnyCondition
) -> None:
    without, query = Query(name), Query(name).fulfilling(condition)
    assert query.find(kind) is condition and query.without(kind) == without
    sql = [statement(one.shape(), plan(one)).sql for one in (without, query)]
    assert sql[0] != sql[1], "the statement has it"
    constants = statement(query.shape(), plan(query)).constants
    bound = bind_values(query).keys() | bind_counted_values(query, plan(query)).keys() | constants.keys()
    assert set(re.findall(r"%\((\w+)\)s", sql[1])) <= bound, "it is bound"
    assert plan(query).count not in ("state", None) and plan(query, earlier=True).count == "rows", "it is counted"
    if kind not in (BoxCondition, SelectionCondition):
        assert plan(query).count == "rows" and plan(query).read in ("made", "rows"), "nothing prepared without it is read"
        assert not facets._is_combined(query) and not tiles._is_counted(query), "no facet or tile is counted without it"
    assert query.same_rows() != without.same_rows() and query.shape() != without.shape(), "its count and SQL are cached apart"
    assert hash(query) == hash(Query(name).fulfilling(condition))


def test_queries_with_the_same_conditions_are_equal() -> None:
    of_deposits = [condition for _, name, condition in CASES if name == "deposits"]
    conditions = [next(one for one in of_deposits if type(one) is kind) for kind in {type(one) for one in of_deposits}]
    conditions.append(SelectionCondition("country", ("CHL",)))
    conditions.append(choose_licences(("CC0-1.0",)))
    assert {Query("deposits", tuple(order)) for order in permutations(conditions)} == {Query("deposits", tuple(conditions))}


def test_parameters_in_another_order_give_the_same_query() -> None:
    given = [("licence", "CC0-1.0"), ("updated_since", "2026-01-01"), ("id", "abc"), ("country", "CHL"), ("name_en", "x")]
    given += [("bbox", "1,2,3,4"), ("commodity", "tin"), ("has_figure", "true"), ("filter", "name_en = 'x'")]
    collection = find_collection("deposits")
    assert parse_query_arguments(collection, Arguments(given)) == parse_query_arguments(collection, Arguments(given[::-1]))


@pytest.mark.parametrize("name", OF_THE_PAGE)
def test_what_chooses_a_page_changes_no_count(name: str) -> None:
    query = replace(Query("deposits"), **{name: OF_THE_PAGE[name]})
    assert query.same_rows() == Query("deposits") and plan(query).count == "state"
    assert query.shape() != Query("deposits").shape() or bind_values(query) != bind_values(Query("deposits"))
