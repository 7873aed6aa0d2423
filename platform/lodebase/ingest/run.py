"""One import: readings in, one transaction, and a summary. A failed run changes nothing."""

import gc
import hashlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

import orjson
import psycopg

from lodebase.db.failures import take_first_error_line
from lodebase.errors import DatabaseAway, DiskFull, ImportRefused, LodeError, RowsLost
from lodebase.ingest import (
    internal_rows,
    merge,
    observations,
    replaced_rows,
    rows,
    staging,
    store_rules,
    withdrawal,
    withheld,
)
from lodebase.ingest.completeness import require_complete
from lodebase.ingest.derivation import derive
from lodebase.ingest.entered import holder_names
from lodebase.ingest.entered.proposed_persons import ProposedPersons
from lodebase.ingest.internal_rows import InternalRows
from lodebase.ingest.jobs import import_job, run_log
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.jobs.named_rows import RowReasons
from lodebase.ingest.jobs.progress import ImportProgress
from lodebase.ingest.staging import Staged
from lodedata.checks import Location, Placed, check, infer_country, locate
from lodedata.figures.held_figures import hold_impossible
from lodedata.mapping import MappingRefused, Reading, Tally
from lodedata.mapping.column_usage import build_usage_data, describe_column_usage
from lodedata.messages import Label, Message, msg
from lodedata.problems import RULES, Problem
from lodedata.read import FileRefused
from lodedata.records import Deposit, Discovery, GenericRecord, MineralRecord, Project, Record
from lodedata.refuted_values import withdraw_refuted
from lodedata.rights.natural_persons import name_key
from lodedata.statistics.table_spec import StatisticsSource

__all__ = ["ImportJob", "Summary", "hash_file", "run"]

Transaction = Callable[[psycopg.Connection[Any], ImportJob, ImportProgress, int, float], Summary]
CHUNK_READINGS = 5_000
CHUNK_BYTES = 16 << 20
"""Bytes of raw rows of a chunk, a limit for rows with very long cells."""
CHUNKS_MERGED = 4
"""Chunks of one merge: readings need much memory, so chunks are small, but large merges are cheaper for indexes."""
MERGES_SERVED = 8
"""Merges after which features are written: during reading, and still in the order of positions."""
SWITCH_S = 0.0005
REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.CardinalityViolation,
    psycopg.errors.ProgramLimitExceeded,
)
"""Errors of the store's constraints for a record that the checks should have refused."""
LEFT = msg(
    "%(count)s records are compared with those of other sources in the background, while `lode serve` or `lode tasks` runs; "
    "`lode resolve run` does it now."
)
MAX_GONE = 0.2
"""The share of a source's rows from which an import needs a confirmation before it marks them as gone."""
CHECKED_BY = b"11"
"""Part of every row's checksum: increased when readers or checks produce other results from the same row."""


def run(address: str, job: ImportJob, progress: ImportProgress | None = None) -> Summary:
    """Import one source. Raises ImportRefused, ImportBusy, DatabaseAway, DiskFull; then the store is unchanged."""
    progress = progress or ImportProgress()
    try:
        with _tune_interpreter(), psycopg.connect(address, autocommit=False) as connection:
            acquire_import_lock(connection, job.wait_s)
            return _run_logged(connection, address, job, progress)
    except psycopg.OperationalError as error:
        raise DatabaseAway(
            msg(
                "The connection to the database was lost during the import; nothing was changed (%(reason)s).",
                reason=take_first_error_line(error),
            )
        ) from None


def _run_logged(connection: psycopg.Connection[Any], address: str, job: ImportJob, progress: ImportProgress) -> Summary:
    """Run the import and log its result; the site reads the log, so it has no import of internal rows, and no dry run."""
    if job.source.internal:
        return _run_translated(connection, job, progress, 0)
    log_values = job.source.name, rows.clean(job.path.name), hash_file(job.path), datetime.now(UTC)
    if job.dry_run:
        return _run_translated(connection, job, progress, run_log.insert(connection, *log_values, "running"))
    number = run_log.begin(address, *log_values)
    try:
        return _run_translated(connection, job, progress, number)
    except LodeError as error:
        connection.close()
        run_log.record_run_failure(address, number, rows.clean(str(error)))
        raise


