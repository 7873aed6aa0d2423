"""Facets: exact counts by value under the other filters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.db.schema.prepared_tables import COMBINATIONS
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import COLLECTIONS, Field, find_collection
from lodebase.query.facets import Facet, count_facets
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.query import Query

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable, Served, SharedTable

COUNTRIES = ("Chile", "China", "Peru", "")
METALS = ("copper", "copper,cobalt", "nickel,cobalt", "lithium", "tin,copper")
ROWS: list[dict[str, Any]] = [
    {
        "id": str(n),
        "country": COUNTRIES[n * n % 4] if n % 3 else COUNTRIES[n % 4],
        "metal": METALS[n % 5],
        "lon": n % 36 * 10 - 175,
        "lat": n % 17 * 10 - 80.5,
        "kind": "discovery" if n % 7 == 0 else "deposit",
    }
    for n in range(300)
]


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    """The site's engine, as it is served: a role that only reads."""
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def filled(shared_table: "SharedTable") -> "OwnTable":
    """A table with all rows that no test changes."""
    return shared_table(ROWS)


@pytest.fixture
def filled_site(served: "Served") -> Engine:
    """The site's engine of that table."""
    return served(ROWS)


def fields_of(name: str) -> tuple[Field, ...]:
    return tuple(field for field in find_collection(name).fields if field.facet)


def counts(found: Sequence[Facet], name: str) -> dict[str | None, int]:
    """What a facet reports, value by value."""
    (facet,) = (facet for facet in found if facet.field.name == name)
    assert (facet.other_values, facet.other_count) == (0, 0)
    return {value.value: value.count for value in facet.values}


def manually(own_table: "OwnTable", table: str, field: Field, condition: str = "true") -> dict[str | None, int]:
    """The same counts, row by row."""
    reported: Counter[str | None] = Counter()
    for (value,) in own_table.all(f"SELECT {field.name} FROM {table} WHERE {condition}"):
        reported.update((value or [None]) if field.type == "array" else [value])
    return dict(reported)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_unfiltered_facets_are_those_of_all_rows(filled: "OwnTable", filled_site: Engine, name: str) -> None:
    found = count_facets(filled_site, Query(name), fields_of(name))
    table = find_collection(name).table.name
    assert found.matched == filled.one(f"SELECT count(*) FROM {table}")
    assert [facet.field.name for facet in found.facets] == [field.name for field in fields_of(name)]
    for field in fields_of(name):
        assert counts(found.facets, field.name) == manually(filled, table, field)


def test_an_empty_store_has_facets_without_values(site: Engine) -> None:
    found = count_facets(site, Query("deposits"), fields_of("deposits"))
    assert (found.dataset_version, found.matched) == (0, 0)
    assert all(facet.values == () for facet in found.facets)


