"""Removal of a source: its rows are withdrawn as an import withdraws rows that left the scope, and stay in the history."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from lodebase.errors import ImportRefused, NoSuchThing
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.run import run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.model import Licence
from lodedata.messages import msg
from lodedata.records import SourceRow

ROWS = "SELECT key, raw::text AS raw, locator FROM source_record WHERE source = %s ORDER BY id"
FETCHED = 5_000


def remove_source(address: str, name: str, wait_s: float) -> Summary:
    """Withdraw all records of a source as one new version and return the counts of its rows.

    The rows stay in the store as rows out of scope, and the records in earlier versions; another import of the source brings
    them back. Raises NoSuchThing for a source without rows, ImportRefused for one of statistics.
    """
    with psycopg.connect(address, row_factory=dict_row) as connection:
        about = connection.execute("SELECT * FROM source WHERE name = %s", (name,)).fetchone()
        has_rows = connection.execute("SELECT FROM source_record WHERE source = %s LIMIT 1", (name,)).fetchone() is not None
    if about is None:
        raise NoSuchThing(msg("there is no source %(source)s here; `lode sources` lists them", source=name))
    if not has_rows:
        raise ImportRefused(msg("%(source)s has no rows of records here, so that there are none to remove.", source=name))

    def rows(tally: Tally) -> Iterator[Reading]:
        with psycopg.connect(address) as connection, connection.cursor("removed_rows") as cursor:
            cursor.itersize = FETCHED
            for key, raw, locator in cursor.execute(ROWS, (name,)):
                yield Reading((SourceRow(key, orjson.dumps(orjson.loads(raw)), locator),))

    job = ImportJob(_source(about), Path("removed"), rows, Boundaries(()), partial=True, wait_s=wait_s)
    return run(address, job)


def _source(about: dict[str, Any]) -> Source:
    licence = Licence(
        id=about["licence"], name=about["licence_name"], url=about["licence_url"], attribution=about["attribution"]
    )
    texts = ("name", "title_en", "title_zh", "publisher", "citation", "version", "as_of", "homepage", "note_en", "note_zh")
    return Source(licence=licence, **{text: about[text] for text in texts})
