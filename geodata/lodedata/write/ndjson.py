"""A sequence of GeoJSON texts (RFC 8142): each after a record separator and before a line feed."""

from pathlib import Path

from lodedata.write.content import FileContent, Rows
from lodedata.write.vector.geojson import join_features

SEPARATOR = "\x1e"


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write one feature a line."""
    with path.open("wb") as stream:
        for batch in rows(content.table):
            if batch.num_rows:
                stream.write(SEPARATOR.encode())
                stream.write(join_features(batch.column("feature"), f"\n{SEPARATOR}"))
                stream.write(b"\n")
                stream.flush()
