"""Decisions of experts on names of holders: read by imports, and applied to what is stored.

The name of a body appears in its records. That of a person leaves the records and their earlier versions, rows as received,
flags, runs and organisations; only ``withheld_name`` has it. A changed row is read anew by the next import of its source.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier
from psycopg.types.json import Json, Jsonb

from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA, SERVED
from lodedata.kinds import KINDS, Kind
from lodedata.organisations.names import comparable_name
from lodedata.rights.natural_persons import MASK, SEPARATOR, NameDecisions, is_body, name_key, name_pattern
from lodedata.search_terms import search_text

PERSONAL = {kind.name: tuple(f.name for f in kind.fields if f.personal) for kind in KINDS.values()}
"""The fields of each kind that may name persons."""
STANDING = "SELECT key, holder_kind FROM holder_decision WHERE undone_at IS NULL"
OPEN = "SELECT DISTINCT ON (key) key, name FROM holder_decision WHERE NOT applied ORDER BY key, number DESC"
APPLIED = "UPDATE holder_decision SET applied = true WHERE NOT applied"
WITHHELD = "SELECT DISTINCT name FROM withheld_name"
# the names of each field that remain withheld decide its kind
SHOW = """
WITH shown AS (
  DELETE FROM withheld_name WHERE name = ANY(%(names)s) AND field = {text} RETURNING source, key, name
), named AS (
  SELECT m.record_id, string_agg(DISTINCT n.name, %(separator)s) AS names, bool_or(EXISTS (
    SELECT FROM withheld_name o WHERE o.source = n.source AND o.key = n.key AND o.field = {text} AND o.name <> ALL(%(names)s)
  )) AS others
  FROM shown n JOIN source_record s USING (source, key) JOIN member m ON m.source_record_id = s.id AND m.kind = {kind}
  GROUP BY 1
)
UPDATE {table} r SET {field} = concat_ws(%(separator)s, r.{field}, n.names),
  {field_kind} = CASE WHEN n.others THEN 'mixed' ELSE 'organisation' END
FROM named n WHERE r.id = n.record_id RETURNING r.id
"""
PRINTED = "SELECT DISTINCT {field} FROM {table} WHERE {field} IS NOT NULL"
HIDE = """
UPDATE {table} SET {field} = %(rest)s::text,
  {field_kind} = CASE WHEN %(rest)s::text IS NULL THEN 'natural-person' ELSE 'mixed' END,
  {field_uscc} = CASE WHEN %(rest)s::text IS NOT NULL THEN {field_uscc} END
WHERE {field} = %(text)s RETURNING id
"""
WITHHOLD = """
INSERT INTO withheld_name (source, key, field, name)
SELECT DISTINCT s.source, s.key, %(field)s, %(name)s FROM member m JOIN source_record s ON s.id = m.source_record_id
WHERE m.record_id = ANY(%(ids)s) ON CONFLICT DO NOTHING
"""
# the next import compares checksums: without one it reads the row anew
FORGET_CHECKSUMS = """
UPDATE source_record SET checksum = '' WHERE id IN (SELECT source_record_id FROM member WHERE record_id = ANY(%s))
"""
ROWS = "SELECT source_record_id FROM member WHERE record_id = ANY(%s)"
SOURCES = "SELECT DISTINCT source FROM source_record WHERE id = ANY(%s)"
# organisations that only fields of holders name
ONLY_HOLDERS = """
SELECT m.organisation_id FROM organisation_mention m JOIN organisation o ON o.id = m.organisation_id AND o.derived
WHERE m.comparable = %(comparable)s GROUP BY 1
HAVING bool_and(m.record_kind = ANY(%(kinds)s))
"""
FORGET_DECISION = """
DELETE FROM organisation_decision d WHERE comparable = %(comparable)s AND NOT EXISTS (
  SELECT FROM organisation_mention m WHERE m.comparable = d.comparable AND m.record_kind <> ALL(%(kinds)s))
"""
# what corrects spelling; each part of a name begins a search term after three digits
FORGET_SPELLINGS = """
DELETE FROM search_word w WHERE word = ANY(%s)
  AND NOT EXISTS (SELECT FROM search_term t WHERE t.key LIKE '___' || w.word || '%%')
