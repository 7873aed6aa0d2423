"""Tile archives: one SQLite file (MBTiles) for each layer, read by many processes and never written while it is served."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from lodedata.ground.manifest import PackRefused
from lodedata.messages import msg

MAX_TILE_BYTES = 2_000_000
"""Bytes of one tile; a larger one is refused."""
Tile = tuple[int, int, int, bytes]
"""Zoom, column, row from the north, and content."""
PICTURE_STARTS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
VECTOR, GEOJSON = "application/vnd.mapbox-vector-tile", "application/geo+json"
SCHEMA = """
CREATE TABLE metadata (name text, value text);
CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob,
  PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
"""


def write(path: Path, tiles: Iterable[Tile], metadata: Mapping[str, str]) -> int:
    """Write an archive and return its number of tiles. Raise PackRefused for a tile that is no picture and no vector tile."""
    path.unlink(missing_ok=True)
    count = 0
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        for zoom, column, row, content in tiles:
            _require_tile(path.name, zoom, column, row, content)
            connection.execute(
                "INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?)", (zoom, column, (1 << zoom) - 1 - row, content)
            )
            count += 1
    return count


def read_archive_tile(path: Path, zoom: int, column: int, row: int) -> bytes | None:
    """Return a tile by its place, rows counted from the north; None if the archive lacks it. Raise PackRefused."""
    try:
        with read_only(path) as connection:
            record = connection.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (zoom, column, (1 << zoom) - 1 - row),
            ).fetchone()
    except sqlite3.Error as error:
        raise PackRefused(msg("%(file)s: is damaged (%(error)s).", file=path.name, error=error)) from None
    return bytes(record[0]) if record is not None and isinstance(record[0], bytes) else None


def read_tiles(path: Path) -> Iterator[Tile]:
    """Yield every tile of an MBTiles file of others. Raise PackRefused."""
    try:
        with read_only(path) as connection:
            query = "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles"
            for zoom, column, row, content in connection.execute(query):
                if not all(isinstance(number, int) for number in (zoom, column, row)) or not isinstance(content, bytes):
                    raise PackRefused(msg("%(file)s: a row of its tiles is not a tile.", file=path.name))
                yield zoom, column, (1 << min(zoom, 30)) - 1 - row, content
    except sqlite3.Error as error:
        raise PackRefused(msg("%(file)s: is not an MBTiles file (%(error)s).", file=path.name, error=error)) from None


def read_metadata(path: Path) -> dict[str, str]:
    """Return what an MBTiles file says of itself. Raise PackRefused."""
    try:
        with read_only(path) as connection:
            return {str(name): str(value) for name, value in connection.execute("SELECT name, value FROM metadata")}
    except sqlite3.Error as error:
        raise PackRefused(msg("%(file)s: is not an MBTiles file (%(error)s).", file=path.name, error=error)) from None


def detect_content_type(content: bytes) -> str:
    """Return the media type of a tile's content by its first bytes; a compressed GeoJSON or vector tile is not a picture."""
    media_type = next((kind for start, kind in PICTURE_STARTS.items() if content.startswith(start)), None)
    return media_type or VECTOR


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that can't write, runs no code of the file, and reads no schema that it does not trust."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TILE_BYTES * 2)
        yield connection


def _require_tile(file: str, zoom: int, column: int, row: int, content: bytes) -> None:
    """Raise PackRefused for a tile that is off the grid, too large, or neither a picture nor compressed data."""
    if not (0 <= zoom <= 22 and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
        raise PackRefused(msg("%(file)s: tile %(place)s is off the grid.", file=file, place=f"{zoom}/{column}/{row}"))
    if len(content) > MAX_TILE_BYTES:
        raise PackRefused(msg("%(file)s: tile %(place)s is larger than 2 MB.", file=file, place=f"{zoom}/{column}/{row}"))
    if not content.startswith((*PICTURE_STARTS, b"\x1f\x8b")):
        raise PackRefused(
            msg(
                "%(file)s: tile %(place)s is neither a PNG, JPEG or WebP picture nor a compressed vector tile.",
                file=file,
                place=f"{zoom}/{column}/{row}",
            )
        )
