"""The lineage of served values: sources and import runs."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from lodebase.errors import NotFound
from lodebase.ingest.jobs.run_log import mark_interrupted
from lodedata.mapping.column_usage import add_reason_sentences
from lodedata.messages import msg


def read_import_runs(address: str, limit: int = 50) -> list[dict[str, Any]]:
    """Return the latest imports, newest first, after marking killed ones as interrupted."""
    mark_interrupted(address)
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT id, source, path, state, started_at, seconds, read, loaded, updated, unchanged, out_of_scope,"
            " quarantined, gone, dataset_version, message FROM import_run ORDER BY id DESC LIMIT %s",
            (limit,),
        ).fetchall()


def run(address: str, number: int) -> dict[str, Any]:
    """Return one import with the usage of its columns. Raises NotFound."""
    mark_interrupted(address)
    with psycopg.connect(address, row_factory=dict_row) as connection:
        row = connection.execute(
            "SELECT id, source, path, state, started_at, seconds, read, loaded, updated, unchanged, out_of_scope,"
            " quarantined, gone, dataset_version, message, column_usage FROM import_run WHERE id = %s",
            (number,),
        ).fetchone()
    if row is None:
        raise NotFound(msg("there is no import %(number)s; `lode runs` lists them", number=number))
    row["columns"] = [add_reason_sentences(column) for column in row.pop("column_usage") or ()]
    return row


def read_imported_sources(address: str) -> list[dict[str, Any]]:
    """Return the imported sources with their licences and numbers of rows."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT s.name, s.title_en, s.title_zh, s.publisher, s.licence, s.version, s.citation, count(r.id) AS records,"
            " count(r.id) FILTER (WHERE r.in_scope) AS in_scope FROM source s LEFT JOIN source_record r ON r.source = s.name"
            " GROUP BY s.name ORDER BY s.name"
        ).fetchall()
