"""What is written to a client that reads nothing: a whole answer is kept for it, a stream waits until it gives up."""

import socket
import time
from collections.abc import Iterator

import pytest

from lodeweb.worker import STREAM_BYTES, Line

SLOW_S = 0.5
PIECE = bytes(3 * STREAM_BYTES)


@pytest.fixture
def line() -> Iterator[Line]:
    """A line to a client that reads nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        yield Line(ours, SLOW_S)


def test_the_pieces_of_a_whole_answer_hold_no_thread_however_long_they_are(line: Line) -> None:
    begun = time.monotonic()
    for piece in (b"head", PIECE, b"]}"):
        line.sendall(piece)
    assert time.monotonic() - begun < SLOW_S
    assert line.size > STREAM_BYTES and bytes(line.left[-1]) == b"]}"


def test_a_stream_that_has_run_ahead_waits_for_its_client_and_gives_up(line: Line) -> None:
    line.sendall(PIECE)
    with pytest.raises(BrokenPipeError):
        line.sendall(PIECE)
