"""Merging of staged rows into the store: classification as new, changed or unchanged, and the statements.

Every statement works on one chunk in temporary tables joined to the store by primary keys, without regard to the source
and without decisions by row in Python.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from lodebase.db.schema import tables
from lodebase.ingest.entered import act_twins
from lodebase.ingest.linking import reported_records
from lodebase.ingest.rows import COLUMNS
from lodedata.kinds import KINDS
from lodedata.kinds.shared import FLAGS


def _write_owner_sql(child: str) -> str:
    """Return the SQL of the record that a row of a child table belongs to."""
    named = dict.fromkeys(k.owner_column(c) for k in KINDS.values() for c in k.children if c.name == child)
    columns = [f"old.{column}" for column in named]
    return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"


CHILDREN_OF: Mapping[str, tuple[str, str]] = {
    child.name: ("id" if child.key is None else f"{kind.owner_column(child)}, {child.key}", _write_owner_sql(child.name))
    for kind in KINDS.values()
    for child in kind.children
    if child.of is None
}
"""Children with their key and the record they belong to; measures follow their estimate."""

SERVED_ORDER = (*(name for name in KINDS if name != "project"), *(table.name for table in tables.CHILDREN), "project")
"""Parents first, but phases before projects (their foreign key waits for the commit): a project's status finds them there."""
MAX_CHANGED = 20_000
"""With more changed records than this an import does not search for pairs; `lode resolve run` does."""
SPATIAL = tuple(name for name, kind in KINDS.items() if kind.geometry == "point")

