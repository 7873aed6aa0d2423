"""The spool holds what it may, and nothing that a crash left."""

import fcntl
import os
from pathlib import Path

import pytest

from lodebase.download.spool import Spool
from lodebase.download.task import Outcome
from lodebase.errors import TooManyDownloads

MB = 1 << 20


def filled(spool: Spool, key: str, size: int, requested_at: int) -> Path:
    """A finished file that was requested last at a time."""
    path = spool.folder / f"{key}.new"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    made = spool.store(path, f"{key}.csv", Outcome({"deposits": 1}, "00"))
    os.utime(made.path, (requested_at, requested_at))
    return made.path


def test_what_was_requested_longest_goes_first(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 8 * MB, places=2, each=2)
    paths = [filled(spool, f"key{n}", 2 * MB, 1_000 + n) for n in range(4)]
    assert spool.ready("key0", ".csv") is not None
    spool._free_space()
    assert [path.exists() for path in paths] == [True, False, False, True]


def test_what_a_crash_left_is_swept_away_and_what_is_at_work_is_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 8 * MB, places=2, each=2)
    left, held = spool.folder / "making" / "left", spool.folder / "making" / "held"
    for folder in (left, held):
        folder.mkdir(parents=True)
        (folder / "lock").touch()
        (folder / "file.csv").write_bytes(b"x")
    other = Spool(spool.folder, 8 * MB, places=2, each=2)
    lock = other.client_slot("someone")
    stream = (held / "lock").open("ab")
    fcntl.flock(stream, fcntl.LOCK_EX)
    spool._remove_abandoned()
    assert held.exists() and not left.exists()
    stream.close()
    lock.release()


def test_a_client_has_so_many_places_and_another_has_its_own(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 8 * MB, places=2, each=2)
    first, second = spool.client_slot("10.0.0.1"), spool.client_slot("10.0.0.1")
    with pytest.raises(TooManyDownloads, match="Try again"):
        spool.client_slot("10.0.0.1")
    other = spool.client_slot("10.0.0.2")
    first.release()
    spool.client_slot("10.0.0.1").release()
    for held in (second, other):
        held.release()
    assert not any("10.0.0" in path.name for path in (spool.folder / "slots").iterdir())