def _run_translated(connection: psycopg.Connection[Any], job: ImportJob, progress: ImportProgress, number: int) -> Summary:
    """Run the import's transaction. Raises ImportRefused, DatabaseAway, DiskFull."""
    begun = time.monotonic()
    try:
        summary = _choose_transaction(job)(connection, job, progress, number, begun)
        if job.dry_run:
            connection.rollback()
        else:
            connection.commit()
        return summary
    except (FileRefused, MappingRefused) as error:
        raise ImportRefused(str(error)) from None
    except REFUSALS as error:
        rule_sentence = store_rules.find_rule_sentence(error)
        if rule_sentence is not None:
            raise ImportRefused(rule_sentence) from None
        # the text of the database is no sentence for a user, so only the place is named
        where = error.diag.constraint_name or error.diag.column_name or error.sqlstate or ""
        raise ImportRefused(
            msg(
                "%(file)s: the database can't store a value of the table (%(where)s); nothing was changed. Please report this "
                "with the mapping.",
                file=job.path.name,
                where=where,
            )
        ) from None
    except (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory) as error:
        raise DiskFull(
            msg(
                "The database has no space left (%(message_primary)s); free some and import again.",
                message_primary=error.diag.message_primary,
            )
        ) from None
    except psycopg.OperationalError as error:
        raise DatabaseAway(
            msg(
                "The connection to the database was lost during the import; nothing was changed (%(reason)s).",
                reason=take_first_error_line(error),
            )
        ) from None


def _choose_transaction(job: ImportJob) -> Transaction:
    """Return what reads and stores the rows of a source. Raises ImportRefused for statistics that are internal."""
    if job.withdraws is not None or job.removes_statistics:
        return _transact_withdrawal
    if not isinstance(job.source, StatisticsSource):
        return _transact_internal if job.source.internal else _transact
    if job.source.internal:
        raise ImportRefused(msg("%(name)s: statistics can't be internal. Leave `internal` out.", name=job.source.name))
    return observations.transact


def _transact_withdrawal(
    connection: psycopg.Connection[Any], job: ImportJob, _progress: ImportProgress, identity: int, begun: float
) -> Summary:
    return withdrawal.transact(connection, job, identity, begun)


@contextmanager
def _tune_interpreter() -> Iterator[None]:
    """Tune the interpreter for two threads and millions of short-lived values.

    The garbage collector is off, as values have no cycles. The copying thread releases the interpreter at every buffer; with
    the default switch interval of 5 ms it would wait longer than it works.
    """
    was_on, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if was_on:
            gc.enable()


