"""Reported records: records of single sources that are served as one record, stored as JSON next to the served tables.

A record of a single source has no row here, so that a user's own table needs no extra space.
"""

from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from lodebase.ingest.rows import COLUMNS
from lodedata.kinds import KINDS

KINDS_MERGED = tuple(name for name, kind in KINDS.items() if kind.merged)
OWNERS = tuple(
    dict.fromkeys(
        (child.name, kind.owner_column(child))
        for kind in KINDS.values()
        for child in kind.children
        if kind.merged and child.of is None
    )
)
"""Child tables, with each column that may refer to their record."""

# Geometries as text: as JSON they lose digits.
_CHILDREN = """
SELECT c.{owner} AS id, {name} AS name, jsonb_agg(to_jsonb(c) - 'since_version' {more} ORDER BY c.ordinal) AS rows
FROM {table} c JOIN reported x ON x.record_id = c.{owner} GROUP BY 1
"""
_SUGGESTION = "|| jsonb_build_object('suggestion', c.suggestion::text)"
_MEASURES = """
SELECT x.record_id AS id, 'estimate_measure' AS name,
  jsonb_agg(to_jsonb(m) - 'since_version' ORDER BY m.estimate_id, m.commodity) AS rows
FROM reported x JOIN {estimate} e ON x.record_id IN (e.deposit_id, e.discovery_id)
JOIN {estimate_measure} m ON m.estimate_id = e.id GROUP BY 1
"""
_RECORDS = """
SELECT s.id AS record_id, {kind} AS kind, s.sources[1] AS source, x.served_id,
  (to_jsonb(s) - '{{since_version,morton_code,status,status_date}}'::text[]) || jsonb_build_object('geom', s.geom::text) AS row,
  coalesce(p.parts, '{{}}') AS parts
FROM {table} s JOIN reported x ON x.record_id = s.id LEFT JOIN parts p ON p.id = s.id
"""
_ALL = """
WITH parts AS (SELECT id, jsonb_object_agg(name, rows) AS parts FROM ({children}) c GROUP BY id), fresh AS ({fresh})
"""
ENTER = """
INSERT INTO reported_record (record_id, kind, source, served_id, row, parts)
SELECT record_id, kind, source, served_id, row, parts FROM fresh ORDER BY record_id
"""
UPDATE = """
UPDATE reported_record t SET kind = fresh.kind, row = fresh.row, parts = fresh.parts FROM fresh
WHERE t.record_id = fresh.record_id
"""
# Records that are served with one that changes or leaves are regrouped.
NOTE_MATES = """
INSERT INTO changed (record_id) SELECT m.record_id FROM touched t JOIN reported_record o USING (record_id)
JOIN reported_record m ON m.served_id = o.served_id
"""
NOTE_UPDATED = """
INSERT INTO reported (record_id, served_id)
SELECT record_id, o.served_id FROM touched t JOIN reported_record o USING (record_id) WHERE t.staged
"""
LEAVE_TO_REPORTED_RECORD = "DELETE FROM touched t USING reported x WHERE x.record_id = t.record_id"
# Like WITHDRAW of the served tables.
WITHDRAW = """
DELETE FROM reported_record old USING touched t
WHERE t.existed AND NOT t.staged AND old.record_id = t.record_id
  AND NOT EXISTS (SELECT FROM member m JOIN source_record o ON o.id = m.source_record_id
                  WHERE m.record_id = old.record_id AND m.leads AND o.in_scope
                    AND NOT EXISTS (SELECT FROM staged_row r WHERE r.source_record_id = o.id))
"""
MARK_GONE = """
UPDATE reported_record o SET
  row = jsonb_set(o.row, '{flags}', (o.row -> 'flags') || '["no-longer-in-source"]'),
  parts = jsonb_set(o.parts, '{flag}', coalesce(o.parts -> 'flag', '[]') || jsonb_build_array(jsonb_build_object(
    'record_id', o.record_id, 'ordinal', jsonb_array_length(coalesce(o.parts -> 'flag', '[]')), 'rule', 'no-longer-in-source',
    'column_name', null, 'value', '', 'sentence_en', %(en)s::text, 'sentence_zh', %(zh)s::text, 'suggestion', null)))
FROM touched t WHERE t.record_id = o.record_id
"""
FORGET_GONE = "DELETE FROM touched t USING reported_record o WHERE o.record_id = t.record_id"


# Values of experts for the reached records.
GIVEN = """
SELECT o.record_id, jsonb_object_agg(o.field, jsonb_build_object(
  'value', o.value, 'cited', o.cited, 'reason', o.reason, 'at', o.at, 'number', o.number)) AS given
FROM reached JOIN current_override o USING (record_id)
WHERE EXISTS (SELECT FROM member m WHERE m.record_id = o.record_id AND m.leads AND m.kind <> 'zone') GROUP BY 1
"""
GIVE = f"""
UPDATE reported_record t SET given = g.given FROM reached r LEFT JOIN ({GIVEN}) g USING (record_id)
WHERE t.record_id = r.record_id AND t.given IS DISTINCT FROM g.given
"""


def find_records_with_values(connection: Connection[Any]) -> list[str]:
    """Return the reached records with values of experts."""
    return [row[0] for row in connection.execute(GIVEN)]


def write_values(connection: Connection[Any]) -> None:
    """Write the values of experts to the reported records of the reached records."""
    connection.execute(GIVE)


def has_any_groups(connection: Connection[Any]) -> bool:
    """Return whether any record is served as one with others."""
    return connection.execute("SELECT FROM reported_record LIMIT 1").fetchone() is not None


def update(connection: Connection[Any]) -> None:
    """Write staged rows of records that are served with others to their reported records, and remove them from ``touched``."""
    connection.execute("TRUNCATE reported")
    connection.execute(NOTE_MATES)
    connection.execute(NOTE_UPDATED)
    connection.execute(_build_rows_query("staged_") + SQL(UPDATE))
    connection.execute(WITHDRAW)
    connection.execute(LEAVE_TO_REPORTED_RECORD)


def mark_gone(connection: Connection[Any], sentence: tuple[str, str]) -> None:
    """Mark touched records that are served with others as gone from their source, and remove them from ``touched``."""
    connection.execute(NOTE_MATES)
    connection.execute(MARK_GONE, {"en": sentence[0], "zh": sentence[1]})
    connection.execute(FORGET_GONE)


def insert(connection: Connection[Any], served: dict[str, str]) -> None:
    """Store the served rows of these records as reported records of their served records."""
    connection.execute("TRUNCATE reported")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO reported (record_id, served_id) VALUES (%s, %s)", served.items())
    connection.execute(_build_rows_query("") + SQL(ENTER))


def _build_rows_query(prefix: str) -> Composed:
    """Return the query ``fresh`` of the rows of the records in ``reported`` from the tables with a prefix."""
    names = {name: Identifier(f"{prefix}{name}") for name in COLUMNS}
    children = [
        SQL(_CHILDREN).format(
            owner=Identifier(owner), name=name, table=names[name], more=SQL(_SUGGESTION if name == "flag" else "")
        )
        for name, owner in OWNERS
    ]
    children.append(SQL(_MEASURES).format(estimate=names["estimate"], estimate_measure=names["estimate_measure"]))
    fresh = SQL(" UNION ALL ").join(SQL(_RECORDS).format(kind=kind, table=names[kind]) for kind in KINDS_MERGED)
    return SQL(_ALL).format(children=SQL(" UNION ALL ").join(children), fresh=fresh)
