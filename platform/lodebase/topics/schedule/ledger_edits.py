"""What an edited workbook of the ledger changes: cells that differ from the stored rows, new rows and rows left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lodebase.topics.schedule.ledger_rows import SOURCE, Rows
from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.mapping.preview import convert_to_plain_value
from lodedata.records import GenericRecord
from lodedata.sources import readers
from lodedata.topics.schedule import ledger


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A field of a row with its stored value and the value of the workbook; None is an empty cell."""

    kind: str
    key: str
    field: str
    stored: Any
    edited: Any


@dataclass(frozen=True, slots=True)
class LedgerEdits:
    """The edits of a workbook, the keys of new rows and of rows that are left out, each with its sheet, and refused rows."""

    cells: tuple[CellEdit, ...]
    added: tuple[str, ...]
    left_out: tuple[str, ...]
    refused: tuple[Reading, ...]


def find_ledger_edits(rows: Mapping[str, Rows], path: Path) -> LedgerEdits:
    """Return what a workbook would change in the stored rows of the ledger. Raise FileRefused if it is none.

    Both are read from workbooks, so that a value that a cell holds differently is no edit.
    """
    with TemporaryDirectory(prefix="lode-ledger-") as folder:
        written = Path(folder) / "ledger.xlsx"
        ledger.write(written, rows, "en")
        stored, _ = _read_records(written)
    edited, refused = _read_records(path)
    dropped = {reading.rows[0].key for reading in refused}
    return LedgerEdits(
        tuple(edit for key in edited.keys() & stored.keys() for edit in _compare_cells(key, stored[key], edited[key])),
        tuple(sorted(edited.keys() - stored.keys())),
        tuple(sorted(stored.keys() - edited.keys() - dropped)),
        refused,
    )


def _read_records(path: Path) -> tuple[dict[str, GenericRecord], tuple[Reading, ...]]:
    records: dict[str, GenericRecord] = {}
    refused: list[Reading] = []
    for reading in readers.get_source_reader(SOURCE)(sources.load_source(SOURCE), path, Tally()):
        record = next((record for record in reading.records if isinstance(record, GenericRecord)), None)
        if record is None or any(problem.refuses for problem in reading.problems):
            refused.append(reading)
        else:
            records[reading.rows[0].key] = record
    return records, tuple(refused)


def _compare_cells(key: str, stored: GenericRecord, edited: GenericRecord) -> Iterator[CellEdit]:
    before, after = convert_to_plain_value(stored.values), convert_to_plain_value(edited.values)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield CellEdit(edited.kind, key.partition(":")[2], name, before.get(name), after.get(name))
