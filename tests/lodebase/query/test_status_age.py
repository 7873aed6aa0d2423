"""Filters by the age of a status and by capacity are short forms of CQL2 filters."""

from datetime import UTC, datetime

import pytest

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodedata.ageing import LAST_KNOWN_YEARS, subtract_years


def query(collection: str, **given: str) -> Query:
    return query_parser.parse_query_arguments(find_collection(collection), Arguments(given.items()))


@pytest.mark.parametrize(("collection", "field"), [("projects", "status_date"), ("deposits", "mine_status_date")])
@pytest.mark.parametrize(("last_known", "operator"), [("true", "<="), ("false", ">")])
def test_an_old_status_is_one_of_a_day_five_years_ago_or_before(
    collection: str, field: str, last_known: str, operator: str
) -> None:
    day = subtract_years(datetime.now(UTC).date(), LAST_KNOWN_YEARS)
    assert query(collection, last_known=last_known) == query(collection, filter=f"{field} {operator} DATE('{day}')")


def test_another_value_is_refused_with_its_remedy() -> None:
    with pytest.raises(BadQuery, match="last_known must be true or false"):
        query("projects", last_known="maybe")


def test_a_range_of_capacity_filters_projects() -> None:
    ranged = query("projects", capacity_tpa_min="1000", capacity_tpa_max="2,000")
    assert ranged == query("projects", filter="figure_capacity_tpa >= 1000 AND figure_capacity_tpa <= 2000")
    with pytest.raises(BadQuery):
        query("deposits", capacity_tpa_min="1000")
