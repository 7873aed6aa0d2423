"""Removal of sources and withdrawal of imports: new versions without their records, which earlier versions still have."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg

from lodebase.errors import ImportRefused, NotFound
from lodebase.ingest import withdrawal
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.run import run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Tally
from lodedata.messages import msg
from lodedata.records import SourceRow

HAS_ROWS = "SELECT EXISTS (SELECT FROM source_record WHERE source = %s), EXISTS (SELECT FROM vintage WHERE source = %s)"
ROWS = "SELECT key, raw::text AS raw, locator FROM source_record WHERE source = %s ORDER BY id"
FETCHED = 5_000


def remove_source(address: str, name: str, wait_s: float) -> Summary:
    """Withdraw all records or statistics of a source as one new version and return the counts of its rows.

    Rows stay in the store as rows out of scope, releases of statistics as withdrawn ones, and the records in earlier versions;
    another import of the source brings them back. Raises NotFound for a source that is unknown, ImportRefused for one
    without rows.
    """
    with psycopg.connect(address) as connection:
        source = withdrawal.read_stored_source(connection, name)
        has_rows, has_releases = connection.execute(HAS_ROWS, (name, name)).fetchone() or (False, False)
    if source is None:
        raise NotFound(msg("there is no source %(source)s here; `lode sources` lists them", source=name))
    if not has_rows and not has_releases:
        raise ImportRefused(msg("%(source)s has no rows of records here, so that there are none to remove.", source=name))

    def rows(tally: Tally) -> Iterator[Reading]:
        with psycopg.connect(address) as connection, connection.cursor("removed_rows") as cursor:
            cursor.itersize = FETCHED
            for key, raw, locator in cursor.execute(ROWS, (name,)):
                yield Reading((SourceRow(key, orjson.dumps(orjson.loads(raw)), locator),))

    job = ImportJob(source, Path("removed"), rows, Boundaries(()), partial=True, wait_s=wait_s, removes_statistics=has_releases)
    return run(address, job)


def withdraw_run(address: str, number: int, wait_s: float, accept: float, dry_run: bool = False) -> Summary:
    """Withdraw what an import changed as a new version and return the counts of its rows; a dry run changes nothing.

    Pairs match from the probability ``accept``, as in an import. Raises NotFound for an unknown import, ImportRefused with
    the reason, such as a later import of the source.
    """
    with psycopg.connect(address) as connection:
        withdrawn = withdrawal.require_withdrawable(connection, number)
        source = withdrawal.read_stored_source(connection, withdrawn.source, withdrawn.before)
    assert source is not None
    path = Path(f"withdrawal of import {number}")
    job = ImportJob(source, path, lambda _: (), Boundaries(()), dry_run, True, wait_s=wait_s, accept=accept, withdraws=number)
    return run(address, job)
