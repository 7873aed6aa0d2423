"""File responses, complete or still being written; a client that is too slow is disconnected and logged."""

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import structlog

from lodebase.download.spool import LOOK_S, FileInProgress
from lodebase.errors import ClientGone
from lodedata.messages import msg

BLOCK_BYTES = 256 << 10
SLOWEST_BYTES = 8_192
"""Minimum average rate in bytes per second; a slower client holds a slot that others wait for."""

log = structlog.get_logger("lodeweb")


class Pace:
    """Measures how fast a client takes a file."""

    def __init__(self, grace_s: float) -> None:
        self._sent, self._waited_s, self._gave = 0, 0.0, time.monotonic()
        self._grace_s = grace_s

    def note_taken(self) -> None:
        """Note that the client has taken all blocks so far. Raises BrokenPipeError if that took too long."""
        self._waited_s += time.monotonic() - self._gave
        if self._waited_s > self._grace_s and self._sent / self._waited_s < SLOWEST_BYTES:
            log.info("download cut off", reason=f"the client took less than {SLOWEST_BYTES} bytes a second", sent=self._sent)
            raise BrokenPipeError(errno.EPIPE, "the client is too slow")

    def note_sent(self, block: bytes) -> bytes:
        """Note a block that is sent."""
        self._sent += len(block)
        self._gave = time.monotonic()
        return block


class Growing:
    """A file that is sent while it is made. If it is closed before its end, the task that makes it is cancelled."""

    def __init__(self, making: FileInProgress, there: Callable[[], bool], then: Callable[[], None], grace_s: float) -> None:
        self._making, self._there, self._then, self._pace = making, there, then, Pace(grace_s)
        self._stream: BinaryIO | None = None
        self._ended = False
        try:
            self._first = self._read_block()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> "Growing":
        return self

    def __next__(self) -> bytes:
        self._pace.note_taken()
        try:
            block, self._first = self._first or self._read_block(), b""
        except ClientGone:
            raise ConnectionResetError(errno.ECONNRESET, "the client has gone") from None
        if not block:
            self.close()
            raise StopIteration
        return self._pace.note_sent(block)

    def close(self) -> None:
        """Close the file, cancel its task and release its resources."""
        if self._stream is not None:
            self._stream.close()
        self._making.cancel()
        self._then()

    def _read_block(self) -> bytes:
        """Return the next bytes as soon as there are any, none at the end. Raises the error of the task that makes the file."""
        while not self._ended:
            if not self._there():
                self.close()
                raise ClientGone(msg("The client has closed the connection."))
            running = self._making.running()
            if self._stream is None and self._making.path.exists():
                self._stream = self._making.path.open("rb")
            block = self._stream.read(BLOCK_BYTES) if self._stream is not None else b""
            if block:
                return block
            if not running:
                self._ended = True
                self._making.finish()
            else:
                time.sleep(LOOK_S)
        return b""


class Ready:
    """A finished file with random access."""

    def __init__(self, path: Path, then: Callable[[], None], grace_s: float) -> None:
        self._stream, self._then, self._pace = path.open("rb"), then, Pace(grace_s)
        self.size = path.stat().st_size

    def __iter__(self) -> "Ready":
        return self

    def __next__(self) -> bytes:
        self._pace.note_taken()
        block = self._stream.read(BLOCK_BYTES)
        if not block:
            self.close()
            raise StopIteration
        return self._pace.note_sent(block)

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int) -> None:
        """Set the read position."""
        self._stream.seek(offset)

    def tell(self) -> int:
        """Return the read position."""
        return self._stream.tell()

    def close(self) -> None:
        """Close the file and release its resources."""
        self._stream.close()
        self._then()
