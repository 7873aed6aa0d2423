"""The rows of a GeoPackage whose tables GDAL made empty: as finished pages, with their indexes."""

import sqlite3
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write import geometry, plain, spatialindex
from lodedata.write.content import Content, Rows, Table
from lodedata.write.gdal import SHAPE
from lodedata.write.pieces import Array, fixed
from lodedata.write.sqlitepages import Book, Leaf
from lodedata.write.sqliterecords import Cells, Values, encoded, of_index, of_table

PAGE_BYTES = 32_768
POINT = np.dtype([("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4"), ("point", geometry.POINT)])
"""A point and what stands before it (GeoPackage 1.3, 2.1.3); the flags say: no envelope, the lowest byte first."""
LITTLE_ENDIAN = 1
NONE = pa.array([], pa.string())
ROOTS = "SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"
TREE = f"rtree_{{table}}_{SHAPE}_{{part}}"


def index_name(table: Table, column: str) -> str:
    """How the index of what a table refers to is called."""
    return f"ix_{table.name}_{column}"


@contextmanager
def edited(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as a database, in one transaction. Nothing waits for the disk: a file that was not finished is not given out."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous = OFF")
        yield database


def fill(content: Content, rows: Rows, path: Path) -> None:
    """Fill the tables and their indexes: those beside the records by a thread of their own, and by another one the index of
    places, when the records are there. Raises TooLong where a record has no room in a page.
    """
    with edited(path) as database:
        database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        database.execute("VACUUM")
        # an empty tree has a root already
        database.execute(f'DELETE FROM "{TREE.format(table=content.table.name, part="node")}"')
        roots = dict(database.execute(ROOTS).fetchall())
    filled = [_Filled(content, table) for table in content.tables]
    records, *others = filled
    with Book(path) as book, ExitStack() as kept, ThreadPoolExecutor(2) as beside:

        def keep(leaves: Iterator[Leaf]) -> Iterator[Leaf]:
            return book.aside(leaves, kept.enter_context(TemporaryFile(dir=path.parent)))

        # pages have the same order each time, whichever thread is done first
        aside = beside.submit(lambda: [(keep(one.leaves(rows, book)), keep(one.entries(book))) for one in others])
        # closed when the writing fails, as the other thread may wait for records that come no more
        with closing(records.leaves(rows, book)) as leaves:
            book.fill_table(roots[records.table.name], leaves)
        places = beside.submit(records.places, book)
        for one, (pages, entries) in zip(others, aside.result(), strict=True):
            book.fill_table(roots[one.table.name], pages)
            if one.index is not None:
                book.fill_index(roots[one.index], entries)
        for part, nodes in places.result().items():
            book.fill_table(roots[TREE.format(table=records.table.name, part=part)], iter(nodes))
    with edited(path) as database:
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

    def leaves(self, rows: Rows, book: Book) -> Generator[Leaf, None, None]:
        """The leaves of the table."""
        return book.of_table(self._cells(rows, book.most))

    def _cells(self, rows: Rows, most: int) -> Iterator[Cells]:
        for batch in plain.batches(self._content, rows, self.table):
            rowids = np.arange(self._count + 1, self._count + batch.num_rows + 1)
            self._count += batch.num_rows
            columns = [encoded(values) for values in batch.columns[: len(self.table.columns)]]
            if self.table.geometry is not None:
                columns.insert(0, self._shape(batch, rowids))
            if self._owner is not None:
                # a copy: as it is, it would keep the memory of all that came with it
                self._owners.append(pa.concat_arrays([batch.column(self._owner), NONE]))
            if batch.num_rows:
                yield of_table(rowids, columns, most)

    def _shape(self, batch: pa.RecordBatch, rowids: Array) -> Values:
        x, y = batch.column("x"), batch.column("y")
        there = x.is_valid().to_numpy(zero_copy_only=False)
        made = np.zeros(len(x), POINT)
        made["magic"], made["flags"], made["srs"] = b"GP", LITTLE_ENDIAN, self._content.srid
        made["point"] = geometry.pairs(x, y)
        self._x.append(made["point"]["x"][there])
        self._y.append(made["point"]["y"][there])
        self._placed.append(rowids[there])
        return encoded(fixed(made, x))

    @property
    def index(self) -> str | None:
        """The name of the index of what the rows refer to."""
        return index_name(self.table, self._owner) if self._owner is not None else None

    def entries(self, book: Book) -> Iterator[Leaf]:
        """The leaves of that index."""
        if not self._owners:
            return iter(())
        owners = pa.concat_arrays(self._owners)
        if _in_order(owners):
            rowids = np.arange(1, len(owners) + 1)
        else:
            order = pc.array_sort_indices(owners)
            owners, rowids = owners.take(order), order.to_numpy().astype("i8") + 1
        return book.of_index(of_index(owners, rowids, book.most_of_index))

    def places(self, book: Book) -> dict[str, list[Leaf]]:
        """The leaves of the three tables that are the index of where the rows are."""
        made = spatialindex.tree(*map(_one, (self._placed, self._x, self._y)))
        numbers = np.arange(1, len(made.nodes) + 1)
        parts = {
            "node": (numbers, encoded(fixed(made.nodes))),
            "parent": (numbers[1:], _numbers(made.parents[1:])),
            "rowid": (made.rows, _numbers(made.leaves)),
        }
        cells = {part: [of_table(keys, [values], book.most)] if len(keys) else [] for part, (keys, values) in parts.items()}
        return {part: list(book.of_table(some)) for part, some in cells.items()}

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
