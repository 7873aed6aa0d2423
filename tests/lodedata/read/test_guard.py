"""The process that reads uploaded files: its limits hold, and values arrive as they were read."""

import ctypes
import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from lodedata.gdal_options import DRIVERS, ENVIRONMENT
from lodedata.read import FileRefused, Hints, open_tables
from lodedata.read.depth import measure_json_depth, measure_text_depth
from lodedata.read.guard import client, frames
from lodedata.read.guard.confinement import READER_USER, UPLOAD, Confinement, confine
from lodedata.read.guard.rows import require_flat

MIB = 2**20


def test_gdal_has_the_drivers_that_lode_uses_and_no_other() -> None:
    """A newer GDAL with another driver fails here: add it to those that are skipped."""
    # in a process of its own, as tests load GDAL themselves
    script = "from lodedata.gdal import pyogrio; print(sorted(pyogrio.list_drivers()))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == str(sorted(DRIVERS))


@pytest.mark.parametrize("module", ["lodebase.cli.main", "lodebase.download.job", "lodeweb.app"])
def test_gdal_is_loaded_with_those_options_or_not_at_all(module: str) -> None:
    script = (
        f"import sys, {module}\npyogrio = sys.modules.get('pyogrio')\n"
        "print(pyogrio is None or sorted(pyogrio.list_drivers()), "
        "pyogrio is None or pyogrio.get_gdal_config_option('GDAL_HTTP_PROXY'))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() in ("True True", f"{sorted(DRIVERS)} {ENVIRONMENT['GDAL_HTTP_PROXY']}")


def test_programs_that_are_started_have_their_own_drivers() -> None:
    assert not set(ENVIRONMENT) & set(os.environ)


def in_child(work: str, bounds: Confinement = UPLOAD) -> int:
    """Return the wait status of a process that confines itself and then does some work."""
    script = (
        "from lodedata.read.guard.confinement import Confinement, confine\n"
        f"confine({bounds!r})\nimport os, socket, time\n{work}"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=120)
    return run.returncode


def test_time_ends_a_process_that_sleeps_and_one_that_works() -> None:
    brief = Confinement(512 * MIB, 1, 1, once=True)
    assert in_child("time.sleep(60)", brief) == -signal.SIGALRM
    assert in_child("while True: pass", Confinement(512 * MIB, 1, 50, once=True)) == -signal.SIGXCPU


def test_an_import_is_ended_by_its_processor_time_and_not_by_a_busy_machine() -> None:
    brief = Confinement(512 * MIB, None, 1, once=False)
    assert in_child("while True: pass", brief) == -signal.SIGPROF
    assert in_child("time.sleep(2); os._exit(7)", brief) == 7
    assert in_child("time.sleep(60)", brief) == -signal.SIGALRM


def test_child_process_above_its_memory_limit_fails() -> None:
    work = "try:\n    bytearray(600 << 20)\nexcept MemoryError:\n    os._exit(7)"
    assert in_child(work) == 7
    assert in_child("bytearray(200 << 20); os._exit(7)") == 7


def test_no_file_is_written(tmp_path: Path) -> None:
    work = f"try:\n    f = open({str(tmp_path / 'a')!r}, 'wb'); f.write(b'x'); f.close()\nexcept OSError:\n    os._exit(7)"
    assert in_child(work) == 7


def test_there_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        work = f"try:\n    socket.create_connection(('127.0.0.1', {port}), 5)\nexcept OSError:\n    os._exit(7)\nos._exit(8)"
        assert in_child(work) == 7


@pytest.mark.parametrize(
    "work",
    [
        "socket.socket(socket.AF_UNIX)",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.listdir('/')",
        "os.listdir(os.path.expanduser('~'))",
        "open('/etc/passwd').read()",
        "os.mkdir('/tmp/made-by-a-reader')",
        "os.unlink(__file__)",
        "os.setuid(0) if os.getuid() else None; raise OSError" if os.geteuid() else "os.setuid(0)",
    ],
)
def test_what_a_reader_needs_not_is_refused_by_the_kernel(work: str) -> None:
    assert in_child(f"__file__ = socket.__file__\ntry:\n    {work}\nexcept OSError:\n    os._exit(7)\nos._exit(8)") == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="another user keeps its identity and has no socket")
def test_a_reader_of_root_is_a_user_without_a_login() -> None:
    assert in_child(f"os._exit(7 if os.getuid() == {READER_USER} == os.getgid() and not os.getgroups() else 8)") == 7