NOTE_SEEN = """
INSERT INTO seen (key, locator, refused)
SELECT DISTINCT ON (key) key, locator, state = 'quarantined' FROM staged_row ORDER BY key, n
ON CONFLICT (key) DO NOTHING
"""
REFUSE_DOUBLES = """
UPDATE staged_row r SET state = 'quarantined', reasons = jsonb_build_array(jsonb_build_object(
    'rule', 'duplicate-key', 'value', r.key, 'column', null,
    'en', format(%(en)s, r.key, s.locator), 'zh', format(%(zh)s, r.key, s.locator)))
FROM seen s WHERE s.key = r.key AND s.locator <> r.locator AND r.state <> 'quarantined'
"""
# A corrected duplicate that still has the key of the other row would replace it.
REFUSE_STILL_DOUBLE = """
UPDATE staged_row r SET state = 'quarantined', reasons = q.reasons FROM quarantine q
WHERE q.source = %(source)s AND q.locator = r.locator AND q.key = r.key AND q.resolved_run IS NULL
  AND q.reasons -> 0 ->> 'rule' = 'duplicate-key' AND r.state <> 'quarantined'
"""
# Other rows of a reading share the fate of its first one, and its record is not written.
REFUSE_FOLLOWING = """
UPDATE staged_row r SET state = 'quarantined', reasons = l.reasons
FROM staged_row l WHERE l.n = r.lead AND l.state = 'quarantined' AND r.state <> 'quarantined'
"""
DROP_REFUSED = """
DELETE FROM {staged} s USING (
  SELECT m.record_id FROM staged_member m JOIN staged_row r USING (n) WHERE m.leads
  GROUP BY 1 HAVING bool_and(r.state = 'quarantined')
) d WHERE {owner} = d.record_id
"""
CLASSIFY = """
UPDATE staged_row r SET source_record_id = o.id,
  state = CASE WHEN r.state = 'out_of_scope' THEN
            CASE WHEN o.checksum = r.checksum AND o.gone_run IS NULL THEN 'out_of_scope_same' ELSE 'out_of_scope' END
          WHEN o.checksum = r.checksum AND o.gone_run IS NULL THEN 'unchanged' ELSE 'updated' END
FROM source_record o
WHERE o.source = %(source)s AND o.key = r.key AND r.state <> 'quarantined'
"""
COUNT = "SELECT state, count(*) FROM staged_row GROUP BY state"
# For a source without rows in the store, staging assigns the id of each row.
ID_FOR_EACH = "ALTER TABLE staged_row ALTER source_record_id SET DEFAULT nextval('lode.source_record_id_seq')"
INSERT_RAW = """
INSERT INTO source_record (id, source, key, raw, checksum, locator, in_scope, first_run, changed_run)
SELECT source_record_id, %(source)s, key, raw, checksum, locator, state <> 'out_of_scope', %(run)s, %(run)s
FROM staged_row WHERE state IN ('loaded', 'out_of_scope') ORDER BY n
"""
# What a row was before, so that the run can be withdrawn; a statement with it sees the store as it was.
_KEEP = """
  INSERT INTO replaced_row (run, source_record, raw, checksum, locator, in_scope, gone_run, members)
  SELECT %(run)s, o.id, {raw}, o.checksum, o.locator, o.in_scope, o.gone_run,
    coalesce((SELECT jsonb_agg(jsonb_build_array(m.record_id, m.kind, m.leads)) FROM member m WHERE m.source_record_id = o.id),
      '[]')
"""
_KEEP_CHANGED = (
    _KEEP.format(raw="CASE WHEN o.raw::text IS DISTINCT FROM r.raw::text THEN o.raw END")
    + "  FROM staged_row r JOIN source_record o ON o.id = r.source_record_id WHERE r.state IN ('updated', 'out_of_scope')"
)
UPSERT_RAW = f"""
WITH before AS ({_KEEP_CHANGED}), kept AS (
  INSERT INTO source_record AS s (source, key, raw, checksum, locator, in_scope, first_run, changed_run)
  SELECT %(source)s, key, raw, checksum, locator, state <> 'out_of_scope', %(run)s, %(run)s
  FROM staged_row WHERE state IN ('loaded', 'updated', 'out_of_scope') ORDER BY n
  ON CONFLICT (source, key) DO UPDATE SET raw = excluded.raw, checksum = excluded.checksum,
    locator = excluded.locator, in_scope = excluded.in_scope, changed_run = excluded.changed_run, gone_run = NULL
  RETURNING id, key
)
UPDATE staged_row r SET source_record_id = kept.id FROM kept WHERE kept.key = r.key AND r.state <> 'quarantined'
"""
# Records to write: those of a new or changed row, and the earlier ones of a changed row.
NOTE_TOUCHED = """
INSERT INTO touched (record_id, existed, staged)
SELECT record_id, bool_or(existed), bool_or(staged) FROM (
  SELECT m.record_id, r.state <> 'loaded' AS existed, m.leads AS staged
  FROM staged_member m JOIN staged_row r USING (n) WHERE r.state IN ('loaded', 'updated')
  UNION ALL
  SELECT m.record_id, true, false FROM staged_row r JOIN member m USING (source_record_id)
  WHERE r.state IN ('updated', 'out_of_scope')
) t GROUP BY record_id
"""
# For a new source, up to one record more than are considered.
NOTE_NEW = f"""
INSERT INTO changed (record_id) SELECT m.record_id FROM staged_member m JOIN staged_row r USING (n)
WHERE m.leads AND r.state = 'loaded'
  AND (SELECT count(*) FROM (SELECT FROM changed LIMIT {MAX_CHANGED + 1}) c) <= {MAX_CHANGED}
"""
NOTE_CHANGED = "INSERT INTO changed (record_id) SELECT record_id FROM touched"
# A record without rows: they are out of scope now, or of another kind.
WITHDRAW = """
DELETE FROM {table} old USING touched t
WHERE t.existed AND old.id = t.record_id AND NOT EXISTS (SELECT FROM {staged} s WHERE s.id = old.id)
  AND NOT EXISTS (SELECT FROM member m JOIN source_record o ON o.id = m.source_record_id
                  WHERE m.record_id = old.id AND m.leads AND o.in_scope
                    AND NOT EXISTS (SELECT FROM staged_row r WHERE r.source_record_id = o.id))
"""
DROP_FLAGS = "DELETE FROM flag f USING touched t WHERE t.existed AND NOT t.staged AND f.record_id = t.record_id" + "".join(
    f" AND NOT EXISTS (SELECT FROM {name} WHERE id = f.record_id)" for name, kind in KINDS.items() if FLAGS in kind.children
)
INSERT = """
INSERT INTO {table} AS old ({columns}, since_version)
SELECT {staged_columns}, %(version)s FROM {staged} s {join} ORDER BY {order}
"""
REPLACE = " ON CONFLICT ({key}) DO UPDATE SET {assignments}"
PRUNE = """
DELETE FROM {table} old USING touched t
WHERE t.existed AND t.staged AND {owner} = t.record_id AND NOT EXISTS (SELECT FROM {staged} s WHERE {same})
"""
PRUNE_MEASURES = """
DELETE FROM estimate_measure old USING staged_estimate e
WHERE old.estimate_id = e.id
  AND NOT EXISTS (SELECT FROM staged_estimate_measure s
                  WHERE s.estimate_id = old.estimate_id AND s.commodity = old.commodity)
"""
PRUNE_MEMBERS = """
DELETE FROM member m USING staged_row r
WHERE r.source_record_id = m.source_record_id AND r.state IN ('updated', 'out_of_scope')
  AND NOT EXISTS (SELECT FROM staged_member s WHERE s.n = r.n AND s.record_id = m.record_id)
"""
ADD_NEW_MEMBERS = """
INSERT INTO member (source_record_id, record_id, kind, leads)
SELECT r.source_record_id, s.record_id, s.kind, s.leads
FROM staged_member s JOIN staged_row r USING (n) WHERE r.state IN ('loaded', 'updated') ORDER BY s.record_id
"""
ADD_MEMBERS = f"""{ADD_NEW_MEMBERS}
ON CONFLICT (source_record_id, record_id) DO UPDATE SET kind = excluded.kind, leads = excluded.leads
  WHERE (member.kind, member.leads) IS DISTINCT FROM (excluded.kind, excluded.leads)
"""
QUARANTINE = """
INSERT INTO quarantine AS q (source, key, raw, locator, reasons, first_run, last_run)
SELECT %(source)s, key, raw, locator, reasons, %(run)s, %(run)s FROM staged_row WHERE state = 'quarantined' ORDER BY n
ON CONFLICT (source, locator, key) DO UPDATE SET raw = excluded.raw, reasons = excluded.reasons,
  last_run = excluded.last_run, resolved_run = NULL
"""
RESOLVE = """
UPDATE quarantine q SET resolved_run = %(run)s FROM staged_row r
WHERE q.source = %(source)s AND q.locator = r.locator AND q.resolved_run IS NULL AND r.state <> 'quarantined'
"""
# After the last chunk: rows that the file no longer has. Their records are marked, not deleted.
_GONE = "o.source = %(source)s AND o.gone_run IS NULL AND NOT EXISTS (SELECT FROM seen s WHERE s.key = o.key)"
NOTE_GONE = f"""
WITH before AS ({_KEEP.format(raw="NULL")} FROM source_record o WHERE {_GONE})
UPDATE source_record o SET gone_run = %(run)s WHERE {_GONE}
"""
SETTLE_GONE_QUARANTINE = """
UPDATE quarantine q SET resolved_run = %(run)s
WHERE q.source = %(source)s AND q.resolved_run IS NULL AND q.last_run <> %(run)s
"""
GONE_RECORDS = """
INSERT INTO touched (record_id, existed, staged)
SELECT m.record_id, true, false FROM member m
WHERE m.source_record_id IN (SELECT id FROM source_record WHERE source = %(source)s AND gone_run = %(run)s)
GROUP BY m.record_id
HAVING NOT EXISTS (SELECT FROM member x JOIN source_record o ON o.id = x.source_record_id
                   WHERE x.record_id = m.record_id AND o.gone_run IS NULL)
"""
FLAG_GONE = """
INSERT INTO flag (record_id, ordinal, rule, value, sentence_en, sentence_zh, since_version)
SELECT t.record_id, coalesce((SELECT max(ordinal) + 1 FROM flag f WHERE f.record_id = t.record_id), 0),
       'no-longer-in-source', '', %(en)s, %(zh)s, %(version)s
FROM touched t
"""
MARK_GONE = """
UPDATE {table} old SET flags = array_append(old.flags, 'no-longer-in-source') FROM touched t WHERE old.id = t.record_id
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a run's chunks.

    ``double`` is the sentence for a duplicate key; in a ``partial`` import its first row may be in the store only. A source
    ``is_new`` if the store has no row of it. ``joined`` is whether any records are served as one.
    """

    source: str
    run: int
    double: tuple[str, str]
    partial: bool
    is_new: bool
    joined: bool


