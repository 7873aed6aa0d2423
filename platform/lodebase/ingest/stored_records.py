"""The records of another Lode as this store has them from the last import, so that only those that changed are requested."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

BATCH = 200
SOURCE = "SELECT homepage, version FROM lode.source WHERE name = %s"
ROWS = "SELECT key, raw FROM lode.source_record WHERE source = %s AND gone_run IS NULL ORDER BY key"
EDITION = re.compile(r"([0-9]{1,9})-[0-9a-f]+")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """The source rows of a site: its address, the version that was read last and the edition of it."""

    database: str
    source: str
    address: str
    version: int
    edition: str

    def features(self) -> Iterator[tuple[str, Json]]:
        """Yield collection and feature of each record, as the site stated it."""
        with psycopg.connect(self.database) as connection, connection.cursor("stored_records") as cursor:
            cursor.itersize = BATCH
            for key, raw in cursor.execute(ROWS, (self.source,)):
                values = dict(raw)
                collection, geometry = values.pop("collection"), values.pop("geometry")
                yield collection, {"type": "Feature", "id": key, "geometry": geometry, "properties": values}


def find_stored(database: str, source: str) -> StoredRecords | None:
    """Return what the store has of a site, None if it has nothing or an import before editions."""
    with psycopg.connect(database) as connection:
        row = connection.execute(SOURCE, (source,)).fetchone()
    match = EDITION.fullmatch(row[1]) if row is not None and row[0] else None
    if row is None or match is None:
        return None
    return StoredRecords(database, source, row[0], int(match[1]), row[1])
