"""Withdrawal of an import: records and rows are as before it, as a new version that leaves the earlier ones in the history."""

from typing import TYPE_CHECKING, Any

import pytest

from lodebase.errors import ImportRefused, NotFound
from lodebase.ingest import replaced_rows
from lodebase.ingest.removal import remove_source, withdraw_run
from lodebase.ingest.run import Summary

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

BEFORE: list[dict[str, Any]] = [
    {"id": "a", "ore_mt": 5, "cu_pct": 1.25},
    {"id": "b", "kind": "project", "product": "refined copper", "capacity_kt": 100, "status": "operating", "owner": "Codelco"},
    {"id": "c", "kind": "discovery", "category": "inferred", "ore_mt": 10, "cu_pct": 1.5},
    {"id": "d", "metal": "gold"},
    {"id": "e", "ore_mt": 3},
]
AFTER: list[dict[str, Any]] = [
    {"id": "a", "ore_mt": 500, "cu_pct": 2.5, "name": "Another name"},
    {"id": "b", "product": "refined copper"},
    {"id": "c", "kind": "discovery", "category": "inferred", "ore_mt": 10, "cu_pct": 1.5},
    {"id": "d", "metal": "copper"},
    {"id": "f", "ore_mt": 8},
    {"id": "g", "ore_mt": -1},
]
TABLES = ("deposit", "project", "discovery", "estimate", "estimate_measure", "phase", "owner", "flag")


def content(table: "OwnTable") -> dict[str, list[tuple[Any, ...]]]:
    """The served rows without their versions, and the rows of the file that are in scope."""
    found = {
        name: table.all(f"SELECT (to_jsonb(t) - '{{since_version}}'::text[])::text FROM {name} t ORDER BY 1") for name in TABLES
    }
    found["row"] = table.all("SELECT key, raw::text, locator, in_scope, gone_run FROM source_record ORDER BY key")
    found["member"] = table.all("SELECT source_record_id, record_id, kind, leads FROM member ORDER BY 1, 2")
    found["columns"] = table.all("SELECT source, public FROM source_columns ORDER BY 1")
    found["source"] = table.all("SELECT s::text FROM source s ORDER BY 1")
    return found


def withdraw(table: "OwnTable", number: int | None, **options: Any) -> Summary:
    assert number is not None
    return withdraw_run(table.store.importer, number, 10, 0.8, **options)


def test_records_and_rows_are_as_before_and_earlier_versions_have_the_rest(own_table: "OwnTable") -> None:
    own_table.load(BEFORE)
    before = content(own_table)
    changed = own_table.load(AFTER)
    served = content(own_table)
    assert served["deposit"] != before["deposit"] and changed.gone == 1
    done = withdraw(own_table, changed.run)
    after = content(own_table)
    added = [row for row in after["row"] if row[0] == "f"]
    assert [row[3] for row in added] == [False], "the row that the import added stays, out of scope"
    after["row"] = [row for row in after["row"] if row[0] != "f"]
    assert after == before
    assert done.dataset_version == changed.dataset_version + 1
    assert own_table.one("SELECT count(*) FROM lode_history.deposit WHERE name_en = 'Another name'") == 1
    assert own_table.all("SELECT key FROM quarantine WHERE resolved_run IS NULL") == []
    assert own_table.one("SELECT withdraws FROM import_run WHERE id = %s", done.run) == changed.run


def test_the_file_can_be_imported_again_after_its_withdrawal(own_table: "OwnTable") -> None:
    own_table.load(BEFORE)
    first = own_table.load(AFTER)
    served = content(own_table)["deposit"]
    withdraw(own_table, first.run)
    again = own_table.load(AFTER)
    assert (again.unchanged, again.quarantined) == (1, 1)
    assert content(own_table)["deposit"] == served
    assert own_table.load(AFTER).updated == 0