def prepare(connection: Connection[Any], source: str, run: int, double: tuple[str, str], partial: bool) -> Target:
    """Prepare the session for bulk loading, with a large pending list of text indexes."""
    connection.execute("SET LOCAL gin_pending_list_limit = '256MB'")
    row = connection.execute("SELECT FROM source_record WHERE source = %s LIMIT 1", (source,)).fetchone()
    if row is None:
        connection.execute(ID_FOR_EACH)
    return Target(source, run, double, partial, row is None, reported_records.has_any_groups(connection))


def write_features(connection: Connection[Any]) -> None:
    """Write the features of merged records now instead of at the commit."""
    connection.execute("SELECT write_features()")


def settle(connection: Connection[Any]) -> None:
    """Flush the pending lists of text indexes, which would slow searches."""
    connection.execute("SELECT settle_indexes()")


def merge_chunk(connection: Connection[Any], into: Target, names: Container[str]) -> dict[str, int]:
    """Merge the staged chunk, which has rows for the named tables; return the number of rows by state."""
    parameters = {"source": into.source, "run": into.run}
    refused = 0
    # a row that was not noted has a duplicate key
    if connection.execute(NOTE_SEEN).rowcount < _count_rows(connection):
        refused = connection.execute(REFUSE_DOUBLES, {"en": into.double[0], "zh": into.double[1]}).rowcount
    if into.partial:
        refused += connection.execute(REFUSE_STILL_DOUBLE, parameters).rowcount
    if act_twins.KIND in names:
        refused += act_twins.refuse(connection)
    if refused:
        connection.execute(REFUSE_FOLLOWING)
        for name in COLUMNS:
            connection.execute(
                SQL(DROP_REFUSED).format(staged=Identifier(f"staged_{name}"), owner=SQL(_write_staged_owner_sql(name)))
            )
    if not into.is_new:
        connection.execute(CLASSIFY, parameters)
    counts: dict[str, int] = dict(connection.execute(COUNT).fetchall())
    if counts.get("quarantined"):
        connection.execute(QUARANTINE, parameters)
    connection.execute(RESOLVE, parameters)
    if counts.get("loaded") or counts.get("updated") or counts.get("out_of_scope"):
        connection.execute(INSERT_RAW if into.is_new else UPSERT_RAW, parameters)
        if into.is_new:
            # all staged rows are new to the store
            if counts.get("loaded"):
                _add_records(connection, names)
        else:
            note_touched(connection)
            write_touched(connection, into, names)
    return counts


