"""Grade, tonnage and contained metal of a query's records; when a record changed and in which collection it is."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.errors import NotFound
from lodebase.history.record_changes import read_record_changes
from lodebase.ingest.rows import record_id
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.query import Query
from lodebase.query.reading import open_reading
from lodebase.records.record_collections import find_merged_collections
from lodebase.statistics.figures import Known, find_grade_basis, find_grade_factors, read_grade_tonnage, sum_contained

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

CLASSES = ("measured", "indicated", "inferred", "probable", "")
ROWS: list[dict[str, Any]] = [
    {
        "id": str(n),
        "country": ("Chile", "Peru")[n % 2],
        "category": CLASSES[n % 5],
        "ore_mt": n + 1 if n % 5 != 4 else "",
        "cu_pct": 0.1 + n / 100 if n % 5 != 4 else "",
        "kind": "discovery" if n % 10 == 7 else "deposit",
    }
    for n in range(60)
]


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    """The site's engine, as it is served: a role that only reads."""
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


def test_every_record_with_both_figures_is_a_point(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    for name, kind in (("deposits", "deposit"), ("discoveries", "discovery")):
        mine = [row for row in ROWS if row["kind"] == kind and row["ore_mt"] != ""]
        grade_tonnage = read_grade_tonnage(site, Known(), Query(name))
        points = json.loads(grade_tonnage.points)
        assert (grade_tonnage.commodity, grade_tonnage.basis, grade_tonnage.plottable) == ("copper", "metal", len(mine))
        assert sorted(point["ore_t"] for point in points) == sorted(float(row["ore_mt"]) * 1e6 for row in mine)


def test_of_many_records_a_sample_is_reported_that_says_so(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    whole = read_grade_tonnage(site, Known(), Query("deposits"))
    some = read_grade_tonnage(site, Known(), Query("deposits"), most=7)
    points, all_points = json.loads(some.points), json.loads(whole.points)
    assert (len(points), some.plottable) == (7, None)
    assert len(all_points) == whole.plottable
    # those with the first ids, which are hashes
    assert [point["id"] for point in points] == sorted(point["id"] for point in all_points)[:7]


def test_the_query_narrows_the_points(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    grade_tonnage = read_grade_tonnage(site, Known(), Query("deposits", (SelectionCondition("country", ("CHL",)),)))
    assert {point["country"] for point in json.loads(grade_tonnage.points)} == {"CHL"}


def test_of_a_whole_and_its_parts_the_whole_counts_in_each_class(own_table: "OwnTable", site: Engine) -> None:
    rows = {
        "whole": {"category": "inferred", "ore_mt": 100, "cu_pct": 1, "country": "Chile"},
        "part": {"category": "inferred", "ore_mt": 30, "cu_pct": 1, "country": "Peru", "lat": "21.4"},
        "measured": {"category": "measured", "ore_mt": 20, "cu_pct": 1, "country": "Chile", "lat": "22.4"},
    }
    own_table.load([{"id": key, **row} for key, row in rows.items()])
    ids = {key: record_id("test-table", key) for key in rows}
    for part in ("part", "measured"):
        own_table.owner(
            "INSERT INTO lode.link (from_kind, from_id, relation, to_kind, to_id, source) "
            f"VALUES ('deposit', '{ids['whole']}', 'contains', 'deposit', '{ids[part]}', 'lode')"
        )
    found = {figures.category: figures for figures in sum_contained(site, Known(), Query("deposits")).classes}
    inferred, measured = found["inferred-mineral-resource"], found["measured-mineral-resource"]
    assert (inferred.records, inferred.total_t, inferred.largest_t, inferred.not_counted) == (1, 1_000_000, 1_000_000, 1)
    assert (measured.records, measured.total_t, measured.not_counted) == (1, 200_000, 0)
    # a part counts where its whole is not among the records
    (alone,) = sum_contained(site, Known(), Query("deposits", (SelectionCondition("country", ("PER",)),))).classes
    assert (alone.records, alone.total_t, alone.not_counted) == (1, 300_000, 0)


def test_what_is_known_is_found_once_for_each_version() -> None:
    known, found = Known(), iter(range(9))
    seen = [known.at(version, key, lambda: next(found)) for version, key in ((1, "a"), (1, "a"), (1, "b"), (2, "a"), (2, "a"))]
    assert seen == [0, 0, 1, 2, 2]


def test_an_empty_store_has_no_points_and_no_commodity(site: Engine) -> None:
    grade_tonnage = read_grade_tonnage(site, Known(), Query("deposits"))
    assert (grade_tonnage.commodity, grade_tonnage.plottable, grade_tonnage.points, grade_tonnage.available) == (
        None,
        0,
        b"[]",
        (),
    )
    assert sum_contained(site, Known(), Query("deposits")).classes == ()


def test_what_has_no_estimates_is_refused(site: Engine) -> None:
    for name in ("projects", "zones"):
        with pytest.raises(NotFound, match="have no estimates"):
            read_grade_tonnage(site, Known(), Query(name))


def test_grades_of_lithium_are_compared_as_its_oxide() -> None:
    """2.153 and 5.323 as in the domain's table of conversions."""
    factors = find_grade_factors("lithium")
    assert find_grade_basis("lithium") == "Li2O" and find_grade_basis("copper") == "metal"
    assert (factors["Li2O"], factors["metal"]) == (1.0, 2.153)
    assert factors["LCE"] == pytest.approx(2.153 / 5.323)
    assert find_grade_factors("copper")["metal"] == 1.0
    assert find_grade_factors(None) == {}


def test_a_record_reports_the_versions_at_which_it_changed(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    own_table.load([{**row, "country": "Chile"} for row in ROWS])
    changed, stored = (
        own_table.one("SELECT record_id FROM member m JOIN source_record s ON s.id = m.source_record_id WHERE s.key = %s", key)
        for key in ("1", "2")
    )
    with open_reading(site) as connection:
        assert [change.version for change in read_record_changes(connection, "deposits", changed)] == [2, 1]
        assert [change.version for change in read_record_changes(connection, "deposits", stored)] == [1]
        assert read_record_changes(connection, "deposits", "nothere") == []


def test_a_record_is_found_by_its_id_alone(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(ROWS)
    (deposit,), (discovery,) = (own_table.all(f"SELECT id FROM {name} LIMIT 1")[0] for name in ("deposit", "discovery"))
    with open_reading(site) as connection:
        merged_collections = find_merged_collections(connection, [deposit, discovery, "nothere", "' OR true"])
    assert merged_collections == {deposit: "deposits", discovery: "discoveries"}
    with open_reading(site) as connection:
        assert find_merged_collections(connection, []) == {}
