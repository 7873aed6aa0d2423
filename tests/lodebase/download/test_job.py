"""The process that writes a file reads batches by a thread, and hears of what goes wrong there."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import adbc_driver_postgresql
import psycopg
import pyarrow as pa
import pytest
from adbc_driver_manager import AdbcConnection

from lodebase.db.store import Store, write_conninfo
from lodebase.download.job import TOO_LARGE, convert_error_to_outcome, read_ahead, run_query
from lodedata.messages import Label
from lodedata.write import FORMATS, Column, FileContent, Table, load_format_writer


def batches(count: int, fails: bool) -> Iterator[pa.RecordBatch]:
    for n in range(count):
        yield pa.record_batch([[n]], names=["n"])
    if fails:
        raise OSError("connection lost")


@pytest.mark.timeout(60)
def test_batches_come_in_their_order() -> None:
    assert [batch.column("n")[0].as_py() for batch in read_ahead(batches(20, False))] == list(range(20))


@pytest.mark.timeout(60)
def test_an_error_while_reading_is_raised_where_batches_are_awaited() -> None:
    reading = read_ahead(batches(20, True))
    with pytest.raises(OSError, match="connection lost"):
        list(reading)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("SELECT pg_terminate_backend(%s)", "DatabaseAway"),
        ("SELECT pg_cancel_backend(%s)", "Fault"),
    ],
)
def test_a_server_that_goes_while_rows_arrive_is_away(store: Store, end: str, expected: str) -> None:
    url = write_conninfo(store.addresses.owner)
    with adbc_driver_postgresql.connect(url) as database, AdbcConnection(database) as connection:
        ((pid,),) = (batch.column(0).to_pylist() for batch in run_query(connection, "SELECT pg_backend_pid()"))
        rows = run_query(connection, "SELECT repeat('x', 1000000) FROM generate_series(1, 300)")
        next(rows)
        with psycopg.connect(url) as other:
            other.execute(end, (pid,))
        with pytest.raises(OSError) as caught:
            list(rows)
    assert convert_error_to_outcome(caught.value).error == expected


@pytest.mark.parametrize("name", ["csv", "gpkg", "fgb", "geoparquet", "kml", "shp"])
def test_a_full_disk_is_reported_as_a_full_spool(name: str, tmp_path: Path, mount: Callable[[Path, str], None]) -> None:
    mount(tmp_path, "size=1m")
    table = Table("deposits", Label("Deposits", "矿床"), (Column("id", Label("Identifier", "标识符")),), ("id",), (), "point")
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    content = FileContent("deposits", Label("Deposits", "矿床"), (table,), 1, moment, "http://localhost/file?as_of=1", "")

    def rows(_: Table) -> Iterator[pa.RecordBatch]:
        for n in range(100):
            ids = [f"{n * 1_000 + i:x}{hash((n, i)):x}" for i in range(1_000)]
            yield pa.record_batch([ids, [1.5] * 1_000, [2.5] * 1_000], names=["id", "x", "y"])

    with pytest.raises(Exception) as caught:
        load_format_writer(name)(content, rows, tmp_path / f"file{FORMATS[name].suffix}")
    assert convert_error_to_outcome(caught.value) == TOO_LARGE
