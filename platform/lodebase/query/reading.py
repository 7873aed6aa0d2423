"""Reading the store: connections that see one snapshot, and statements that are compiled once."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.sql import Literal as Quoted
from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.dialects import postgresql

from lodebase.db.failures import translate_db_errors
from lodebase.db.schema import prepared_tables, tables
from lodebase.query import version_views
from lodebase.query.collections_ import COLLECTIONS


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement of one shape as PostgreSQL takes it, and its constants."""

    sql: str
    constants: Mapping[str, Any]

    def row(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the statement's single row for some values. Bytes made by PostGIS are passed on without decoding."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, {**self.constants, **values}, binary=True)  # type: ignore[call-arg]
            row: tuple[Any, ...] | None = cursor.fetchone()
        finally:
            cursor.close()
        assert row is not None
        return row

    def written(self, values: Mapping[str, Any]) -> str:
        """Return its text with some values as literals, for a program that takes no parameters."""
        bound = {**values, **self.constants}
        return self.sql % {name: Quoted(value).as_string(None) for name, value in bound.items()}


def compile_for_psycopg(statement: Select[Any], earlier: bool = False) -> PreparedStatement:
    """Return the statement as psycopg takes it, with named parameters; ``earlier`` makes it read the views of versions."""
    turned: dict[str, Any] = {"schema_translate_map": version_views.TRANSLATED, "render_schema_translate": True}
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    compiled_statement = statement.compile(dialect=dialect, **(turned if earlier else {}))
    return PreparedStatement(
        str(compiled_statement), {name: value for name, value in compiled_statement.params.items() if value is not None}
    )


@contextmanager
def open_reading(engine: Engine, statements: Literal["one", "many"] = "many") -> Iterator[Connection]:
    """Yield a connection that sees one snapshot of the store, for one statement or for many in a transaction of their own.

    Raise DatabaseAway, StatementTimeout or NotInCrs for the corresponding database errors.
    """
    with translate_db_errors(), engine.connect() as connection:
        yield connection if statements == "one" else connection.execution_options(isolation_level="REPEATABLE READ")


def read_dataset_version(connection: Connection) -> int:
    """Return the number of committed changes of the data."""
    return int(connection.scalar(select(func.coalesce(func.max(tables.dataset_version.c.version), 0))) or 0)


def count_collection_rows(engine: Engine) -> dict[str, int]:
    """Return the number of rows of each collection."""
    state = prepared_tables.collection_state.c
    with open_reading(engine, "one") as connection:
        row_counts = {row.collection: int(row.n) for row in connection.execute(select(state.collection, state.n))}
    return {name: row_counts.get(name, 0) for name in COLLECTIONS}


def escape_pattern(part: str) -> str:
    """Return a text as a pattern of LIKE that matches it alone."""
    return re.sub(r"([%_\\])", r"\\\1", part)
