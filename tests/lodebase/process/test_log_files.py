"""Logs that Lode makes stay small: no statement of a client is in them, and they are rotated by size and age."""

import os
import stat
import threading
import time
from pathlib import Path

import psycopg
import pytest

from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.errors import DiskFull
from lodebase.process import log_files

DAY_S = 86_400


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def address(cluster: Cluster) -> str:
    """The address of the server for its administrator, as libpq takes it."""
    return cluster.url(ADMIN, "postgres").replace("postgresql+psycopg", "postgresql")


def put_back(path: Path, days: float) -> None:
    """Make a file as old as that."""
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))


def test_a_large_log_is_moved_on_and_its_writer_goes_on_in_the_same_file(log: Path) -> None:
    with log.open("a") as writer:
        for number in range(8):
            writer.write(f"{number}" * 1_000)
            writer.flush()
            assert log_files.rotate(log, 999)
            assert not log_files.rotate(log, 999)
        writer.write("last")
    assert log.read_text() == "last"
    stored = {path.name: path.read_text()[0] for path in log.parent.glob("log.[0-9]*")}
    assert stored == {"log.1": "7", "log.2": "6", "log.3": "5", "log.4": "4"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in log.parent.glob("log.[0-9]*")} == {0o600}


def test_of_a_log_that_grew_too_fast_the_end_is_stored(log: Path) -> None:
    log.write_text("a" * 100_000 + "b" * 2_000)
    assert log_files.rotate(log, 1_000)
    assert (log.parent / "log.1").read_text() == "b" * 2_000
    assert log.stat().st_size == 0


def test_an_old_log_is_rotated_whatever_its_size_and_one_that_is_very_old_deleted(log: Path) -> None:
    log.write_text("a line")
    assert not log_files.rotate(log)
    put_back(log.parent / "log.rotated", 6.9)
    assert not log_files.rotate(log)
    put_back(log.parent / "log.rotated", 7.1)
    assert log_files.rotate(log)
    assert (log.parent / "log.1").read_text() == "a line"
    put_back(log.parent / "log.1", 29)
    log_files.rotate(log)
    assert (log.parent / "log.1").exists()
    put_back(log.parent / "log.1", 31)
    log_files.rotate(log)
    assert not (log.parent / "log.1").exists()


def test_an_empty_or_missing_log_is_left_alone(log: Path) -> None:
    assert not log_files.rotate(log)
    log.touch()
    put_back(log.parent / "log.rotated", 100)
    assert not log_files.rotate(log)


def test_the_last_lines_are_found_across_a_rotation(log: Path) -> None:
    log.write_text("first\n" * 1_000 + "No space left on device\n")
    log_files.rotate(log, 5_000)
    log.write_text("shut down\n")
    assert log_files.end_of(log, 34).endswith("No space left on device\nshut down\n")
    assert len(log_files.end_of(log, 34)) == 34
    assert log_files.end_of(log, 100_000).startswith("first")


def test_the_logs_are_watched_and_a_failure_is_said_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "EVERY_S", 0.01)
    over, said = threading.Event(), list[str]()
    thread = threading.Thread(target=log_files.watch, args=([log / "no" / "such"], over, said.append))
    thread.start()
    time.sleep(0.5)
    over.set()
    thread.join(10)
    assert len(said) == 1 and "can't be rotated" in said[0]


def test_a_full_disk_is_known_from_a_log_that_was_rotated_just_then(home: Path) -> None:
    cluster = Cluster(home)
    cluster.base.mkdir()
    cluster.log.write_text("PANIC:  could not write to file: No space left on device\n")
    log_files.rotate(cluster.log, 40)
    with pytest.raises(DiskFull):
        cluster.require_disk_space()


def test_a_statement_that_fails_is_not_in_the_log_of_the_private_cluster(cluster: Cluster) -> None:
    begun = cluster.log.stat().st_size
    mark = "of-a-client" * 40_000
    with psycopg.connect(address(cluster)) as connection:
        for statement, values in (
            (f"SELECT '{mark}', 1 / (SELECT 0)", ()),
            ("SELECT %s::text, 1 / (SELECT 0)", (mark,)),
            (f"SELECT nothing /* {mark} */", ()),
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement, values)
            connection.rollback()
    written = cluster.log.read_bytes()[begun:]
    assert b"division by zero" in written
    assert b"of-a-client" not in written
    assert max(map(len, written.splitlines())) < 1_000


def test_the_log_of_a_running_server_is_rotated_and_goes_on(home: Path) -> None:
    own = Cluster(home)
    own.ensure()
    with psycopg.connect(address(own), autocommit=True) as connection:
        for _ in range(50):
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT 1 / (SELECT 0)")
        assert log_files.rotate(own.log, 1_000)
        assert own.log.stat().st_size == 0
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1 / (SELECT 0)")
    assert own.log.read_text().count("division by zero") == 1
    assert (own.base / "log.1").read_text().count("division by zero") >= 10
    own.stop()
