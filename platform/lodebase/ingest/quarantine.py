"""Refused rows: listed, shown, exported to be corrected, and read back."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from lodebase.errors import ExportFailed, NotFound
from lodedata.mapping import Reading, Source, TableSpec, Tally
from lodedata.mapping.tables import build_row_reader
from lodedata.messages import msg
from lodedata.read import FileRefused, InputRow, InputTable, open_tables
from lodedata.write.formula import guard_cell, restore_guarded_cell

OWN_COLUMNS = ("lode:locator", "lode:key", "lode:reasons")
"""The columns that an export puts before those of the source."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused row."""

    id: int
    source: str
    key: str
    locator: str
    raw: dict[str, Any]
    reasons: list[dict[str, Any]]

    def sentences(self, lang: str = "en") -> list[str]:
        """Return each reason with its column."""
        return [f"{r['column']}: {r[lang]}" if r["column"] else r[lang] for r in self.reasons]


def counts(address: str) -> list[dict[str, Any]]:
    """Return the numbers of open refused rows by source and rule, in descending order."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT source, reasons -> 0 ->> 'rule' AS rule, count(*) AS rows FROM quarantine"
            " WHERE resolved_run IS NULL GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"
        ).fetchall()


def read_open_refused_rows(
    address: str, source: str | None = None, identity: int | None = None, run: int | None = None
) -> Iterator[Refused]:
    """Yield open refused rows, all or of one source, number or run, in the order of the file."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        rows = connection.execute(
            "SELECT id, source, key, locator, raw, reasons FROM quarantine WHERE resolved_run IS NULL"
            " AND (%(source)s::text IS NULL OR source = %(source)s)"
            " AND (%(id)s::bigint IS NULL OR id = %(id)s) AND (%(run)s::int IS NULL OR last_run = %(run)s) ORDER BY id",
            {"source": source, "id": identity, "run": run},
        )
        for row in rows:
            yield Refused(**row)


def export(address: str, source: str, path: Path) -> int:
    """Write the open refused rows of a source as CSV and return their number: locator, key, reasons, then its columns."""
    refused_rows = list(read_open_refused_rows(address, source))
    if not refused_rows:
        raise NotFound(msg("%(source)s has no rows in quarantine", source=source))
    columns = list(dict.fromkeys(name for row in refused_rows for name in row.raw))
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*OWN_COLUMNS, *map(guard_cell, columns)])
            for row in refused_rows:
                cells = [_parse_cell(row.raw.get(name)) for name in columns]
                own = (guard_cell(text) for text in (row.locator, row.key, " | ".join(row.sentences())))
                writer.writerow([*own, *cells])
    except OSError as error:
        raise ExportFailed(msg("%(path)s: can't be written: %(reason)s.", path=path, reason=error.strerror)) from None
    return len(refused_rows)


def read_corrected_file(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the readings of an exported and corrected file, whose rows are read as rows of their original tables."""
    table = open_tables(path)[0]
    if table.columns[: len(OWN_COLUMNS)] != OWN_COLUMNS:
        raise FileRefused(
            msg(
                "%(file)s: does not begin with the columns %(choices)s of `lode quarantine export`",
                file=path.name,
                choices=", ".join(OWN_COLUMNS),
            )
        )
    if not source.tables:
        raise FileRefused(
            msg("%(source)s is read from related tables; correct its own files and import them again", source=source.name)
        )
    columns = tuple(map(restore_guarded_cell, table.columns[len(OWN_COLUMNS) :]))
    readers: dict[int, Callable[[InputRow], Reading]] = {}
    for row in table.rows:
        cells = tuple(map(_remove_guard, row.cells))
        locator, key = str(cells[0]), str(cells[1])
        at = _find_table(source, locator)
        if at not in readers:
            opened = InputTable(locator.rsplit(", row ", 1)[0], "", columns, iter(()))
            readers[at] = build_row_reader(source, source.tables[at], opened, tally)
        reading = readers[at](InputRow(row.number, cells[len(OWN_COLUMNS) :]))
        yield _restore_identity(reading, source.tables[at], locator, key)


def _find_table(source: Source, locator: str) -> int:
    name = locator.split(", ")[0]
    for at, spec in enumerate(source.tables):
        if len(source.tables) == 1 or Path(name).match(spec.file):
            return at
    raise FileRefused(msg("%(locator)r names no table of %(source)s", locator=locator, source=source.name))


def _restore_identity(reading: Reading, spec: TableSpec, locator: str, key: str) -> Reading:
    """Return the reading under the place and, where a key is only a number of the file's row, the key it had there."""
    row = reading.rows[0]
    own = key if "{#}" in spec.key or row.key.startswith("#") else row.key
    return Reading((type(row)(own, row.raw, locator),), reading.records, reading.problems)


def _parse_cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return guard_cell(value) if isinstance(value, str) else value


def _remove_guard(value: Any) -> Any:
    return restore_guarded_cell(value) if isinstance(value, str) else value
