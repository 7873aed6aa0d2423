"""FlatGeobuf with its coordinate reference system, and a spatial index if every record has a position."""

from pathlib import Path

from lodedata.write.content import FileContent, Rows
from lodedata.write.vector import gdal


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the records."""
    # a feature without geometry can't be in a packed R-tree
    indexed = "YES" if content.placed else "NO"
    described = {"TITLE": content.title, "DESCRIPTION": content.citation}
    gdal.write_gdal_layer(content, rows, path, "FlatGeobuf", content.table, SPATIAL_INDEX=indexed, **described)
