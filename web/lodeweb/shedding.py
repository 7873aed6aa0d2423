"""Overload is shed early: so many requests ask the database, so many wait for a moment, and one more is told to come back.

What needs no database (whether the site lives, its figures, its files) passes by.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from flask import Flask, g, request

from lodebase.errors import BadQuery, Overloaded

FREE = frozenset({"health.healthz", "metrics.figures", "static"})
"""Endpoints that pass by."""


class Gate:
    """Lets some in at a time, in the order they came; a bounded number waits, for a bounded time."""

    def __init__(self, places: int, queue: int, wait_s: float) -> None:
        self.places, self.queue, self.wait_s = places, queue, wait_s
        self.moved: Callable[[int, int], None] = lambda inside, waiting: None
        """Is told how many are in and how many wait, whenever that has changed."""
        self._free = places
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def enter(self, wait_s: float | None = None) -> None:
        """Come in. Raises Overloaded where too many wait, or the wait was too long."""
        with self._lock:
            if self._free:
                self._free -= 1
                self._tell()
                return
            if len(self._waiting) >= self.queue or wait_s == 0:
                raise Overloaded("More requests came at once than the site can answer; try again in a moment.")
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
            self._tell()
        if ticket.acquire(timeout=self.wait_s if wait_s is None else wait_s):
            return
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                self._tell()
                raise Overloaded("The request waited too long for the database, which has much to do; try again in a moment.")

    def leave(self) -> None:
        """Give the place to the one who waits longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
            self._tell()

    def _tell(self) -> None:
        self.moved(self.places - self._free, len(self._waiting))


def register(app: Flask) -> None:
    """Let requests in by the gate, after whatever can be refused at sight."""
    gate: Gate = app.extensions["lode"].gate

    @app.before_request
    def legible() -> None:
        path = request.environ.get("PATH_INFO", "").encode("latin-1")
        _require_text("path", path)
        if b"\0" in path:
            raise BadQuery("path", "%00", "holds a NUL character")
        if b"%" in request.query_string or not request.query_string.isascii():
            _require_text("query", unquote_to_bytes(request.query_string))

    @app.before_request
    def enter() -> None:
        if request.endpoint is not None and request.endpoint not in FREE:
            began = time.perf_counter()
            gate.enter()
            g.inside = gate
            g.waited_s = time.perf_counter() - began

    @app.teardown_request
    def left(_: BaseException | None) -> None:
        # the answer is made and not yet sent: a slow client holds no place
        leave()


def leave() -> None:
    """Give this request's place back, as soon as it asks the database no more."""
    held: Gate | None = g.pop("inside", None)
    if held is not None:
        held.leave()


def _require_text(part: str, content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(part, _escaped(content[error.start : error.start + 1]), "is no part of a UTF-8 text") from None


def _escaped(content: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in content)
