"""Mining rights and milestones entered in forms: stored and removed by a background task with the importer's rights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from lodebase.db.boundaries import read_boundaries
from lodebase.errors import ImportBusy
from lodebase.ingest.jobs.import_job import ImportJob
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking import organisations
from lodebase.ingest.linking.resolution import AS_IMPORT, FINISH
from lodebase.ingest.rows import record_id
from lodebase.ingest.run import run
from lodedata import sources
from lodedata.entries import record_forms
from lodedata.entries.record_forms import FORMS, RecordForm
from lodedata.geography.worldview import Worldview
from lodedata.messages import Message, MessageError, list_languages, msg

NEXT = "SELECT * FROM record_entry WHERE state IN ('waiting', 'withdrawing') ORDER BY number LIMIT 1"
REASONS = "SELECT r FROM quarantine q, jsonb_array_elements(q.reasons) r WHERE q.source = %s AND q.last_run = %s ORDER BY q.id"
FINISHED = (
    "UPDATE record_entry SET state = %s, record_id = coalesce(%s, record_id), problems = %s WHERE number = %s AND state = %s"
)
REMOVE = (
    "DELETE FROM flag WHERE record_id = %(id)s",
    "DELETE FROM member USING source_record s WHERE source_record_id = s.id AND s.source = %(source)s AND s.key = %(key)s",
    "DELETE FROM source_record WHERE source = %(source)s AND key = %(key)s",
    "DELETE FROM quarantine WHERE source = %(source)s AND key = %(key)s",
)


@dataclass(frozen=True, slots=True)
class EntryOptions:
    """What the task needs: the file of boundaries, the view of borders, and how long to wait for another import."""

    boundaries: Path
    worldview: Worldview
    wait_s: float


def run_next(address: str, options: EntryOptions) -> bool:
    """Store or remove the record of the entry that waits longest; return False without any."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        entry = connection.execute(NEXT).fetchone()
    if entry is None:
        return False
    form = FORMS[entry["form"]]
    try:
        if entry["state"] == "waiting":
            _store(address, form, entry, options)
        else:
            _remove(address, form, entry, options.wait_s)
    except ImportBusy:
        return False
    except psycopg.OperationalError:
        raise
    # the outermost place of this task: an error of Lode ends this entry and not those after it
    except Exception as error:
        failed = msg("An error in Lode stopped the processing of the entry (%(reason)s).", reason=type(error).__name__)
        _finish(address, entry, "refused", [_write_sentences(failed)])
    return True


def _store(address: str, form: RecordForm, entry: Mapping[str, Any], options: EntryOptions) -> None:
    try:
        problems = _import(address, form, entry, options)
    except ImportBusy:
        raise
    except MessageError as error:
        problems = [_write_sentences(error.message)]
    identity = None if problems else record_id(form.source, str(entry["number"]))
    _finish(address, entry, "refused" if problems else "served", problems, identity)


def _import(address: str, form: RecordForm, entry: Mapping[str, Any], options: EntryOptions) -> list[dict[str, Any]]:
    """Import the record of an entry and return the reasons why its row was refused."""
    with TemporaryDirectory(prefix="lode-entry-") as name:
        folder = Path(name)
        record_forms.write_table(form, folder, str(entry["number"]), entry["fields"])
        read = partial(record_forms.read_record, form, folder, entry["fields"])
        within = read_boundaries(address, options.boundaries, options.worldview)
        job = ImportJob(sources.load_source(form.source), folder, read, within, partial=True, wait_s=options.wait_s)
        summary = run(address, job)
    with psycopg.connect(address) as connection:
        return [row[0] for row in connection.execute(REASONS, (form.source, summary.run))]


def _remove(address: str, form: RecordForm, entry: Mapping[str, Any], wait_s: float) -> None:
    """Remove the record of an entry; earlier versions of the data still have it."""
    parameters = {"source": form.source, "key": str(entry["number"]), "id": entry["record_id"]}
    with psycopg.connect(address) as connection:
        if entry["record_id"] is not None:
            acquire_import_lock(connection, wait_s)
            connection.execute(AS_IMPORT)
            connection.execute(SQL("DELETE FROM {} WHERE id = %(id)s").format(Identifier(form.kind)), parameters)
            for statement in REMOVE:
                connection.execute(statement, parameters)
            organisations.derive(connection)
            connection.execute(FINISH)
    _finish(address, entry, "withdrawn", [])


def _finish(
    address: str, entry: Mapping[str, Any], state: str, problems: Iterable[dict[str, Any]], identity: str | None = None
) -> None:
    problem_list = list(problems)
    with psycopg.connect(address) as connection:
        stored = Jsonb(problem_list, dumps=orjson.dumps) if problem_list else None
        connection.execute(FINISHED, (state, identity, stored, entry["number"], entry["state"]))


def _write_sentences(message: Message) -> dict[str, Any]:
    return {language: message.in_language(language) for language in list_languages()}
