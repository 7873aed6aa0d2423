"""An import as a whole: it adds up, changes nothing the second time, refuses what is cut short, and waits its turn."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from lodebase.errors import DatabaseAway, ImportBusy, ImportRefused, NotFound
from lodebase.ingest import run
from lodebase.ingest.jobs.progress import ImportProgress
from lodebase.ingest.linking import lineage
from lodebase.ingest.run import ImportJob
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import MappingRefused, Reading, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused
from lodedata.records import Commodity, Deposit, Owner, Project, SourceRow

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

MIXED: list[dict[str, Any]] = [
    {"id": "a"},
    {"id": "b", "kind": "project", "product": "refined copper", "capacity_kt": 100, "status": "operating", "owner": "Codelco"},
    {"id": "c", "kind": "discovery", "category": "inferred", "ore_mt": 10, "cu_pct": 1.5},
    {"id": "d", "metal": "gold"},
    {"id": "e", "ore_mt": -3},
    {"id": "f", "kind": "smelter of sorts"},
]


def test_every_row_is_accounted_for(own_table: "OwnTable") -> None:
    summary = own_table.load(MIXED)
    assert (summary.read, summary.loaded, summary.out_of_scope, summary.quarantined) == (6, 3, 1, 2)
    assert summary.read == (summary.loaded + summary.updated + summary.unchanged + summary.out_of_scope + summary.quarantined)
    (reported,) = lineage.read_import_runs(own_table.store.importer)
    assert (reported["id"], reported["state"], reported["read"], reported["dataset_version"]) == (summary.run, "done", 6, 1)
    assert {name: reported[name] for name in ("loaded", "updated", "unchanged", "out_of_scope", "quarantined", "gone")} == {
        **{name: getattr(summary, name) for name in ("loaded", "updated", "unchanged", "out_of_scope", "quarantined")},
        "gone": 0,
    }


def test_the_figures_of_json_are_those_that_are_promised(own_table: "OwnTable") -> None:
    assert list(own_table.load(MIXED).counts()) == (
        ["source", "read", "loaded", "updated", "unchanged", "out_of_scope", "quarantined", "seconds", "dataset_version"]
    )


def test_the_same_file_again_touches_no_row(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    before = own_table.state()
    again = own_table.load(MIXED)
    assert (again.read, again.unchanged, again.out_of_scope, again.quarantined, again.updated) == (6, 3, 1, 2, 0)
    after = own_table.state()
    # that a row was refused again is reported by its quarantine row, which is nothing that is served
    assert before.pop("quarantine") != after.pop("quarantine")
    assert before == after
    assert again.dataset_version == 1
    assert own_table.one("SELECT count(*) FROM dataset_version") == 1


def test_the_rows_of_the_same_file_in_another_order_change_nothing_served(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    again = own_table.load(list(reversed(MIXED)))
    assert (again.loaded, again.updated, again.unchanged) == (0, 0, 3)
    assert again.dataset_version == 1


def test_refused_rows_are_reported_with_place_column_and_reason(own_table: "OwnTable") -> None:
    first, second = own_table.load(MIXED).refused
    assert str(first).startswith("table.csv, row 6: column ore_mt: ") and "is negative" in str(first)
    assert str(second).startswith("table.csv, row 7: column kind: 'smelter of sorts' is neither")
    assert first.in_language("zh").startswith("table.csv, row 6：列 ore_mt：") and "is negative" not in first.in_language("zh")


def test_terms_that_no_vocabulary_knows_are_counted(own_table: "OwnTable") -> None:
    rows = [
        {"id": "a", "metal": "copper,unobtainium"},
        {"id": "b", "metal": "copper,unobtainium", "country": "Atlantis"},
        {"id": "c", "kind": "project", "product": "x", "status": "in limbo"},
    ]
    summary = own_table.load(rows)
    unknown = own_table.one("SELECT unknown_words FROM import_run")
    assert unknown["commodity"] == {"unobtainium": 2}
    assert unknown["country"] == {"Atlantis": 1}
    assert unknown["status"] == {"in limbo": 1}
    assert "2 terms not in the vocabulary commodity: 'unobtainium' (2)" in map(str, summary.notes)


def test_a_column_that_the_mapping_does_not_name_is_reported(own_table: "OwnTable") -> None:
    spec = own_table.source().tables[0].model_dump(exclude_unset=True)
    source = own_table.source(**{**spec, "owners": []})
    notes = list(map(str, own_table.load(MIXED, source).notes))
    assert "table.csv: not in the mapping, with their filled cells: owner (1)" in notes


def test_the_usage_of_columns_is_stored_with_the_run(own_table: "OwnTable") -> None:
    rows = [
        {"id": "a", "ore_mt": 7},
        {"id": "b", "category": "inferred", "ore_mt": 5},
        {"id": "c", "metal": "gold", "ore_mt": 1},
    ]
    summary = own_table.load(rows)
    (ore,) = (column for column in summary.as_data()["columns"] if column["column"] == "ore_mt")
    reasons = {drop["reason"]: (drop["count"], drop["example"], drop["row"], drop["en"]) for drop in ore.pop("reasons")}
    assert ore == {"table": "table.csv", "column": "ore_mt", "filled": 3, "used": 2, "dropped": 1}
    assert reasons == {
        "row-out-of-scope": (1, "…", 4, "the row has no commodity in scope"),
    }
    assert summary.run is not None
    reported = lineage.run(own_table.store.importer, summary.run)
    assert reported["columns"] == summary.as_data()["columns"]
    assert own_table.one("SELECT flags FROM deposit WHERE name_en = 'Site a'") == ["category-not-stated"]
    assert own_table.one("SELECT flags FROM deposit WHERE name_en = 'Site b'") == []
    with pytest.raises(NotFound, match="there is no import 99"):
        lineage.run(own_table.store.importer, 99)


def test_what_is_known_of_a_source_is_written_with_its_rows(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    (reported,) = lineage.read_imported_sources(own_table.store.importer)
    assert {**reported} == {
        "name": "test-table",
        "title_en": "Test table",
        "title_zh": "测试表",
        "publisher": "The tests",
        "licence": "internal",
        "version": "1",
        "citation": "The tests, made up",
        "records": 4,
        "in_scope": 3,
    }


def test_a_file_whose_name_is_no_text_is_imported(own_table: "OwnTable") -> None:
    path = own_table.write(MIXED).rename(own_table.folder / "t\udcff.csv")
    source = own_table.source()
    job = ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(()))
    assert run.run(own_table.store.importer, job).loaded == 3
    assert lineage.read_import_runs(own_table.store.importer)[0]["path"] == "t?.csv"
    path.write_text("id\n")
    with pytest.raises(ImportRefused):
        run.run(own_table.store.importer, job)
    assert lineage.read_import_runs(own_table.store.importer)[0]["state"] == "failed"


def test_progress_counts_the_rows(own_table: "OwnTable") -> None:
    progress = ImportProgress()
    run.run(own_table.store.importer, own_table.job(MIXED), progress)
    assert progress.rows == 6
    assert progress.per_second() > 0


# --- what refuses a whole file ---------------------------------------------------------------------------------------


def test_a_file_with_fewer_rows_than_declared_replaces_nothing(own_table: "OwnTable") -> None:
    source = own_table.source(rows_at_least=6)
    own_table.load(MIXED, source)
    before = own_table.state()
    with pytest.raises(ImportRefused) as caught:
        own_table.load(MIXED[:5], source)
    assert str(caught.value) == (
        "table.csv: has 5 rows where at least 6 are expected; is the file cut short? Nothing was changed."
    )
    assert own_table.state() == before


def test_a_file_with_emptier_fields_than_declared_replaces_nothing(own_table: "OwnTable") -> None:
    source = own_table.source(fill={"name_en": 0.9})
    rows = [{"id": str(n), "name": f"Site {n}" if n else ""} for n in range(10)]
    own_table.load(rows, source)
    before = own_table.state()
    moved = [{**row, "name": ""} if n < 2 else row for n, row in enumerate(rows)]
    with pytest.raises(ImportRefused) as caught:
        own_table.load(moved, source)
    assert str(caught.value) == (
        "table.csv: name_en is filled in 80% of the rows where 90% are expected; did a column move? Nothing was changed."
    )
    assert own_table.state() == before


def test_a_file_without_rows_replaces_nothing(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    before = own_table.state()
    with pytest.raises(ImportRefused, match="^table.csv: has a header and no rows; nothing was changed.$"):
        own_table.load([])
    assert own_table.state() == before


def test_one_table_of_several_without_rows_replaces_nothing(own_table: "OwnTable") -> None:
    """A source of two files, of which the second came empty this time."""
    tables = [{**own_table.source().tables[0].model_dump(exclude_unset=True), "file": f"{n}.csv"} for n in "ab"]
    source = own_table.source().model_validate({**own_table.source().model_dump(exclude_unset=True), "tables": tables})

    def load(second: Iterable[dict[str, str]]) -> None:
        own_table.write([{"id": "a"}], "a.csv")
        own_table.write(second, "b.csv")
        job = ImportJob(source, own_table.folder, lambda tally: read_mapped(source, own_table.folder, tally), Boundaries(()))
        run.run(own_table.store.importer, job)

    load([{"id": "b"}])
    before = own_table.state()
    with pytest.raises(ImportRefused, match="^b.csv: has a header and no rows; nothing was changed.$"):
        load([])
    assert own_table.state() == before


def test_a_partial_import_need_not_be_whole(own_table: "OwnTable") -> None:
    source = own_table.source(rows_at_least=6)
    own_table.load(MIXED, source)
    summary = own_table.load([{"id": "a", "name": "New"}], source, partial=True)
    assert (summary.updated, summary.gone) == (1, 0)


@pytest.mark.parametrize("error", [FileRefused("x.csv: is cut short"), MappingRefused("m.yml: is wrong")])
def test_a_reader_that_gives_up_midway_changes_nothing_and_the_run_is_listed(
    own_table: "OwnTable", error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK_READINGS", 2)
    monkeypatch.setattr(run, "CHUNKS_MERGED", 1)
    own_table.load(MIXED)
    before = own_table.state()
    job = own_table.job([{"id": str(n)} for n in range(20)])

    def read(tally: Tally) -> Iterator[Reading]:
        for number, reading in enumerate(job.read(tally)):
            if number == 15:
                raise error
            yield reading

    with pytest.raises(ImportRefused, match=str(error)):
        run.run(own_table.store.importer, ImportJob(job.source, job.path, read, job.boundaries))
    assert own_table.state() == before
    reported = lineage.read_import_runs(own_table.store.importer)[0]
    assert (reported["source"], reported["path"], reported["state"], reported["message"]) == (
        "test-table",
        "table.csv",
        "failed",
        str(error),
    )
    assert reported["read"] is None


def test_a_fault_in_a_reader_is_not_swallowed_and_changes_nothing(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    before = own_table.state()
    job = own_table.job(MIXED)

    def read(tally: Tally) -> Iterator[Reading]:
        yield next(iter(job.read(tally)))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run.run(own_table.store.importer, ImportJob(job.source, job.path, read, job.boundaries))
    assert own_table.state() == before


def test_a_record_that_only_the_store_refuses_is_one_sentence_and_changes_nothing(own_table: "OwnTable") -> None:
    """What a reader's checks should have caught: a share over 100 %, a key longer than an index can hold."""
    own_table.load(MIXED)
    before = own_table.state()
    job = own_table.job(MIXED)
    copper = (Commodity("copper", "main"),)
    shared = Project(name_en="Plant", commodities=copper, owners=(Owner("Codelco", share_pct=150.0),))
    long = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(3_000))
    for key, record, reported in (("x", shared, "share_possible"), (long, Deposit(commodities=copper), "54000")):
        only = [Reading((SourceRow(key, b"{}", "table.csv, row 2"),), (record,))]
        with pytest.raises(ImportRefused) as caught:
            run.run(own_table.store.importer, replace(job, read=partial(_given, only)))
        sentence = str(caught.value)
        assert sentence.startswith("table.csv: the database can't store a value of the table (") and reported in sentence
        assert "; nothing was changed." in sentence and "\n" not in sentence and "violates" not in sentence
        assert own_table.state() == before
        assert lineage.read_import_runs(own_table.store.importer)[0]["message"] == sentence


