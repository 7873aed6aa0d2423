"""PMTiles: vector tiles of a collection in one file, with its layers, attribution and licences, for a host of files."""

import gzip
import math
from pathlib import Path
from typing import Any

from pmtiles import writer
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from lodedata.write.content import FileContent, Origin, Rows, Table

COUNTS, SOURCES = "counts", "sources"
"""Names of the tables that are no layers of the tiles."""


class TileBounds:
    """The deepest zoom of the tiles that were written, and the box of its tiles."""

    def __init__(self) -> None:
        self.zoom = 0
        self._columns, self._rows = (0, 0), (0, 0)

    def add(self, zoom: int, column: int, row: int) -> None:
        """Add a tile; the deepest zoom counts."""
        if zoom > self.zoom:
            self.zoom, self._columns, self._rows = zoom, (column, column), (row, row)
        self._columns = (min(self._columns[0], column), max(self._columns[1], column))
        self._rows = (min(self._rows[0], row), max(self._rows[1], row))

    def header(self) -> dict[str, Any]:
        """Return the header of the file: bounds and centre in ten-millionths of a degree, and the compression."""
        west, east = (360 * column / 2**self.zoom - 180 for column in (self._columns[0], self._columns[1] + 1))
        north, south = (_compute_latitude(row / 2**self.zoom) for row in (self._rows[0], self._rows[1] + 1))
        edges = {"min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north}
        edges |= {"center_lon": (west + east) / 2, "center_lat": (south + north) / 2}
        return {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "center_zoom": 1,
            **{f"{name}_e7": round(value * 1e7) for name, value in edges.items()},
        }


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the tiles, from a batch with ``z``, ``x``, ``y`` and ``tile`` for each; one empty tile if there are none."""
    bounds = TileBounds()
    with path.open("wb") as stream:
        # the library has no types
        tile_writer: Any = writer.Writer(stream)  # type: ignore[no-untyped-call]
        for batch in rows(content.table):
            for row in batch.to_pylist():
                bounds.add(row["z"], row["x"], row["y"])
                # without a time, so that two files are identical
                tile_writer.write_tile(zxy_to_tileid(row["z"], row["x"], row["y"]), gzip.compress(row["tile"], mtime=0))
        if not tile_writer.tile_entries:
            tile_writer.write_tile(zxy_to_tileid(0, 0, 0), gzip.compress(b"", mtime=0))
        tile_writer.finalize(bounds.header(), _build_metadata(content, rows, bounds.zoom))


def _compute_latitude(part: float) -> float:
    """Return the latitude at a part of the side of the grid, from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * part))))


def _build_metadata(content: FileContent, rows: Rows, zoom: int) -> dict[str, Any]:
    tables = {table.name: table for table in content.tables}
    (counts,) = _read(rows, tables[COUNTS])
    used = {row["name"] for row in _read(rows, tables[SOURCES])}
    sources = [origin for origin in content.origins if origin.name in used]
    return {
        "name": content.title,
        "description": content.citation,
        "version": str(content.version),
        "type": "overlay",
        "format": "pbf",
        "attribution": "; ".join(origin.attribution or origin.publisher for origin in sources),
        "licenses": [_describe_licence(origin) for origin in sources],
        **counts,
        "vector_layers": [
            {
                "id": table.name,
                "description": table.title(content.lang),
                "minzoom": 0,
                "maxzoom": zoom,
                "fields": {column.name: column.title(content.lang) for column in table.columns},
            }
            for table in content.tables
            if table.geometry is not None
        ],
    }


def _describe_licence(origin: Origin) -> dict[str, str | None]:
    return {
        "source": origin.name,
        "license": origin.licence,
        "name": origin.licence_name,
        "url": origin.licence_url,
        "citation": origin.citation,
    }


def _read(rows: Rows, table: Table) -> list[dict[str, Any]]:
    return [row for batch in rows(table) for row in batch.to_pylist()]
