"""The schemas and tables of a store, found in the database's catalog, and a fingerprint of each table."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.sql import SQL

from lodebase.backup.archive import TableState

SCHEMAS = """
SELECT n.nspname FROM pg_namespace n
WHERE (n.nspname = 'lode' OR n.nspname LIKE 'lode\\_%')
  AND n.nspowner = (SELECT nspowner FROM pg_namespace WHERE nspname = 'lode')
ORDER BY n.nspname
"""
"""A schema of Lode is named ``lode`` or ``lode_...`` and belongs to the owner of ``lode``."""
TABLES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind = 'r' ORDER BY 1
"""
PLAIN_OUTPUT = """
SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0
"""
"""Settings that decide how a value is written as text."""

Connection = psycopg.Connection[Any]


def read_schema_names(connection: Connection) -> list[str]:
    """Return the names of the schemas of the store; none where there is no store."""
    return [row[0] for row in connection.execute(SCHEMAS)]


def read_table_names(connection: Connection, of_schemas: Sequence[str]) -> list[str]:
    """Return the tables of the schemas, each as SQL writes it with its schema."""
    return [row[0] for row in connection.execute(TABLES, (list(of_schemas),))]


def read_table_states(
    connection: Connection, names: Sequence[str], begin: Callable[[str], None] | None = None
) -> dict[str, TableState]:
    """Return rows and fingerprint of each table, as the connection's transaction sees it.

    The fingerprint is the sum of 64-bit hashes of the rows as text, so it does not depend on their order in the table.
    """
    connection.execute(PLAIN_OUTPUT)
    states = {}
    for name in names:
        if begin is not None:
            begin(name)
        # a name that the database itself has quoted
        statement = SQL(f"SELECT count(*), coalesce(sum(hashtextextended((t.*)::text, 0)), 0)::text FROM {name} t")
        row = connection.execute(statement).fetchone()
        assert row is not None
        states[name] = TableState(row[0], row[1])
    return states