def note_touched(connection: Connection[Any]) -> None:
    """Note the records of the staged rows that are new or changed, and the earlier records of changed rows."""
    connection.execute(NOTE_TOUCHED)
    connection.execute(NOTE_CHANGED)
    connection.execute("ANALYZE staged_row (n, key, state), staged_member (n, record_id), touched")


def write_touched(connection: Connection[Any], into: Target, names: Container[str]) -> None:
    """Write the touched records as they are staged, and withdraw those that no row gives any more."""
    if _has_touched(connection):
        _write_records(connection, into, names)


def mark_gone(connection: Connection[Any], into: Target, sentence: tuple[str, str]) -> int:
    """Mark rows that the file no longer has, and records without other rows; return the number of rows."""
    parameters = {"source": into.source, "run": into.run}
    gone = 0
    if not into.is_new:
        connection.execute("ANALYZE seen")
        gone = connection.execute(NOTE_GONE, parameters).rowcount
    connection.execute(SETTLE_GONE_QUARANTINE, parameters)
    if gone:
        connection.execute("TRUNCATE touched")
        connection.execute(GONE_RECORDS, parameters)
        connection.execute(NOTE_CHANGED)
        if into.joined:
            reported_records.mark_gone(connection, sentence)
        if _has_touched(connection):
            version = _read_version(connection)
            connection.execute(FLAG_GONE, {"en": sentence[0], "zh": sentence[1], "version": version})
            for name in tables.SERVED:
                connection.execute(SQL(MARK_GONE).format(table=Identifier("lode", name)))
    return gone


