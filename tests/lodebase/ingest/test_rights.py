"""Imports of mining rights: names of persons are where only the importer reads them; made-up names."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
import yaml

from lodebase.db import engine as engines
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest import quarantine
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.query import Query
from lodebase.query.collections_ import find_collection
from lodebase.query.facets import count_facets
from lodebase.query.filters.days import ValidDayCondition
from lodebase.query.pages import Counts, read_page
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.topics.rights import register
from lodebase.topics.rights.candidates import CandidateQuery, find_right_candidates
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

PERSON = "QUIROGA ELVIRA"
MAPPING = """
name: own-rights
title_en: Own rights
title_zh: 自有矿业权
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    position: {ring: corners}
    right_no: id
    status: status
    valid_to: to
    holder: holder
"""
ROWS = (
    {"id": "T1", "corners": "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2", "holder": f"{PERSON},ALFA S.A.", "status": "granted"},
    {"id": "T2", "corners": "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2", "holder": PERSON, "to": "someday"},
)
OwnStore = Callable[[str], AbstractContextManager[Store]]
READABLE = """
SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
WHERE table_schema IN ('lode', 'lode_history') AND table_type = 'BASE TABLE'
  AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')
"""


def load(store: Store, folder: Path, rows: tuple[dict[str, str], ...]) -> Summary:
    path = folder / "rights.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ("id", "corners", "status", "to", "holder"), restval="")
        writer.writeheader()
        writer.writerows(rows)
    source = Source.model_validate(yaml.safe_load(MAPPING))
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def rights(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with one right, and another one in quarantine."""
    with own_store("rights") as store:
        summary = load(store, tmp_path_factory.mktemp("rights"), ROWS)
        assert (summary.read, summary.loaded, summary.quarantined) == (2, 1, 1)
        assert PERSON not in repr(summary)
        yield store


def test_no_table_that_the_site_reads_has_the_name_of_a_person(rights: Store) -> None:
    tables = [name for (name,) in rows(write_conninfo(rights.addresses.site), READABLE)]
    assert {"lode.mining_right", "lode.import_run"} <= set(tables)
    for name in ("source_record", "quarantine"):
        assert rows(rights.importer, f"SELECT 1 FROM {name} t WHERE t::text LIKE '%{PERSON}%'") == []
    having = [
        name
        for name in tables
        if rows(write_conninfo(rights.addresses.site), f"SELECT 1 FROM {name} t WHERE t::text LIKE '%{PERSON}%' LIMIT 1")
    ]
    assert having == []


