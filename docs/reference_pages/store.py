"""The page of the database."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from lodebase.db.schema import history_tables, models, tables
from reference_pages.texts import ROOT, ReferenceTexts, TextError, code, table

SCRIPTS = ("migrations/versions", "platform/lodebase/db/functions")


def store_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield the guardrails, then each table."""
    yield from ("## Guardrails", "", "Rules that the database enforces for every program that writes to it.", "")
    _check_enforced(texts)
    guardrails = ((g["text"], ", ".join(map(code, g["held_by"]))) for g in texts.guardrails())
    yield from table(("rule", "enforced by"), guardrails)
    for stored in sorted((t for t in models.METADATA.tables.values() if t.schema == tables.SCHEMA), key=lambda t: t.name):
        yield from _table(stored)
    with_history = ", ".join(code(t.name) for t in history_tables.VERSIONED)
    yield from ("## lode_history", "", f"The schema of earlier rows. It has a table for each of {with_history}.", "")
    yield from ("Each has the columns of its table and `until_version`, the dataset version at which the row ended.", "")


def _check_enforced(texts: ReferenceTexts) -> None:
    """Raises TextError if a guardrail names something that no migration and no function file makes."""
    scripts = "".join(path.read_text("utf-8") for folder in SCRIPTS for path in sorted((ROOT / folder).rglob("*.sql")))
    for name in (name for guardrail in texts.guardrails() for name in guardrail["held_by"]):
        if name not in scripts:
            raise TextError(f"no migration and no function file makes {name!r}, which a guardrail names")


def _table(stored: Table) -> Iterator[str]:
    yield from (f"## {stored.name}", "", stored.comment or "", "")
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    rows = ((code(c.name), c.type.compile(dialect=dialect), _about_column(c)) for c in stored.columns)
    yield from table(("column", "type", ""), rows)
    checks = [c for c in stored.constraints if isinstance(c, CheckConstraint)]
    named = sorted((str(c.name).removeprefix(f"ck_{stored.name}_"), str(c.sqltext)) for c in checks)
    yield from table(("constraint", "condition"), ((code(name), code(" ".join(text.split()))) for name, text in named))


def _about_column(column: Column[Any]) -> str:
    about = ["key"] if column.primary_key else []
    about += ["required"] if not column.nullable and not column.primary_key else []
    about += [f"references {code(key.target_fullname.removeprefix('lode.'))}" for key in column.foreign_keys]
    return ", ".join(about)
