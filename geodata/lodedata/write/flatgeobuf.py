"""FlatGeobuf, with its coordinate reference system, and a spatial index where every record has a position."""

from pathlib import Path

from lodedata.write import gdal
from lodedata.write.content import Content, Rows


def write(content: Content, rows: Rows, path: Path) -> None:
    """Write the records."""
    said = {"TITLE": content.title, "DESCRIPTION": content.citation}
    # what has no position can't be in an index
    indexed = "YES" if content.placed else "NO"
    gdal.layer(content, rows, path, "FlatGeobuf", content.table, SPATIAL_INDEX=indexed, **said)
