"""Decisions of experts on names of holders: read by imports, and applied to what is stored.

The name of a body appears in its records. That of a person leaves everything that is stored: holders, owners and operators by
name or code, other texts, earlier versions, rows as received, imports and reports; only ``withheld_name`` and the decision have
it. A short name, such as a single word, leaves texts of the records that it holds only, since elsewhere it is another word. A
changed row is read anew by the next import of its source.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier

from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA, SERVED
from lodebase.ingest.entered import shown_owners, stored_filters, stored_names
from lodebase.ingest.entered.decided_persons import MASK_ZH, DecidedPersons
from lodedata.kinds import KINDS, Kind
from lodedata.organisations.names import derive_comparable_name
from lodedata.rights.natural_persons import (
    MASK,
    SEPARATOR,
    NameDecisions,
    is_body,
    is_distinct,
    name_key,
    name_pattern,
)
from lodedata.rights.person_signs import has_person_signs
from lodedata.search_terms import search_text

PERSONAL = {kind.name: tuple(f.name for f in kind.fields if f.personal) for kind in KINDS.values()}
"""The fields of each kind that may name persons."""
CURRENT = "SELECT key, holder_kind, codes FROM holder_decision WHERE undone_at IS NULL"
OPEN = """
SELECT DISTINCT ON (d.subject_key) d.subject ->> 'key', n.detail ->> 'name'
FROM decision d JOIN decision n ON n.kind = d.kind AND n.subject_key = d.subject_key AND n.undoes IS NULL
WHERE d.kind = 'holder_decision' AND d.outcome IS NULL ORDER BY d.subject_key, n.number DESC
"""
APPLIED = "UPDATE decision SET outcome = '{}' WHERE kind = 'holder_decision' AND outcome IS NULL"
# with an outcome a decision no longer waits
CODES = """
UPDATE decision d SET outcome = jsonb_build_object('codes', %s::text[]) FROM current_decision c
WHERE c.id = d.id AND c.kind = 'holder_decision' AND c.subject ->> 'key' = %s
"""
REDACTED = ("INSERT INTO redaction DEFAULT VALUES", "SELECT lode.current_version()")
"""What made of earlier data is not served any more; the version is a new one also if no record changed."""
KEY = "lower(btrim(regexp_replace({}, '\\s+', ' ', 'g')))"
CODES_OF_FIELD = (
    "SELECT DISTINCT {field_uscc} FROM {table} WHERE " + KEY.format("{field}") + " = %s AND coalesce({field_uscc}, '') <> ''"
)
CODES_OF_OWNER = f"""
SELECT DISTINCT uscc FROM {{table}} WHERE coalesce(uscc, '') <> ''
  AND %s IN ({KEY.format("name_en")}, {KEY.format("name_zh")}, {KEY.format("name_reported")})
"""
WRONG_CODES_OF_FIELD = (
    "SELECT DISTINCT f.value FROM {table} t JOIN {flag} f ON f.record_id = t.id AND f.rule = 'code-wrong' AND f.value <> ''"
    " WHERE " + KEY.format("t.{field}") + " = %s"
)
"""A number of an identity card is no code of a body, so it is in a flag only."""
NAMES_OF_CODE = "SELECT DISTINCT {field} FROM {table} WHERE {field_uscc} = ANY(%s) AND {field} IS NOT NULL"
NAMES_OF_OWNER_CODE = """
SELECT DISTINCT n FROM {table}, unnest(ARRAY[name_en, name_zh]) n WHERE uscc = ANY(%s) AND n IS NOT NULL
"""
HIDE_OWNER = f"""
UPDATE {{table}} SET name_en = %(mask)s, name_zh = %(mask_zh)s, name_reported = NULL, uscc = NULL
WHERE uscc = ANY(%(codes)s) OR %(key)s IN ({KEY.format("name_en")}, {KEY.format("name_zh")}, {KEY.format("name_reported")})
RETURNING project_id
"""
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
# the next import reads from the file what is reported of an owner
SHOW_LATER = """
WITH shown AS (DELETE FROM withheld_name WHERE name = ANY(%s) RETURNING source, key)
UPDATE source_record s SET checksum = '' FROM shown WHERE s.source = shown.source AND s.key = shown.key
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
MASK_DECISIONS = "SELECT mask_organisation_decisions(%(comparable)s, %(kinds)s, %(mask)s)"
# what corrects spelling; each part of a name begins a search term after three digits
FORGET_SPELLINGS = """
DELETE FROM search_word w WHERE word = ANY(%s)
  AND NOT EXISTS (SELECT FROM search_term t WHERE t.key LIKE '___' || w.word || '%%')
"""
KINDS_NAMING = [name for name, fields in PERSONAL.items() if fields]


