"""Mentions of organisations: which fields of records name them, by their declarations, and the mentions of changed records."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg import Connection

from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA
from lodedata.kinds import PUBLIC, ChildTable, Field, Kind
from lodedata.organisations.names import derive_comparable_name, list_alternative_names, shorten_comparable_name
from lodedata.organisations.owner_texts import find_principal_name
from lodedata.organisations.uscc import is_valid, normalise_uscc
from lodedata.rights.natural_persons import MASKED, SEPARATOR
from lodedata.vocab import load_vocabulary

MASKS = ",".join(f'"{mask}"' for mask in sorted(MASKED))
"""The masks of names of persons, which are no organisations, as an array of PostgreSQL."""
_LANGUAGE = re.compile(r"_(?:en|zh)$")
CREATE = (
    "CREATE TEMP TABLE mention_record (record_kind text, record_id text, PRIMARY KEY (record_kind, record_id)) ON COMMIT DROP",
    """
    CREATE TEMP TABLE mention_raw (
      record_kind text, record_id text, role text, name text, other_name text, uscc text, country text, division text,
      sources text[]
    ) ON COMMIT DROP
    """,
    "CREATE TEMP TABLE mention_name (name text, comparable text, short text) ON COMMIT DROP",
    "CREATE TEMP TABLE mention_code (printed text, uscc text) ON COMMIT DROP",
    "CREATE TEMP TABLE mention_short (short text) ON COMMIT DROP",
    "CREATE TEMP TABLE mention_organisation (id text) ON COMMIT DROP",
)
# earlier mentions of the changed records: their names and organisations are considered anew
NOTE_BEFORE = """
WITH before AS (
  DELETE FROM organisation_mention m USING mention_record r
  WHERE m.record_kind = r.record_kind AND m.record_id = r.record_id RETURNING m.short, m.other_short, m.organisation_id
), noted AS (
  INSERT INTO mention_organisation SELECT DISTINCT organisation_id FROM before WHERE organisation_id IS NOT NULL
)
INSERT INTO mention_short
SELECT DISTINCT short FROM before UNION SELECT other_short FROM before WHERE other_short IS NOT NULL
"""
INSERT = """
INSERT INTO organisation_mention (record_kind, record_id, role, name, other_name, uscc, country, division,
  comparable, short, other_comparable, other_short, sources)
SELECT DISTINCT ON (r.record_kind, r.record_id, r.role, r.name)
  r.record_kind, r.record_id, r.role, r.name, nullif(r.other_name, r.name), c.uscc, r.country, r.division,
  n.comparable, n.short, o.comparable, o.short, r.sources
