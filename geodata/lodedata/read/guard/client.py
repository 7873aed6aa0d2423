"""Client of the reading server: sends a file and receives its tables, or the result of a task, in frames."""

import atexit
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from lodedata.errors import FileRefused
from lodedata.gdal_options import ENVIRONMENT
from lodedata.messages import Message, msg, parse_message_data, wrap_foreign_text
from lodedata.read.guard import frames
from lodedata.read.guard.confinement import AVAILABLE, IMPORT, VARIABLE, Confinement
from lodedata.read.table import Hints, InputRow, InputTable

PASSED_ON = (VARIABLE, "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")
"""Environment variables that the server inherits; none holds a secret of the site."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}


class ReaderEnded(FileRefused):
    """The process that read a file was ended by one of its limits, or by a fault in a parser."""


class _Server:
    """The reading server of this process, started for the first file, and again after a fork or its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, job: Mapping[str, Any], order: bytes | None = None) -> IO[bytes]:
        """Start a job and return the stream of its frames; an order is a file that the child may read."""
        message = json.dumps(job).encode()
        ours, theirs = socket.socketpair()
        with theirs, self._lock, tempfile.TemporaryFile() as file:
            descriptors = [theirs.fileno()]
            if order is not None:
                file.write(order)
                file.seek(0)
                descriptors.append(file.fileno())
            try:
                socket.send_fds(self._connect(), [message], descriptors)
            except OSError:
                self._end()
                socket.send_fds(self._connect(), [message], descriptors)
        with ours:
            return ours.makefile("rb")

    def _connect(self) -> socket.socket:
        if self._socket is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "lodedata.read.guard.server"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**environment, **ONE_THREAD, **ENVIRONMENT},
                    cwd="/",
                    start_new_session=True,
                )
            self._socket, self._owner = ours, os.getpid()
            atexit.register(self._end)
        return self._socket

    def _end(self) -> None:
        """Close the connection, so that the server ends, and wait for it; only in the process that started it."""
        if self._socket is not None and self._process is not None and self._owner == os.getpid():
            self._socket.close()
            self._process.wait()
            self._socket = self._process = None


_SERVER = _Server()


class JobStream:
    """The frames of one job; closing it ends the child at its next write."""

    def __init__(self, job: Mapping[str, Any], name: Message | str, bounds: Confinement, order: bytes | None = None) -> None:
        self._name, self._bounds, self._task = name, bounds, job["task"]
        self._stream = _SERVER.send({**job, "bounds": asdict(bounds)}, order)
        self._frames = frames.read(self._stream)

    def next(self) -> tuple[str, Any]:
        """Return the next frame. Raises FileRefused if the file was refused or its reader ended."""
        try:
            kind, content = next(self._frames)
        except (StopIteration, ValueError, OSError):
            raise ReaderEnded(self._describe_end()) from None
        if kind == "refused":
            raise FileRefused(decode_frame_message(content))
        if kind == "unconfined":
            raise ReaderEnded(unconfined(content))
        if kind == "memory":
            raise FileRefused(
                msg("%(file)s needs more than the %(memory_mb)s MB of memory for a file.", file=self._name, memory_mb=content)
            )
        if kind == "failed":
            raise ReaderEnded(
                msg(
                    "%(file)s can't be read: its content is not what its format allows (%(reason)s).",
                    file=self._name,
                    reason=str(content),
                )
            )
        return kind, content

    def close(self) -> None:
        """Close the stream, which ends the child."""
        self._stream.close()

    def _describe_end(self) -> Message:
        if self._task == "mapping":
            return msg(
                "Reading %(file)s by its mapping was stopped: some rows take more than %(wall_s)s seconds of processor time or "
                "%(memory_mb)s MB of memory, or the file is damaged. Simplify the regular expressions of the mapping, such as "
                "repetitions within repetitions.",
                file=self._name,
                memory_mb=self._bounds.memory_mb,
                wall_s=self._bounds.wall_s,
            )
        return msg(
            "Reading %(file)s was stopped: it takes more than %(memory_mb)s MB of memory or %(wall_s)s seconds, or its "
            "content is damaged. Give a smaller file or another format.",
            file=self._name,
            memory_mb=self._bounds.memory_mb,
            wall_s=self._bounds.wall_s,
        )


