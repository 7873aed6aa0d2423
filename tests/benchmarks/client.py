"""A client with little overhead: keep-alive connections, complete responses, only lengths are parsed.

As a program it runs concurrent clients, each sending the next request as soon as it has a response:
python client.py PORT FILE-OF-PATHS CLIENTS SECONDS
"""

import itertools
import json
import re
import select
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
AT_ONCE = 2**18
PROCESSES = 2
WARM_UP_S = 1.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """A complete response and the seconds from the first byte sent to the last one received."""

    seconds: float
    status: int
    head: bytes
    body: bytes


class Reader:
    """A response that is being received."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._received = 0
        self._length: int | None = None
        self._chunked = False

    def feed(self, part: bytes) -> bool:
        """Add a received part and return whether the response is complete. Raises ConnectionError if the peer has closed."""
        if not part:
            raise ConnectionError("the connection was closed within a response")
        self._parts.append(part)
        self._received += len(part)
        if self._length is None and not self._chunked:
            self._read_head()
        if self._chunked:
            return b"".join(self._parts[-8:]).endswith(b"0\r\n\r\n")
        return self._length is not None and self._received >= self._length

    def _read_head(self) -> None:
        begun = b"".join(self._parts)
        end = begun.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(begun, 0, end)
        self._chunked = CHUNKED.search(begun, 0, end) is not None
        self._length = None if self._chunked else end + 4 + (int(length[1]) if length else 0)

    def response(self, seconds: float) -> Response:
        """Return the complete response."""
        head, _, body = b"".join(self._parts).partition(b"\r\n\r\n")
        return Response(seconds, int(head[9:12]), head, _unchunked(body) if self._chunked else body)

    @property
    def status(self) -> int:
        """The status, as soon as the response has begun."""
        return int(self._parts[0][9:12])


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 4 + size


class Connection:
    """A connection to a local server, opened again after the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, headers: str = "") -> Response:
        """Return the response to a GET request."""
        made, sent = self._open(), request(path, headers)
        begun, reading = time.perf_counter(), Reader()
        made.sendall(sent)
        while not reading.feed(made.recv(AT_ONCE)):
            pass
        return reading.response(time.perf_counter() - begun)

    def _open(self) -> socket.socket:
        # an idle server only sends that it closes
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self._port), timeout=120)
        return self._socket

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def request(path: str, headers: str = "") -> bytes:
    """Return a GET request as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n".encode()


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second with status 200, and the number of responses with another status."""

    per_second: float
    others: int


def rate(port: int, paths: Sequence[str], clients: int, seconds: float) -> Rate:
    """Return the rate of concurrent clients, which run in separate processes so that they are not the bottleneck."""
    running: list[subprocess.Popen[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PROCESSES):
            file = Path(folder) / str(number)
            file.write_text("\n".join(paths[number::PROCESSES] or paths))
            command = [sys.executable, __file__, str(port), str(file), str(clients // PROCESSES), str(seconds)]
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        counts = [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in running]
    return Rate(sum(count["responses"] / count["seconds"] for count in counts), sum(count["others"] for count in counts))


def _request_repeatedly(port: int, paths: Sequence[str], clients: int, seconds: float) -> dict[str, float]:
    """Return the number of responses and the seconds, after a warm-up that is not counted."""
    requests = itertools.cycle([request(path) for path in paths])
    begins, responses, others = time.perf_counter() + WARM_UP_S, 0, 0
    with selectors.DefaultSelector() as waiting:

        def send(made: socket.socket | None) -> None:
            if made is None:
                made = socket.create_connection((HOST, port), timeout=120)
            else:
                waiting.unregister(made)
            waiting.register(made, selectors.EVENT_READ, (made, Reader()))
            made.sendall(next(requests))

        for _ in range(clients):
            send(None)
        while (now := time.perf_counter()) < begins + seconds:
            for key, _ in waiting.select(1):
                made, reading = key.data
                try:
                    if not reading.feed(made.recv(AT_ONCE)):
                        continue
                    good = reading.status == 200
                    send(made)
                except ConnectionError:
                    good = False
                    waiting.unregister(made)
                    made.close()
                    send(None)
                if now >= begins:
                    responses += good
                    others += not good
        for key in waiting.get_map().values():
            key.data[0].close()
    return {"responses": responses, "others": others, "seconds": now - begins}


if __name__ == "__main__":
    _, port, file, clients, seconds = sys.argv
    print(json.dumps(_request_repeatedly(int(port), Path(file).read_text().splitlines(), int(clients), float(seconds))))
