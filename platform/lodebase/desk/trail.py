"""The audit trail: what was done by whom and when, as the triggers of the store wrote it."""

from typing import Any

from sqlalchemy import Connection, select

from lodebase.db.desk_tables import audit


def latest(connection: Connection, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """The entries, latest first, or those before one of them."""
    asked = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(audit.c.id < min(before, 2**63 - 1))
    return [dict(row) for row in connection.execute(asked).mappings()]
