"""The job and the summary of an import, and what every import writes about itself: source, counts, version, reasons."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg

from lodebase.ingest import rows
from lodebase.ingest.jobs.named_rows import RowReasons, build_named_reason, write_named_rows
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.column_usage import add_reason_sentences
from lodedata.mapping.public_columns import list_public_columns
from lodedata.messages import Label, Message
from lodedata.problems import Problem


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of rows of one run by result."""

    source: str
    read: int
    loaded: int
    updated: int
    unchanged: int
    out_of_scope: int
    quarantined: int
    seconds: float
    dataset_version: int
    gone: int = 0
    run: int | None = None
    notes: tuple[Message | str, ...] = ()
    column_usage: tuple[dict[str, Any], ...] = ()
    """The filled, used and dropped cells of each column, with the reasons."""
    withheld: int = 0
    """How many times a name was withheld as that of a natural person."""
    refused: tuple[Label, ...] = ()
    """The first refused rows, each with its location and reasons."""

    def counts(self) -> dict[str, Any]:
        """Return the counts of rows."""
        names = [
            "source",
            "read",
            "loaded",
            "updated",
            "unchanged",
            "out_of_scope",
            "quarantined",
            "seconds",
            "dataset_version",
        ]
        return {name: getattr(self, name) for name in names}

    def as_data(self) -> dict[str, Any]:
        """Return what `lode import --json` prints."""
        return {
            **self.counts(),
            "withheld": self.withheld,
            "columns": [add_reason_sentences(column) for column in self.column_usage],
        }


@dataclass(frozen=True, slots=True)
class ImportJob:
    """The parameters of a run: source, path, reader, and boundaries for checks."""

    source: Source
    path: Path
    read: Callable[[Tally], Iterable[Reading]]
    boundaries: Boundaries
    dry_run: bool = False
    partial: bool = False
    """Whether the file has only some rows of the source, so that missing rows are not gone."""
    may_lose_rows: bool = True
    """Whether rows of the source that the file lacks become gone however many they are; else an import needs a confirmation."""
    wait_s: float = 600.0
    accept: float = 0.8
    """Probability from which two records match without a review."""
    withdraws: int | None = None
    """The number of the import that this one withdraws; it reads no file."""
    removes_statistics: bool = False
    """Whether it withdraws all releases of a source of statistics; it reads no file."""
    keeps_releases: tuple[str, ...] = ()
    """The releases of a source of statistics that such a withdrawal leaves."""
    compare: bool = True
    """Whether changed records are compared with those of other sources within the import; else they are left for later."""


def write_source(connection: psycopg.Connection[Any], source: Source) -> None:
    """Write the description of a source."""
    values = {
        "name": source.name,
        "title_en": source.title_en,
        "title_zh": source.title_zh,
        "publisher": source.publisher,
        "licence": source.licence.id,
        "licence_name": source.licence.name,
        "licence_url": source.licence.url,
        "attribution": source.licence.attribution,
        "citation": source.citation,
        "version": source.version,
        "as_of": source.as_of,
        "homepage": source.homepage,
        "note_en": source.note_en,
        "note_zh": source.note_zh,
    }
    columns = ", ".join(values)
    placeholders = ", ".join(f"%({name})s" for name in values)
    assignments = ", ".join(f"{name} = excluded.{name}" for name in values if name != "name")
    connection.execute(
        f"INSERT INTO source ({columns}) VALUES ({placeholders}) ON CONFLICT (name) DO UPDATE SET {assignments}", values
    )


def write_public_columns(connection: psycopg.Connection[Any], job: ImportJob, tally: Tally, run: int) -> None:
    """Write which columns of the source's rows are public; a file with some of its rows does not decide."""
    connection.execute(
        "UPDATE import_run SET public_before = coalesce((SELECT public FROM source_columns WHERE source = %s), '{}')"
        " WHERE id = %s",
        (job.source.name, run),
    )
    connection.execute(
        "INSERT INTO source_columns (source, public) VALUES (%s, %s) ON CONFLICT (source) DO UPDATE"
        " SET public = excluded.public WHERE NOT %s",
        (job.source.name, [rows.clean(name) for name in list_public_columns(job.source, tally)], job.partial),
    )


