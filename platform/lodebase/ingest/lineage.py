"""The lineage of served values: sources and import runs."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from lodebase.ingest.run_log import mark_interrupted


def runs(address: str, limit: int = 50) -> list[dict[str, Any]]:
    """Return the latest imports, newest first, after marking killed ones as interrupted."""
    mark_interrupted(address)
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT id, source, path, state, started_at, seconds, read, loaded, updated, unchanged, out_of_scope,"
            " quarantined, gone, dataset_version, message FROM import_run ORDER BY id DESC LIMIT %s",
            (limit,),
        ).fetchall()


def sources(address: str) -> list[dict[str, Any]]:
    """Return the imported sources with their licences and numbers of rows."""
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT s.name, s.title_en, s.title_zh, s.publisher, s.licence, s.version, s.citation, count(r.id) AS records,"
            " count(r.id) FILTER (WHERE r.in_scope) AS in_scope FROM source s LEFT JOIN source_record r ON r.source = s.name"
            " GROUP BY s.name ORDER BY s.name"
        ).fetchall()
