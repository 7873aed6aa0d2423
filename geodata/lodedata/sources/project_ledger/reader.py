"""The ledger's workbook: milestones, entries and reports, with checks of single rows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import find_workbook, read_table
from lodedata.problems import Problem
from lodedata.records import GenericRecord
from lodedata.topics.schedule import ledger, project_code


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each row of each sheet; its key begins with the sheet, as sheets may have the same keys."""
    for name, spec in zip(ledger.SHEETS, ledger.build_ledger_specs(), strict=True):
        for reading in read_table(source, spec, find_workbook(path), tally):
            first, *others = reading.rows
            keyed = replace(first, key=f"{name}:{first.key}")
            yield replace(reading, rows=(keyed, *others), problems=(*reading.problems, *_find_problems(reading)))


def _find_problems(reading: Reading) -> Iterator[Problem]:
    for record in reading.records:
        if not isinstance(record, GenericRecord):
            continue
        code = record.values.get("project_code")
        if code and (fault := project_code.find_fault(code)) is not None:
            yield Problem(f"project-code-{fault}", code, "project_code")
