"""Milestones and progress reports that an import changes: what the store refuses, and with which sentence."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lodebase.db.store import Store, write_conninfo
from lodebase.errors import ImportRefused
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

MILESTONE = {
    "key": "a",
    "project_source": "own",
    "project": "p",
    "phase": "1",
    "milestone_type": "start",
    "baseline_no": "1",
    "baseline_date": "2025-06",
}
REPORT = {"key": "r", "project_source": "own", "project": "p", "month": "2025-06", "report_state": "draft", "reporter": "Li"}


def load(store: Store, folder: Path, kind: str, row: Mapping[str, str]) -> Summary:
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)
    cells: dict[str, Any] = {name: name for name in row if name != "key"}
    about = {
        "title_en": "t",
        "title_zh": "t",
        "publisher": "t",
        "licence": {"id": "t", "name": "t"},
        "citation": "t",
        "version": "1",
    }
    table = {"key": "{key}", "kind": {"const": kind}, **cells}
    source = Source.model_validate({"name": f"own-{kind.replace('_', '-')}", **about, "tables": [table]})
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def test_a_baseline_is_followed_by_another_and_never_overwritten(store: Store, tmp_path: Path) -> None:
    assert load(store, tmp_path, "milestone", MILESTONE).loaded == 1
    refused: list[tuple[dict[str, str], str]] = [
        ({"baseline_date": "2025-09"}, "can't be overwritten"),
        ({"baseline_no": "2", "baseline_date": "2025-09"}, "without a reason"),
        ({"baseline_no": "3", "baseline_date": "2025-09", "baseline_reason": "land"}, "number after the last one"),
        ({"baseline_no": "", "baseline_date": ""}, "can't be removed"),
        ({"baseline_no": "2", "baseline_date": "", "baseline_reason": "land"}, "Enter both, or neither"),
    ]
    for change, sentence in refused:
        with pytest.raises(ImportRefused, match=sentence) as caught:
            load(store, tmp_path, "milestone", {**MILESTONE, **change})
        assert "未作任何更改" in caught.value.message.in_language("zh")
    later = {"baseline_no": "2", "baseline_date": "2025-09", "baseline_reason": "land", "agreed_by": "province"}
    assert load(store, tmp_path, "milestone", {**MILESTONE, **later}).updated == 1
    assert load(store, tmp_path, "milestone", {**MILESTONE, **later, "expected_date": "2025-12"}).updated == 1
    with psycopg.connect(store.importer) as connection:
        planned = connection.execute(
            "SELECT baseline_no, baseline_date FROM lode_history.milestone "
            "UNION SELECT baseline_no, baseline_date FROM milestone"
        )
        assert sorted(planned) == [(1, "2025-06"), (2, "2025-09")]


def test_the_store_refuses_it_from_its_owner_too(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, "milestone", MILESTONE)
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        for statement, constraint in (
            ("UPDATE lode.milestone SET baseline_date = '2026'", "baseline_overwritten"),
            ("UPDATE lode.milestone SET baseline_no = 2, baseline_date = '2026'", "baseline_without_reason"),
        ):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation) as caught, connection.transaction():
                connection.execute(statement)
            assert caught.value.diag.constraint_name == constraint
        connection.execute("DELETE FROM lode.milestone")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), connection.transaction():
            connection.execute(
                "INSERT INTO lode.milestone (id, project_source, project, milestone_type, baseline_no, baseline_date, sources) "
                "SELECT id, project_source, project, milestone_type, 1, '2030', sources FROM lode_history.milestone LIMIT 1"
            )


def test_a_report_is_submitted_then_accepted_by_another_person_and_then_stays(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, "progress_report", REPORT)
    with pytest.raises(ImportRefused, match="can't take this step"):
        load(store, tmp_path, "progress_report", {**REPORT, "report_state": "accepted"})
    submitted = {**REPORT, "report_state": "submitted", "physical_progress_pct": "30"}
    assert load(store, tmp_path, "progress_report", submitted).updated == 1
    accepted = {**submitted, "report_state": "accepted"}
    for checker in ("", "Li"):
        with pytest.raises(ImportRefused, match="another person"):
            load(store, tmp_path, "progress_report", {**accepted, "checker": checker})
    assert load(store, tmp_path, "progress_report", {**accepted, "checker": "Wang"}).updated == 1
    with pytest.raises(ImportRefused, match="is accepted"):
        load(store, tmp_path, "progress_report", {**accepted, "checker": "Wang", "physical_progress_pct": "60"})


def test_the_site_reads_milestones_and_no_internal_record(store: Store) -> None:
    with psycopg.connect(write_conninfo(store.addresses.site)) as connection:
        connection.execute("SELECT FROM lode.milestone")
        for name in ("lode.schedule_entry", "lode_history.schedule_entry", "lode_as_of.schedule_entry", "lode.progress_report"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SELECT FROM {name}")