def read_name_decisions(connection: Connection[Any]) -> NameDecisions:
    """Return the decisions in force."""
    rows = connection.execute(CURRENT).fetchall()
    kinds = {key: kind for key, kind, _ in rows}
    keys = {kind: frozenset(key for key, key_kind in kinds.items() if key_kind == kind) for kind in kinds.values()}
    codes = frozenset(code for _, kind, codes in rows if kind == "natural-person" for code in codes)
    return NameDecisions(keys.get("organisation", frozenset()), keys.get("natural-person", frozenset()), codes)


def apply(connection: Connection[Any]) -> None:
    """Apply the decisions that were made or undone since: without a decision the signs in a name count again."""
    waiting = connection.execute(OPEN).fetchall()
    if not waiting:
        return
    current = read_name_decisions(connection)
    for key, name in waiting:
        if key in current.bodies or (key not in current.persons and is_body(name)):
            _show(connection, key)
        elif key in current.persons or has_person_signs(name):
            _hide(connection, key, name)
        else:
            # without a sign it is withheld as that of a holder only
            _hide_name(connection, key, name, [], of_owners=False)
            _note_redaction(connection)
    connection.execute(APPLIED)


def _list_fields() -> Iterator[tuple[Kind, str]]:
    yield from ((KINDS[kind], field) for kind, fields in PERSONAL.items() for field in fields)


def _show(connection: Connection[Any], key: str) -> None:
    """Write the name of a body into its records; what has several masks, and other fields, is read by the next import."""
    names = [name for (name,) in connection.execute(WITHHELD) if name_key(name) == key]
    if not names:
        return
    shown: list[str] = []
    for kind, field in _list_fields():
        statement = SQL(SHOW).format(**_build_sql_names(kind, field, SCHEMA))
        rows = connection.execute(statement, {"names": names, "separator": SEPARATOR})
        shown += [row[0] for row in rows]
    connection.execute(FORGET_CHECKSUMS, (shown,))
    shown_owners.show_owners(connection, names)
    connection.execute(SHOW_LATER, (names,))


def _build_sql_names(kind: Kind, field: str, schema: str) -> dict[str, Composable]:
    return {
        "table": Identifier(schema, kind.name),
        "kind": SQL("{}").format(kind.name),
        "text": SQL("{}").format(field),
        "field": Identifier(field),
        "field_kind": Identifier(f"{field}_kind"),
        "field_uscc": Identifier(f"{field}_uscc"),
    }


def _hide(connection: Connection[Any], key: str, name: str) -> None:
    """Withhold the name of a person and the other names of the same code, in any case and spacing, wherever they are stored."""
    codes = _read_codes(connection, key)
    names = {key: name}
    if codes:
        names |= {name_key(other_name): other_name for other_name in _names_of(connection, codes)}
    for one_key, person_name in names.items():
        _hide_name(connection, one_key, person_name, codes)
    distinct = [*filter(is_distinct, names.values()), *codes]
    if (pattern := name_pattern(distinct)) is not None:
        stored_names.mask_everywhere(connection, distinct, pattern)
        stored_names.mask_saved_reports(connection, pattern)
        stored_filters.mask_filters(connection, pattern)
    persons = DecidedPersons(NameDecisions(persons=frozenset(names), codes=frozenset(codes)))
    stored_names.mask_append_only(connection, persons, [*names.values(), *codes], pattern)
    connection.execute(CODES, (codes, key))
    _note_redaction(connection)


def _note_redaction(connection: Connection[Any]) -> None:
    """Note that names left stored data, and make a new version."""
    for statement in REDACTED:
        connection.execute(statement)


def _read_codes(connection: Connection[Any], key: str) -> list[str]:
    """Return the codes that records state for a name alone, now or earlier."""
    codes: set[str] = set()
    for schema in (SCHEMA, HISTORY_SCHEMA):
        sql_names = [
            _build_sql_names(kind, field, schema) | {"flag": Identifier(schema, "flag")} for kind, field in _list_fields()
        ]
        statements = [SQL(template).format(**each) for each in sql_names for template in (CODES_OF_FIELD, WRONG_CODES_OF_FIELD)]
        statements.append(SQL(CODES_OF_OWNER).format(table=Identifier(schema, "owner")))
        for statement in statements:
            codes.update(code for (code,) in connection.execute(statement, (key,)))
    return sorted(codes)


