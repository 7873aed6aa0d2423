"""Import of statistics: rows by result, releases side by side, corrections of a release, and quarantine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import ImportRefused
from lodebase.history.release_changes import list_releases
from lodebase.ingest import run
from lodebase.ingest.removal import remove_source, withdraw_run
from lodebase.ingest.run import ImportJob, Summary
from lodebase.series.series_query import SeriesQuery, find_observations, find_series
from lodedata.geography.boundaries import Boundaries
from lodedata.statistics.table_spec import StatisticsSource

HEAD = "area,year,output\n"
Load = Callable[..., Summary]


def source(version: str, as_of: str) -> StatisticsSource:
    return StatisticsSource.model_validate(
        {
            "name": f"output-{version}",
            "dataflow": "output",
            "title_en": "Output",
            "title_zh": "产量",
            "publisher": "The bureau",
            "licence": {"id": "internal", "name": "Internal"},
            "citation": f"The bureau, {version}",
            "version": version,
            "as_of": as_of,
            "observations": [
                {
                    "indicator": {"const": "production"},
                    "commodity": {"const": "cobalt"},
                    "stage": {"const": "mine"},
                    "basis": {"const": "content"},
                    "unit": {"const": "t"},
                    "area": "area",
                    "period": "year",
                    "values": [{"value": "output"}],
                }
            ],
        }
    )


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Load:
    def loaded(text: str, version: str = "2025", as_of: str = "2025-01-31", **options: Any) -> Summary:
        path = tmp_path / "output.csv"
        path.write_text(HEAD + text, "utf-8")
        return run.run(store.importer, ImportJob(source(version, as_of), path, lambda tally: (), Boundaries(()), **options))

    return loaded


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(store.importer) as connection:
        return connection.execute(sql).fetchall()


def counts(summary: Summary) -> tuple[int, ...]:
    found = (summary.loaded, summary.updated, summary.unchanged, summary.out_of_scope, summary.quarantined)
    assert summary.read == sum(found)
    return found


def test_every_row_is_accounted_for_and_the_same_file_again_changes_nothing(load: Load, store: Store) -> None:
    text = "COD,2024,220000\nIDN,2024,28000\nCUB,2024,\nXXX,2024,5\nIDN,2024,29000\nIDN,2021-24,1\n"
    first = load(text)
    assert counts(first) == (2, 0, 0, 1, 3)
    again = load(text)
    assert counts(again) == (0, 0, 2, 1, 3)
    assert again.dataset_version == first.dataset_version == 1
    reasons = "SELECT locator, reasons -> 0 ->> 'rule' FROM quarantine WHERE resolved_run IS NULL ORDER BY id"
    assert rows(store, reasons) == [
        ("output.csv, row 5", "unknown-area"),
        ("output.csv, row 6", "duplicate-key"),
        ("output.csv, row 7", "period-of-several-years"),
    ]


def test_a_later_release_adds_observations_and_leaves_the_earlier_ones(load: Load, store: Store) -> None:
    load("COD,2024,220000\n")
    assert counts(load("COD,2024,231000\nCOD,2025,220000\n", "2026", "2026-02-06")) == (2, 0, 0, 0, 0)
    found = rows(
        store,
        "SELECT v.release, o.period::text, o.value FROM observation o JOIN vintage v ON v.id = o.vintage ORDER BY 1, 2",
    )
    assert found == [("2025", "2024-01-01", 220000), ("2026", "2024-01-01", 231000), ("2026", "2025-01-01", 220000)]
    assert rows(store, "SELECT count(*) FROM series") == [(1,)]


def test_a_corrected_file_of_a_release_updates_it_and_resolves_the_quarantine(load: Load, store: Store) -> None:
    load("COD,2024,22,00\nIDN,2024,28000\n".replace("22,00", '"2x"'))
    corrected = load("COD,2024,220000\nIDN,2024,28500\n")
    assert counts(corrected) == (1, 1, 0, 0, 0)
    assert rows(store, "SELECT count(*) FROM quarantine WHERE resolved_run IS NULL") == [(0,)]
    assert rows(store, "SELECT value_raw FROM observation ORDER BY value") == [("28500",), ("220000",)]


def test_an_import_counts_its_observations_by_indicator_and_commodity(load: Load, store: Store) -> None:
    load("COD,2024,22\nIDN,2024,28000\n")
    load("COD,2024,220000\nIDN,2024,28000\nCUB,2024,1\n")
    load("COD,2024,220000\nIDN,2024,28000\nCUB,2024,1\n")
    counted = rows(store, "SELECT release, observation_counts FROM import_run ORDER BY id")
    cobalt = {"indicator": "production", "commodity": "cobalt"}
    assert counted == [
        ("2025", [cobalt | {"added": 2, "corrected": 0}]),
        ("2025", [cobalt | {"added": 1, "corrected": 1}]),
        ("2025", None),
    ]
    engine = engines.create_checked_engine(store.addresses.site, "tests", pool_size=1)
    with engine.connect() as connection:
        listed = list_releases(connection, 0, 9)
    engine.dispose()
    assert [(release.version, release.change, release.rows_loaded, release.rows_updated) for release in listed] == [
        (1, "added", 2, 0),
        (2, "changed", 1, 1),
    ]


def test_a_dry_run_changes_nothing(load: Load, store: Store) -> None:
    assert counts(load("COD,2024,220000\n", dry_run=True)) == (1, 0, 0, 0, 0)
    assert rows(store, "SELECT count(*) FROM series") == [(0,)]


def test_a_file_without_rows_is_refused(load: Load) -> None:
    with pytest.raises(ImportRefused, match="has a header and no rows"):
        load("")


def test_a_file_of_several_leaves_the_refused_rows_of_the_others(store: Store, tmp_path: Path) -> None:
    one = source("2025", "2025-01-31")
    tables = tuple(one.observations[0].model_copy(update={"file": name}) for name in ("mine.csv", "other.csv"))
    both = one.model_copy(update={"observations": tables})
    for name, text in (("mine.csv", "XXX,2024,1\n"), ("other.csv", "COD,2024,2\n")):
        (tmp_path / name).write_text(HEAD + text, "utf-8")
    open_rows = "SELECT locator FROM quarantine WHERE resolved_run IS NULL"
    for path, left in (("mine.csv", 1), ("other.csv", 1), (".", 1)):
        run.run(store.importer, ImportJob(both, tmp_path / path, lambda tally: (), Boundaries(())))
        assert rows(store, open_rows) == [("mine.csv, row 2",)] * left


def periods(store: Store) -> list[str]:
    engine = engines.create_checked_engine(store.addresses.site, "tests", pool_size=1)
    found = [row["period"] for row in find_observations(engine, SeriesQuery()).rows]
    assert len(find_series(engine, SeriesQuery()).series) == (1 if found else 0)
    engine.dispose()
    return found


def test_a_removed_source_of_statistics_has_no_series_until_it_is_imported_again(load: Load, store: Store) -> None:
    first = load("CL,2023,5\nCL,2024,6\n")
    assert periods(store) == ["2023", "2024"]
    removed = remove_source(store.importer, "output-2025", 10)
    assert counts(removed) == (0, 0, 0, 2, 0) and removed.dataset_version == first.dataset_version + 1
    assert periods(store) == []
    assert rows(store, "SELECT count(*) FROM observation") == [(2,)]
    again = load("CL,2023,5\nCL,2024,6\n")
    assert counts(again) == (2, 0, 0, 0, 0) and periods(store) == ["2023", "2024"]


def test_a_withdrawn_release_is_not_served_and_the_earlier_one_is(load: Load, store: Store) -> None:
    load("CL,2023,5\n")
    second = load("CL,2023,5\nCL,2024,6\n", "2026", "2026-01-31")
    assert second.run is not None
    withdraw_run(store.importer, second.run, 10, 0.8)
    assert periods(store) == ["2023"]


def test_a_correction_of_a_release_is_not_withdrawn_but_replaced(load: Load, store: Store) -> None:
    load("CL,2023,5\n")
    corrected = load("CL,2023,6\n")
    assert corrected.run is not None
    with pytest.raises(ImportRefused, match="changed figures of a release .* Import the earlier file of that release again"):
        withdraw_run(store.importer, corrected.run, 10, 0.8)
