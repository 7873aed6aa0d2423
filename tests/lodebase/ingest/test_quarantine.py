"""Refused rows: stored with every reason and their place, exported, corrected, imported, resolved."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from lodebase.errors import ExportFailed, ImportRefused, NotFound
from lodebase.ingest import quarantine, run
from lodebase.ingest.run import ImportJob, Summary
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

ROWS: list[dict[str, Any]] = [
    {"id": "a"},
    {"id": "b", "cu_pct": "high", "ore_mt": -3, "category": "inferred", "name": '山, "quoted"\nand broken'},
    {"id": "", "name": "without a key"},
    {"id": "a", "name": "Second"},
    {"id": "c", "metal": "unobtainium"},
]
Edit = Callable[[list[dict[str, str]]], None]


def export(own_table: "OwnTable", edit: Edit = lambda rows: None) -> Path:
    """The exported file after somebody edited it as a spreadsheet does."""
    path = own_table.folder / "refused.csv"
    quarantine.export(own_table.store.importer, "test-table", path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = list(rows[0])
    edit(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def corrected(own_table: "OwnTable", path: Path, source: Source | None = None) -> Summary:
    said = source or own_table.source()
    job = ImportJob(said, path, lambda tally: quarantine.read_corrected_file(said, path, tally), Boundaries(()), partial=True)
    return run.run(own_table.store.importer, job)


def refused(own_table: "OwnTable", **which: Any) -> list[quarantine.Refused]:
    return list(quarantine.read_open_refused_rows(own_table.store.importer, **which))


def test_a_refused_row_is_stored_with_its_cells_its_place_and_every_reason(own_table: "OwnTable") -> None:
    summary = own_table.load(ROWS)
    assert (summary.loaded, summary.quarantined) == (1, 4)
    first, keyless, double, wordless = refused(own_table)
    assert (first.source, first.key, first.locator) == ("test-table", "b", "table.csv, row 3")
    assert first.raw["name"] == ROWS[1]["name"] and first.raw["cu_pct"] == "high"
    assert {reason["rule"] for reason in first.reasons} == {"not-a-number", "negative-amount"}
    assert first.sentences("en")[0].startswith("ore_mt: -3 is negative")
    assert first.sentences("zh")[0].startswith("ore_mt: -3 ")
    # the row above it takes two lines of the file
    assert (keyless.key, keyless.locator) == ("#3", "table.csv, row 5")
    assert (double.key, double.reasons[0]["rule"]) == ("a", "duplicate-key")
    assert wordless.reasons[0]["rule"] == "no-known-commodity"


def test_refused_rows_are_counted_by_their_weightiest_rule(own_table: "OwnTable") -> None:
    own_table.load([*ROWS, {"id": "d", "ore_mt": -3, "name": ""}])
    counts = quarantine.counts(own_table.store.importer)
    assert [row["source"] for row in counts] == ["test-table"] * 4
    assert {row["rule"]: row["rows"] for row in counts} == {
        "negative-amount": 2, "missing-key": 1, "duplicate-key": 1, "no-known-commodity": 1,
    }  # fmt: skip
    assert counts[0]["rule"] == "negative-amount"


def test_refused_rows_are_found_by_source_number_and_run(own_table: "OwnTable") -> None:
    summary = own_table.load(ROWS)
    found = refused(own_table)
    assert refused(own_table, source="test-table") == found
    assert refused(own_table, source="another") == []
    assert refused(own_table, identity=found[1].id) == [found[1]]
    assert refused(own_table, run=summary.run) == found
    assert refused(own_table, run=99) == []


def test_the_same_row_refused_again_is_one_row(own_table: "OwnTable") -> None:
    first, again = own_table.load(ROWS), own_table.load(ROWS)
    assert own_table.all("SELECT DISTINCT first_run, last_run FROM quarantine") == [(first.run, again.run)]
    assert len(refused(own_table)) == 4


def test_a_row_put_right_in_the_source_is_resolved(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    summary = own_table.load([ROWS[0], {**ROWS[1], "cu_pct": 1.5, "ore_mt": 3}, *ROWS[2:]])
    assert (summary.loaded, summary.quarantined) == (1, 3)
    assert own_table.all("SELECT key FROM quarantine WHERE resolved_run = %s", summary.run) == [("b",)]
    assert "b" not in [row.key for row in refused(own_table)]


def test_a_refused_row_that_the_source_no_longer_has_is_settled(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    own_table.load([ROWS[0]])
    assert refused(own_table) == []


def test_a_row_that_goes_wrong_again_is_open_again(own_table: "OwnTable") -> None:
    own_table.load(ROWS[:2])
    own_table.load([ROWS[0], {**ROWS[1], "cu_pct": 1.5, "ore_mt": 3}])
    own_table.load(ROWS[:2])
    assert [row.key for row in refused(own_table)] == ["b"]


# --- export and correction -------------------------------------------------------------------------------------------


def test_an_export_has_place_key_and_reasons_before_the_sources_own_columns(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    path = own_table.folder / "refused.csv"
    assert quarantine.export(own_table.store.importer, "test-table", path) == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet must tell that it is UTF-8"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, first, *_ = csv.reader(stream)
    assert header[:6] == ["lode:locator", "lode:key", "lode:reasons", "id", "kind", "name"]
    assert first[:2] == ["table.csv, row 3", "b"]
    assert " | " in first[2] and "is negative" in first[2]
    assert first[5] == ROWS[1]["name"]


def test_a_source_without_refused_rows_has_nothing_to_export(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}])
    with pytest.raises(NotFound, match="^test-table has no rows in quarantine$"):
        quarantine.export(own_table.store.importer, "test-table", own_table.folder / "refused.csv")
    assert not (own_table.folder / "refused.csv").exists()


def test_an_export_that_can_not_be_written_is_one_sentence(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    with pytest.raises(ExportFailed, match="nowhere/refused.csv: can't be written: No such file or directory"):
        quarantine.export(own_table.store.importer, "test-table", own_table.folder / "nowhere" / "refused.csv")


def test_corrected_rows_are_loaded_and_resolved(own_table: "OwnTable") -> None:
    own_table.load(ROWS)

    def edit(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"cu_pct": "1.5", "ore_mt": "3"}
        rows[1] |= {"id": "d"}
        rows[2] |= {"id": "e"}
        rows[3] |= {"metal": "tin"}

    summary = corrected(own_table, export(own_table, edit))
    assert (summary.read, summary.loaded, summary.quarantined, summary.gone) == (4, 4, 0, 0)
    assert refused(own_table) == []
    assert own_table.one("SELECT count(DISTINCT resolved_run) FROM quarantine WHERE resolved_run = %s", summary.run) == 1
    keys = own_table.all("SELECT key, locator FROM source_record WHERE changed_run = %s ORDER BY id", summary.run)
    assert keys == [("b", "table.csv, row 3"), ("d", "table.csv, row 5"), ("e", "table.csv, row 6"), ("c", "table.csv, row 7")]
    assert own_table.one("SELECT name_en FROM deposit WHERE main_commodity = 'tin'") == "Site c"


def test_a_row_that_is_still_wrong_stays_in_quarantine(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    summary = corrected(own_table, export(own_table, lambda rows: rows[0].update({"cu_pct": "1.5"})))
    assert (summary.loaded, summary.quarantined) == (0, 4)
    reported = {row.key: {reason["rule"] for reason in row.reasons} for row in refused(own_table)}
    assert reported["b"] == {"negative-amount"}
    assert len(reported) == 4


def test_a_double_that_nobody_gave_a_key_of_its_own_does_not_push_out_the_first(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    corrected(own_table, export(own_table))
    assert own_table.all("SELECT name_en FROM deposit") == [("Site a",)]
    assert "a" in [row.key for row in refused(own_table)]


def test_rows_left_out_of_a_corrected_file_stay_in_quarantine_and_nothing_is_gone(own_table: "OwnTable") -> None:
    own_table.load(ROWS)

    def edit(rows: list[dict[str, str]]) -> None:
        del rows[1:]
        rows[0] |= {"cu_pct": "1.5", "ore_mt": "3"}

    summary = corrected(own_table, export(own_table, edit))
    assert (summary.read, summary.loaded, summary.gone) == (1, 1, 0)
    assert len(refused(own_table)) == 3


def test_the_same_source_after_a_correction_refuses_the_row_again_and_keeps_its_record(own_table: "OwnTable") -> None:
    own_table.load(ROWS[:2])
    corrected(own_table, export(own_table, lambda rows: rows[0].update({"cu_pct": "1.5", "ore_mt": "3"})))
    summary = own_table.load(ROWS[:2])
    assert (summary.unchanged, summary.quarantined, summary.gone) == (1, 1, 0)
    assert own_table.one("SELECT count(*) FROM deposit") == 2


def test_rows_keyed_by_their_number_keep_the_number_they_had(own_table: "OwnTable") -> None:
    source = own_table.source(key="{#}")
    own_table.load([{"id": "x"}, {"id": "x", "ore_mt": -3}, {"id": "x"}], source)
    summary = corrected(own_table, export(own_table, lambda rows: rows[0].update({"ore_mt": "3"})), source)
    assert summary.loaded == 1
    assert own_table.all("SELECT key FROM source_record ORDER BY locator") == [("1",), ("2",), ("3",)]


def test_corrected_rows_go_back_to_the_table_they_came_from(own_table: "OwnTable") -> None:
    tables = [{**own_table.source().tables[0].model_dump(exclude_unset=True), "file": f"{n}.csv"} for n in "ab"]
    tables[1] |= {"key": "b:{id}", "kind": {"const": "project"}}
    source = own_table.source().model_validate({**own_table.source().model_dump(exclude_unset=True), "tables": tables})
    own_table.write([{"id": "1", "metal": "unobtainium"}], "a.csv")
    own_table.write([{"id": "1", "metal": "unobtainium"}], "b.csv")
    read = partial(read_mapped, source, own_table.folder)
    run.run(own_table.store.importer, ImportJob(source, own_table.folder, read, Boundaries(())))

    def edit(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["metal"] = "copper"

    assert corrected(own_table, export(own_table, edit), source).loaded == 2
    assert own_table.all("SELECT key, kind FROM source_record o JOIN member ON source_record_id = o.id ORDER BY 1") == [
        ("1", "deposit"),
        ("b:1", "project"),
    ]


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        ("id,kind\na,deposit\n", "does not begin with the columns lode:locator, lode:key, lode:reasons"),
        ("lode:locator,lode:key\ntable.csv,1\n", "does not begin with the columns lode:locator, lode:key, lode:reasons"),
        ("lode:locator,lode:key,lode:reasons,id\n", "has a header and no rows"),
    ],
)
def test_a_file_that_is_no_export_is_refused(own_table: "OwnTable", content: str, reported: str) -> None:
    own_table.load(ROWS)
    path = own_table.folder / "refused.csv"
    path.write_text(content)
    before = own_table.state()
    with pytest.raises(ImportRefused, match=reported):
        corrected(own_table, path)
    assert own_table.state() == before


def test_a_source_of_related_tables_is_corrected_in_its_own_files(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    source = own_table.source().model_copy(update={"tables": ()})
    with pytest.raises(ImportRefused, match="is read from related tables; correct its own files and import them again"):
        corrected(own_table, export(own_table), source)


def test_a_place_that_names_no_table_is_refused(own_table: "OwnTable") -> None:
    tables = [{**own_table.source().tables[0].model_dump(exclude_unset=True), "file": f"{n}.csv"} for n in "ab"]
    source = own_table.source().model_validate({**own_table.source().model_dump(exclude_unset=True), "tables": tables})
    own_table.load(ROWS)
    with pytest.raises((ImportRefused, FileRefused), match="'table.csv, row 3' names no table of test-table"):
        corrected(own_table, export(own_table), source)


def test_an_exported_cell_is_no_formula_and_comes_back_as_it_was(own_table: "OwnTable") -> None:
    names = ["=cmd|' /C calc'!A0", "＝1+1", "\u3000@SUM(A1)", "'=1", "-69.07", "plain"]
    own_table.load({"id": f"r{n}", "name": name, "ore_mt": "-3"} for n, name in enumerate(names))
    path = export(own_table)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        exported = [row["name"] for row in csv.DictReader(stream)]
    assert exported == [f"'{name}" for name in names[:4]] + names[4:]

    def correct(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["ore_mt"] = "3"

    path = export(own_table, correct)
    assert corrected(own_table, path).loaded == len(names)
    with psycopg.connect(own_table.store.importer) as connection:
        rows = connection.execute("SELECT name_en FROM deposit ORDER BY name_en").fetchall()
    assert sorted(row[0] for row in rows) == sorted(name.strip() for name in names)