def _names_of(connection: Connection[Any], codes: list[str]) -> set[str]:
    """Return the names that records state with codes, now or earlier; of several names it is not known whose code it is."""
    names: set[str] = set()
    for schema in (SCHEMA, HISTORY_SCHEMA):
        statements = [SQL(NAMES_OF_CODE).format(**_build_sql_names(kind, field, schema)) for kind, field in _list_fields()]
        statements.append(SQL(NAMES_OF_OWNER_CODE).format(table=Identifier(schema, "owner")))
        for statement in statements:
            names.update(name for (name,) in connection.execute(statement, (codes,)) if SEPARATOR not in name)
    return names - {MASK, MASK_ZH}


def _hide_name(connection: Connection[Any], key: str, name: str, codes: list[str], of_owners: bool = True) -> None:
    """Take a name out of the fields of holders, owners and operators, and of the other texts of their records."""
    pattern = name_pattern([name])
    parameters = {"comparable": derive_comparable_name(name), "kinds": KINDS_NAMING}
    named = [row[0] for row in connection.execute(ONLY_HOLDERS, parameters)]
    every: set[str] = set()
    for kind, field in _list_fields():
        ids = {schema: _withdraw(connection, kind, field, schema, key) for schema in (SCHEMA, HISTORY_SCHEMA)}
        connection.execute(WITHHOLD, {"field": field, "name": name, "ids": ids[SCHEMA]})
        both = sorted({*ids[SCHEMA], *ids[HISTORY_SCHEMA]})
        every.update(both)
        if pattern is not None and both:
            _mask_record_texts(connection, kind, both, pattern)
    owned = _hide_owner(connection, key, codes) if of_owners else []
    every.update(owned)
    if pattern is not None and owned:
        _mask_record_texts(connection, KINDS["project"], owned, pattern)
        _mask_versions(connection, "reported_record", "served_id", owned, ("row", "parts", "given"), pattern)
    hidden = [*KINDS_NAMING, "project"] if of_owners else KINDS_NAMING
    connection.execute(MASK_DECISIONS, {**parameters, "kinds": hidden, "mask": MASK})
    if pattern is not None:
        _mask_versions(connection, "flag", "record_id", sorted(every), ("value", "sentence_en", "sentence_zh"), pattern)
        _mask_versions(connection, "organisation", "id", named, ("name_en", "name_zh", "aliases", "search_text"), pattern)
        _mask_rows(connection, sorted(every), pattern)
    connection.execute(FORGET_SPELLINGS, (search_text([name]).split(),))


def _hide_owner(connection: Connection[Any], key: str, codes: list[str]) -> list[str]:
    """Take a name out of owners and operators, and return the ids of their projects."""
    values = {"key": key, "codes": codes, "mask": MASK, "mask_zh": MASK_ZH}
    ids: set[str] = set()
    for schema in (SCHEMA, HISTORY_SCHEMA):
        statement = SQL(HIDE_OWNER).format(table=Identifier(schema, "owner"))
        ids.update(row[0] for row in connection.execute(statement, values))
    return sorted(ids)


def _mask_record_texts(connection: Connection[Any], kind: Kind, ids: list[str], pattern: re.Pattern[str]) -> None:
    texts = [c.name for c in SERVED[kind.name].c if c.name != "id" and _is_text(kind, c.name)]
    _mask_versions(connection, kind.name, "id", ids, texts, pattern)


def _withdraw(connection: Connection[Any], kind: Kind, field: str, schema: str, key: str) -> list[str]:
    """Take a name out of a field of a kind, and return the ids of its records."""
    sql_names = _build_sql_names(kind, field, schema)
    ids: list[str] = []
    for (printed,) in connection.execute(SQL(PRINTED).format(**sql_names)).fetchall():
        parts = printed.split(SEPARATOR)
        rest = [part for part in parts if name_key(part) != key]
        if len(rest) < len(parts):
            values = {"text": printed, "rest": SEPARATOR.join(rest) or None}
            ids += [row[0] for row in connection.execute(SQL(HIDE).format(**sql_names), values)]
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
    stored_names.change_rows(connection, table, columns, connection.execute(statement, (list(of),)), pattern)
