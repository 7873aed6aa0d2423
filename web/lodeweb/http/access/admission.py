"""Admission control for requests that use the database.

The number of running requests, the length of the queue and the share of one client are limited. Requests that need no
database (health, metrics, static files) are not counted.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from flask import Flask, g, request

from lodebase.errors import BadQuery, ClientOverloaded, Overloaded
from lodedata.messages import msg
from lodeweb.http.access.client_address import list_client_networks
from lodeweb.http.declared import is_exempt

LONG_REQUEST_BYTES = 1_000
"""Length of query and body, in bytes, from which a request is long.

Parsing and planning a filter of the maximum size takes about 0.1 s of processor time. A process therefore handles few
long requests at a time, one of each client, while its other threads serve short ones.
"""
WIDER_SHARE = 0.5
"""Part of what a client leaves that its widest networks may use besides: another subscriber may have the same /48."""
TOO_MANY = msg("The site has too many requests at once. Try again in a moment.")
TOO_LONG = msg("The request waited too long for the database, which is busy. Try again in a moment.")


@dataclass(slots=True, eq=False)
class Ticket:
    """A waiting request."""

    client: tuple[str, ...]
    ready: threading.Event = field(default_factory=threading.Event)
    admitted: bool = False


class Gate:
    """Admits a limited number of requests at a time, in order of arrival; a limited number waits.

    One client holds at most ``share`` of the slots and ``share`` of the queue, at least one of each. When its slots are in
    use, its next requests wait and other clients are admitted before them. A client is the networks it is counted by,
    narrowest first; the third and wider ones have a larger share. A client without networks is not counted.
    """

    def __init__(self, places: int, queue: int, wait_s: float, share: float = 1.0) -> None:
        self.places, self.queue, self.wait_s, self.share = places, queue, wait_s, share
        wider = share + (1 - share) * WIDER_SHARE
        self.places_each = tuple(max(1, int(places * part)) for part in (share, share, wider))
        self.queue_each = tuple(max(1, int(queue * part)) for part in (share, share, wider))
        self.moved: Callable[[int, int], None] = lambda inside, waiting: None
        """Called with the numbers of admitted and waiting requests whenever they change."""
        self._free = places
        self._waiting: deque[Ticket] = deque()
        self._inside_of: Counter[str] = Counter()
        self._waiting_of: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, wait_s: float | None = None, client: tuple[str, ...] = ()) -> None:
        """Take a slot, after a wait if necessary.

        Raises Overloaded if the queue is full or the wait was too long, ClientOverloaded if the client's share of the queue is
        full.
        """
        with self._lock:
            if self._free and self._has_place(client):
                self._admit(client)
                return
            self._require_free_queue(client, wait_s)
            ticket = Ticket(client)
            self._waiting.append(ticket)
            self._count(self._waiting_of, client, 1)
            self._report()
        if ticket.ready.wait(self.wait_s if wait_s is None else wait_s):
            return
        with self._lock:
            if not ticket.admitted:
                self._waiting.remove(ticket)
                self._count(self._waiting_of, client, -1)
                self._report()
                raise Overloaded(TOO_LONG)

    def leave(self, client: tuple[str, ...] = ()) -> None:
        """Release the slot, and admit the first waiting request whose client has not used up its share."""
        with self._lock:
            self._free += 1
            self._count(self._inside_of, client, -1)
            following = next((ticket for ticket in self._waiting if self._has_place(ticket.client)), None)
            if following is None:
                self._report()
                return
            self._waiting.remove(following)
            self._count(self._waiting_of, following.client, -1)
            following.admitted = True
            self._admit(following.client)
            following.ready.set()

    def _has_place(self, client: tuple[str, ...]) -> bool:
        return all(self._inside_of[name] < most for name, most in zip(client, self.places_each, strict=False))

    def _require_free_queue(self, client: tuple[str, ...], wait_s: float | None) -> None:
        if len(self._waiting) >= self.queue or wait_s == 0:
            raise Overloaded(TOO_MANY)
        if any(self._waiting_of[name] >= most for name, most in zip(client, self.queue_each, strict=False)):
            raise ClientOverloaded(
                msg("This client has as many requests in progress and waiting as one client may have. Send fewer at a time.")
            )

    def _admit(self, client: tuple[str, ...]) -> None:
        self._free -= 1
        self._count(self._inside_of, client, 1)
        self._report()

    @staticmethod
    def _count(counts: Counter[str], client: tuple[str, ...], change: int) -> None:
        for name in client:
            counts[name] += change
            if not counts[name]:
                del counts[name]

    def _report(self) -> None:
        self.moved(self.places - self._free, len(self._waiting))


def register(app: Flask) -> None:
    """Admit requests through the gate, after the checks that can refuse at once; long ones pass a gate of their own first."""
    gate: Gate = app.extensions["lode"].gate
    long_places = max(1, gate.places // 2)
    long_gate = Gate(long_places, gate.queue, gate.wait_s, min(gate.share, 1 / long_places))

    @app.before_request
    def legible() -> None:
        path = request.environ.get("PATH_INFO", "").encode("latin-1")
        _require_text("path", path)
        if b"\0" in path:
            raise BadQuery("path", "%00", msg("%(parameter)s contains a NUL character. Remove it."))
        if b"%" in request.query_string or not request.query_string.isascii():
            _require_text("query", unquote_to_bytes(request.query_string))

    @app.before_request
    def enter() -> None:
        if request.endpoint is not None and not is_exempt("admission"):
            began = time.perf_counter()
            client = list_client_networks()
            for next_gate in (long_gate, gate) if is_long() else (gate,):
                next_gate.enter(client=client)
                g.setdefault("places", []).append((next_gate, client))
            g.waited_s = time.perf_counter() - began

    @app.teardown_request
    def left(_: BaseException | None) -> None:
        # the response is complete but not yet sent: a slow client must not hold a slot
        release_slots()


def release_slots() -> None:
    """Release the slots of this request as soon as it no longer needs the database."""
    places: list[tuple[Gate, tuple[str, ...]]] = g.pop("places", [])
    for gate, client in reversed(places):
        gate.leave(client)


def is_long() -> bool:
    """Return whether the query and the body of this request are long."""
    return len(request.query_string) + (request.content_length or 0) > LONG_REQUEST_BYTES


def _require_text(part: str, content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(
            part, _escape_content(content[error.start : error.start + 1]), msg("%(value)s in the %(parameter)s is not UTF-8.")
        ) from None


def _escape_content(content: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in content)
