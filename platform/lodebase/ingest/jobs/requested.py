"""Imports ordered at the desk, run one after the other by a background task with the importer's rights."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from lodebase.db.background_work import BackgroundWork, WorkTable
from lodebase.db.boundaries import read_boundaries
from lodebase.desk import cell_corrections, trail
from lodebase.desk.import_requests import parse_mapping_text
from lodebase.errors import RowsLost
from lodebase.ingest.entered import entered_acts, entered_records
from lodebase.ingest.entered.entered_records import EntryOptions
from lodebase.ingest.removal import withdraw_run
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.ingest.worldview import build_view_reader
from lodebase.process.runtime_folder import build_temporary_prefix
from lodedata import sources
from lodedata.geography.worldview import Worldview
from lodedata.mapping import Reader, Source
from lodedata.mapping.confined import read_confined
from lodedata.messages import MessageError, msg
from lodedata.sources import readers

CHANNEL = "lode_imports"
POLL_S = 5.0
"""Seconds between looks without a notification, as after an import that others waited for."""
REQUESTS = WorkTable(
    kind="import request",
    table="import_request",
    key="number",
    next_piece="""
UPDATE import_request r SET state = 'running', changed_at = now() FROM (
  SELECT number, state FROM import_request WHERE state IN ('dry-run', 'import')
  ORDER BY changed_at LIMIT 1 FOR UPDATE SKIP LOCKED
) ordered WHERE r.number = ordered.number
RETURNING r.number, ordered.state, account, file_name, mapping, source, result, withdraws
""",
    put_back=(
        "UPDATE import_request SET state = 'draft', changed_at = now() WHERE number = ANY(%(ended)s) AND state = 'running'",
    ),
)
CORRECTIONS = """
SELECT row, "column", reported, corrected, account, at FROM import_correction WHERE request = %s ORDER BY number
"""
PARTS = "SELECT content FROM import_part WHERE request = %s ORDER BY position"
FINISHED = "UPDATE import_request SET state = %s, result = %s, changed_at = now() WHERE number = %s"


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """Settings of the background task: file of boundaries, wait for another import, probability of a match, view of borders."""

    boundaries: Path
    wait_s: float
    accept: float
    worldview: Worldview = "international"


def watch(address: str, options: RequestOptions, stop: threading.Event, report: Callable[[str], None]) -> None:
    """Run ordered imports and store what was entered until ``stop`` is set; an interrupted import becomes a draft again."""
    entered = EntryOptions(options.boundaries, options.worldview, options.wait_s)

    def run_ordered() -> bool:
        return (
            run_next(address, options)
            or entered_acts.run_next(address, options.wait_s)
            or entered_records.run_next(address, entered)
        )

    BackgroundWork("imports of the desk", CHANNEL, POLL_S, run_ordered, REQUESTS).watch(address, stop, report)


def run_next(address: str, options: RequestOptions) -> bool:
    """Run the import that was ordered first and store its result; return False without any."""
    with REQUESTS.take(address) as row:
        if row is not None:
            _run(address, options, row)
    return row is not None


def _run(address: str, options: RequestOptions, row: tuple[Any, ...]) -> None:
    """Run an import and store its result."""
    number, order, account, file_name, mapping, of, confirmed, withdraws = row
    try:
        if withdraws is not None:
            result = _build_result(withdraw_run(address, withdraws, options.wait_s, options.accept))
        else:
            result = _import(address, number, (order, file_name, mapping, of, confirmed), options)
        state = "checked" if order == "dry-run" else "imported"
    except MessageError as error:
        state, result = "failed", {"failed": error.message.as_data(), "rows_lost": isinstance(error, RowsLost)}
    except psycopg.OperationalError:
        raise
    # the outermost place of this task: an error of Lode ends this import and not those after it
    except Exception as error:
        problem = msg("An error in Lode ended the import (%(reason)s).", reason=type(error).__name__)
        state, result = "failed", {"failed": problem.as_data()}
    if order == "import":
        action = "import" if withdraws is None else "withdraw-import"
        trail.note_command(address, action, str(result.get("source", file_name)), {"file": file_name, "account": account})
    with psycopg.connect(address) as connection:
        connection.execute(FINISHED, (state, Jsonb(result, dumps=orjson.dumps), number))


def _import(address: str, number: int, ordered: tuple[Any, ...], options: RequestOptions) -> dict[str, Any]:
    """Check or import the file of a request and return its result."""
    order, file_name, mapping, of, confirmed = ordered
    with TemporaryDirectory(prefix=build_temporary_prefix("import")) as folder:
        path = Path(folder) / file_name
        _write(address, number, path)
        source = (
            _apply_corrections(address, number, parse_mapping_text(mapping or "")) if of is None else sources.load_source(of)
        )
        read = read_confined if of is None else readers.get_source_reader(of)
        may_lose_rows = order == "dry-run" or bool((confirmed or {}).get("may_lose_rows"))
        job = _build_job(address, source, path, read, options)
        return _build_result(run(address, replace(job, dry_run=order == "dry-run", may_lose_rows=may_lose_rows)))


def _apply_corrections(address: str, number: int, source: Source) -> Source:
    """Return a source with the cells that people corrected at the desk."""
    with psycopg.connect(address) as connection:
        entered = [cell_corrections.EnteredCorrection(*row) for row in connection.execute(CORRECTIONS, (number,))]
    return cell_corrections.apply_cell_corrections(source, cell_corrections.choose_valid_corrections(entered))


def _build_job(address: str, source: Source, path: Path, read: Reader, options: RequestOptions) -> ImportJob:
    return ImportJob(
        source,
        path,
        build_view_reader(source, partial(read, source, path), options.worldview, options.boundaries),
        read_boundaries(address, options.boundaries, options.worldview),
        wait_s=options.wait_s,
        accept=options.accept,
    )


def _build_result(summary: Summary) -> dict[str, Any]:
    """Return what the page of a request shows of its import."""
    notes = [note if isinstance(note, str) else note.as_data() for note in summary.notes]
    return {**summary.as_data(), "run": summary.run, "notes": notes, "refused": [str(row) for row in summary.refused]}


def _write(address: str, number: int, path: Path) -> None:
    with psycopg.connect(address) as connection, path.open("wb") as stream, connection.cursor("parts") as cursor:
        cursor.itersize = 8
        for (content,) in cursor.execute(PARTS, (number,)):
            stream.write(content)