def _given(readings: Iterable[Reading], tally: Tally) -> Iterable[Reading]:
    return readings


# --- dry run ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_reports_what_would_change_and_changes_nothing(own_table: "OwnTable") -> None:
    own_table.load(MIXED)
    before = own_table.state()
    runs = own_table.all("SELECT * FROM import_run")
    newer = [{**MIXED[0], "name": "New"}, *MIXED[2:], {"id": "g"}]
    summary = own_table.load(newer, dry_run=True)
    assert (summary.loaded, summary.updated, summary.unchanged, summary.gone, summary.quarantined) == (1, 1, 1, 1, 2)
    assert str(summary.refused[0]).startswith("table.csv, row 5: ")
    assert own_table.state() == before
    assert own_table.all("SELECT * FROM import_run") == runs
    real = own_table.load(newer)
    assert (real.loaded, real.updated, real.unchanged, real.gone) == (1, 1, 1, 1)


def test_a_dry_run_that_is_refused_is_not_listed(own_table: "OwnTable") -> None:
    with pytest.raises(ImportRefused):
        own_table.load([], dry_run=True)
    assert lineage.read_import_runs(own_table.store.importer) == []


# --- two at once -----------------------------------------------------------------------------------------------------


class Slow:
    """A job that stops before its last row until it is instructed to go on."""

    def __init__(self, job: ImportJob) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._read = job.read
        self.job = ImportJob(job.source, job.path, self._slowly, job.boundaries)

    def _slowly(self, tally: Tally) -> Iterator[Reading]:
        *first, last = self._read(tally)
        yield from first
        self.reached.set()
        assert self.go_on.wait(30)
        yield last