"""
KINDS_NAMING = [name for name, fields in PERSONAL.items() if fields]


def decisions(connection: Connection[Any]) -> NameDecisions:
    """Return the standing decisions."""
    kinds = dict(connection.execute(STANDING).fetchall())
    keys = {kind: frozenset(key for key, found in kinds.items() if found == kind) for kind in kinds.values()}
    return NameDecisions(keys.get("organisation", frozenset()), keys.get("natural-person", frozenset()))


def apply(connection: Connection[Any]) -> None:
    """Apply the decisions that were made or undone since: without a decision the signs in a name count again."""
    waiting = connection.execute(OPEN).fetchall()
    if not waiting:
        return
    standing = decisions(connection)
    for key, name in waiting:
        if key in standing.bodies or (key not in standing.persons and is_body(name)):
            _show(connection, key)
        else:
            _hide(connection, key, name)
    connection.execute(APPLIED)


def _fields() -> Iterator[tuple[Kind, str]]:
    yield from ((KINDS[kind], field) for kind, fields in PERSONAL.items() for field in fields)


def _show(connection: Connection[Any], key: str) -> None:
    """Write the name of a body into its records."""
    names = [name for (name,) in connection.execute(WITHHELD) if name_key(name) == key]
    if not names:
        return
    shown: list[str] = []
    for kind, field in _fields():
        statement = SQL(SHOW).format(**_named(kind, field, SCHEMA))
        found = connection.execute(statement, {"names": names, "separator": SEPARATOR})
        shown += [row[0] for row in found]
    connection.execute(FORGET_CHECKSUMS, (shown,))


def _named(kind: Kind, field: str, schema: str) -> dict[str, Composable]:
    return {
        "table": Identifier(schema, kind.name),
        "kind": SQL("{}").format(kind.name),
        "text": SQL("{}").format(field),
        "field": Identifier(field),
        "field_kind": Identifier(f"{field}_kind"),
        "field_uscc": Identifier(f"{field}_uscc"),
    }


def _hide(connection: Connection[Any], key: str, name: str) -> None:
    """Withhold the name of a person, in any case and spacing, wherever records of holders have it."""
    pattern = name_pattern([name])
    about = {"comparable": comparable_name(name), "kinds": KINDS_NAMING}
    named = [row[0] for row in connection.execute(ONLY_HOLDERS, about)]
    every: set[str] = set()
    for kind, field in _fields():
        ids = {schema: _withdraw(connection, kind, field, schema, key) for schema in (SCHEMA, HISTORY_SCHEMA)}
        connection.execute(WITHHOLD, {"field": field, "name": name, "ids": ids[SCHEMA]})
        both = sorted({*ids[SCHEMA], *ids[HISTORY_SCHEMA]})
        every.update(both)
        if pattern is not None and both:
            texts = [c.name for c in SERVED[kind.name].c if c.name != "id" and _is_text(kind, c.name)]
            _mask_versions(connection, kind.name, "id", both, texts, pattern)
    connection.execute(FORGET_DECISION, about)
    if pattern is not None:
        _mask_versions(connection, "flag", "record_id", sorted(every), ("value", "sentence_en", "sentence_zh"), pattern)
        _mask_versions(connection, "organisation", "id", named, ("name_en", "name_zh", "aliases", "search_text"), pattern)
        _mask_rows(connection, sorted(every), pattern)
    connection.execute(FORGET_SPELLINGS, (search_text([name]).split(),))


def _withdraw(connection: Connection[Any], kind: Kind, field: str, schema: str, key: str) -> list[str]:
    """Take a name out of a field of a kind, and return the ids of its records."""
    about = _named(kind, field, schema)
    ids: list[str] = []
    for (printed,) in connection.execute(SQL(PRINTED).format(**about)).fetchall():
        parts = printed.split(SEPARATOR)
        rest = [part for part in parts if name_key(part) != key]
        if len(rest) < len(parts):
            values = {"text": printed, "rest": SEPARATOR.join(rest) or None}
            ids += [row[0] for row in connection.execute(SQL(HIDE).format(**about), values)]
    return ids


def _is_text(kind: Kind, name: str) -> bool:
    """Return whether a column of a kind may have a name in free text."""
    field = kind.field(name)
    if field is None:
        return name == "search_text"
    return field.type in ("string", "array") and field.vocabulary is None and not field.personal and field.format is None


def _mask_versions(
    connection: Connection[Any], table: str, owner: str, ids: list[str], columns: Sequence[str], pattern: re.Pattern[str]
) -> None:
    """Mask names in texts of records and of their earlier versions, which the change of the records adds to."""
    for schema in (SCHEMA, HISTORY_SCHEMA):
        _mask(connection, Identifier(schema, table), Identifier(owner), ids, columns, pattern)


def _mask_rows(connection: Connection[Any], ids: list[str], pattern: re.Pattern[str]) -> None:
    """Mask names in the rows of records as they came, in refused rows of their sources and in the reports of their imports."""
    rows = [row[0] for row in connection.execute(ROWS, (ids,))]
    sources = [row[0] for row in connection.execute(SOURCES, (rows,))]
    _mask(connection, Identifier("source_record"), Identifier("id"), rows, ("raw",), pattern)
    _mask(connection, Identifier("quarantine"), Identifier("source"), sources, ("raw", "reasons"), pattern)
    runs = ("unknown_words", "column_usage", "named_rows", "message")
    _mask(connection, Identifier("import_run"), Identifier("source"), sources, runs, pattern)
    connection.execute(FORGET_CHECKSUMS, (ids,))


def _mask(
    connection: Connection[Any],
    table: Identifier,
    owner: Identifier,
    of: Sequence[Any],
    columns: Sequence[str],
    pattern: re.Pattern[str],
) -> None:
    """Replace names in columns of the rows that belong to some owners."""
    listed = SQL(", ").join(map(Identifier, columns))
    statement = SQL("SELECT ctid::text, {} FROM {} WHERE {} = ANY(%s)").format(listed, table, owner)
    assigned = SQL(", ").join(SQL("{} = %s").format(Identifier(column)) for column in columns)
    changes = []
    with connection.cursor() as cursor:
        cursor.execute(statement, (list(of),))
        kinds = [None if cursor.description is None else cursor.description[n + 1].type_code for n in range(len(columns))]
        for place, *values in cursor:
            masked = [_masked(value, pattern) for value in values]
            if masked != values:
                changes.append([*map(_stored, masked, kinds), place])
        cursor.executemany(SQL("UPDATE {} SET {} WHERE ctid = %s::tid").format(table, assigned), changes)


def _masked(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return a text, or a structure of texts, with a mask for each name."""
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, list):
        return [_masked(one, pattern) for one in value]
    if isinstance(value, dict):
        return {pattern.sub(MASK, key): _masked(one, pattern) for key, one in value.items()}
    return value


JSON_TYPE, JSONB_TYPE = 114, 3802
"""Types of columns by their numbers in PostgreSQL's catalogue."""


def _stored(value: Any, type_code: int | None) -> Any:
    wrapper = {JSON_TYPE: Json, JSONB_TYPE: Jsonb}.get(type_code or 0)
    return value if wrapper is None or value is None else wrapper(value, dumps=orjson.dumps)
