"""Every field of the Query reaches the plan, the count and the statement: a filter that is added later can't be forgotten."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from lodebase.query import cql2
from lodebase.query.collections_ import find_collection
from lodebase.query.expression import values
from lodebase.query.facets import _is_combined
from lodebase.query.filters.changed import CHANGED
from lodebase.query.filters.registry import FILTERS as FILTERS_OF_ROWS
from lodebase.query.pages import statement
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.query_parser import parse_query_arguments
from lodebase.query.plan import plan, selects_everything
from lodebase.query.query import AreaFilter, Bbox, Crs, Cursor, DistanceFilter, Query
from lodedata.figures.low_grade import load_low_grade_rules

BOX = Bbox(100, 20, 130, 50)
FILTERS: Mapping[str, tuple[Query, Any]] = {
    "bbox": (Query("deposits"), BOX),
    "selections": (Query("deposits"), (("commodities", ("copper",)),)),
    "filter": (Query("deposits"), cql2.parse_text("name_en = 'x'", find_collection("deposits"))),
    "near": (Query("deposits"), DistanceFilter(100, 20, 50.0)),
    "within": (Query("deposits"), AreaFilter(b"", BOX)),
    "certainty": (Query("deposits", near=DistanceFilter(100, 20, 50.0)), "certain"),
    "on": (Query("list-entries"), date(2026, 1, 1)),
    "conditions": (Query("deposits"), (CHANGED,)),
}
"""A query without each filter, and a value of it."""
OF_THE_PAGE: Mapping[str, Any] = {
    "sort": (("name_en", False),),
    "properties": ("name_en",),
    "crs": Crs(3857),
    "limit": 5,
    "after": Cursor(1, 9, 5, (7, "abc")),
}
"""The fields that choose among the rows that match, or how they look."""
ELSEWHERE = {"collection", "as_of"}
"""The collection is the table; a version is set in the transaction."""


def test_each_field_of_the_query_is_tried() -> None:
    assert {field.name for field in fields(Query)} == FILTERS.keys() | OF_THE_PAGE.keys() | ELSEWHERE


VALUES: Mapping[str, tuple[str, str]] = {
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
"""A collection that takes a parameter of each filter, and a value of it."""


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
    query = parse_query_arguments(find_collection(collection), Arguments([(name, value)]))
    without = Query(collection)
    assert statement(query.shape(), plan(query)).sql != statement(without.shape(), plan(without)).sql
    assert not selects_everything(query) and plan(query).count == "rows" and query.same_rows() != without.same_rows()
    assert hash(query) == hash(parse_query_arguments(find_collection(collection), Arguments([(name, value)])))


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reaches_the_plan_the_count_and_the_statement(name: str) -> None:
    without, value = FILTERS[name]
    query = replace(without, **{name: value})
    sql = [statement(one.shape(), plan(one)).sql for one in (without, query)]
    assert sql[0] != sql[1] or values(without) != values(query), "the statement has it"
    assert plan(query).count not in ("state", None), "it is counted"
    if name not in ("bbox", "selections"):
        assert not selects_everything(query) and plan(query).count == "rows", "no count prepared without it is taken"
    assert query.same_rows() != without.same_rows(), "its count is cached apart"
    assert not _is_combined(query) or name == "selections", "no facet is counted without it"


@pytest.mark.parametrize("name", OF_THE_PAGE)
def test_what_chooses_a_page_changes_no_count(name: str) -> None:
    query = replace(Query("deposits"), **{name: OF_THE_PAGE[name]})
    assert query.same_rows() == Query("deposits") and plan(query).count == "state"
    assert query.shape() != Query("deposits").shape() or values(query) != values(Query("deposits"))