def test_the_first_import_of_a_source_is_withdrawn_like_a_removal(own_table: "OwnTable") -> None:
    first = own_table.load(BEFORE)
    done = withdraw(own_table, first.run)
    assert (done.read, done.updated, done.out_of_scope) == (5, 0, 5)
    for table in TABLES:
        assert own_table.one(f"SELECT count(*) FROM {table}") == 0, table


def test_imports_are_withdrawn_from_the_last_to_the_first(own_table: "OwnTable") -> None:
    first, second = own_table.load(BEFORE), own_table.load(AFTER)
    with pytest.raises(ImportRefused, match=f"Import {second.run} of test-table came after import {first.run}. Withdraw"):
        withdraw(own_table, first.run)
    done = withdraw(own_table, second.run)
    with pytest.raises(ImportRefused, match=f"Import {second.run} was withdrawn by import {done.run} already"):
        withdraw(own_table, second.run)
    with pytest.raises(ImportRefused, match=f"Import {done.run} withdrew import {second.run}. Import the file again"):
        withdraw(own_table, done.run)
    withdraw(own_table, first.run)
    assert own_table.one("SELECT count(*) FROM deposit") == 0


def test_a_removed_source_comes_back_by_a_withdrawal(own_table: "OwnTable") -> None:
    own_table.load(BEFORE)
    before = content(own_table)
    removed = remove_source(own_table.store.importer, "test-table", 10)
    withdraw(own_table, removed.run)
    assert content(own_table) == before


def test_a_dry_run_changes_nothing(own_table: "OwnTable") -> None:
    own_table.load(BEFORE)
    changed = own_table.load(AFTER)
    before = own_table.state()
    assert withdraw(own_table, changed.run, dry_run=True).updated == 3
    assert own_table.state() == before


def test_what_cannot_be_withdrawn_is_refused_with_a_sentence(own_table: "OwnTable") -> None:
    own_table.load(BEFORE)
    same = own_table.load(BEFORE)
    with pytest.raises(ImportRefused, match="changed no record, so that there is nothing to withdraw"):
        withdraw(own_table, same.run)
    with pytest.raises(NotFound, match="There is no import 99; `lode runs` lists them"):
        withdraw(own_table, 99)


def test_the_rows_of_the_last_imports_are_stored(own_table: "OwnTable") -> None:
    runs = [own_table.load([{"id": "a", "ore_mt": n + 1}]) for n in range(replaced_rows.WITHDRAWABLE_RUNS + 2)]
    stored = own_table.all("SELECT DISTINCT run FROM replaced_row ORDER BY 1")
    assert [row[0] for row in stored] == [run.run for run in runs[2:]]
    for run in reversed(runs[2:]):
        withdraw(own_table, run.run)
    assert own_table.one("SELECT ore_t FROM estimate") == 2e6
    with pytest.raises(ImportRefused, match="replaced are not stored any more. Only the last 5 imports of a source"):
        withdraw(own_table, runs[1].run)


def test_a_record_of_two_sources_has_the_earlier_values_of_one_again(own_table: "OwnTable") -> None:
    other = own_table.source().model_copy(update={"name": "other-table"})
    own_table.load([{"id": "a", "name": "Chuquicamata", "ore_mt": 5}])
    own_table.load([{"id": "x", "name": "Chuquicamata", "ore_mt": 7}], other)
    assert own_table.one("SELECT count(*) FROM deposit") == 1
    before = content(own_table)
    reported_records = own_table.all("SELECT record_id, served_id, row::text, parts::text FROM reported_record ORDER BY 1")
    changed = own_table.load([{"id": "a", "name": "Chuquicamata", "ore_mt": 5000}])
    assert (
        own_table.all("SELECT record_id, served_id, row::text, parts::text FROM reported_record ORDER BY 1") != reported_records
    )
    withdraw(own_table, changed.run)
    assert content(own_table) == before
    assert (
        own_table.all("SELECT record_id, served_id, row::text, parts::text FROM reported_record ORDER BY 1") == reported_records
    )
    assert len(reported_records) == 2
