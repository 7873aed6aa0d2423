"""Withdrawal of an import: its rows and records become what they were before it, as a new version.

The rows are those of ``replaced_row``; their records are read from the version before the import, as the source gave them, and
written by the statements of an ordinary import. Later changes by other sources and by experts stay.
"""

import time
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier

from lodebase.errors import ImportRefused, NotFound
from lodebase.ingest import merge, replaced_rows, staging
from lodebase.ingest.derivation import derive
from lodebase.ingest.jobs import import_job
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.rows import COLUMNS
from lodedata.kinds import KINDS
from lodedata.mapping import Source
from lodedata.mapping.model import Licence
from lodedata.messages import msg

ABOUT = f"""
SELECT r.id, r.source, r.state, r.partial, r.withdraws, r.keeps_rows, r.public_before,
  {replaced_rows.CHANGED.format("r")} AS changed,
  coalesce((SELECT min(v.version) - 1 FROM dataset_version v WHERE v.run_id = r.id), r.dataset_version) AS before,
  (SELECT w.id FROM import_run w WHERE w.withdraws = r.id AND w.state = 'done') AS withdrawn_by,
  (SELECT min(l.id) FROM import_run l WHERE l.source = r.source AND l.id > r.id AND l.state = 'done' AND l.withdraws IS NULL
     AND {replaced_rows.CHANGED.format("l")}
     AND NOT EXISTS (SELECT FROM import_run w WHERE w.withdraws = l.id AND w.state = 'done')) AS later,
  EXISTS (SELECT FROM vintage v WHERE v.source = r.source) AS statistics,
  EXISTS (SELECT FROM vintage v WHERE v.source = r.source AND v.first_run = r.id) AS released
FROM import_run r WHERE r.id = %s
"""
SOURCE = "SELECT * FROM {schema}.source WHERE name = %s"
AS_OF = "SELECT set_config('lode.as_of', %s, true)"
# A row that the run added leaves the scope, as when a source is removed.
STAGE_ROWS = """
INSERT INTO staged_row (n, lead, key, raw, checksum, locator, state, source_record_id)
SELECT row_number() OVER (ORDER BY id), row_number() OVER (ORDER BY id), key, raw, checksum, locator,
  CASE WHEN in_scope THEN 'updated' ELSE 'out_of_scope' END, id
FROM (
  SELECT o.id, o.key, coalesce(p.raw, o.raw) AS raw, p.checksum, p.locator, p.in_scope
  FROM replaced_row p JOIN source_record o ON o.id = p.source_record WHERE p.run = %(withdrawn)s
  UNION ALL
  SELECT o.id, o.key, o.raw, '', o.locator, false
  FROM source_record o WHERE o.source = %(source)s AND o.first_run = %(withdrawn)s
) r
"""
STAGE_MEMBERS = """
INSERT INTO staged_member (n, record_id, kind, leads)
SELECT r.n, m ->> 0, m ->> 1, (m ->> 2)::boolean
FROM replaced_row p JOIN staged_row r ON r.source_record_id = p.source_record CROSS JOIN jsonb_array_elements(p.members) m
WHERE p.run = %(withdrawn)s
"""
RESTORE = """
UPDATE source_record o SET raw = r.raw, checksum = r.checksum, locator = r.locator, in_scope = r.state <> 'out_of_scope',
  changed_run = %(run)s, gone_run = p.gone_run
FROM staged_row r LEFT JOIN replaced_row p ON p.run = %(withdrawn)s AND p.source_record = r.source_record_id
WHERE o.id = r.source_record_id
"""
_OF_RECORDS = """
INSERT INTO {staged} ({columns})
SELECT {listed} FROM lode_as_of.{table} r JOIN touched t ON t.record_id = {owner}
WHERE t.staged AND NOT EXISTS (SELECT FROM lode_as_of.reported_record x WHERE x.record_id = t.record_id)
UNION ALL
SELECT {listed} FROM lode_as_of.reported_record x JOIN touched t USING (record_id) CROSS JOIN LATERAL {of_reported_record}
WHERE t.staged
"""
NOT_STAGED = "UPDATE touched t SET staged = false WHERE staged AND NOT EXISTS (SELECT FROM ({}) s WHERE s.id = t.record_id)"
# The next import of the source withholds the names of the earlier rows again.
FORGET_NAMES = "DELETE FROM withheld_name w USING staged_row r WHERE w.source = %(source)s AND w.key = r.key"
CLOSE_REFUSED = """
UPDATE quarantine SET resolved_run = %(run)s WHERE source = %(source)s AND first_run = %(withdrawn)s AND resolved_run IS NULL
"""
OPEN_RESOLVED = "UPDATE quarantine SET resolved_run = NULL WHERE source = %(source)s AND resolved_run = %(withdrawn)s"
RESTORE_COLUMNS = "UPDATE source_columns SET public = %s WHERE source = %s"
RESULTS = """
SELECT count(*), count(*) FILTER (WHERE state = 'updated'), count(*) FILTER (WHERE state <> 'updated') FROM staged_row
"""
WITHDRAW_RELEASES = """
UPDATE vintage SET withdrawn_run = %(run)s
WHERE source = %(source)s AND withdrawn_run IS NULL AND (%(withdrawn)s::integer IS NULL OR first_run = %(withdrawn)s)
  AND release <> ALL(%(kept)s)
"""
COUNT_OBSERVATIONS = """
SELECT count(*) FROM observation o JOIN vintage v ON v.id = o.vintage WHERE v.source = %(source)s AND v.withdrawn_run = %(run)s
"""
NOTE = "UPDATE import_run SET withdraws = %s WHERE id = %s"

