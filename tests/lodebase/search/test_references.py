"""Records that a text identifies: by id, by a key in a source, by position; and sources by name and DOI."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine
from tests.search_queries import suggestions

from lodebase.search import lookup, references

if TYPE_CHECKING:
    from tests.lodebase.conftest import Served, SharedTable

ROWS: tuple[Mapping[str, Any], ...] = (
    {"id": "MINE 7/a", "name": "Copper Hill", "lon": "-69.0712", "lat": "-24.2713"},
    {"id": "far", "name": "Tin Valley", "lon": "117.7312", "lat": "29.0123", "metal": "tin"},
    {"id": "plant", "name": "Copper Hill plant", "kind": "project", "lon": "-69.1", "lat": "-24.3"},
)


@pytest.fixture
def engine(served: "Served") -> Engine:
    return served(ROWS)


def names(engine: Engine, query: str) -> list[tuple[str | None, str]]:
    return [(suggestion.name_en, suggestion.match) for suggestion in suggestions(engine, query)]


def test_the_id_of_a_record_finds_it_in_either_case(engine: Engine) -> None:
    (hill, *_) = suggestions(engine, "Copper Hill")
    assert len(hill.id) == 12
    for query in (hill.id, hill.id.upper(), f" {hill.id} ".strip()):
        assert names(engine, query) == [("Copper Hill", "id")]


def test_the_key_of_a_row_finds_its_record_with_or_without_the_source(engine: Engine) -> None:
    assert names(engine, "MINE 7/a") == [("Copper Hill", "key")]
    assert names(engine, "test-table MINE 7/a") == [("Copper Hill", "key")]
    assert names(engine, "other-table MINE 7/a") == []


def test_a_position_finds_the_nearest_records_first(engine: Engine) -> None:
    for query in ("24.27 S 69.07 W", "24°16'12\"S 69°04'12\"W", "-69.07, -24.27"):
        assert names(engine, query) == [("Copper Hill", "position"), ("Copper Hill plant", "position")], query
    assert names(engine, "0, 0") == []


def test_two_bare_numbers_find_the_records_near_both_positions_that_they_may_mean(engine: Engine) -> None:
    for query in ("-69.07, -24.27", "-24.27 -69.07"):
        found = suggestions(engine, query)
        assert [suggestion.name_en for suggestion in found] == ["Copper Hill", "Copper Hill plant"], query
        assert {suggestion.matched for suggestion in found} == {"24.27° S, 69.07° W"}, query
    assert suggestions(engine, "24.27 S 69.07 W")[0].matched == "24.27 S 69.07 W"


def test_a_source_is_found_by_its_name_and_by_its_doi(shared_table: "SharedTable", served: "Served") -> None:
    table = shared_table((*ROWS, {"id": "doi", "name": "Cited"}))
    table.owner("UPDATE lode.source SET citation = 'A survey, https://doi.org/10.5066/P9_X' WHERE name = 'test-table'")
    engine = served((*ROWS, {"id": "doi", "name": "Cited"}))
    for query in ("10.5066/P9_X", "https://doi.org/10.5066/p9_x", "doi:10.5066/P9_X", "test-table"):
        (found,) = suggestions(engine, query)
        assert (found.kind, found.id, found.href) == ("source", "test-table", "/api/datasets/test-table"), query
    # a wildcard of SQL is a letter of a DOI
    assert suggestions(engine, "10.5066/P9%") == () == tuple(suggestions(engine, "10.5066/P_X"))


def test_a_mine_comes_before_a_plant_of_its_name_and_the_large_before_the_small(served: "Served") -> None:
    plant = {"kind": "project", "name": "Copper Hill", "product": "refined copper", "status": "operating"}
    rows: Iterable[Mapping[str, Any]] = (
        {"id": "plant", **plant, "lon": "40.1", "lat": "10.1"},
        {"id": "small", "name": "Copper Hill", "lon": "-60.1", "lat": "-10.1", "cu_kt": "10", "category": "inferred"},
        {"id": "large", "name": "Copper Hill", "lon": "-20.1", "lat": "50.1", "cu_kt": "9000", "category": "inferred"},
        {"id": "longer", "name": "Copper Hill North", "lon": "100.1", "lat": "50.1", "cu_kt": "9000", "category": "inferred"},
    )
    found = [(suggestion.kind, suggestion.lat, suggestion.match) for suggestion in suggestions(served(rows), "copper hill")]
    assert found == [
        *(("deposit", 50.1, "exact"), ("deposit", -10.1, "exact"), ("project", 10.1, "exact"), ("deposit", 50.1, "beginning")),
    ]


STATEMENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "names": (lookup.HITS, {"places": ["102", "206"], "text": "copper", "highest": "\U0010ffff", "most": 10}),
    "exact": (lookup.EXACT, {"keys": ["102copper hill"], "most": 10}),
    "stored": (lookup.STORED, {"places": ["102", "106"], "texts": ["copper hill", "tin v"], "highest": "\U0010ffff"}),
    "endings": (lookup.ENDING_TOKENS, {"tail": "llih", "highest": "\U0010ffff", "most": 5}),
    "ids": (references.RECORDS, {"id": "abcdefghjkmn"}),
    "merged": (references.MERGED, {"id": "abcdefghjkmn"}),
    "keys": (references.KEYS, {"keys": ["a"], "source": None, "most": 10}),
    "nearest": (references.NEAREST.format(name="deposit"), {"lon": 1.0, "lat": 2.0, "most": 10}),
}
LARGE = ("search_term", "search_word", "source_record", "member", "reported_record", "deposit", "discovery", "project")


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_statement_needs_to_scan_a_large_table(name: str, engine: Engine) -> None:
    sql, values = STATEMENTS[name]
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values))
    assert not [table for table in LARGE if f"Seq Scan on {table} " in plan], plan
