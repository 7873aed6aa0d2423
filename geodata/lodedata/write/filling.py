"""The rows of a GeoPackage whose tables GDAL made empty: as finished pages, with their indexes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write import geometry, plain, spatialindex
from lodedata.write.content import Content, Rows, Table
from lodedata.write.gdal import SHAPE
from lodedata.write.pieces import Array, fixed
from lodedata.write.sqlitepages import Book
from lodedata.write.sqliterecords import Cells, Values, encoded, of_index, of_table

PAGE_BYTES = 32_768
HEAD = np.dtype([("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4")])
"""What stands before a geometry (GeoPackage 1.3, 2.1.3); the flags say: no envelope, the lowest byte first."""
LITTLE_ENDIAN = 1
ROOTS = "SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"
TREE = f"rtree_{{table}}_{SHAPE}_{{part}}"


def index_name(table: Table, column: str) -> str:
    """How the index of what a table refers to is called."""
    return f"ix_{table.name}_{column}"


def fill(content: Content, rows: Rows, path: Path) -> None:
    """Fill the tables and their indexes. Raises TooLong where a record has no room in a page."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        database.execute("VACUUM")
        # an empty tree has a root already
        database.execute(f'DELETE FROM "{TREE.format(table=content.table.name, part="node")}"')
        database.commit()
        roots = dict(database.execute(ROOTS).fetchall())
    with Book(path) as book:
        filled = [_Filled(content, table) for table in content.tables]
        for one in filled:
            book.fill_table(roots[one.table.name], one.cells(rows, book.most))
            one.index(book, roots)
    with closing(sqlite3.connect(path)) as database, database:
        for one in filled:
            one.tell(database)


class _Filled:
    """A table on its way into the file: what is kept of its rows for its indexes."""

    def __init__(self, content: Content, table: Table) -> None:
        self.table, self._content = table, content
        self._owner = table.references[0].column if table is not content.table and table.references else None
        self._owners: list[pa.Array] = []
        self._x: list[Array] = []
        self._y: list[Array] = []
        self._placed: list[Array] = []
        self._count = 0

    def cells(self, rows: Rows, most: int) -> Iterator[Cells]:
        """The records, batch by batch."""
        for batch in plain.batches(self._content, rows, self.table):
            rowids = np.arange(self._count + 1, self._count + batch.num_rows + 1)
            self._count += batch.num_rows
            columns = [encoded(values) for values in batch.columns[: len(self.table.columns)]]
            if self.table.geometry is not None:
                columns.insert(0, self._shape(batch, rowids))
            if self._owner is not None:
                self._owners.append(batch.column(self._owner))
            if batch.num_rows:
                yield of_table(rowids, columns, most)

    def _shape(self, batch: pa.RecordBatch, rowids: Array) -> Values:
        x, y = batch.column("x"), batch.column("y")
        there = x.is_valid().to_numpy(zero_copy_only=False)
        self._x.append(x.to_numpy(zero_copy_only=False)[there])
        self._y.append(y.to_numpy(zero_copy_only=False)[there])
        self._placed.append(rowids[there])
        head = np.zeros(len(x), HEAD)
        head["magic"], head["flags"], head["srs"] = b"GP", LITTLE_ENDIAN, self._content.srid
        return encoded(pc.binary_join_element_wise(fixed(head), geometry.points(x, y), b""))

    def index(self, book: Book, roots: dict[str, int]) -> None:
        """Fill the index of what the rows refer to, or of where they are."""
        if self._owner is not None and self._owners:
            owners = pa.concat_arrays(self._owners)
            if _in_order(owners):
                rowids = np.arange(1, len(owners) + 1)
            else:
                order = pc.array_sort_indices(owners)
                owners, rowids = owners.take(order), order.to_numpy().astype("i8") + 1
            entries = of_index(owners, rowids, book.most_of_index)
            book.fill_index(roots[index_name(self.table, self._owner)], entries)
        if self.table.geometry is not None:
            self._index_places(book, roots)

    def _index_places(self, book: Book, roots: dict[str, int]) -> None:
        made = spatialindex.tree(*map(_one, (self._placed, self._x, self._y)))
        numbers = np.arange(1, len(made.nodes) + 1)
        parts = {
            "node": (numbers, encoded(fixed(made.nodes))),
            "parent": (numbers[1:], _numbers(made.parents[1:])),
            "rowid": (made.rows, _numbers(made.leaves)),
        }
        for part, (keys, values) in parts.items():
            root = roots[TREE.format(table=self.table.name, part=part)]
            book.fill_table(root, [of_table(keys, [values], book.most)] if len(keys) else [])

    def tell(self, database: sqlite3.Connection) -> None:
        """Say how many rows there are, and where."""
        name = self.table.name
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (self._count, name))
        x, y = _one(self._x), _one(self._y)
        if len(x):
            box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
            database.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", (*box, name)
            )


def _in_order(values: pa.Array) -> bool:
    """Whether values go up already, byte by byte, as the rows of a table go by what they refer to."""
    return len(values) < 2 or bool(pc.all(pc.less_equal(values[:-1], values[1:])).as_py())


def _one(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0)


def _numbers(values: Array) -> Values:
    return encoded(pa.array(values.astype("i4")))