Counts = tuple[int, int, int]
"""The numbers of rows read, updated, and out of scope."""


@dataclass(frozen=True, slots=True)
class WithdrawnRun:
    """An import that may be withdrawn: ``before`` is the version of the data before it."""

    number: int
    source: str
    before: int
    partial: bool
    public_before: list[str] | None
    statistics: bool


def require_withdrawable(connection: Connection[Any], number: int) -> WithdrawnRun:
    """Return what is known of an import. Raises NotFound, or ImportRefused with the reason."""
    with connection.cursor(row_factory=dict_row) as cursor:
        run = cursor.execute(ABOUT, (min(number, 2**31 - 1),)).fetchone()
    if run is None:
        raise NotFound(msg("There is no import %(number)s; `lode runs` lists them.", number=number))
    refused = None
    if run["withdraws"] is not None:
        refused = msg("Import %(number)s withdrew import %(other)s. Import the file again to bring its rows back.")
    elif run["withdrawn_by"] is not None:
        refused = msg("Import %(number)s was withdrawn by import %(other)s already.")
    elif run["state"] != "done" or not run["changed"]:
        refused = msg("Import %(number)s changed no record, so that there is nothing to withdraw.")
    elif run["later"] is not None:
        refused = msg("Import %(other)s of %(source)s came after import %(number)s. Withdraw import %(other)s first.")
    elif run["statistics"] and not run["released"]:
        refused = msg(
            "Import %(number)s changed figures of a release of %(source)s that was there before. Import the earlier file of "
            "that release again."
        )
    elif not run["statistics"] and not run["keeps_rows"]:
        refused = msg(
            "The rows that import %(number)s of %(source)s replaced are not stored any more. Only the last %(most)s imports of "
            "a source can be withdrawn. Import an earlier file of the source instead."
        )
    if refused is not None:
        other = run["withdraws"] or run["withdrawn_by"] or run["later"]
        raise ImportRefused(
            refused.filled(number=number, other=other, source=run["source"], most=replaced_rows.WITHDRAWABLE_RUNS)
        )
    names = ("source", "before", "partial", "public_before", "statistics")
    return WithdrawnRun(number, **{name: run[name] for name in names})


def read_stored_source(connection: Connection[Any], name: str, as_of: int | None = None) -> Source | None:
    """Return the description of a source, or that of an earlier version; None for an unknown one."""
    schema = "lode"
    if as_of is not None:
        connection.execute(AS_OF, (str(as_of),))
        schema = "lode_as_of"
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SQL(SOURCE).format(schema=Identifier(schema)), (name,)).fetchone()
    if row is None:
        return None
    licence = Licence(id=row["licence"], name=row["licence_name"], url=row["licence_url"], attribution=row["attribution"])
    texts = ("name", "title_en", "title_zh", "publisher", "citation", "version", "as_of", "homepage", "note_en", "note_zh")
    return Source(licence=licence, **{text: row[text] for text in texts})


