"""The spool: files in progress and finished files, in a bounded folder that a crash can't leave full.

``making`` contains a folder for each file in progress, locked by the process that writes it; folders without a lock are
removed. ``ready`` contains finished files by key; the least recently requested are removed first.
"""

import contextlib
import fcntl
import json
import os
import pickle
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from lodebase import errors
from lodebase.download.shared_files import SharedFile, SharedFiles
from lodebase.download.task import Assignment, Outcome, Task
from lodebase.errors import ClientGone, LodeError, Overloaded, SpoolFull, TooManyDownloads
from lodedata.messages import msg

LOOK_S = 0.01
"""Seconds between checks of a file in progress."""
AGAIN_S = 15
"""Seconds after which a refused client may try again."""
ABOUT = ".about"
"""Suffix of a file's metadata."""
SENT_AT_ONCE = 64
"""Downloads of all clients together; each occupies a thread of the site."""
NETWORK_TIMES = (1, 2, 4)
"""How many times the downloads of one address its wider networks may have: the address or /64, the /56, the /48."""
FREE_BYTES = 256 << 20
"""Bytes of the disk that files leave free."""


def compute_spool_key(redactions: int, of_request: str) -> str:
    """Return the key of a file: the number of redactions, and a hash of what else determines its bytes."""
    return f"{redactions}-{of_request}"


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A finished file: its path, SHA-256 and number of rows by table."""

    path: Path
    sha256: str
    rows: dict[str, int]


class FileLock:
    """Locks on files, held until they are released or their process ends."""

    def __init__(self, *parts: "BinaryIO | FileLock", remove: Path | None = None) -> None:
        self._parts, self._remove = parts, remove

    def release(self) -> None:
        """Release the locks, and remove a file that is named for it; repeated calls do nothing."""
        if self._remove is not None:
            # still locked: who has opened the file meanwhile finds that it is gone, and makes another
            self._remove.unlink(missing_ok=True)
            self._remove = None
        for part in self._parts:
            if isinstance(part, FileLock):
                part.release()
            else:
                part.close()


class FileInProgress:
    """A file that another process writes. It can be read as it grows, and is stored in the spool or cancelled."""

    def __init__(self, spool: "Spool", task: Task, name: str, locks: list[FileLock], folder: Path) -> None:
        self._spool, self._locks, self._folder = spool, locks, folder
        self._name = name
        self.path = folder / f"file{''.join(Path(name).suffixes)}"
        self._errors = (folder / "errors").open("w+b")
        # an unfinished file is never sent after a crash, so no write waits for the disk
        gdal = {"OGR_SQLITE_CACHE": "64", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **gdal}
        command = [sys.executable, "-m", "lodebase.download.job"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment, start_new_session=True
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(pickle.dumps(Assignment(task, self.path, spool.most_of_one)))
            self._process.stdin.flush()

    def running(self) -> bool:
        """Return whether the file is still being written."""
        return self._process.poll() is None

    def wait(self, connected: Callable[[], bool]) -> FinishedFile:
        """Return the finished file. Cancels it and raises ClientGone when the client has disconnected."""
        while self.running():
            if not connected():
                self.cancel()
                raise ClientGone(msg("The client has closed the connection."))
            time.sleep(LOOK_S)
        return self.finish()

    def finish(self) -> FinishedFile:
        """Store the file among the finished ones. Raises the error that ended the process."""
        assert self._process.stdout is not None
        output = self._process.stdout.read()
        self._process.wait()
        try:
            outcome: Outcome = pickle.loads(output) if output else self._describe_crash()
            if outcome.error is not None:
                raise _build_error(outcome)
            return self._spool.store(self.path, self._name, outcome)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End the process and its database connection, and remove its folder; repeated calls do nothing."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        for lock in self._locks:
            lock.release()

    def _describe_crash(self) -> Outcome:
        self._errors.seek(0)
        output = self._errors.read()[-2_000:].decode(errors="replace")
        return Outcome({}, error="Fault", reason=f"status {self._process.returncode}: {output}")


class Spool:
    """The folder of downloads, shared by the processes of a site; ``shared`` has the finished files of all its machines."""

    def __init__(self, folder: Path, most_bytes: int, places: int, each: int, shared: SharedFiles | None = None) -> None:
        self.folder, self.most_bytes, self.places, self.each, self.shared = folder, most_bytes, places, each, shared
        self.most_of_one = max(most_bytes // (2 * places), 1 << 20)

    def ready(self, key: str, suffix: str) -> FinishedFile | None:
        """Return the finished file of a key, None without one; it counts as requested now."""
        path = self.folder / "ready" / f"{key}{suffix}"
        try:
            document = json.loads(_find_description_path(path).read_text(encoding="utf-8"))
            os.utime(path)
        except (OSError, ValueError):
            return self._copy_shared_file(f"{key}{suffix}")
        return FinishedFile(path, document["sha256"], document["rows"])

    def _copy_shared_file(self, name: str) -> FinishedFile | None:
        """Return a file that another machine made, copied to this one; None without one. Raises SpoolFull."""
        if self.shared is None:
            return None
        folder, lock = self._start_folder()
        try:
            path = folder / "file"
            shared_file = self.shared.fetch(name, path)
            return None if shared_file is None else self._store(path, name, shared_file.sha256, shared_file.rows)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()

    def size(self, key: str, suffix: str) -> int | None:
        """Return the bytes of the finished file of a key, None without one; it does not count as requested."""
        path = self.folder / "ready" / f"{key}{suffix}"
        return path.stat().st_size if path.exists() and _find_description_path(path).exists() else None

    def remove_redacted(self, redactions: int) -> None:
        """Remove finished files that were made before the latest redaction."""
        for path in self._create_subfolder("ready").iterdir():
            if not path.name.startswith(compute_spool_key(redactions, "")):
                path.unlink(missing_ok=True)
        if self.shared is not None:
            self.shared.remove_redacted(redactions)

    def client_slot(self, client: Sequence[str]) -> FileLock:
        """Return a download slot of a client. Raises TooManyDownloads if all are in use, Overloaded if the site's are.

        A client is the networks that it is counted by, narrowest first; wider ones have more slots.
        """
        held: list[FileLock] = []
        for name, times in zip(client, NETWORK_TIMES, strict=False):
            slot = self._slot(f"slot-of-{self._mark(name)}", self.each * times)
            if slot is None:
                FileLock(*held).release()
                raise TooManyDownloads(
                    msg(
                        "You have %(each)s downloads in progress, the most at once. Try again when one has ended, or in "
                        "%(again_s)s seconds.",
                        each=self.each * times,
                        again_s=AGAIN_S,
                    )
                )
            held.append(slot)
        sender = self._slot("sender", SENT_AT_ONCE)
        if sender is None:
            FileLock(*held).release()
            raise Overloaded(msg("The site sends no more downloads at once. Try again in a moment."))
        return FileLock(*held, sender)

    def start(self, task: Task, key: str, suffix: str, client: Sequence[str] = ()) -> FileInProgress:
        """Start the process that writes a file. Raises Overloaded if too many run, SpoolFull without free space.

        The last place is left to clients for which no file is made yet.
        """
        slot = self._maker(client)
        try:
            folder, lock = self._start_folder()
            return FileInProgress(self, task, f"{key}{suffix}", [lock, slot], folder)
        except BaseException:
            slot.release()
            raise

    def _start_folder(self) -> tuple[Path, FileLock]:
        """Return a new locked folder of a file in progress, after those of ended processes were removed. Raises SpoolFull."""
        # between these steps the folder has no lock and would seem abandoned to another process
        with self._making():
            self._remove_abandoned()
            self._free_space()
            folder = self._create_subfolder("making") / secrets.token_hex(8)
            folder.mkdir()
            lock = _lock(folder / "lock")
            assert lock is not None
            return folder, lock

    def _maker(self, client: Sequence[str]) -> FileLock:
        """Return a place to make a file, with the marks of its client. Raises Overloaded."""
        first, held = True, list[FileLock]()
        for name in client:
            mark = f"maker-of-{self._mark(name)}"
            own = self._slot(mark, 1)
            first = first and own is not None
            held += [own] if own is not None else filter(None, [self._slot(mark, self.places)])
        slot = self._slot("maker", self.places if first else max(1, self.places - 1))
        if slot is None:
            FileLock(*held).release()
            raise Overloaded(msg("The site makes no more files at once. Try again in a moment."))
        return FileLock(slot, *held)

    @contextlib.contextmanager
    def _making(self) -> Iterator[None]:
        """Hold the lock on the list of files in progress."""
        with (self._create_subfolder("slots") / "making").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def _mark(self, client: str) -> str:
        """Return the part of a file's name that identifies a client and does not name it."""
        return blake2b(client.encode(), digest_size=8, key=self._read_salt()).hexdigest()

    def lock_key(self, key: str, connected: Callable[[], bool]) -> FileLock:
        """Return a lock on a key, so that its file is written once. Raises ClientGone when the client has disconnected."""
        path = self._create_subfolder("slots") / f"key-{key[-2:]}"
        while (lock := _lock(path)) is None:
            if not connected():
                raise ClientGone(msg("The client has closed the connection."))
            time.sleep(LOOK_S * 5)
        return lock

    def store(self, path: Path, name: str, outcome: Outcome) -> FinishedFile:
        """Move a finished file among the ready ones, with its metadata, and copy it to those of all machines."""
        finished_file = self._store(path, name, outcome.sha256, dict(outcome.rows))
        if self.shared is not None:
            self.shared.put_later(finished_file.path, name, SharedFile(finished_file.sha256, finished_file.rows))
        return finished_file

    def _store(self, path: Path, name: str, sha256: str, rows: dict[str, int]) -> FinishedFile:
        stored = self._create_subfolder("ready") / name
        description_path = _find_description_path(stored)
        fresh = self._create_subfolder("slots") / f"about-{secrets.token_hex(8)}"
        fresh.write_text(json.dumps({"sha256": sha256, "rows": rows}), encoding="utf-8")
        path.replace(stored)
        fresh.replace(description_path)
        return FinishedFile(stored, sha256, rows)

    def _create_subfolder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _read_salt(self) -> bytes:
        path = self._create_subfolder("slots") / "salt"
        with contextlib.suppress(FileExistsError), path.open("xb") as stream:
            stream.write(secrets.token_bytes(16))
        return path.read_bytes()[:16]

    def _slot(self, name: str, slots: int) -> FileLock | None:
        folder = self._create_subfolder("slots")
        locks = (_lock(folder / f"{name}-{number}", removed=True) for number in range(slots))
        return next((lock for lock in locks if lock is not None), None)

    def _remove_abandoned(self) -> None:
        """Remove the folders and the clients' slots of processes that have ended."""
        for folder in self._create_subfolder("making").iterdir():
            try:
                lock = _lock(folder / "lock")
            except OSError:
                continue
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()
        for path in self._create_subfolder("slots").glob("*-of-*"):
            lock = _lock(path, removed=True)
            if lock is not None:
                lock.release()

    def _free_space(self) -> None:
        """Remove the least recently requested files until there is space for those in progress. Raises SpoolFull."""
        files = (path for path in self._create_subfolder("ready").iterdir() if path.suffix != ABOUT)
        measured_files = sorted(((_measure_file(path), path) for path in files), key=lambda measured_file: measured_file[0][1])
        total = sum(size for (size, _), _ in measured_files)
        free = shutil.disk_usage(self.folder).free - FREE_BYTES
        for (size, _), path in measured_files:
            if total <= self.most_bytes // 2 and free > self.most_of_one:
                break
            path.unlink(missing_ok=True)
            _find_description_path(path).unlink(missing_ok=True)
            total, free = total - size, free + size
        if free < min(self.most_of_one, 16 << 20):
            raise SpoolFull(msg("The site's disk has no space for the file. Try again later."))


def _build_error(outcome: Outcome) -> Exception:
    kind = getattr(errors, outcome.error or "", None)
    if isinstance(kind, type) and issubclass(kind, LodeError):
        return kind(outcome.reason)
    return RuntimeError(f"a file could not be made: {outcome.reason}")


def _find_description_path(path: Path) -> Path:
    return path.with_name(f"{path.name}{ABOUT}")


def _measure_file(path: Path) -> tuple[int, float]:
    with contextlib.suppress(OSError):
        status = path.stat()
        return status.st_size, status.st_mtime
    return 0, 0.0


def _lock(path: Path, removed: bool = False) -> FileLock | None:
    """Return a lock on a file, None if another process holds it; one that is ``removed`` leaves no file behind."""
    while True:
        stream = path.open("ab")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return None
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(stream.fileno()).st_ino:
                return FileLock(stream, remove=path if removed else None)
        # another process removed the file before it was locked here
        stream.close()
