"""What each source tells of a thing that is served as one record with others': kept beside the served tables, as JSON.

A record that stands alone is its own testimony and has no row here, so that a table of somebody's own costs nothing.
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
"""Tables of children, with each column that may name their record."""

# Geometries as text: as JSON they lose digits.
_CHILDREN = """
SELECT c.{owner} AS id, {name} AS name, jsonb_agg(to_jsonb(c) - 'since_version' {more} ORDER BY c.ordinal) AS rows
FROM {table} c JOIN telling x ON x.record_id = c.{owner} GROUP BY 1
"""
_SUGGESTION = "|| jsonb_build_object('suggestion', c.suggestion::text)"
_MEASURES = """
SELECT x.record_id AS id, 'estimate_measure' AS name,
  jsonb_agg(to_jsonb(m) - 'since_version' ORDER BY m.estimate_id, m.commodity) AS rows
FROM telling x JOIN {estimate} e ON x.record_id IN (e.deposit_id, e.discovery_id)
JOIN {estimate_measure} m ON m.estimate_id = e.id GROUP BY 1
"""
_TOLD = """
SELECT s.id AS record_id, {kind} AS kind, s.sources[1] AS source, x.served_id,
  (to_jsonb(s) - '{{since_version,place,status,status_date}}'::text[]) || jsonb_build_object('geom', s.geom::text) AS row,
  coalesce(p.parts, '{{}}') AS parts
FROM {table} s JOIN telling x ON x.record_id = s.id LEFT JOIN parts p ON p.id = s.id
"""
_ALL = """
WITH parts AS (SELECT id, jsonb_object_agg(name, rows) AS parts FROM ({children}) c GROUP BY id), told AS ({told})
"""
ENTER = """
INSERT INTO testimony (record_id, kind, source, served_id, row, parts)
SELECT record_id, kind, source, served_id, row, parts FROM told ORDER BY record_id
"""
RETELL = """
UPDATE testimony t SET kind = told.kind, row = told.row, parts = told.parts FROM told WHERE t.record_id = told.record_id
"""
# Whoever was served with one that changes or leaves is looked at again.
NOTE_MATES = """
INSERT INTO changed (record_id) SELECT m.record_id FROM touched t JOIN testimony o USING (record_id)
JOIN testimony m ON m.served_id = o.served_id
"""
NOTE_RETOLD = """
INSERT INTO telling (record_id, served_id) SELECT record_id, o.served_id FROM touched t JOIN testimony o USING (record_id)
WHERE t.staged
"""
LEAVE_TO_TESTIMONY = "DELETE FROM touched t USING telling x WHERE x.record_id = t.record_id"
# As WITHDRAW of the served tables has it.
WITHDRAW = """
DELETE FROM testimony old USING touched t
WHERE t.existed AND NOT t.staged AND old.record_id = t.record_id
  AND NOT EXISTS (SELECT FROM member m JOIN source_record o ON o.id = m.source_record_id
                  WHERE m.record_id = old.record_id AND m.leads AND o.in_scope
                    AND NOT EXISTS (SELECT FROM staged_row r WHERE r.source_record_id = o.id))
"""
MARK_GONE = """
UPDATE testimony o SET
  row = jsonb_set(o.row, '{flags}', (o.row -> 'flags') || '["no-longer-in-source"]'),
  parts = jsonb_set(o.parts, '{flag}', coalesce(o.parts -> 'flag', '[]') || jsonb_build_array(jsonb_build_object(
    'record_id', o.record_id, 'ordinal', jsonb_array_length(coalesce(o.parts -> 'flag', '[]')), 'rule', 'no-longer-in-source',
    'column_name', null, 'value', '', 'sentence_en', %(en)s::text, 'sentence_zh', %(zh)s::text, 'suggestion', null)))
FROM touched t WHERE t.record_id = o.record_id
"""
FORGET_GONE = "DELETE FROM touched t USING testimony o WHERE o.record_id = t.record_id"


# Values that people gave records that were reached.
GIVEN = """
SELECT o.record_id, jsonb_object_agg(o.field, jsonb_build_object(
  'value', o.value, 'cited', o.cited, 'reason', o.reason, 'at', o.at, 'number', o.number)) AS given
FROM reached JOIN override_standing o USING (record_id)
WHERE EXISTS (SELECT FROM member m WHERE m.record_id = o.record_id AND m.leads AND m.kind <> 'zone') GROUP BY 1
"""
GIVE = f"""
UPDATE testimony t SET given = g.given FROM reached r LEFT JOIN ({GIVEN}) g USING (record_id)
WHERE t.record_id = r.record_id AND t.given IS DISTINCT FROM g.given
"""


def given(connection: Connection[Any]) -> list[str]:
    """The records among those reached that people gave values for."""
    return [row[0] for row in connection.execute(GIVEN)]


def give(connection: Connection[Any]) -> None:
    """Keep what people gave beside the testimonies of the records that were reached."""
    connection.execute(GIVE)


def any_kept(connection: Connection[Any]) -> bool:
    """Whether any record is served as one with others."""
    return connection.execute("SELECT FROM testimony LIMIT 1").fetchone() is not None


def retell(connection: Connection[Any]) -> None:
    """Write what is staged of records that are served with others to their testimonies, and take them off the touched."""
    connection.execute("TRUNCATE telling")
    connection.execute(NOTE_MATES)
    connection.execute(NOTE_RETOLD)
    connection.execute(_told("staged_") + SQL(RETELL))
    connection.execute(WITHDRAW)
    connection.execute(LEAVE_TO_TESTIMONY)


def mark_gone(connection: Connection[Any], sentence: tuple[str, str]) -> None:
    """Mark the touched that are served with others as gone from their source, and take them off the touched."""
    connection.execute(NOTE_MATES)
    connection.execute(MARK_GONE, {"en": sentence[0], "zh": sentence[1]})
    connection.execute(FORGET_GONE)


def enter(connection: Connection[Any], served: dict[str, str]) -> None:
    """Keep what the served tables hold of these records as testimonies, each for the served record named."""
    connection.execute("TRUNCATE telling")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO telling (record_id, served_id) VALUES (%s, %s)", served.items())
    connection.execute(_told("") + SQL(ENTER))


def _told(prefix: str) -> Composed:
    """What the tables of this prefix hold of the records in ``telling``, as the query ``told``."""
    names = {name: Identifier(f"{prefix}{name}") for name in COLUMNS}
    children = [
        SQL(_CHILDREN).format(
            owner=Identifier(owner), name=name, table=names[name], more=SQL(_SUGGESTION if name == "flag" else "")
        )
        for name, owner in OWNERS
    ]
    children.append(SQL(_MEASURES).format(estimate=names["estimate"], estimate_measure=names["estimate_measure"]))
    told = SQL(" UNION ALL ").join(SQL(_TOLD).format(kind=kind, table=names[kind]) for kind in KINDS_MERGED)
    return SQL(_ALL).format(children=SQL(" UNION ALL ").join(children), told=told)
