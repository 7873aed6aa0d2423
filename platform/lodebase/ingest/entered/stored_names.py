"""Names of persons in everything that is stored: records, earlier versions, rows as received, imports, texts of visitors.

Tables and columns are read from the catalogue, so that a new one is masked too. What only grows (audit trail, judgements,
proposals) and keys of rows are changed by a function of the database that does nothing else.
"""

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Json, Jsonb

from lodebase.ingest.entered.decided_persons import DecidedPersons, mask_person_key
from lodedata.rights.natural_persons import MASK

TABLES = """
SELECT n.nspname, t.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid
WHERE t.relkind = 'r' AND n.nspname IN ('lode', 'lode_history') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND a.atttypid::regtype::text IN ('text', 'text[]', 'json', 'jsonb')
  AND has_column_privilege(t.oid, a.attnum, 'UPDATE') AND has_table_privilege(t.oid, 'SELECT')
  AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique AND a.attnum = ANY (i.indkey))
  AND NOT (n.nspname = 'lode' AND t.relname = ANY (%s))
GROUP BY 1, 2 ORDER BY n.nspname, t.relname
"""
LEFT_OUT = ["withheld_name", "decision", "dataset_version", "member"]
"""Tables that only imports and experts read, and those without texts."""
FORGET = "UPDATE source_record SET checksum = '' WHERE ctid = ANY(%s::tid[])"
KEYS = """
SELECT source, key FROM source_record WHERE key ILIKE ANY(%(parts)s)
UNION SELECT source, key FROM quarantine WHERE key ILIKE ANY(%(parts)s)
UNION SELECT source, key FROM withheld_name WHERE key ILIKE ANY(%(parts)s) ORDER BY 1, 2
"""
REDACT = "SELECT redact_append_only(%s, %s, %s::text[], %s::text[], %s::text[])"
READ_AT_ONCE = 20
JSON_TYPE, JSONB_TYPE = 114, 3802
"""Types of columns by their numbers in PostgreSQL's catalogue."""
PARTS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TextColumns:
    """The columns of a table that may have a name."""

    schema: str
    table: str
    columns: tuple[str, ...]


def find_text_columns(connection: Connection[Any]) -> Iterator[TextColumns]:
    """Yield the tables with texts, those of the records first: their change adds to the earlier versions."""
    for schema, table, columns in connection.execute(TABLES, (LEFT_OUT,)).fetchall():
        yield TextColumns(schema, table, tuple(columns))


def mask_everywhere(connection: Connection[Any], names: Sequence[str], pattern: re.Pattern[str]) -> None:
    """Replace names in every text that is stored; rows of sources are read anew by the next import."""
    for column in list(find_text_columns(connection)):
        for name in names:
            _mask_table(connection, column, name, pattern)


def _mask_table(connection: Connection[Any], of: TextColumns, name: str, pattern: re.Pattern[str]) -> None:
    table, columns = Identifier(of.schema, of.table), list(map(Identifier, of.columns))
    joined = SQL("concat_ws(' ', {})").format(SQL(", ").join(SQL("{}::text").format(column) for column in columns))
    parts = [f"%{_escape_like(part)}%" for part in PARTS.findall(name)]
    statement = SQL("SELECT ctid::text, {} FROM {} WHERE {} ILIKE ALL(%s)").format(SQL(", ").join(columns), table, joined)
    places = change_rows(connection, table, of.columns, connection.execute(statement, (parts,)), pattern)
    if (of.schema, of.table) == ("lode", "source_record") and places:
        connection.execute(FORGET, (places,))


def change_rows(
    connection: Connection[Any], table: Identifier, columns: Sequence[str], cursor: Any, pattern: re.Pattern[str]
) -> list[str]:
    """Mask the names in rows that were selected with their place first, and return the new places of the changed ones."""
    kinds = [cursor.description[n + 1].type_code for n in range(len(columns))]
    assigned = SQL(", ").join(SQL("{} = %s").format(Identifier(column)) for column in columns)
    statement = SQL("UPDATE {} SET {} WHERE ctid = %s::tid RETURNING ctid::text").format(table, assigned)
    places = []
    for place, *values in cursor.fetchall():
        new = [mask_names(value, pattern) for value in values]
        if new != values:
            row = connection.execute(statement, [*map(_convert_value, new, kinds), place]).fetchone()
            places += [] if row is None else [row[0]]
    return places


def mask_saved_reports(connection: Connection[Any], pattern: re.Pattern[str]) -> None:
    """Mask names in the bodies of saved reports; their checksums stay those of the reports as they were made."""
    with connection.cursor(name="saved_bodies") as cursor:
        cursor.itersize = READ_AT_ONCE
        for number, body in cursor.execute("SELECT number, body FROM saved_report ORDER BY number"):
            text = gzip.decompress(body).decode()
            if pattern.search(text):
                new = orjson.dumps(mask_names(orjson.loads(text), pattern))
                connection.execute("UPDATE saved_report SET body = %s WHERE number = %s", (gzip.compress(new, mtime=0), number))


def mask_append_only(
    connection: Connection[Any], persons: DecidedPersons, names: Sequence[str], pattern: re.Pattern[str] | None
) -> None:
    """Mask names in what only grows, and give a row whose key is a name another key, with the id of its record."""
    parts = [f"%{'%'.join(map(_escape_like, PARTS.findall(name)))}%" for name in names]
    keyed = [(source, key) for source, key in connection.execute(KEYS, {"parts": parts}) if persons.is_named(key)]
    new = [mask_person_key(source, key) for source, key in keyed]
    expression = None if pattern is None else pattern.pattern
    connection.execute(REDACT, (expression, MASK, [row_key[0] for row_key in keyed], [row_key[1] for row_key in keyed], new))


def mask_names(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return a text, or a structure of texts, with a mask for each name."""
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, list):
        return [mask_names(element, pattern) for element in value]
    if isinstance(value, dict):
        return {pattern.sub(MASK, key): mask_names(element, pattern) for key, element in value.items()}
    return value


def _convert_value(value: Any, type_code: int | None) -> Any:
    wrapper = {JSON_TYPE: Json, JSONB_TYPE: Jsonb}.get(type_code or 0)
    return value if wrapper is None or value is None else wrapper(value, dumps=orjson.dumps)


def _escape_like(part: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", part)