def finish(
    connection: psycopg.Connection[Any], summary: Summary, tally: Tally, job: ImportJob, reasons_of_rows: RowReasons
) -> None:
    """Write the counts of a run to its log, rows that lack something, and how often its source is updated."""
    assert summary.run is not None
    named = write_named_rows(connection, summary.run, summary.quarantined, reasons_of_rows, reasons_of_rows.public(job.source))
    connection.execute(
        "UPDATE import_run SET state = 'done', finished_at = clock_timestamp(), read = %(read)s, loaded = %(loaded)s,"
        " updated = %(updated)s, unchanged = %(unchanged)s, out_of_scope = %(out_of_scope)s,"
        " quarantined = %(quarantined)s, gone = %(gone)s, seconds = %(seconds)s, dataset_version = %(version)s,"
        " unknown_words = %(unknown)s, column_usage = %(usage)s, update_months = %(months)s,"
        " partial = %(partial)s, withheld = %(withheld)s, named_rows = %(named)s WHERE id = %(run)s",
        {
            **summary.counts(),
            "gone": summary.gone,
            "version": summary.dataset_version,
            "unknown": orjson.dumps(tally.unknown).decode(),
            "usage": orjson.dumps(summary.column_usage).decode(),
            "run": summary.run,
            "months": job.source.update_months,
            "partial": job.partial,
            "withheld": summary.withheld,
            "named": named,
        },
    )


def finish_withdrawal(connection: psycopg.Connection[Any], summary: Summary) -> None:
    """Write the counts of a withdrawal to its run; it is partial, as it says nothing of how current the source is."""
    connection.execute(
        "UPDATE import_run SET state = 'done', finished_at = clock_timestamp(), read = %(read)s, loaded = %(loaded)s,"
        " updated = %(updated)s, unchanged = %(unchanged)s, out_of_scope = %(out_of_scope)s, quarantined = %(quarantined)s,"
        " gone = 0, seconds = %(seconds)s, dataset_version = %(dataset_version)s, partial = true WHERE id = %(run)s",
        {**summary.counts(), "run": summary.run},
    )


def assign_version(connection: psycopg.Connection[Any], run_id: int) -> int:
    """Return the dataset version after this transaction: its own if it changed anything, else the last one."""
    own = connection.execute("SELECT nullif(current_setting('lode.version', true), '')::integer").fetchone()
    if own is not None and own[0] is not None:
        connection.execute(
            "UPDATE dataset_version SET committed_at = clock_timestamp(), run_id = %s WHERE version = %s",
            (run_id, own[0]),
        )
        return int(own[0])
    last = connection.execute("SELECT coalesce(max(version), 0) FROM dataset_version").fetchone()
    assert last is not None
    return int(last[0])


def encode_reasons(problems: Sequence[Problem]) -> str:
    """Return the reasons of a refused row as JSON, those that refuse it first."""
    named_reasons = [
        build_named_reason(p) | {"value": rows.clean(p.value)} for p in sorted(problems, key=lambda p: not p.refuses)
    ]
    return orjson.dumps(named_reasons).decode()


def list_refused(connection: psycopg.Connection[Any], run_id: int) -> Iterator[Label]:
    """Yield the first refused rows of a run, each with its location and reasons."""
    rows = connection.execute(
        "SELECT locator, reasons FROM quarantine WHERE last_run = %s AND resolved_run IS NULL ORDER BY id LIMIT 6",
        (run_id,),
    )
    for locator, reasons in rows:
        english = "; ".join(f"column {r['column']}: {r['en']}" if r["column"] else r["en"] for r in reasons)
        chinese = "；".join(f"列 {r['column']}：{r['zh']}" if r["column"] else r["zh"] for r in reasons)
        yield Label(f"{locator}: {english}", f"{locator}：{chinese}")
