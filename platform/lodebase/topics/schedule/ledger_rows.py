"""The stored rows of the ledger, by kind and with the key of each in its workbook."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from lodebase.db.schema.source_tables import source_record
from lodebase.db.schema.tables import SERVED, member

SOURCE = "project-ledger"
Rows = list[tuple[str, dict[str, Any]]]
"""The key and the values of each row."""


def read_ledger_rows(connection: Connection, kind: str) -> Rows:
    """Return the rows of a kind that the ledger's last import had, by key."""
    table = SERVED[kind]
    statement = (
        select(source_record.c.key, table)
        .join_from(table, member, (member.c.record_id == table.c.id) & member.c.leads)
        .join(source_record, source_record.c.id == member.c.source_record_id)
        .where(source_record.c.source == SOURCE, source_record.c.gone_run.is_(None))
        .order_by(source_record.c.id)
    )
    return [(row["key"].removeprefix(f"{kind}:"), dict(row)) for row in connection.execute(statement).mappings()]


def read_milestone_rows(connection: Connection, ids: Collection[str]) -> Rows:
    """Return milestones of any source as rows of a ledger; their keys are their ids."""
    table = SERVED["milestone"]
    statement = select(table).where(table.c.id.in_(ids)).order_by(table.c.project, table.c.phase, table.c.id)
    return [(row["id"], dict(row)) for row in connection.execute(statement).mappings()]
