"""Records along the scale of a figure: as many in each step as the filter of that figure finds."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.errors import NotFound
from lodebase.query import Counts, cql2, read_page
from lodebase.query.collections_ import find_collection
from lodebase.query.filters.cql2_text import Cql2Condition
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.query import Query
from lodebase.statistics.distribution import SCALES, compute_distribution
from lodebase.statistics.figures import Known

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

ROWS: list[dict[str, Any]] = [
    {
        "id": str(n),
        "country": ("Chile", "Peru")[n % 2],
        "category": "indicated",
        "ore_mt": 2**n if n % 5 else "",
        "cu_pct": 0.0004 * 2**n if n % 5 else "",
        "cu_kt": 0.004 * 2**n if n % 5 else "",
        "kind": "discovery" if n % 10 == 7 else "deposit",
    }
    for n in range(1, 17)
]


def _at_least(field: str, least: float) -> cql2.Filter:
    return cql2.parse_text(f"{field} >= {least}", find_collection("deposits"))


LEAST: dict[str, Callable[[float], cql2.Filter]] = {
    "contained_t": lambda least: cql2.estimate(contained_t_min=least),
    "grade_pct": lambda least: cql2.estimate(grade_pct_min=least),
    "figure_contained_t": lambda least: _at_least("figure_contained_t", least),
    "figure_grade_pct": lambda least: _at_least("figure_grade_pct", least),
}


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    """The site's engine, as it is served: a role that only reads."""
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


@pytest.mark.parametrize("figure", list(LEAST))
@pytest.mark.parametrize("selections", [(), (SelectionCondition("country", ("CHL",)),)])
def test_a_step_and_all_above_it_are_what_a_least_figure_finds(
    own_table: "OwnTable", site: Engine, figure: str, selections: tuple[SelectionCondition, ...]
) -> None:
    own_table.load(ROWS)
    for name in ("deposits", "discoveries"):
        distribution = compute_distribution(site, Known(), Query(name, selections), figure)
        assert len(distribution.records) == len(SCALES[figure])
        for step, least in list(enumerate(SCALES[figure]))[1:]:
            query = Query(name, (*selections, Cql2Condition(LEAST[figure](least))), limit=1)
            # of each record there is one figure
            assert read_page(site, query, Counts()).matched == sum(distribution.records[step:]), least
        assert sum(distribution.records) > 0 or (name, selections) != ("deposits", ())


def test_years_are_counted_by_tens(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    for name in ("deposits", "discoveries"):
        distribution = compute_distribution(site, Known(), Query(name), "discovery_year")
        assert len(distribution.records) == len(SCALES["discovery_year"])


def test_what_has_no_figures_is_refused(site: Engine) -> None:
    for name in ("projects", "zones"):
        with pytest.raises(NotFound, match="have no such figures"):
            compute_distribution(site, Known(), Query(name), "grade_pct")