def _transact(
    connection: psycopg.Connection[Any], job: ImportJob, progress: ImportProgress, identity: int, begun: float
) -> Summary:
    tally = Tally(decided=holder_names.read_name_decisions(connection))
    import_job.write_source(connection, job.source)
    connection.execute("SELECT set_config('lode.run', %s, true)", (str(identity),))
    staging.create(connection)
    into = merge.prepare(connection, job.source.name, identity, _write_rule_sentences("duplicate-key"), job.partial)
    counts: dict[str, int] = {}
    row_reasons = RowReasons()
    internal = InternalRows(everything=False)
    persons = ProposedPersons(tally.decided, job.source)
    chunks = _read_chunks(job, tally, row_reasons, internal, persons)
    for chunk_counts in _merge_in_background(connection, chunks, into):
        for state, count in chunk_counts.items():
            counts[state] = counts.get(state, 0) + count
        progress.rows = sum(counts.values())
    read = sum(counts.values())
    gone = 0
    if read == 0 and not internal.read_rows:
        raise ImportRefused(msg("%(name)s: has a header and no rows; nothing was changed.", name=job.path.name))
    if not job.partial:
        require_complete(job.source, tally)
        before = _count_stored_rows(connection, job.source.name)
        gone = merge.mark_gone(connection, into, _write_rule_sentences("no-longer-in-source"))
        if not job.may_lose_rows and gone > MAX_GONE * before:
            raise RowsLost(job.path.name, gone, before)
    stored, refused = internal_rows.write(connection, job, internal, partial(_stage_internal, job, tally))
    import_job.write_public_columns(connection, job, tally, identity)
    tally.withheld += persons.withheld
    withheld.write(connection, job.source.name, tally.withheld, job.partial)
    left = derive(connection, job, bool(counts.get("loaded") or counts.get("updated")))
    usage = persons.value(build_usage_data(tally.usage))
    tally.unknown = persons.value(tally.unknown)
    summary = Summary(
        source=job.source.name,
        read=read,
        loaded=counts.get("loaded", 0),
        updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0),
        out_of_scope=counts.get("out_of_scope", 0) + counts.get("out_of_scope_same", 0),
        quarantined=counts.get("quarantined", 0),
        seconds=round(time.monotonic() - begun, 3),
        dataset_version=import_job.assign_version(connection, identity),
        gone=gone,
        run=identity,
        withheld=len(tally.withheld),
        notes=(
            *([internal_rows.describe_internal_rows(stored, refused)] if internal.read_rows else []),
            *_write_notes(tally, row_reasons),
            *describe_column_usage(usage),
            *((LEFT.filled(count=f"{left:,}"),) if left and job.compare else ()),
        ),
        column_usage=tuple(usage),
        refused=tuple(import_job.list_refused(connection, identity)) if counts.get("quarantined") else (),
    )
    import_job.finish(connection, summary, tally, job, row_reasons)
    replaced_rows.keep(connection, job.source.name, identity)
    return summary


def _transact_internal(
    connection: psycopg.Connection[Any], job: ImportJob, progress: ImportProgress, _run: int, begun: float
) -> Summary:
    """Store the rows of a source that is internal; a dry run is rolled back."""
    tally = Tally(decided=holder_names.read_name_decisions(connection))
    staging.create(connection)
    internal = InternalRows(everything=True)
    progress.rows = sum(1 for _ in internal.without(iter(job.read(tally))))
    if not internal.read_rows:
        raise ImportRefused(msg("%(name)s: has a header and no rows; nothing was changed.", name=job.path.name))
    require_complete(job.source, tally)
    stored, refused = internal_rows.write(connection, job, internal, partial(_stage_internal, job, tally))
    notes = (*_write_notes(tally, RowReasons()), *describe_column_usage(build_usage_data(tally.usage)))
    return internal_rows.build_internal_summary(job, stored, refused, begun, import_job.assign_version(connection, 0), notes)


def _stage_internal(job: ImportJob, tally: Tally, readings: Sequence[Reading]) -> Staged:
    staged, _ = _stage_chunk(readings, job, 0, set(), RowReasons(), ProposedPersons(tally.decided, job.source))
    return staged


def _count_stored_rows(connection: psycopg.Connection[Any], source: str) -> int:
    """Return the number of rows of a source in the store that its latest file had."""
    row = connection.execute("SELECT count(*) FROM source_record WHERE source = %s AND gone_run IS NULL", (source,)).fetchone()
    assert row is not None
    return int(row[0])