def test_files_are_not_read_where_the_kernel_lacks_a_restriction_unless_the_operator_accepts_it() -> None:
    script = (
        "import os, sys\nfrom lodedata.read.guard import confinement, kernel_filters\n"
        "kernel_filters.get_landlock_version = lambda: 0\n"
        "try:\n    confinement.confine(confinement.UPLOAD)\nexcept confinement.Unconfined as error:\n"
        "    sys.exit(7 if str(error) == 'Landlock' else 9)\n"
        "os._exit(8)"
    )
    for value, status in (("", 7), ("required", 7), ("available", 8)):
        environment = {**os.environ, "LODE_CONFINEMENT": value} if value else dict(os.environ)
        run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False, timeout=120)
        assert run.returncode == status, run.stderr


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, first in (("one", 1), ("two", 100), ("three", 1_000)):
        sheet = book.create_sheet(name)
        sheet.append(["id", "name"])
        for number in range(first, first + 3_000):
            sheet.append([number, "矿床 \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")])
    path = tmp_path / "three.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1,), (0, 2), (2, 0, 1)])
def test_tables_are_read_in_any_order(workbook: Path, order: tuple[int, ...]) -> None:
    tables = open_tables(workbook)
    firsts = (1, 100, 1_000)
    for number in order:
        rows = list(tables[number].rows)
        assert [row.cells[0] for row in rows] == list(range(firsts[number], firsts[number] + 3_000))
        assert [row.number for row in rows[:2]] == [2, 3]
        assert rows[0].cells[1] == "矿床 😀"


def test_a_table_may_be_left_half_read(workbook: Path) -> None:
    one, two, _ = open_tables(workbook)
    assert next(one.rows).cells[0] == 1
    assert next(two.rows).cells[0] == 100
    assert next(one.rows).cells[0] == 2


def test_values_arrive_as_they_were_read(tmp_path: Path) -> None:
    path = tmp_path / "values.parquet"
    point = shapely.to_wkb(shapely.Point(0.1, 1e-300))
    columns = {
        "whole": [2**63 - 1, None],
        "real": [0.1 + 0.2, float("inf")],
        "none": [None, float("nan")],
        "text": ["\u202e\x1b\0é", ""],
        "truth": [True, False],
        "geometry": [point, None],
    }
    geo = b'{"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}'
    pq.write_table(pa.table(columns).replace_schema_metadata({b"geo": geo}), path)
    first, second = open_tables(path)[0].rows
    assert list(first.cells) == [2**63 - 1, 0.1 + 0.2, None, "\u202e\x1b\0é", True]
    assert first.geometry == point and second.geometry is None
    assert second.cells[1] == float("inf") and second.cells[2] != second.cells[2]


def test_the_server_is_started_anew_when_it_was_killed(workbook: Path) -> None:
    assert len(open_tables(workbook)) == 3
    server = client._SERVER._process
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert len(open_tables(workbook)) == 3


def test_process_of_an_abandoned_reading_ends(workbook: Path) -> None:
    """No process is left that waits for a reader who has gone."""
    tables = open_tables(workbook)
    server = client._SERVER._process
    assert server is not None
    next(tables[0].rows)
    del tables
    deadline = time.monotonic() + 30
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    while children.read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children.read_text().strip() == ""


def test_a_file_open_elsewhere_with_unwritten_changes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.gpkg"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE a (id)")
    connection.commit()
    with pytest.raises(FileRefused, match="open in another program"):
        open_tables(path)
    connection.close()


@pytest.mark.parametrize(
    ("text", "depth"),
    [("[]", 1), ('{"a":[1,[2]]}', 3), ('["[[[", "\\"[[", "\\\\"]', 1), ('"[', 0), ("", 0), ('{"a":"' + "\\" * 9 + '"}', 1)],
)
def test_the_depth_of_json(tmp_path: Path, text: str, depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    for size in (1, 2, 3, 1 << 20):
        monkeypatch.setattr("lodedata.read.depth.CHUNK_BYTES", size)
        assert measure_json_depth(path) == depth


def test_the_depth_of_text() -> None:
    assert measure_text_depth(b"GEOMETRYCOLLECTION(POLYGON((0 0,1 1)))") == 3


def test_a_frame_that_was_cut_is_no_frame() -> None:
    whole = io.BytesIO()
    frames.write(whole, "rows", [1, "é", None])
    assert list(frames.read(io.BytesIO(whole.getvalue()))) == [("rows", [1, "é", None])]
    for cut in range(1, len(whole.getvalue())):
        with pytest.raises(ValueError, match="cut short"):
            list(frames.read(io.BytesIO(whole.getvalue()[:cut])))


def nested(levels: int) -> bytes:
    point: bytes = shapely.to_wkb(shapely.Point(1, 2))
    return b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * levels + point


def test_collections_within_collections_have_a_bound() -> None:
    require_flat(nested(4), "here")
    with pytest.raises(FileRefused, match="here: the geometry has collections within collections, more than 4 deep"):
        require_flat(nested(6), "here")


def test_a_requested_part_is_the_only_table(workbook: Path) -> None:
    (table,) = open_tables(workbook, Hints(part="two"))
    assert next(table.rows).cells[0] == 100


@pytest.fixture(autouse=True)
def _unharmed() -> Iterator[None]:
    """This process was confined by none of these tests."""
    yield
    assert ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) == 0
    assert confine.__module__ == "lodedata.read.guard.confinement"
