"""The maker of files: which record rests on which source is told by the records that pass, also where a writer gives up."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from lodebase.download.job import Origins
from lodedata.write import Column, Content, Reference, Table, geopackage
from lodedata.write.content import PARTS, Rows
from lodedata.write.sqlitepages import Book

ID = Column("id", "Identifier", "标识符")
DEPOSITS = Table(
    *("deposits", "Deposits", "矿床"),
    (ID, Column("sources", "Sources", "来源", "array"), Column("note", "Note", "说明")),
    ("id",),
    (),
    "point",
)
ORIGINS = Table(
    *("record_sources", "Sources of records", "记录的来源"),
    (Column("record_id", "Record", "记录"), Column("source", "Source", "来源")),
    ("record_id", "source"),
    (Reference("record_id", "deposits", "id"),),
)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTENT = Content("deposits", "Deposits", "矿床", (DEPOSITS, ORIGINS), 3, MOMENT, "http://localhost/file?as_of=3", "all", "en")
SOURCES = ("one", PARTS.join(("one", "two")), None)
BATCHES, BATCH = 4, 300


def records(note: str = "") -> Iterator[pa.RecordBatch]:
    """Of each three records one rests on one source, one on two, one on none; the last record has the note."""
    for n in range(BATCHES):
        names = [f"r{n}-{i:03}" for i in range(BATCH)]
        notes = ["-"] * (BATCH - 1) + [note if n == BATCHES - 1 else "-"]
        places = pa.array([float(i % 90) for i in range(BATCH)])
        sources = pa.array([SOURCES[i % 3] for i in range(BATCH)], pa.string())
        yield pa.record_batch([pa.array(names), sources, pa.array(notes), places, places], ["id", "sources", "note", "x", "y"])


def passing(note: str = "") -> Rows:
    origins = Origins(PARTS)
    return lambda table: origins.passing(records(note)) if table is DEPOSITS else origins.batches()


def sources_in(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return [tuple(row) for row in database.execute("SELECT record_id, source FROM record_sources ORDER BY fid")]


EXPECTED = [
    (f"r{n}-{i:03}", source)
    for n in range(BATCHES)
    for i in range(BATCH)
    for source in ((), ("one",), ("one", "two"))[(1, 2, 0)[i % 3]]
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("many", [1, 10_000])
def test_each_record_is_told_with_each_of_its_sources_in_its_order(
    many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geopackage, "MANY", many)
    geopackage.write(CONTENT, passing(), tmp_path / "file.gpkg")
    assert sources_in(tmp_path / "file.gpkg") == EXPECTED


@pytest.mark.timeout(60)
def test_a_record_without_room_in_a_page_leaves_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geopackage, "MANY", 1)
    geopackage.write(CONTENT, passing("x" * 50_000), tmp_path / "file.gpkg")
    assert sources_in(tmp_path / "file.gpkg") == EXPECTED


@pytest.mark.timeout(60)
def test_a_disk_that_is_full_leaves_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geopackage, "MANY", 1)

    def full(book: Book, page: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Book, "_add", full)
    with pytest.raises(OSError, match="No space"):
        geopackage.write(CONTENT, passing(), tmp_path / "file.gpkg")