def test_the_name_is_stored_where_only_the_importer_reads_it(rights: Store) -> None:
    assert rows(rights.importer, "SELECT key, field, name FROM withheld_name ORDER BY key") == [
        ("T1", "holder", PERSON),
        ("T2", "holder", PERSON),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(write_conninfo(rights.addresses.site), "SELECT * FROM lode.withheld_name")


def test_a_refused_right_is_corrected_in_its_export(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, ROWS)
    path = tmp_path / "refused.csv"
    assert quarantine.export(store.importer, "own-rights", path) == 1
    exported = path.read_text("utf-8-sig")
    assert PERSON not in exported
    path.write_text(exported.replace(ROWS[1]["to"], "2030"), "utf-8-sig")
    source = Source.model_validate(yaml.safe_load(MAPPING))
    summary = run(
        store.importer,
        ImportJob(
            source, path, lambda tally: quarantine.read_corrected_file(source, path, tally), Boundaries(()), partial=True
        ),
    )
    assert (summary.loaded, summary.quarantined) == (1, 0)
    assert rows(store.importer, "SELECT right_no, holder, holder_kind FROM mining_right ORDER BY 1") == [
        ("T1", "ALFA S.A.", "mixed"),
        ("T2", None, "natural-person"),
    ]
    assert ("T2", PERSON) in rows(store.importer, "SELECT key, name FROM withheld_name")


def test_each_of_several_holders_is_an_organisation(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, ({**ROWS[0], "holder": f"ALFA S.A.,{PERSON},BETA S.A."},))
    assert rows(store.importer, "SELECT name FROM organisation_mention ORDER BY 1") == [("ALFA S.A.",), ("BETA S.A.",)]


def test_right_has_its_polygon_and_its_public_holder(rights: Store) -> None:
    ((holder, kind, corners, area),) = rows(
        write_conninfo(rights.addresses.site),
        "SELECT holder, holder_kind, corners_reported, round(area_km2_computed::numeric, 1)::text FROM lode.mining_right",
    )
    assert (holder, kind, corners, area) == ("ALFA S.A.", "mixed", ROWS[0]["corners"], "50.0")


POINTS = """
name: own-deposits
title_en: Own deposits
title_zh: 自有矿床
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: id
    position: {lon: lon, lat: lat, accuracy_m: {column: accuracy, map: {"50": 50, "5000": 5000}}}
    country: {const: CHN}
    commodities: [{const: copper}]
"""
SQUARE = "1,{0},36.1 2,{1},36.1 3,{1},36.2 4,{0},36.2"


def load_points(store: Store, folder: Path, *points: tuple[str, float, float, int]) -> None:
    path = folder / "points.csv"
    path.write_text("\n".join(["id,lon,lat,accuracy", *(",".join(map(str, point)) for point in points)]), "utf-8")
    source = Source.model_validate(yaml.safe_load(POINTS))
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def test_relations_follow_each_import_of_either_side(store: Store, tmp_path: Path) -> None:
    covers = "SELECT d.name_en, r.right_no, c.certainty FROM right_cover c JOIN deposit d ON d.id = c.record_id"
    covers += " JOIN mining_right r ON r.id = c.right_id ORDER BY 1, 2"
    overlaps = "SELECT round(area_km2)::integer, depth FROM right_overlap"
    first = {"id": "T1", "corners": SQUARE.format("103.1", "103.2"), "status": "granted", "to": "2026-06-30"}
    load(store, tmp_path, (first,))
    load_points(store, tmp_path, ("In", 103.15, 36.15, 50), ("Edge", 103.1001, 36.15, 5000), ("Out", 104.0, 36.15, 50))
    assert rows(store.importer, covers) == [("Edge", "T1", "possibly"), ("In", "T1", "surely")]
    over = {"id": "T2", "corners": SQUARE.format("103.15", "103.25") + " 标高：1000米至500米", "status": "granted"}
    load(store, tmp_path, (first, over))
    assert ("In", "T2", "possibly") in rows(store.importer, covers)
    assert rows(store.importer, overlaps) == [(50, "not-known")]
    load(store, tmp_path, ({**first, "corners": SQUARE.format("103.95", "104.05")}, over))
    assert ("Out", "T1", "surely") in rows(store.importer, covers)
    assert rows(store.importer, overlaps) == []


def test_candidates_have_three_values_on_a_day(store: Store, tmp_path: Path) -> None:
    load(
        store,
        tmp_path,
        (
            {"id": "T1", "corners": SQUARE.format("103.1", "103.2"), "status": "granted", "to": "2026-06-30"},
            {"id": "T2", "corners": SQUARE.format("103.3", "103.4"), "status": "revoked"},
            {"id": "T3", "corners": SQUARE.format("103.5", "103.6"), "status": "applied"},
        ),
    )
    points = [
        ("In", 103.15, 36.15, 50),
        ("Once", 103.35, 36.15, 50),
        ("Applied", 103.55, 36.15, 50),
        ("Free", 104.0, 36.15, 50),
    ]
    load_points(store, tmp_path, *points)
    engine = engines.create_checked_engine(store.addresses.site, "tests")
    with engine.connect() as connection:
        found = {
            day: {
                row["name_en"]: (row["covered"], row["ends"])
                for row in find_right_candidates(connection, CandidateQuery(day)).rows
            }
            for day in (date(2026, 1, 31), date(2027, 1, 31))
        }
        in_force = register.find_rights(connection, parsed(on="2026-01-31", status="granted,unknown"), date(2026, 1, 31))
        every = register.find_rights(connection, parsed(), date(2026, 1, 31))
        ending = find_right_candidates(connection, CandidateQuery(date(2026, 1, 31), ending=True))
    engine.dispose()
    assert [(right.right_no, right.status_on) for right in in_force.rows] == [("T1", "granted")]
    assert {right.right_no: right.status_on for right in every.rows} == {
        "T1": "granted",
        "T2": "revoked",
        "T3": "applied",
    }
    assert (every.matched, every.box) == (3, (103.1, 36.1, 103.6, 36.2))
    assert found[date(2026, 1, 31)] == {
        "In": ("surely", "2026-06-30"),
        "Once": ("once", None),
        "Applied": ("not-known", None),
        "Free": ("not-known", None),
    }
    # the right has ended, and is not forgotten
    assert found[date(2027, 1, 31)]["In"] == ("once", None)
    assert [row["name_en"] for row in ending.rows] == ["In"]


def parsed(**parameters: str) -> Query:
    return query_parser.parse_query_arguments(find_collection("mining-rights"), Arguments(parameters.items()))


def test_a_right_is_valid_on_the_days_of_its_term(store: Store, tmp_path: Path) -> None:
    square = SQUARE.format("103.1", "103.2")
    load(
        store,
        tmp_path,
        (
            {"id": "A", "corners": square, "to": "2026"},
            {"id": "B", "corners": square, "to": "2026-06-30"},
            {"id": "C", "corners": square},
        ),
    )
    engine = engines.create_checked_engine(store.addresses.site, "tests")
    expected = {"2026-06-30": ["A", "B", "C"], "2026-07-01": ["A", "C"], "2027-01-01": ["C"]}
    for day, numbers in expected.items():
        query = Query("mining-rights", (ValidDayCondition(date.fromisoformat(day)),))
        document = orjson.loads(b"[" + read_page(engine, query, Counts()).features + b"]")
        assert sorted(one["properties"]["right_no"] for one in document) == numbers
        assert count_facets(
            engine, query, [field for field in find_collection("mining-rights").fields if field.name == "status"]
        ).matched == len(numbers)
    engine.dispose()


def test_the_status_of_a_right_is_that_of_a_day(store: Store) -> None:
    """Of the columns: status, first and last day, day of the data, and the day; a right of which no event is known."""
    cases = (
        ("granted", "2020-01-01", "2026-06-30", "2026-01", "2026-06-30", "granted"),
        ("granted", "2020-01-01", "2026-06-30", "2026-01", "2026-07-01", "expired"),
        ("granted", "2020-01-01", None, None, "2019-12-31", None),
        ("in-extension", None, "2025-08-09", "2026-01", "2025-08-09", "granted"),
        ("in-extension", None, "2025-08-09", "2026-01", "2026-01-31", "in-extension"),
        ("expired", None, "2025", "2026-01", "2025-12-31", "granted"),
        ("expired", None, None, "2026-01", "2025-12-31", "unknown"),
        ("expired", None, "2030", "2026-01", "2026-02-01", "expired"),
        ("revoked", None, None, "2026-01", "2025-12-31", "unknown"),
        ("revoked", None, "2024", "2026-01", "2025-12-31", "expired"),
        ("revoked", None, None, None, "2025-12-31", "revoked"),
        ("cancelled", None, None, "2026-01", "2026-01-01", "cancelled"),
        ("applied", None, None, "2026-01", "2025-12-31", "applied"),
        ("unknown", None, "2024-05", None, "2024-06-01", "expired"),
    )
    with psycopg.connect(write_conninfo(store.addresses.site)) as connection:
        for status, first, last, stated, day, expected in cases:
            found = connection.execute(
                "SELECT lode.right_status_on(%s, %s, %s, %s, 'T', %s)", (status, first, last, stated, day)
            )
            assert found.fetchone() == (expected,), (status, first, last, stated, day)
        plan = connection.execute(f"EXPLAIN VERBOSE SELECT {register.STATUS_ON} FROM lode.mining_right", {"on": "2026-01-31"})
        # inlined, as a call for each right takes five times as long
        assert "right_status_on" not in str(plan.fetchall())


@pytest.mark.parametrize(
    ("parameters", "numbers"),
    [
        ({"status": "granted", "on": "2026-06-30"}, ["A", "B"]),
        ({"status": "expired", "on": "2026-07-01"}, ["B"]),
        ({"status": "expired"}, []),
        ({"status": "revoked", "on": "2026-07-01"}, ["C"]),
        ({"expires_before": "2026-07-01"}, ["B"]),
        ({"expires_before": "2026-06-30"}, []),
        ({"expires_before": "2027-01-01"}, ["A", "B"]),
        ({"area_km2_min": "99", "area_km2_max": "101"}, ["A", "C"]),
        ({"area_km2_max": "99"}, []),
        ({"area_km2_min": "101"}, ["B"]),
    ],
)
def test_rights_are_selected_by_status_on_a_day_by_end_and_area(
    terms: Store, parameters: dict[str, str], numbers: list[str]
) -> None:
    engine = engines.create_checked_engine(terms.addresses.site, "tests")
    document = orjson.loads(b"[" + read_page(engine, parsed(**parameters), Counts()).features + b"]")
    engine.dispose()
    assert sorted(one["properties"]["right_no"] for one in document) == numbers


@pytest.mark.parametrize(
    ("parameters", "counts"),
    [
        ({}, {"granted": 2, "revoked": 1}),
        ({"on": "2026-06-30"}, {"granted": 2, "revoked": 1}),
        ({"on": "2026-07-01"}, {"granted": 1, "expired": 1, "revoked": 1}),
        ({"on": "2026-07-01", "status": "granted"}, {"granted": 1, "expired": 1, "revoked": 1}),
        ({"on": "2027-01-01", "area_km2_min": "99", "area_km2_max": "101"}, {"expired": 1, "revoked": 1}),
    ],
)
def test_the_facet_of_status_counts_what_a_selection_on_that_day_finds(
    terms: Store, parameters: dict[str, str], counts: dict[str, int]
) -> None:
    engine, collection = engines.create_checked_engine(terms.addresses.site, "tests"), find_collection("mining-rights")
    fields = [field for field in collection.fields if field.name in ("status", "right_kind")]
    (facet,) = (facet for facet in count_facets(engine, parsed(**parameters), fields).facets if facet.field.name == "status")
    assert {str(value.value): value.count for value in facet.values} == counts
    for status, n in counts.items():
        selected = count_facets(engine, parsed(**{**parameters, "status": status}), fields)
        assert selected.matched == n
        assert sum(value.count for facet in selected.facets if facet.field.name == "right_kind" for value in facet.values) == n
    engine.dispose()


@pytest.fixture(scope="module")
def terms(own_store: OwnStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with a right that ends in a year, one that ends on a day, which is twice as large, and a revoked one."""
    small, large = SQUARE.format("103.1", "103.2"), SQUARE.format("103.1", "103.3")
    with own_store("terms") as store:
        load(
            store,
            tmp_path_factory.mktemp("terms"),
            (
                {"id": "A", "corners": small, "status": "granted", "to": "2026"},
                {"id": "B", "corners": large, "status": "granted", "to": "2026-06-30"},
                {"id": "C", "corners": small, "status": "revoked"},
            ),
        )
        yield store


def test_a_right_without_a_polygon_is_served(own_store: OwnStore, tmp_path: Path) -> None:
    with own_store("rights_without_polygons") as store:
        load(store, tmp_path, ({"id": "N1", "holder": "ALFA S.A.", "status": "granted"}, ROWS[0]))
        found = rows(store.importer, "SELECT right_no, geom IS NULL FROM lode.mining_right ORDER BY 1")
        assert found == [("N1", True), ("T1", False)]
        engine = engines.create_checked_engine(store.addresses.site, "tests")
        served = orjson.loads(b"[" + read_page(engine, Query("mining-rights"), Counts()).features + b"]")
        engine.dispose()
        assert [one["geometry"] is None for one in served].count(True) == 1 and len(served) == 2
