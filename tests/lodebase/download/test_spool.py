"""The spool holds what it may, and nothing that a crash left."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from lodebase.download.spool import FileLock, Spool
from lodebase.download.task import Outcome
from lodebase.errors import Overloaded, TooManyDownloads

MB = 1 << 20


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """A spool that makes three files at a time, of which a client may have two."""
    return Spool(tmp_path / "spool", 8 * MB, places=3, each=2)


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
    lock = other.client_slot(("someone",))
    stream = (held / "lock").open("ab")
    fcntl.flock(stream, fcntl.LOCK_EX)
    spool._remove_abandoned()
    assert held.exists() and not left.exists()
    stream.close()
    lock.release()


def test_a_client_has_so_many_places_and_another_has_its_own(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 8 * MB, places=2, each=2)
    first, second = spool.client_slot(("10.0.0.1",)), spool.client_slot(("10.0.0.1",))
    with pytest.raises(TooManyDownloads, match="Try again"):
        spool.client_slot(("10.0.0.1",))
    other = spool.client_slot(("10.0.0.2",))
    first.release()
    spool.client_slot(("10.0.0.1",)).release()
    for held in (second, other):
        held.release()
    assert not any("10.0.0" in path.name for path in (spool.folder / "slots").iterdir())


def test_a_slot_that_was_released_leaves_no_file(spool: Spool) -> None:
    spool.client_slot(("10.0.0.1",)).release()
    assert list((spool.folder / "slots").glob("*-of-*")) == []


def test_a_slot_of_a_killed_process_is_removed(spool: Spool) -> None:
    held = spool.client_slot(("10.0.0.1",))
    assert len(list((spool.folder / "slots").glob("*-of-*"))) == 1
    spool._remove_abandoned()
    assert len(list((spool.folder / "slots").glob("*-of-*"))) == 1
    # the end of a process closes its files, and their paths stay
    for slot in held._parts:
        if isinstance(slot, FileLock):
            slot._remove = None
    held.release()
    spool._remove_abandoned()
    assert list((spool.folder / "slots").glob("*-of-*")) == []


def test_a_lock_of_a_file_that_was_removed_meanwhile_is_no_lock(spool: Spool) -> None:
    """Many threads take and release one slot: never two at once, though its file goes each time."""
    inside, most, lock = 0, 0, threading.Lock()

    def take() -> None:
        nonlocal inside, most
        for _ in range(200):
            held = spool._slot("slot-of-all", 1)
            if held is None:
                continue
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1
            held.release()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == 1


def test_one_client_leaves_others_a_place_to_make_a_file(spool: Spool) -> None:
    held = [spool._maker(("greedy",)) for _ in range(spool.places - 1)]
    with pytest.raises(Overloaded):
        spool._maker(("greedy",))
    spool._maker(("another",)).release()
    for file_lock in held:
        file_lock.release()


def test_networks_of_one_subscriber_share_its_downloads(spool: Spool) -> None:
    held = [spool.client_slot((f"2001:db8:1:{n}::/64", "2001:db8:1::/56", "2001:db8:1::/48")) for n in range(spool.each * 2)]
    with pytest.raises(TooManyDownloads):
        spool.client_slot(("2001:db8:1:99::/64", "2001:db8:1::/56", "2001:db8:1::/48"))
    for file_lock in held:
        file_lock.release()


def test_a_file_in_progress_is_never_taken_for_abandoned(spool: Spool) -> None:
    """Between its folder and its lock no other process looks."""
    file_locks: list[FileLock] = []
    with spool._making():
        starter = threading.Thread(target=lambda: file_locks.append(spool._start_folder()[1]))
        starter.start()
        starter.join(0.2)
        assert file_locks == []
    starter.join(10)
    assert len(file_locks) == 1
    file_locks[0].release()