def _count_rows(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM staged_row").fetchone()
    assert row is not None
    return int(row[0])


def _has_touched(connection: Connection[Any]) -> bool:
    return connection.execute("SELECT FROM touched LIMIT 1").fetchone() is not None


def _read_version(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT current_version()").fetchone()
    assert row is not None
    return int(row[0])


def replace(connection: Connection[Any]) -> None:
    """Replace the stored rows of the touched records by the staged ones."""
    _prune_children(connection)
    _replace(connection, SERVED_ORDER)


def _add_records(connection: Connection[Any], names: Container[str]) -> None:
    version = {"version": _read_version(connection)}
    for name in SERVED_ORDER:
        if name in names:
            connection.execute(_insert(name), version)
    connection.execute(ADD_NEW_MEMBERS)
    connection.execute(NOTE_NEW)


def _write_records(connection: Connection[Any], into: Target, names: Container[str]) -> None:
    if connection.execute("SELECT FROM touched WHERE existed LIMIT 1").fetchone() is not None:
        if into.joined:
            reported_records.update(connection)
        for name in tables.SERVED:
            connection.execute(_fill_statement(WITHDRAW, name))
        connection.execute(DROP_FLAGS)
        _prune_children(connection)
        connection.execute(PRUNE_MEMBERS)
    _replace(connection, names)
    connection.execute(ADD_MEMBERS)


def _prune_children(connection: Connection[Any]) -> None:
    for name in CHILDREN_OF:
        connection.execute(_prune(name))
    connection.execute(PRUNE_MEASURES)


def _replace(connection: Connection[Any], names: Container[str]) -> None:
    version = {"version": _read_version(connection)}
    for name in SERVED_ORDER:
        if name in names:
            connection.execute(_write_upsert(name), version)


def _fill_statement(statement: str, name: str) -> Composed:
    return SQL(statement).format(table=Identifier("lode", name), staged=Identifier(f"staged_{name}"))


def _prune(name: str) -> Composed:
    key, owner = CHILDREN_OF[name]
    same = " AND ".join(f"s.{column} = old.{column}" for column in key.split(", "))
    return SQL(PRUNE).format(
        table=Identifier("lode", name),
        staged=Identifier(f"staged_{name}"),
        owner=SQL(owner),
        same=SQL(same),
    )


def _write_staged_owner_sql(name: str) -> str:
    """Return the SQL of the record of a staged row; the id of a measure's estimate begins with it."""
    if name == "estimate_measure":
        return "split_part(s.estimate_id, '.', 1)"
    return CHILDREN_OF[name][1].replace("old.", "s.") if name in CHILDREN_OF else "s.id"


def _insert(name: str, join: str = "") -> Composed:
    """Return the statement that inserts the staged rows, or those that a join selects."""
    columns = COLUMNS[name]
    return SQL(INSERT).format(
        table=Identifier("lode", name),
        staged=Identifier(f"staged_{name}"),
        columns=SQL(", ").join(map(Identifier, columns)),
        staged_columns=SQL(", ").join(Identifier("s", column) for column in columns),
        join=SQL(join),
        # along a space-filling curve, so that neighbours are adjacent in table and index; else by key
        order=SQL("s.geom")
        if name in SPATIAL
        else SQL(", ").join(Identifier("s", column) for column in _list_key_columns(name)),
    )


def _write_upsert(name: str) -> Composed:
    """Return the statement that inserts the touched staged rows, or updates existing ones.

    The store ignores an update without changes.
    """
    if name == "estimate_measure":
        join = (
            "JOIN staged_estimate e ON e.id = s.estimate_id "
            "JOIN touched t ON t.record_id = coalesce(e.deposit_id, e.discovery_id)"
        )
    else:
        join = f"JOIN touched t ON t.record_id = {_write_staged_owner_sql(name)}"
    key = _list_key_columns(name)
    replace = SQL(REPLACE).format(
        key=SQL(", ").join(map(Identifier, key)),
        assignments=SQL(", ").join(
            SQL("{} = excluded.{}").format(Identifier(column), Identifier(column))
            for column in COLUMNS[name]
            if column not in key
        ),
    )
    return _insert(name, join) + replace


def _list_key_columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in tables.metadata.tables[f"{tables.SCHEMA}.{name}"].primary_key.columns)