def hash_file(path: Path) -> str | None:
    """Return the SHA-256 of the file that is read; None for a folder."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _merge_chunks(
    connection: psycopg.Connection[Any], chunks: Iterator[Staged], into: merge.Target
) -> Iterator[dict[str, int]]:
    before: Iterable[str] = ()
    for times, staged in enumerate(chunks, start=1):
        staging.fill(connection, staged, before)
        before = staged.keys()
        yield merge.merge_chunk(connection, into, before)
        if times % MERGES_SERVED == 0:
            merge.write_features(connection)


def _merge_in_background(
    connection: psycopg.Connection[Any], chunks: Iterator[Staged], into: merge.Target
) -> Iterator[dict[str, int]]:
    """Merge each chunk in a thread while the next one is read; yield its counts in order.

    Reading runs in Python and merging in PostgreSQL, so they use two cores.
    """
    waiting: queue.Queue[Staged | None] = queue.Queue(maxsize=1)
    merged: queue.Queue[dict[str, int] | BaseException | None] = queue.Queue()

    def work() -> None:
        try:
            for outcome in _merge_chunks(connection, iter(waiting.get, None), into):
                merged.put(outcome)
            merged.put(None)
        # passed to the waiting thread
        except BaseException as error:
            merged.put(error)
            while waiting.get() is not None:
                pass

    worker = threading.Thread(target=work, name="merge", daemon=True)
    worker.start()
    failed: BaseException | None = None
    try:
        for staged in chunks:
            waiting.put(staged)
            while not merged.empty():
                outcome = merged.get()
                if isinstance(outcome, BaseException):
                    failed = outcome
                    raise outcome
                if outcome is not None:
                    yield outcome
    finally:
        waiting.put(None)
        worker.join()
    while failed is None:
        outcome = merged.get()
        if outcome is None:
            return
        if isinstance(outcome, BaseException):
            raise outcome
        yield outcome


def _read_chunks(
    job: ImportJob, tally: Tally, row_reasons: RowReasons, internal: InternalRows, persons: ProposedPersons
) -> Iterator[Staged]:
    readings = internal.without(iter(job.read(tally)))
    chunks = iter(lambda: _take_next_chunk(readings), [])
    n = 0
    # the first merge is small, so that merging begins early
    for many in chain((1,), repeat(CHUNKS_MERGED)):
        combined: Staged = {}
        leading: set[str] = set()
        for chunk in islice(chunks, many):
            staged, n = _stage_chunk(chunk, job, n, leading, row_reasons, persons)
            for name, pieces in staged.items():
                combined.setdefault(name, []).extend(pieces)
        if not combined:
            return
        yield combined


def _take_next_chunk(readings: Iterator[Reading]) -> list[Reading]:
    """Return the next readings up to the number or bytes of a chunk, none at the end."""
    chunk: list[Reading] = []
    size = 0
    for reading in islice(readings, CHUNK_READINGS):
        chunk.append(reading)
        size += sum(len(row.raw) for row in reading.rows)
        if size > CHUNK_BYTES:
            break
    return chunk


def _stage_chunk(
    chunk: Sequence[Reading],
    job: ImportJob,
    n: int,
    leading: set[str],
    row_reasons: RowReasons,
    persons: ProposedPersons,
) -> tuple[Staged, int]:
    """Return the rows of a chunk for staging, and the number of the next row.

    Of readings with the same leading key, only the first one's records are staged; the merge refuses the others. Leading
    keys of the chunk are added to ``leading``, which has those of the same merge.
    """
    source = job.source.name
    # ids are those of the keys in the file, also of a key that is a name
    in_file = [reading.rows[0].key for reading in chunk]
    chunk = [persons.masked(reading, source) for reading in chunk]
    staged: dict[str, list[tuple[Any, ...]]] = {name: [] for name in ("row", "member", *rows.COLUMNS)}
    reviewed = [[_remove_refuted_values(record, source, reading) for record in reading.records] for reading in chunk]
    locations = iter(locate([r for records in reviewed for r, _ in records if isinstance(r, Placed)], job.boundaries))
    for reading, records, lead in zip(chunk, reviewed, in_file, strict=True):
        table_rows: list[tuple[str, tuple[Any, ...]]] = []
        members: list[tuple[str, str, bool]] = []
        for part, (reported, refuted) in enumerate(records):
            held = hold_impossible(reported)
            record, noticed = _check_record(held, next(locations)) if isinstance(held, Placed) else (held, [])
            noticed = [*refuted, *noticed]
            identity = rows.record_id(source, lead + (f"\0{part}" if part else ""))
            members.append((identity, rows.kind_of(record), True))
            table_rows += rows.record_rows(record, identity, source, [*reading.problems, *noticed])
        belongs = [(rows.record_id(source, key), "deposit", False) for key in reading.belongs_to]
        refused = reading.refused
        state = "quarantined" if refused else "loaded" if members or belongs else "out_of_scope"
        reasons = import_job.encode_reasons(reading.problems) if refused else None
        if state == "out_of_scope":
            row_reasons.exclude(reading)
        key = rows.clean(reading.rows[0].key)
        becomes = state == "loaded" and key not in leading
        # a refused row keeps its key, as it is corrected later
        leading.add(key)
        digest = CHECKED_BY + orjson.dumps([table_rows, belongs])
        for position, row in enumerate(reading.rows):
            checksum = hashlib.blake2b(row.raw + digest, digest_size=16).hexdigest()
            own = key if position == 0 else rows.clean(row.key)
            staged["row"].append(
                (n, n - position, own, _remove_nul(row.raw), f"\\x{checksum}", rows.clean(row.locator), state, reasons)
            )
            if becomes:
                for identity, kind, leads in (*members, *belongs):
                    staged["member"].append((n, identity, kind, leads and position == 0))
            n += 1
        if becomes:
            row_reasons.add(reading)
            for name, values in table_rows:
                staged[name].append(values)
    return staging.encode(staged), n


def _remove_refuted_values(record: Record, source: str, reading: Reading) -> tuple[Record, list[Problem]]:
    """Return a record without values that a reviewer refuted, and a problem for each."""
    return withdraw_refuted(record, source, reading.rows[0].key) if isinstance(record, MineralRecord) else (record, [])


def _check_record(record: Deposit | Discovery | Project | GenericRecord, location: Location) -> tuple[Record, list[Problem]]:
    """Return a record with the country of its position if it states none, and the problems of all checks."""
    if not isinstance(record, MineralRecord):
        return record, check(record, location)
    located, problems = infer_country(record, location)
    return located, [*problems, *check(located, location)]


def _remove_nul(raw: bytes) -> str:
    """Return the raw JSON without NUL characters, which the database can't store; a problem reports them."""
    return raw.decode().replace("\\u0000", "\\ufffd") if b"\\u0000" in raw else raw.decode()