FROM mention_raw r JOIN mention_name n ON n.name = r.name
LEFT JOIN mention_name o ON o.name = r.other_name AND o.comparable <> n.comparable
LEFT JOIN mention_code c ON c.printed = r.uscc
ORDER BY r.record_kind, r.record_id, r.role, r.name, c.uscc
"""
NOTE_AFTER = """
INSERT INTO mention_short
SELECT DISTINCT n.short FROM mention_name n
"""


def collect(connection: Connection[Any], version: int | None) -> bool:
    """Write the mentions of the records that a version changed, of all records without one; return whether there are any.

    The short names and the organisations that are concerned are left in ``mention_short`` and ``mention_organisation``.
    """
    for statement in CREATE:
        connection.execute(statement)
    changed = 0
    for kind in PUBLIC.values():
        if kind.names_organisations:
            changed += connection.execute(_write_change_statement(kind, version is None), {"version": version}).rowcount
    if not changed:
        return False
    connection.execute("ANALYZE mention_record")
    connection.execute(NOTE_BEFORE)
    for kind in PUBLIC.values():
        for child, fields in _list_name_fields(kind):
            connection.execute(_write_names_statement(kind, child, fields))
    _prepare_names(connection)
    connection.execute(INSERT)
    connection.execute(NOTE_AFTER)
    return True


def _list_name_fields(kind: Kind) -> Iterator[tuple[ChildTable | None, Sequence[Field]]]:
    """Yield the fields of one name or of a name in two languages, each with the child table that has them."""
    for child, fields in ((None, kind.fields), *((child, child.fields) for child in kind.children)):
        named: dict[str, list[Field]] = {}
        for field in fields:
            if field.organisation_role is not None:
                named.setdefault(_LANGUAGE.sub("", field.name), []).append(field)
        yield from ((child, name_fields) for name_fields in named.values())


def _write_change_statement(kind: Kind, every: bool) -> str:
    """Return the statement that notes the records of a kind that a version changed or deleted, or all."""
    if every:
        return f"INSERT INTO mention_record SELECT '{kind.name}', id FROM {SCHEMA}.{kind.name}"
    tables = [(kind.name, "id")]
    tables += [(child.name, kind.owner_column(child)) for child, _ in _list_name_fields(kind) if child is not None]
    parts = (
        f"SELECT {column} FROM {schema}.{table} WHERE {when}_version = %(version)s AND {column} IS NOT NULL"
        for table, column in dict.fromkeys(tables)
        for schema, when in ((SCHEMA, "since"), (HISTORY_SCHEMA, "until"))
    )
    return f"INSERT INTO mention_record SELECT '{kind.name}', id FROM ({' UNION '.join(parts)}) c (id)"


def _write_names_statement(kind: Kind, child: ChildTable | None, fields: Sequence[Field]) -> str:
    """Return the statement that reads the names in some fields of the changed records."""
    row = "t" if child is None else "c"
    declared = {field.name for field in (kind.fields if child is None else child.fields)}
    role = fields[0].organisation_role
    own_place = load_vocabulary("organisation-role")[str(role)].extra["place"] == "organisation"
    # the code of a record itself is not that of an organisation that it names
    codes = (f"{_LANGUAGE.sub('', fields[0].name)}_uscc", *(() if child is None else ("uscc",)))
    code = next((code for code in codes if code in declared), None)
    names = [f"nullif(btrim({row}.{field.name}), '')" for field in sorted(fields, key=lambda field: field.name, reverse=True)]
    name, joined = f"coalesce({', '.join(names)})", ""
    coded = f"{row}.{code}" if code is not None else "NULL::text"
    if fields[0].type == "array":
        name, joined = "btrim(printed.name)", f" CROSS JOIN LATERAL unnest({row}.{fields[0].name}) printed (name)"
    if fields[0].personal:
        # of several bodies it is not known whose code it is
        coded = f"CASE WHEN strpos({name}, '{SEPARATOR}') = 0 THEN {coded} END"
        name, joined = "printed.name", f" CROSS JOIN LATERAL regexp_split_to_table({name}, '{SEPARATOR}') printed (name)"
    if child is not None:
        joined = f" JOIN {child.name} c ON c.{kind.owner_column(child)} = t.id" + joined
    columns = (
        f"{row}.role" if "role" in declared else f"'{role}'",
        name,
        names[-1] if len(names) > 1 else "NULL",
        coded,
        "t.country" if kind.field("country") is not None else "NULL",
        "t.division" if own_place and kind.field("division") is not None else "NULL",
        "t.sources" if kind.field("sources") is not None else "'{}'",
    )
    return (
        f"INSERT INTO mention_raw SELECT r.record_kind, r.record_id, {', '.join(columns)}"
        f" FROM mention_record r JOIN {kind.name} t ON t.id = r.record_id{joined}"
        f" WHERE r.record_kind = '{kind.name}' AND {name} <> '' AND lower({name}) <> ALL ('{{{MASKS}}}')"
    )


def _prepare_names(connection: Connection[Any]) -> None:
    """Write the comparable forms of the printed names, without texts that name nobody, and the valid codes."""
    printed = connection.execute(
        "SELECT name FROM mention_raw UNION SELECT other_name FROM mention_raw WHERE other_name IS NOT NULL"
    ).fetchall()
    # a second name in brackets, such as an abbreviation, is none of the first
    bodies = ((name, list_alternative_names(find_principal_name(name))[0]) for (name,) in printed)
    copy(
        connection,
        "mention_name",
        ((name, derive_comparable_name(body), shorten_comparable_name(body)) for name, body in bodies if body),
    )
    codes = connection.execute("SELECT DISTINCT uscc FROM mention_raw WHERE uscc IS NOT NULL").fetchall()
    copy(connection, "mention_code", ((code, normalise_uscc(code)) for (code,) in codes if is_valid(code)))
    connection.execute("ANALYZE mention_name")


def copy(connection: Connection[Any], table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows into a table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)
