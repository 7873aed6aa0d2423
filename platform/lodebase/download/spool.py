"""The spool: files that are made or were made, in a bounded folder that a crash can't leave full.

``making`` holds a folder for each file at work, which its maker holds a lock on; what nobody holds is swept away. ``ready``
holds finished files by their key; those that nobody asked for longest go first.
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
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from lodebase import errors
from lodebase.download.task import Assignment, Outcome, Task
from lodebase.errors import ClientGone, LodeError, Overloaded, SpoolFull, TooManyDownloads

LOOK_S = 0.01
"""Seconds between looks at a file that is being made."""
AGAIN_S = 15
"""Seconds after which one who found no place may ask again."""
ABOUT = ".about"
"""How the name of what is told of a file ends."""
SENT_AT_ONCE = 64
"""Downloads of all clients together; each holds a thread of the site."""
FREE_BYTES = 256 << 20
"""Of the disk that no file may take."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file: where it is, its SHA-256, and how many rows of each table it holds."""

    path: Path
    sha256: str
    rows: dict[str, int]


class Held:
    """Locks on files, held until they are let go or their process ends."""

    def __init__(self, *parts: "BinaryIO | Held") -> None:
        self._parts = parts

    def let_go(self) -> None:
        """Give them back; more than once does no harm."""
        for part in self._parts:
            if isinstance(part, Held):
                part.let_go()
            else:
                part.close()


