"""Rows of sources as they were received, with the columns that are not public; names of persons are masked in them."""

from typing import Any

from sqlalchemy import Connection, select

from lodebase.db.schema.source_tables import source, source_record
from lodebase.errors import NotFound
from lodedata.messages import msg

COLUMNS = (source_record.c.source, source_record.c.key, source_record.c.locator, source_record.c.raw)


def list_stored_sources(connection: Connection) -> list[str]:
    """Return the names of the sources in the store."""
    return list(connection.scalars(select(source.c.name).order_by(source.c.name)))


def read_whole_row(connection: Connection, name: str, key: str) -> dict[str, Any]:
    """Return source, key, locator and cells of a row. Raise NotFound if there is none."""
    row = connection.execute(select(*COLUMNS).where(source_record.c.source == name, source_record.c.key == key)).mappings()
    first_row = row.first()
    if first_row is None:
        raise NotFound(msg("The source %(name)s has no record %(key)r.", name=name, key=key))
    return dict(first_row)