def unconfined(reason: object) -> Message:
    """Return the refusal to read foreign files on a machine that can't confine their reader."""
    return msg(
        "This machine can't confine the process that reads foreign files: %(reason)s. Use a Linux kernel with Landlock (5.13 "
        "or newer) and seccomp, or set %(variable)s=%(value)s to read them with the restrictions that it has.",
        reason=str(reason),
        variable=VARIABLE,
        value=AVAILABLE,
    )


def decode_frame_message(content: object) -> Message:
    """Return the message in a frame."""
    try:
        return parse_message_data(content)
    except ValueError:
        return wrap_foreign_text(str(content))


def run_task(
    task: str, path: Path, name: Message | str, bounds: Confinement, modules: Sequence[str] = (), **arguments: Any
) -> Any:
    """Return the result of a task on a file. Raises FileRefused."""
    job = {"task": task, "path": str(path), "modules": list(modules), **arguments}
    job_stream = JobStream(job, name, bounds)
    try:
        return job_stream.next()[1]
    finally:
        job_stream.close()


def start_job(task: str, path: Path, bounds: Confinement, order: bytes, folder: Path, modules: Sequence[str] = ()) -> JobStream:
    """Start a task on a file with an order, and with a folder that it may write in; return the stream of its frames."""
    job = {"task": task, "path": str(path.absolute()), "folder": str(folder), "modules": list(modules)}
    return JobStream(job, path.name, bounds, order)


def tables(path: Path, kind: str, hints: Hints, modules: Sequence[str], bounds: Confinement = IMPORT) -> list[InputTable]:
    """Return the tables of a file; their rows are read lazily. Raises FileRefused."""
    job = {"task": "tables", "path": str(path.absolute()), "kind": kind, "hints": asdict(hints), "modules": list(modules)}
    return _File(job, path.name, bounds).open()


class _File:
    """One open file: a stream that gives its tables in their order, and further ones for tables read in another order."""

    def __init__(self, job: Mapping[str, Any], name: str, bounds: Confinement) -> None:
        self._job, self._name, self._bounds = job, name, bounds
        self._idle: tuple[int, JobStream] | None = None

    def open(self) -> list[InputTable]:
        """Return the tables; no reference is stored, so that a child whose tables are no longer used ends at once."""
        described, job_stream = self._open_job_stream(0)
        self._idle = (0, job_stream)
        weakref.finalize(self, job_stream.close)
        return [
            InputTable(self._name, part, tuple(columns), self._read_rows(number), system, has_geometry)
            for number, (part, columns, system, has_geometry) in enumerate(described)
        ]

    def _open_job_stream(self, first: int) -> tuple[list[tuple[str, list[str], str | None, bool]], JobStream]:
        job_stream = JobStream({**self._job, "first": first}, self._name, self._bounds)
        try:
            return job_stream.next()[1], job_stream
        except FileRefused:
            job_stream.close()
            raise

    def _read_rows(self, number: int) -> Iterator[InputRow]:
        idle, self._idle = self._idle, None
        if idle is not None and idle[0] == number:
            job_stream = idle[1]
        else:
            if idle is not None:
                idle[1].close()
            job_stream = self._open_job_stream(number)[1]
        done = False
        try:
            while (frame := job_stream.next())[0] == "rows":
                for row, cells, geometry, defect, unread in frame[1]:
                    wkb = None if geometry is None else base64.b64decode(geometry)
                    yield InputRow(row, cells, wkb, defect, unread_geometry=unread)
            done = frame[0] == "end"
            if frame[0] == "table-refused":
                done = True
                raise FileRefused(decode_frame_message(frame[1]))
        finally:
            if done and self._idle is None:
                self._idle = (number + 1, job_stream)
            else:
                job_stream.close()
