"""What was added, changed and removed in a month: by import, and by collection and country."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lodebase.query.collections_ import COLLECTIONS, Collection

MONTHS = """
SELECT to_char(committed_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, min(version) - 1 AS since, max(version) AS until
FROM lode.dataset_version GROUP BY 1 ORDER BY 1 DESC
"""
IMPORTS = """
SELECT v.version, v.committed_at, r.id AS run, CASE WHEN (r.named_rows ->> 'public')::boolean THEN jsonb_build_object(
    'refused', jsonb_set(r.named_rows -> 'refused', '{rows}', jsonb_path_query_array(r.named_rows, '$.refused.rows[0 to 19]')),
    'incomplete',
    jsonb_set(r.named_rows -> 'incomplete', '{rows}', jsonb_path_query_array(r.named_rows, '$.incomplete.rows[0 to 19]')),
    'out_of_scope', r.named_rows -> 'out_of_scope'
  ) END AS named, r.source, r.read, r.loaded, r.updated, r.unchanged, r.out_of_scope, r.quarantined, r.gone
FROM lode.dataset_version v LEFT JOIN lode.import_run r ON r.dataset_version = v.version AND r.state = 'done'
WHERE v.version > %(since)s AND v.version <= %(until)s ORDER BY v.version DESC, r.id LIMIT %(most)s
"""
IMPORT = """
SELECT r.dataset_version AS version, r.finished_at AS committed_at, r.id AS run, r.named_rows AS named,
  r.source, r.read, r.loaded, r.updated, r.unchanged, r.out_of_scope, r.quarantined, r.gone
FROM lode.import_run r WHERE r.id = %(run)s AND r.state = 'done' AND (r.named_rows ->> 'public')::boolean
"""
# A record that began before the month had a row that ended in it; one that exists after it has a row that began in it.
RECORDS = """
SELECT country, count(*) FILTER (WHERE after AND NOT before) AS added, count(*) FILTER (WHERE after AND before) AS changed,
  count(*) FILTER (WHERE before AND NOT after) AS removed
FROM (
  SELECT id, (array_agg({country} ORDER BY since_version DESC))[1] AS country,
    bool_or(since_version <= %(since)s) AS before, bool_or(until_version IS NULL OR until_version > %(until)s) AS after
  FROM (
    SELECT id, {columns}since_version, NULL::integer AS until_version FROM lode.{table}
    WHERE since_version > %(since)s AND since_version <= %(until)s
    UNION ALL
    SELECT id, {columns}since_version, until_version FROM lode_history.{table}
    WHERE (since_version > %(since)s AND since_version <= %(until)s)
      OR (until_version > %(since)s AND until_version <= %(until)s)
  ) states GROUP BY id
) records WHERE before OR after GROUP BY country ORDER BY count(*) DESC, country
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A month such as ``2026-11`` with its versions: those after ``since``, up to ``until``."""

    name: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class RowsNamed:
    """How many rows there are, and the first of them: each with its place, key and reasons in both languages."""

    count: int = 0
    rows: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class VersionImport:
    """A version of the data and the import that made it; without a source it holds decisions and corrections of people."""

    version: int
    committed_at: datetime
    source: str | None
    rows: Mapping[str, int]
    """By outcome such as ``loaded``."""
    run: int | None = None
    """Number of the import."""
    refused: RowsNamed = RowsNamed()
    """Rows that were not loaded."""
    incomplete: RowsNamed = RowsNamed()
    """Rows that were loaded without a part."""
    out_of_scope: Sequence[Mapping[str, Any]] = ()
    """The reasons of rows out of scope in both languages, each with its number of rows."""


@dataclass(frozen=True, slots=True)
class CountryChanges:
    """How many records of a collection in a country (None: none stated) were added, changed and removed or merged."""

    collection: str
    country: str | None
    added: int
    changed: int
    removed: int


def count_uncompared(connection: Connection) -> int:
    """Return the number of records that are still to be compared with those of other sources."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM lode.uncompared").scalar_one())


def read_change_months(connection: Connection) -> list[Month]:
    """Return the months (UTC) in which the data changed, the latest first."""
    return [Month(row.month, row.since, row.until) for row in connection.exec_driver_sql(MONTHS)]


def read_month_imports(connection: Connection, month: Month, most: int) -> list[VersionImport]:
    """Return the versions of a month with their imports, the latest first, at most ``most``.

    Each has the first 20 rows that it did not load, and the first 20 that it loaded without a part.
    """
    rows = connection.exec_driver_sql(IMPORTS, {"since": month.since, "until": month.until, "most": most}).mappings()
    return [_import(dict(row)) for row in rows]


def read_public_import(connection: Connection, run: int) -> VersionImport | None:
    """Return an import with the rows that it did not load, None for one that is unknown or not public."""
    row = connection.exec_driver_sql(IMPORT, {"run": run}).mappings().first()
    return None if row is None else _import(dict(row))


def read_changes_by_country(connection: Connection, month: Month) -> Iterator[CountryChanges]:
    """Yield the changes of records in a month, by collection and country."""
    for collection in COLLECTIONS.values():
        rows = connection.exec_driver_sql(_write_statement(collection), {"since": month.since, "until": month.until})
        yield from (CountryChanges(collection.name, *row) for row in rows)


def _import(row: dict[str, Any]) -> VersionImport:
    version, committed_at, source, run = (row.pop(name) for name in ("version", "committed_at", "source", "run"))
    named = row.pop("named") or {}
    refused, incomplete = (RowsNamed(**named.get(name, {})) for name in ("refused", "incomplete"))
    counts = {name: count for name, count in row.items() if count is not None}
    excluded = named.get("out_of_scope") or ()
    return VersionImport(version, committed_at, source, counts, run, refused, incomplete, excluded)


def _write_statement(collection: Collection) -> str:
    there = "country" in collection.table.c
    return RECORDS.format(
        table=collection.table.name, country="country" if there else "NULL::text", columns="country, " if there else ""
    )
