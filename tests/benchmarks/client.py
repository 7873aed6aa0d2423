"""A client that costs little beside what it measures: kept-alive connections, whole answers, nothing parsed but lengths.

As a program it is some clients at once, each asking again as soon as it has its answer:
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
class Answer:
    """A whole answer and the seconds from the first byte sent to the last one received."""

    seconds: float
    status: int
    head: bytes
    body: bytes


class Reading:
    """An answer that is being received."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._received = 0
        self._whole: int | None = None
        self._chunked = False

    def feed(self, part: bytes) -> bool:
        """Take what was received; whether the answer is whole. Raises ConnectionError where the other side has closed."""
        if not part:
            raise ConnectionError("the connection was closed within an answer")
        self._parts.append(part)
        self._received += len(part)
        if self._whole is None and not self._chunked:
            self._read_head()
        if self._chunked:
            return b"".join(self._parts[-8:]).endswith(b"0\r\n\r\n")
        return self._whole is not None and self._received >= self._whole

    def _read_head(self) -> None:
        begun = b"".join(self._parts)
        end = begun.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(begun, 0, end)
        self._chunked = CHUNKED.search(begun, 0, end) is not None
        self._whole = None if self._chunked else end + 4 + (int(length[1]) if length else 0)

    def answer(self, seconds: float) -> Answer:
        """The whole answer."""
        head, _, body = b"".join(self._parts).partition(b"\r\n\r\n")
        return Answer(seconds, int(head[9:12]), head, _unchunked(body) if self._chunked else body)

    @property
    def status(self) -> int:
        """The status, once the answer has begun."""
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
    """One connection to a server of this machine, opened anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, path: str, headers: str = "") -> Answer:
        """The answer to a GET."""
        made, sent = self._open(), request(path, headers)
        begun, reading = time.perf_counter(), Reading()
        made.sendall(sent)
        while not reading.feed(made.recv(AT_ONCE)):
            pass
        return reading.answer(time.perf_counter() - begun)

    def _open(self) -> socket.socket:
        # what an idle server has to say is that it closes
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
    """A GET as it is sent."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n".encode()


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a second were answered with 200, and how many answers were others."""

    per_second: float
    others: int


def rate(port: int, paths: Sequence[str], clients: int, seconds: float) -> Rate:
    """What some clients at once are answered, in processes of their own so that it isn't the client that is slow."""
    running: list[subprocess.Popen[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PROCESSES):
            file = Path(folder) / str(number)
            file.write_text("\n".join(paths[number::PROCESSES] or paths))
            command = [sys.executable, __file__, str(port), str(file), str(clients // PROCESSES), str(seconds)]
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        told = [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in running]
    return Rate(sum(one["answers"] / one["seconds"] for one in told), sum(one["others"] for one in told))


def _ask_again_and_again(port: int, paths: Sequence[str], clients: int, seconds: float) -> dict[str, float]:
    """How many answers came in how many seconds, after a moment that isn't counted."""
    requests = itertools.cycle([request(path) for path in paths])
    begins, answers, others = time.perf_counter() + WARM_UP_S, 0, 0
    with selectors.DefaultSelector() as waiting:

        def ask(made: socket.socket | None) -> None:
            if made is None:
                made = socket.create_connection((HOST, port), timeout=120)
            else:
                waiting.unregister(made)
            waiting.register(made, selectors.EVENT_READ, (made, Reading()))
            made.sendall(next(requests))

        for _ in range(clients):
            ask(None)
        while (now := time.perf_counter()) < begins + seconds:
            for key, _ in waiting.select(1):
                made, reading = key.data
                try:
                    if not reading.feed(made.recv(AT_ONCE)):
                        continue
                    good = reading.status == 200
                    ask(made)
                except ConnectionError:
                    good = False
                    waiting.unregister(made)
                    made.close()
                    ask(None)
                if now >= begins:
                    answers += good
                    others += not good
        for key in waiting.get_map().values():
            key.data[0].close()
    return {"answers": answers, "others": others, "seconds": now - begins}


if __name__ == "__main__":
    _, port, file, clients, seconds = sys.argv
    print(json.dumps(_ask_again_and_again(int(port), Path(file).read_text().splitlines(), int(clients), float(seconds))))
