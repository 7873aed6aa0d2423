"""What the tables of the store hold, as the code declares them: ``lode db describe``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from lodebase.db.schema import history_tables, models, tables


@dataclass(frozen=True)
class DescribedColumn:
    """A column with its SQL type; ``references`` is the table and column that its values are keys of."""

    column: str
    type: str
    required: bool
    key: bool
    references: str | None


@dataclass(frozen=True)
class DescribedTable:
    """A table of the schema ``lode``; with ``history`` its earlier rows are in the schema ``lode_history``."""

    table: str
    text: str
    history: bool
    columns: Sequence[DescribedColumn]
    constraints: Sequence[tuple[str, str]]


def describe_tables() -> Sequence[DescribedTable]:
    """Return all tables of the schema ``lode`` by name."""
    declared = (table for table in models.METADATA.tables.values() if table.schema == tables.SCHEMA)
    return tuple(_describe(table) for table in sorted(declared, key=lambda table: table.name))


def _describe(table: Table) -> DescribedTable:
    with_history = {versioned.name for versioned in history_tables.VERSIONED}
    checks = (check for check in table.constraints if isinstance(check, CheckConstraint))
    conditions = sorted((str(c.name).removeprefix(f"ck_{table.name}_"), " ".join(str(c.sqltext).split())) for c in checks)
    columns = tuple(map(_describe_column, table.columns))
    return DescribedTable(table.name, table.comment or "", table.name in with_history, columns, conditions)


def _describe_column(column: Column[Any]) -> DescribedColumn:
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    targets = sorted(key.target_fullname.removeprefix(f"{tables.SCHEMA}.") for key in column.foreign_keys)
    kind = column.type.compile(dialect=dialect)
    required = not column.nullable
    return DescribedColumn(column.name, kind, required, column.primary_key, ", ".join(targets) or None)
