"""Names of natural persons: stored apart from records and rows, in a table that the site can't read."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

FORGET = "DELETE FROM withheld_name WHERE source = %s AND (%s OR key = ANY(%s))"
WRITE = """
INSERT INTO withheld_name (source, key, field, name)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING
"""


def write(connection: Connection[Any], source: str, names: Sequence[tuple[str, str, str]], partial: bool) -> None:
    """Replace the names of a source: key, field and name each; with a partial file only those of its keys."""
    keys, fields, texts = ([name[part] for name in names] for part in range(3))
    connection.execute(FORGET, (source, not partial, keys))
    if names:
        connection.execute(WRITE, (source, keys, fields, texts))