class Making:
    """A file at work. It is read as it grows, and ends up in the spool or goes with whoever gives it up."""

    def __init__(self, spool: "Spool", task: Task, name: str, held: list[Held], folder: Path) -> None:
        self._spool, self._held, self._folder = spool, held, folder
        self._name = name
        self.path = folder / f"file{''.join(Path(name).suffixes)}"
        self._errors = (folder / "errors").open("w+b")
        # a file that a crash leaves half made is never given out, so nothing waits until it is on the disk
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
        """Whether it is still being made."""
        return self._process.poll() is None

    def wait(self, wanted: Callable[[], bool]) -> Made:
        """The finished file. Gives it up and raises ClientGone when it is wanted no longer."""
        while self.running():
            if not wanted():
                self.give_up()
                raise ClientGone("The one who asked has gone.")
            time.sleep(LOOK_S)
        return self.finish()

    def finish(self) -> Made:
        """Put the file among those that are ready. Raises what went wrong."""
        assert self._process.stdout is not None
        told = self._process.stdout.read()
        self._process.wait()
        try:
            outcome: Outcome = pickle.loads(told) if told else self._died()
            if outcome.error is not None:
                raise _error(outcome)
            return self._spool.keep(self.path, self._name, outcome)
        finally:
            self.give_up()

    def give_up(self) -> None:
        """End the maker, whose connection ends with it, and take what it made away; more than once does no harm."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        for held in self._held:
            held.let_go()

    def _died(self) -> Outcome:
        self._errors.seek(0)
        said = self._errors.read()[-2_000:].decode(errors="replace")
        return Outcome({}, error="Fault", reason=f"status {self._process.returncode}: {said}")


class Spool:
    """The folder of downloads, shared by the processes of a site."""

    def __init__(self, folder: Path, most_bytes: int, places: int, each: int) -> None:
        self.folder, self.most_bytes, self.places, self.each = folder, most_bytes, places, each
        self.most_of_one = max(most_bytes // (2 * places), 1 << 20)

    def ready(self, key: str, suffix: str) -> Made | None:
        """The finished file of a key, which counts as asked for now."""
        path = self.folder / "ready" / f"{key}{suffix}"
        try:
            told = json.loads(_about(path).read_text(encoding="utf-8"))
            os.utime(path)
        except (OSError, ValueError):
            return None
        return Made(path, told["sha256"], told["rows"])

    def size(self, key: str, suffix: str) -> int | None:
        """The bytes of the finished file of a key, None where there is none; it does not count as asked for."""
        path = self.folder / "ready" / f"{key}{suffix}"
        return path.stat().st_size if path.exists() and _about(path).exists() else None

    def client(self, name: str) -> Held:
        """A place of a client's own, of so many. Raises TooManyDownloads."""
        # who asked is told by no name that stays
        mark = blake2b(name.encode(), digest_size=8, key=self._salt()).hexdigest()
        held = self._place(f"client-{mark}", self.each)
        if held is None:
            raise TooManyDownloads(
                f"{self.each} downloads of yours are under way, and no more are made at once; "
                f"ask again when one has ended, or in {AGAIN_S} seconds."
            )
        sender = self._place("sender", SENT_AT_ONCE)
        if sender is None:
            held.let_go()
            raise Overloaded("As many downloads as the site sends at once are under way; try again in a moment.")
        return Held(held, sender)

    def make(self, task: Task, key: str, suffix: str) -> Making:
        """Begin to make a file. Raises Overloaded where too many are made, SpoolFull without room."""
        place = self._place("maker", self.places)
        if place is None:
            raise Overloaded("As many files as the site makes at once are being made; try again in a moment.")
        try:
            self._sweep()
            self._make_room()
            folder = self._made("making") / secrets.token_hex(8)
            folder.mkdir()
            lock = _lock(folder / "lock")
            assert lock is not None
            return Making(self, task, f"{key}{suffix}", [lock, place], folder)
        except BaseException:
            place.let_go()
            raise

    def alone(self, key: str, wanted: Callable[[], bool]) -> Held:
        """The right to make the file of a key, so that it is made once. Raises ClientGone when not wanted."""
        path = self._made("slots") / f"key-{key[:2]}"
        while (held := _lock(path)) is None:
            if not wanted():
                raise ClientGone("The one who asked has gone.")
            time.sleep(LOOK_S * 5)
        return held

    def keep(self, path: Path, name: str, outcome: Outcome) -> Made:
        """Put a finished file where it is found again."""
        kept = self._made("ready") / name
        about = _about(kept)
        fresh = self._made("slots") / f"about-{secrets.token_hex(8)}"
        fresh.write_text(json.dumps({"sha256": outcome.sha256, "rows": dict(outcome.rows)}), encoding="utf-8")
        path.replace(kept)
        fresh.replace(about)
        return Made(kept, outcome.sha256, dict(outcome.rows))

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _salt(self) -> bytes:
        path = self._made("slots") / "salt"
        with contextlib.suppress(FileExistsError), path.open("xb") as stream:
            stream.write(secrets.token_bytes(16))
        return path.read_bytes()[:16]

    def _place(self, name: str, places: int) -> Held | None:
        folder = self._made("slots")
        return next((held for n in range(places) if (held := _lock(folder / f"{name}-{n}")) is not None), None)

    def _sweep(self) -> None:
        """Take away what makers left that have gone."""
        for folder in self._made("making").iterdir():
            try:
                held = _lock(folder / "lock")
            except OSError:
                continue
            if held is not None:
                shutil.rmtree(folder, ignore_errors=True)
                held.let_go()

    def _make_room(self) -> None:
        """Let go of the files that nobody asked for longest, until there is room for those that are made."""
        files = (path for path in self._made("ready").iterdir() if path.suffix != ABOUT)
        found = sorted(((_stat(path), path) for path in files), key=lambda one: one[0][1])
        left = sum(size for (size, _), _ in found)
        room = shutil.disk_usage(self.folder).free - FREE_BYTES
        for (size, _), path in found:
            if left <= self.most_bytes // 2 and room > self.most_of_one:
                break
            path.unlink(missing_ok=True)
            _about(path).unlink(missing_ok=True)
            left, room = left - size, room + size
        if room < min(self.most_of_one, 16 << 20):
            raise SpoolFull("There is no room for files on the site's disk just now; try again later.")


def _error(outcome: Outcome) -> Exception:
    kind = getattr(errors, outcome.error or "", None)
    if isinstance(kind, type) and issubclass(kind, LodeError):
        return kind(outcome.reason)
    return RuntimeError(f"a file could not be made: {outcome.reason}")


def _about(path: Path) -> Path:
    return path.with_name(f"{path.name}{ABOUT}")


def _stat(path: Path) -> tuple[int, float]:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_size, found.st_mtime
    return 0, 0.0


def _lock(path: Path) -> Held | None:
    """A lock on a file, None where another holds it."""
    stream = path.open("ab")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return Held(stream)
