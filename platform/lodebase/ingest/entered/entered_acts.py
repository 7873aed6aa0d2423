"""Acts entered at the desk: stored and removed by a background task with the importer's rights."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from lodebase.errors import ImportBusy
from lodebase.ingest.jobs.import_job import ImportJob
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking import organisations
from lodebase.ingest.linking.resolution import AS_IMPORT, FINISH
from lodebase.ingest.rows import record_id
from lodebase.ingest.run import run
from lodedata import sources
from lodedata.acts import form
from lodedata.geography.boundaries import Boundaries
from lodedata.messages import Message, MessageError, msg

State = Literal["served", "refused"]
NEXT = "SELECT * FROM act_entry WHERE state IN ('waiting', 'withdrawing') ORDER BY number LIMIT 1"
SHA256 = "SELECT encode(sha256(string_agg(content, '' ORDER BY position)), 'hex') FROM act_part WHERE entry = %s"
REASONS = "SELECT r FROM quarantine q, jsonb_array_elements(q.reasons) r WHERE q.source = %s AND q.last_run = %s ORDER BY q.id"
FINISHED = "UPDATE act_entry SET state = %s, record_id = coalesce(%s, record_id), problems = %s WHERE number = %s"
# the keys of an act and of its subjects
_OF_ENTRY = "source = %(source)s AND (key = %(key)s OR key LIKE %(key)s || '/%%')"
RECORDS = f"""
SELECT m.record_id FROM member m JOIN source_record s ON s.id = m.source_record_id WHERE s.{_OF_ENTRY}
"""
REMOVE = (
    f"DELETE FROM member USING source_record s WHERE source_record_id = s.id AND s.{_OF_ENTRY}",
    f"DELETE FROM source_record WHERE {_OF_ENTRY}",
    f"DELETE FROM quarantine WHERE {_OF_ENTRY}",
    "DELETE FROM act_part WHERE entry = %(number)s",
    "UPDATE act_entry SET state = 'withdrawn' WHERE number = %(number)s",
)
# records that a corrected act no longer concerns
SURPLUS = """
WITH gone AS (
  DELETE FROM source_record WHERE source = %(source)s AND
    CASE WHEN key LIKE %(key)s || '/%%'
    THEN split_part(key, '/', 2)::integer >= %(subjects)s END RETURNING id
), members AS (DELETE FROM member WHERE source_record_id IN (SELECT id FROM gone) RETURNING record_id)
DELETE FROM act_subject WHERE id IN (SELECT record_id FROM members)
"""
REMOVE_RECORDS = (
    "DELETE FROM act_subject WHERE id = ANY(%(ids)s)",
    "DELETE FROM official_act WHERE id = ANY(%(ids)s)",
    "DELETE FROM flag WHERE record_id = ANY(%(ids)s)",
)


def run_next(address: str, wait_s: float) -> bool:
    """Store or remove the act that waits longest; return False without any."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        entry = connection.execute(NEXT).fetchone()
    if entry is None:
        return False
    try:
        if entry["state"] == "waiting":
            _store(address, entry, wait_s)
        else:
            _remove(address, entry, wait_s)
    except ImportBusy:
        return False
    except psycopg.OperationalError:
        raise
    # the outermost place of this task: an error of Lode ends this act and not those after it
    except Exception as error:
        _finish(
            address,
            entry,
            "refused",
            [
                _build_reason(
                    msg("An error in Lode stopped the processing of the act (%(reason)s).", reason=type(error).__name__)
                )
            ],
        )
    return True


def _store(address: str, entry: Mapping[str, Any], wait_s: float) -> None:
    identity = record_id(form.SOURCE, str(entry["number"]))
    try:
        reasons = _import(address, entry, identity, wait_s)
        state: State = "refused" if reasons else "served"
    except ImportBusy:
        raise
    except MessageError as error:
        state, reasons = "refused", [_build_reason(error.message)]
    _finish(address, entry, state, reasons, identity if state == "served" else None)


def _import(address: str, entry: Mapping[str, Any], identity: str, wait_s: float) -> list[dict[str, Any]]:
    """Import an act with its subjects and return the reasons why rows were refused."""
    with psycopg.connect(address) as connection:
        row = connection.execute(SHA256, (entry["number"],)).fetchone()
    if row is None or row[0] != entry["sha256"]:
        return [_build_reason(msg("The file of the act changed after it was entered. Enter the act again."))]
    with TemporaryDirectory(prefix="lode-act-") as name:
        folder = Path(name)
        form.write(folder, form.EntryKey(str(entry["number"]), identity, entry["sha256"]), entry["fields"], entry["subjects"])
        read = partial(form.read, folder)
        job = ImportJob(sources.load_source(form.SOURCE), folder, read, Boundaries(()), partial=True, wait_s=wait_s)
        summary = run(address, job)
        _forget_subjects(address, entry, wait_s)
    with psycopg.connect(address) as connection:
        return [row[0] for row in connection.execute(REASONS, (form.SOURCE, summary.run))]


def _forget_subjects(address: str, entry: Mapping[str, Any], wait_s: float) -> None:
    """Remove the records that an act concerned before it was corrected."""
    parameters = {"source": form.SOURCE, "key": str(entry["number"]), "subjects": len(entry["subjects"])}
    with psycopg.connect(address) as connection:
        acquire_import_lock(connection, wait_s)
        connection.execute(AS_IMPORT)
        if connection.execute(SURPLUS, parameters).rowcount:
            connection.execute(FINISH)


def _finish(
    address: str, entry: Mapping[str, Any], state: State, reasons: list[dict[str, Any]], identity: str | None = None
) -> None:
    with psycopg.connect(address) as connection:
        problems = Jsonb(reasons, dumps=orjson.dumps) if reasons else None
        connection.execute(FINISHED, (state, identity, problems, entry["number"]))


def _build_reason(message: Message) -> dict[str, Any]:
    return {language: message.in_language(language) for language in ("en", "zh")}


def _remove(address: str, entry: Mapping[str, Any], wait_s: float) -> None:
    """Remove an act, its subjects and its file; earlier versions of the data still have the act."""
    parameters = {"source": form.SOURCE, "key": str(entry["number"]), "number": entry["number"]}
    with psycopg.connect(address) as connection:
        acquire_import_lock(connection, wait_s)
        connection.execute(AS_IMPORT)
        ids = [row[0] for row in connection.execute(RECORDS, parameters)]
        for statement in REMOVE_RECORDS:
            connection.execute(statement, {"ids": ids})
        for statement in REMOVE:
            connection.execute(statement, parameters)
        organisations.derive(connection)
        connection.execute(FINISH)
