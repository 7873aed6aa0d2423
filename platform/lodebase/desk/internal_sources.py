"""Internal sources and their records, for people with a role."""

from typing import Any

from sqlalchemy import Connection, text

from lodebase.errors import NotFound
from lodedata.messages import msg

MAX_LISTED_RECORDS = 500
SOURCES = text("SELECT * FROM lode.internal_source ORDER BY name")
RECORDS = text("""
SELECT table_name AS kind, record_id, "row" FROM lode.internal_row
WHERE source = :name AND "row" ? 'sources' ORDER BY id LIMIT :most
""")
PARTS = text("""
SELECT table_name, "row" FROM lode.internal_row WHERE record_id = :record AND NOT "row" ? 'sources' ORDER BY id
""")
RECORD = text(
    """SELECT source, table_name AS kind, "row" FROM lode.internal_row WHERE record_id = :record AND "row" ? 'sources'"""
)


def read_internal_sources(connection: Connection) -> list[dict[str, Any]]:
    """Return the internal sources with the numbers of their rows."""
    return [dict(row) for row in connection.execute(SOURCES).mappings()]


def read_internal_records(connection: Connection, name: str) -> list[dict[str, Any]]:
    """Return the first records of a source. Raise NotFound if there is none of this name."""
    internal_records = [dict(row) for row in connection.execute(RECORDS, {"name": name, "most": MAX_LISTED_RECORDS}).mappings()]
    if not internal_records:
        raise NotFound(msg("There is no source %(name)r.", name=name))
    return internal_records


def record(connection: Connection, identity: str) -> dict[str, Any]:
    """Return a record with its parts. Raise NotFound if there is none of this id."""
    row = connection.execute(RECORD, {"record": identity}).mappings().first()
    if row is None:
        raise NotFound(msg("There is no record %(id)s.", id=identity))
    parts = [dict(row) for row in connection.execute(PARTS, {"record": identity}).mappings()]
    return {**row, "parts": parts}