@pytest.fixture
def slow(own_table: "OwnTable") -> Iterator[Slow]:
    """An import that is in progress."""
    made = Slow(own_table.job([{"id": "a"}, {"id": "b"}]))
    worker = threading.Thread(target=run.run, args=(own_table.store.importer, made.job))
    worker.start()
    assert made.reached.wait(30)
    yield made
    made.go_on.set()
    worker.join(30)


def test_a_second_import_says_why_it_waited_in_vain(own_table: "OwnTable", slow: Slow, tmp_path: Path) -> None:
    with pytest.raises(ImportBusy) as caught:
        own_table.load([{"id": "a", "name": "New"}], wait_s=0.3)
    assert str(caught.value) == (
        "Another import has been running for more than 0 s; wait for it to end, or set LODE_IMPORT_WAIT."
    )


def test_a_second_import_waits_for_the_first(own_table: "OwnTable", slow: Slow) -> None:
    found = []
    rows = [{"id": "a"}, {"id": "b", "name": "New"}, {"id": "c"}]
    second = threading.Thread(target=lambda: found.append(own_table.load(rows)))
    second.start()
    second.join(0.5)
    assert second.is_alive()
    slow.go_on.set()
    second.join(30)
    (summary,) = found
    assert (summary.unchanged, summary.updated, summary.loaded, summary.dataset_version) == (1, 1, 1, 2)