def test_facets_stay_true_when_rows_change_and_go(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    own_table.load([{**row, "country": "Peru"} for row in ROWS[:100]])
    found = count_facets(site, Query("deposits"), fields_of("deposits"))
    assert found.dataset_version == 2
    for field in fields_of("deposits"):
        assert counts(found.facets, field.name) == manually(own_table, "deposit", field)


BOX = Bbox(-60, -45, 90, 60)
IN_BOX = "ST_X(geom) BETWEEN -60 AND 90 AND ST_Y(geom) BETWEEN -45 AND 60"
CHILE, COBALT = "country IN ('CHL', 'PER')", "commodities && '{cobalt}'"


@pytest.mark.parametrize(
    ("query", "conditions"),
    [
        (Query("deposits", (BoxCondition(BOX),)), {"": IN_BOX}),
        (Query("deposits", (SelectionCondition("country", ("CHL", "PER")),)), {"": CHILE, "country": "true"}),
        (Query("deposits", (SelectionCondition("commodities", ("cobalt",)),)), {"": COBALT, "commodities": "true"}),
        (
            Query("deposits", (SelectionCondition("commodities", ("cobalt",)), SelectionCondition("country", ("CHL", "PER")))),
            {"": f"{COBALT} AND {CHILE}", "commodities": CHILE, "country": COBALT},
        ),
        (
            Query(
                "deposits",
                (
                    BoxCondition(BOX),
                    SelectionCondition("commodities", ("cobalt",)),
                    SelectionCondition("country", ("CHL", "PER")),
                ),
            ),
            {
                "": f"{COBALT} AND {CHILE} AND {IN_BOX}",
                "commodities": f"{CHILE} AND {IN_BOX}",
                "country": f"{COBALT} AND {IN_BOX}",
            },
        ),
        (
            Query("deposits", (BoxCondition(BOX), SelectionCondition("size_class", ("large",)))),
            {"": f"size_class = 'large' AND {IN_BOX}", "size_class": IN_BOX},
        ),
    ],
)
def test_each_facet_counts_under_all_but_its_own_selection(
    filled: "OwnTable", filled_site: Engine, query: Query, conditions: dict[str, str]
) -> None:
    found = count_facets(filled_site, query, fields_of("deposits"))
    assert found.matched == filled.one(f"SELECT count(*) FROM deposit WHERE {conditions['']}")
    for field in fields_of("deposits"):
        there = manually(filled, "deposit", field, conditions.get(field.name, conditions[""]))
        assert counts(found.facets, field.name) == there


def test_a_facet_that_was_not_requested_is_not_counted_but_its_selection_holds(filled: "OwnTable", filled_site: Engine) -> None:
    (main,) = (field for field in fields_of("deposits") if field.name == "main_commodity")
    found = count_facets(filled_site, Query("deposits", (SelectionCondition("country", ("CHL", "PER")),)), [main])
    assert [facet.field.name for facet in found.facets] == ["main_commodity"]
    assert counts(found.facets, "main_commodity") == manually(filled, "deposit", main, CHILE)


@pytest.mark.parametrize("query", [Query("deposits"), Query("deposits", (BoxCondition(Bbox(-180, -90, 180, 90)),))])
def test_what_lies_beyond_the_limit_is_reported_in_sum(filled: "OwnTable", filled_site: Engine, query: Query) -> None:
    whole = count_facets(filled_site, query, fields_of("deposits"))
    short = count_facets(filled_site, query, fields_of("deposits"), 2)
    for every, few in zip(whole.facets, short.facets, strict=True):
        assert few.values == every.values[:2]
        assert few.other_values == len(every.values[2:])
        assert few.other_count == sum(value.count for value in every.values[2:])


def test_the_most_frequent_value_comes_first_and_equals_by_their_code(filled: "OwnTable", filled_site: Engine) -> None:
    for facet in count_facets(filled_site, Query("deposits"), fields_of("deposits")).facets:
        order = [(-value.count, value.value or "") for value in facet.values]
        assert order == sorted(order)


def test_values_have_labels_in_both_languages(filled: "OwnTable", filled_site: Engine) -> None:
    found = count_facets(filled_site, Query("deposits"), fields_of("deposits")).facets
    labels = {(f.field.name, v.value): (v.label_en, v.label_zh) for f in found for v in f.values}
    assert labels["country", "CHL"] == ("Chile", "智利")
    assert labels["main_commodity", "copper"] == ("Copper", "铜")
    assert labels["commodity_group", "tin"] == ("Tin", "锡")
    assert labels["sources", "test-table"] == ("Test table", "测试表")
    assert labels["country", None] == (None, None)


def test_combinations_are_those_of_the_rows_and_have_every_facet(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    own_table.load([{**row, "country": "Peru", "kind": "deposit"} for row in ROWS[:100]])
    for name, combinations in COMBINATIONS.items():
        (served,) = (collection for collection in COLLECTIONS.values() if collection.table.name == name)
        columns = [column.name for column in combinations.c if column.name not in ("key", "n")]
        assert set(columns) == {field.name for field in fields_of(served.name)}
        listed = ", ".join(columns)
        counted = own_table.all(f"SELECT {listed}, count(*) FROM {name} GROUP BY {listed} ORDER BY {listed}")
        assert counted == own_table.all(f"SELECT {listed}, n FROM {name}_combination ORDER BY {listed}")