def _write_rule_sentences(rule: str) -> tuple[str, str]:
    """Return a rule's sentences for PostgreSQL's format(): the value, then the location of the first row."""
    sentence = RULES[rule].sentence.filled(value="%1$s", first="%2$s")
    return sentence.in_language("en"), sentence.in_language("zh")


def _write_notes(tally: Tally, row_reasons: RowReasons) -> Iterator[Message]:
    if tally.withheld:
        yield msg(
            "%(count)s times a name was withheld as that of a natural person, %(names)s different names; experts decide at "
            "/desk/holders which of them are bodies",
            count=f"{len(tally.withheld):,}",
            names=f"{len({name_key(name) for _, _, name in tally.withheld}):,}",
        )
    if row_reasons.count:
        first = [
            msg(
                "%(place)s: %(sentence)s",
                place=row["locator"],
                sentence=Label(row["reasons"][0]["en"], row["reasons"][0]["zh"]),
            )
            for row in row_reasons.rows[:3]
        ]
        yield msg("%(count)s rows were loaded without a part: %(rows)s", count=f"{row_reasons.count:,}", rows=first)
    for name, counts in tally.unknown.items():
        listed = [f"{term!r} ({count})" for term, count in sorted(counts.items(), key=lambda item: -item[1])]
        yield msg(
            "%(count)s terms not in the vocabulary %(vocabulary)s: %(terms)s",
            count=sum(counts.values()),
            vocabulary=name,
            terms=listed,
        )
