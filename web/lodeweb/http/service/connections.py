"""Connections that hold a place and do nothing are closed: silent ones, readers that are too slow, too many of one address.

The server limits how long a request may take to arrive, but not how long a connection may be idle, nor how many one client
has. Its sockets are looked at from outside, through the descriptors of this process and the kernel's counts (TCP_INFO).
"""

import contextlib
import fcntl
import os
import socket
import struct
import sys
import termios
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from lodeweb.http.access.client_address import normalize_address

EVERY_S = 2.0
IDLE_S = 20.0
"""Seconds without a request after which a connection is closed; a client opens another."""
IDLE_OF_PROXY_S = 300.0
"""The same for connections of a proxy, which closes them itself; it would report one that ends under its request."""
MIN_BYTES_PER_S = 2_048
"""Rate at which a client must take what waits for it, over SLOW_S seconds."""
SLOW_S = 30.0
BYTES_ACKED, LENGTH = 120, 128
"""Offset of tcpi_bytes_acked in struct tcp_info of linux/tcp.h, and how much of it is read."""

log = structlog.get_logger("lodeweb")
Peer = tuple[str, int]


class OpenRequests:
    """The connections on which a request is at work, by the address and port of their clients."""

    def __init__(self) -> None:
        self._counts: Counter[Peer] = Counter()

    @contextlib.contextmanager
    def counting(self, peer: Peer) -> Iterator[None]:
        """Count a request meanwhile."""
        self._counts[peer] += 1
        try:
            yield
        finally:
            self._counts[peer] -= 1
            if not self._counts[peer]:
                del self._counts[peer]

    def __contains__(self, peer: object) -> bool:
        return peer in self._counts


@dataclass(slots=True)
class Seen:
    """A connection as it was last seen: what its client had taken, and since when it is idle, and since when it is measured."""

    acked: int
    idle_since: float
    measured_since: float


class ConnectionWatch:
    """Closes connections of this process; one look takes some 10 microseconds for each."""

    def __init__(self, requests: OpenRequests, max_of_address: int | None) -> None:
        """Watch the connections of clients, of which one address may have a number; without it those of a proxy."""
        self.requests, self._max_of_address = requests, max_of_address
        self._idle_s = IDLE_OF_PROXY_S if max_of_address is None else IDLE_S
        self._seen: dict[Peer, Seen] = {}

    def start(self) -> None:
        """Watch from a thread until the process ends; only Linux has what it needs."""
        if sys.platform == "linux":
            threading.Thread(target=self._run, name="connections", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY_S)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Close what is idle, too slow, or beyond the number for its address."""
        before, self._seen = self._seen, {}
        of_address: Counter[str] = Counter()
        for descriptor in _descriptors():
            with contextlib.suppress(OSError), _open_socket(descriptor) as connection:
                peer = _find_peer(connection)
                if peer is None:
                    continue
                address = normalize_address(peer[0])
                of_address[address] += 1
                reason = self._find_close_reason(connection, peer, before.get(peer), now)
                if reason is None and self._max_of_address is not None and of_address[address] > self._max_of_address:
                    reason = None if peer in self.requests else "too many connections of one address"
                if reason is not None:
                    self._seen.pop(peer, None)
                    connection.shutdown(socket.SHUT_RDWR)
                    log.info("connection closed", reason=reason)

    def _find_close_reason(self, connection: socket.socket, peer: Peer, last: Seen | None, now: float) -> str | None:
        """Return why a connection is closed, None if it stays open."""
        acked, waiting = _count_acked(connection), _count_waiting(connection)
        seen = self._seen[peer] = last or Seen(acked, now, now)
        if peer in self.requests or waiting:
            seen.idle_since = now
        elif now - seen.idle_since > self._idle_s:
            return f"no request for {self._idle_s:g} seconds"
        if not waiting:
            seen.acked, seen.measured_since = acked, now
        elif now - seen.measured_since > SLOW_S:
            if acked - seen.acked < MIN_BYTES_PER_S * SLOW_S:
                return f"the client took less than {MIN_BYTES_PER_S} bytes a second"
            seen.acked, seen.measured_since = acked, now
        return None


def _descriptors() -> Iterator[int]:
    """Yield the descriptors of this process that are sockets."""
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(entry).startswith("socket:"):
                yield int(entry.name)


@contextlib.contextmanager
def _open_socket(descriptor: int) -> Iterator[socket.socket]:
    """Yield a socket by a descriptor of its own, as the server may close its own meanwhile. Raises OSError."""
    own = os.dup(descriptor)
    try:
        connection = socket.socket(fileno=own)
    except OSError:
        os.close(own)
        raise
    with connection:
        yield connection


def _find_peer(connection: socket.socket) -> Peer | None:
    """Return the client of a connection of the network that this process accepted, None for other sockets."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.type != socket.SOCK_STREAM:
        return None
    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return None
    address = connection.getpeername()
    return str(address[0]), int(address[1])


def _count_acked(connection: socket.socket) -> int:
    """Return how many bytes the client has taken."""
    information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, LENGTH)
    return int(struct.unpack_from("Q", information, BYTES_ACKED)[0]) if len(information) >= LENGTH else 0


def _count_waiting(connection: socket.socket) -> int:
    """Return how many bytes wait in the kernel for the client."""
    buffer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    return int(struct.unpack("i", buffer)[0])
