"""The tiles of a task from one snapshot of the database, zoom by zoom until each record is drawn."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pyarrow as pa
from pmtiles.tile import zxy_to_tileid

from lodebase.download.csv_copy import SETTING, VERSION
from lodebase.download.task import Task
from lodebase.download.tile_statements import CELLS, EVERY
from lodebase.query import morton
from lodebase.query.tiles import MAX_TILE_POINTS, Tile, bind_numbers
from lodedata.write import Table
from lodedata.write.vector.pmtiles_ import COUNTS

MIN_ZOOM, MAX_ZOOM, MAX_POLYGON_DEPTH = 8, 14, 10
"""At zoom 8 a unit of a tile is 38 m, at 10 the smallest polygon drawn as such is 76 m wide."""
MAX_TILES_PER_READ = 50_000
"""Tiles of a zoom beyond which no deeper one follows."""
BATCH = 256


class TileReader:
    """The tables of a file of tiles."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._connection = psycopg.connect(task.database)
        for statement in task.settings:
            self._connection.execute(statement)
        self._connection.execute(SETTING, (str(task.content.version),))
        self._now = self._connection.execute(VERSION).fetchone() == (task.content.version,)
        self.rows: dict[str, int] = {}

    def close(self) -> None:
        """Close the connection, which a process of its own leaves to its end."""
        self._connection.close()

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """Yield the tiles for the first table, in the order of PMTiles; the rows of any other."""
        if table is not self._task.content.table:
            rows = self._connection.execute(self._find_sql(table.name).encode()).fetchall()
            columns = zip(*rows, strict=True) if rows else ((),) * len(table.columns)
            yield pa.record_batch(dict(zip((column.name for column in table.columns), columns, strict=True)))
            return
        ((records, _),) = self._connection.execute(self._find_sql(COUNTS).encode()).fetchall()
        self.rows[table.name] = records
        pending: list[dict[str, Any]] = []
        for tile, body in self._read_tiles():
            pending.append({"z": tile.z, "x": tile.x, "y": tile.y, "tile": body})
            if len(pending) == BATCH:
                yield pa.RecordBatch.from_pylist(pending)
                pending = []
        if pending:
            yield pa.RecordBatch.from_pylist(pending)

    def _read_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        return self._read_point_tiles() if CELLS in self._task.statements else self._read_polygon_tiles()

    def _read_point_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        zoom, cells = 0, self._count_cells(0)
        while cells:
            following = self._count_cells(zoom + 1)
            seen = max(cells.values()) <= MAX_TILE_POINTS or len(following) > MAX_TILES_PER_READ
            last = zoom == MAX_ZOOM or (zoom >= MIN_ZOOM and seen)
            sql = self._find_sql(EVERY if last else self._task.content.name)
            yield from ((tile, self._read_tile_body(sql, tile)) for tile in _sort_tiles(cells))
            zoom, cells = zoom + 1, {} if last else following

    def _read_polygon_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """Yield tiles and those below them; a tile without records has none below."""
        zoom, around = 0, [Tile(0, 0, 0)]
        sql = self._find_sql(self._task.content.name)
        while around and zoom <= MAX_POLYGON_DEPTH and (zoom <= MIN_ZOOM or len(around) <= MAX_TILES_PER_READ):
            filled: list[Tile] = []
            for tile in _sort_tiles(around):
                body = self._read_tile_body(sql, tile, polygons=True)
                if body:
                    filled.append(tile)
                    yield tile, body
            zoom += 1
            around = [
                Tile(zoom, 2 * tile.x + right, 2 * tile.y + down) for tile in filled for right in (0, 1) for down in (0, 1)
            ]

    def _count_cells(self, zoom: int) -> Mapping[Tile, int]:
        """Return the number of records by tile of a zoom, without empty tiles."""
        rows = self._connection.execute(self._find_sql(CELLS).encode(), {"shift": 2 * (morton.DEPTH - zoom)})
        return {Tile(zoom, *_split_cell(cell, zoom)): count for cell, count in rows}

    def _read_tile_body(self, sql: str, tile: Tile, polygons: bool = False) -> bytes:
        row = self._connection.execute(sql.encode(), bind_numbers(tile, polygons), binary=True).fetchone()
        return bytes(row[1]) if row is not None else b""

    def _find_sql(self, name: str) -> str:
        return self._task.statements[name].at(self._now)


def _sort_tiles(tiles: "Mapping[Tile, int] | list[Tile]") -> list[Tile]:
    return sorted(tiles, key=lambda tile: zxy_to_tileid(tile.z, tile.x, tile.y))


def _split_cell(cell: int, zoom: int) -> tuple[int, int]:
    """Return column and row of a cell, whose bits alternate between the two."""
    column = sum((cell >> 2 * bit & 1) << bit for bit in range(zoom))
    return column, sum((cell >> 2 * bit + 1 & 1) << bit for bit in range(zoom))