# --- a database that goes away ---------------------------------------------------------------------------------------


def test_a_dropped_connection_is_one_sentence_and_changes_nothing(
    own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch
) -> None:
    own_table.load(MIXED)
    before = own_table.state()
    monkeypatch.setattr(run, "CHUNK_READINGS", 2)
    monkeypatch.setattr(run, "CHUNKS_MERGED", 1)
    job = own_table.job([{"id": str(n)} for n in range(20)])

    def read(tally: Tally) -> Iterator[Reading]:
        for number, reading in enumerate(job.read(tally)):
            if number == 11:
                with psycopg.connect(own_table.store.importer, autocommit=True) as other:
                    other.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
                    )
            yield reading

    with pytest.raises(DatabaseAway) as caught:
        run.run(own_table.store.importer, ImportJob(job.source, job.path, read, job.boundaries))
    assert str(caught.value).startswith("The connection to the database was lost during the import; nothing was changed (")
    assert "\n" not in str(caught.value)
    assert own_table.state() == before
    assert own_table.load(MIXED).unchanged == 3


def test_a_database_that_is_not_there_is_one_sentence(own_table: "OwnTable", tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway, match="^The connection to the database was lost during the import; nothing was changed "):
        run.run(f"host={tmp_path} dbname=lode", own_table.job(MIXED))