def transact(connection: Connection[Any], job: ImportJob, identity: int, begun: float) -> Summary:
    """Withdraw the import that the job names, or all statistics of its source, in this transaction. Raises ImportRefused."""
    run = None if job.withdraws is None else require_withdrawable(connection, job.withdraws)
    import_job.write_source(connection, job.source)
    connection.execute("SELECT set_config('lode.run', %s, true)", (str(identity),))
    if run is None or run.statistics:
        counts = _withdraw_releases(connection, job, identity)
    else:
        counts = _withdraw_rows(connection, job, run, identity)
    read, updated, out_of_scope = counts
    summary = Summary(
        source=job.source.name,
        read=read,
        loaded=0,
        updated=updated,
        unchanged=0,
        out_of_scope=out_of_scope,
        quarantined=0,
        seconds=round(time.monotonic() - begun, 3),
        dataset_version=import_job.assign_version(connection, identity),
        run=identity,
    )
    import_job.finish_withdrawal(connection, summary)
    if run is not None:
        connection.execute(NOTE, (run.number, identity))
        replaced_rows.forget(connection, [run.number])
    return summary


def _withdraw_rows(connection: Connection[Any], job: ImportJob, run: WithdrawnRun, identity: int) -> Counts:
    parameters = {"source": run.source, "withdrawn": run.number, "run": identity}
    staging.create(connection)
    into = merge.prepare(connection, run.source, identity, ("", ""), partial=True)
    for statement in (STAGE_ROWS, STAGE_MEMBERS):
        connection.execute(statement, parameters)
    merge.note_touched(connection)
    connection.execute(AS_OF, (str(run.before),))
    for name in COLUMNS:
        connection.execute(_write_stage_statement(name))
    led = SQL(" UNION ALL ").join(SQL("SELECT id FROM {}").format(Identifier(f"staged_{name}")) for name in KINDS)
    connection.execute(SQL(NOT_STAGED).format(led))
    connection.execute(RESTORE, parameters)
    merge.write_touched(connection, into, COLUMNS)
    for statement in (FORGET_NAMES, CLOSE_REFUSED, OPEN_RESOLVED):
        connection.execute(statement, parameters)
    if not run.partial and run.public_before is not None:
        connection.execute(RESTORE_COLUMNS, (run.public_before, run.source))
    counts = connection.execute(RESULTS).fetchone()
    assert counts is not None
    derive(connection, job, changed=True)
    return counts[0], counts[1], counts[2]


def _write_stage_statement(name: str) -> Composed:
    """Return the statement that stages the rows of the touched records in one table as they were before the import."""
    if name == "estimate_measure":
        owner = "(SELECT coalesce(e.deposit_id, e.discovery_id) FROM lode_as_of.estimate e WHERE e.id = r.estimate_id)"
    else:
        owner = merge.CHILDREN_OF[name][1].replace("old.", "r.") if name in merge.CHILDREN_OF else "r.id"
    if name in KINDS:
        of_reported_record = "(SELECT p.* FROM jsonb_populate_record(NULL::lode.{table}, x.row) p WHERE x.kind = {kind}) r"
    else:
        of_reported_record = "jsonb_populate_recordset(NULL::lode.{table}, x.parts -> {kind}) r"
    return SQL(_OF_RECORDS).format(
        staged=Identifier(f"staged_{name}"),
        table=Identifier(name),
        columns=SQL(", ").join(map(Identifier, COLUMNS[name])),
        listed=SQL(", ").join(Identifier("r", column) for column in COLUMNS[name]),
        owner=SQL(owner),
        of_reported_record=SQL(of_reported_record).format(table=Identifier(name), kind=name),
    )


def _withdraw_releases(connection: Connection[Any], job: ImportJob, identity: int) -> Counts:
    """Withdraw the releases that an import brought, or all of the source but those it keeps; their observations stay here."""
    parameters = {"source": job.source.name, "withdrawn": job.withdraws, "run": identity, "kept": list(job.keeps_releases)}
    connection.execute(WITHDRAW_RELEASES, parameters)
    row = connection.execute(COUNT_OBSERVATIONS, parameters).fetchone()
    assert row is not None
    if row[0]:
        connection.execute("SELECT current_version()")
    return row[0], 0, row[0]
