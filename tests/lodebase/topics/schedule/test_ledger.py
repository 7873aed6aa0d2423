"""The ledger's workbook: out, edited, in again, and only the edits change."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import create_engine

from lodebase.db.store import Store
from lodebase.errors import ImportRefused
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.topics.schedule import ledger_rows
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.kinds import KINDS
from lodedata.sources import readers
from lodedata.topics.schedule import ledger
from lodedata.vocab import load_vocabulary

PROJECT = {"project_source": "lode-starter", "project": "cn-julong-mine", "name_zh": "巨龙铜矿"}
ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "milestone": [
        (
            "007",
            PROJECT
            | {
                "phase": 3,
                "milestone_type": "start",
                "milestone_status": "in-progress",
                "baseline_no": 1,
                "baseline_date": "2027",
            }
            | {"expected_date": "2027-03", "progress_pct": 0.1 + 0.2, "authority": "=cmd", "act": "-1", "country": "CHN"}
            | {"division": "CN-XZ", "reason_code": "weather", "reason_text": "第一行\n第二行", "product": "mine-copper"},
        ),
        ("b", PROJECT | {"milestone_type": "first-output", "project_code": "2112-520000-04-01-610435"}),
    ],
    "schedule_entry": [
        ("b", PROJECT | {"ledger_level": "provincial", "year": 2026, "total_investment_cny": 1.7e10, "problem_zh": "用地"}),
    ],
    "progress_report": [("r", PROJECT | {"month": "2026-08", "report_state": "submitted", "reporter": "李"})],
}


def load(store: Store, path: Path) -> Summary:
    source = sources.load_source("project-ledger")
    read = readers.get_source_reader("project-ledger")
    return run(store.importer, ImportJob(source, path, lambda tally: read(source, path, tally), Boundaries(())))


def stored(store: Store) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    engine = create_engine(store.addresses.owner)
    with engine.connect() as connection:
        found = {name: ledger_rows.read_ledger_rows(connection, name) for name in ledger.SHEETS}
    engine.dispose()
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_label_of_a_ledger_leads_back_to_its_code(language: str) -> None:
    used = {field.vocabulary for name in ledger.SHEETS for field in ledger.list_ledger_fields(KINDS[name]) if field.vocabulary}
    for name in used - {"division"}:
        for term in load_vocabulary(name):
            found = load_vocabulary(name).find(term.label(language))
            assert found is not None and found.code == term.code, (name, term.code)


def test_a_ledger_comes_back_as_it_was_and_only_edits_change(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    ledger.write(path, ROWS, "zh")
    first = load(store, path)
    assert (first.read, first.loaded, first.quarantined) == (4, 4, 0), first.refused
    before = stored(store)
    for kind, rows in ROWS.items():
        for (key, given), (stored_key, values) in zip(rows, before[kind], strict=True):
            assert (key, given) == (stored_key, {name: values[name] for name in given})
    for language in ("zh", "en"):
        ledger.write(path, before, language)
        again = load(store, path)
        assert (again.loaded, again.gone, again.quarantined) == (0, 0, 0)
        assert stored(store) == before

    book = openpyxl.load_workbook(path)
    sheet = book[ledger.SHEETS["milestone"]]
    column = {cell.value: number for number, cell in enumerate(sheet[1], 1)}
    field = KINDS["milestone"].field
    expected, baseline = (field(name) for name in ("expected_date", "baseline_date"))
    assert expected is not None and baseline is not None
    sheet.cell(2, column[ledger.format_ledger_header(expected)]).value = "2027-06"
    book.save(path)
    assert (edited := load(store, path)).updated == 1 and edited.unchanged == 3
    sheet.cell(2, column[ledger.format_ledger_header(baseline)]).value = "2028"
    book.save(path)
    with pytest.raises(ImportRefused, match="can't be overwritten"):
        load(store, path)
    ((_, milestone), _) = stored(store)["milestone"]
    assert (milestone["expected_date"], milestone["baseline_date"]) == ("2027-06", "2027")
