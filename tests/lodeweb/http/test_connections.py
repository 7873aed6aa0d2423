"""Connections that do nothing are closed, those with a request and those that read at a fair rate stay open."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lodeweb.http.service import connections
from lodeweb.http.service.connections import IDLE_S, SLOW_S, ConnectionWatch, OpenRequests


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(autouse=True)
def of_this_test(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Only the accepted sockets of the test are looked at."""
    descriptors: list[int] = []
    monkeypatch.setattr(connections, "_descriptors", lambda: list(descriptors))
    return descriptors


def connected(stack: ExitStack, descriptors: list[int], count: int = 1) -> list[tuple[socket.socket, socket.socket]]:
    """Return both ends of connections, the client's first."""
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    made = []
    for _ in range(count):
        client = stack.enter_context(socket.create_connection(listening.getsockname()))
        accepted = stack.enter_context(listening.accept()[0])
        accepted.setblocking(False)
        descriptors.append(accepted.fileno())
        client.settimeout(5)
        made.append((client, accepted))
    return made


def is_closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        while part := client.recv(1 << 20):
            assert part
    except BlockingIOError:
        return False
    return True


def test_a_silent_connection_is_closed_after_some_time(stack: ExitStack, of_this_test: list[int]) -> None:
    ((client, _),) = connected(stack, of_this_test)
    watch = ConnectionWatch(OpenRequests(), 8)
    watch.look(0)
    watch.look(IDLE_S - 1)
    assert not is_closed(client)
    watch.look(IDLE_S + 1)
    assert is_closed(client)


def test_a_connection_whose_request_is_at_work_stays_open(stack: ExitStack, of_this_test: list[int]) -> None:
    ((client, _),) = connected(stack, of_this_test)
    requests = OpenRequests()
    watch = ConnectionWatch(requests, 0)
    with requests.counting(client.getsockname()):
        for now in range(0, 600, 10):
            watch.look(now)
    assert not is_closed(client)
    watch.look(600 + IDLE_S)
    assert is_closed(client)


def test_a_reader_that_takes_a_few_bytes_a_second_is_closed(stack: ExitStack, of_this_test: list[int]) -> None:
    (client, accepted), (fast, served) = connected(stack, of_this_test, 2)
    requests = OpenRequests()
    watch = ConnectionWatch(requests, 8)
    with requests.counting(client.getsockname()), requests.counting(fast.getsockname()):
        for now in range(0, round(SLOW_S) + 4, 4):
            for end in (accepted, served):
                try:
                    while end.send(bytes(1 << 16)):
                        pass
                except BlockingIOError:
                    pass
            client.recv(8)
            fast.recv(1 << 20, socket.MSG_WAITALL)
            watch.look(now)
    assert is_closed(client) and not is_closed(fast)


def test_one_address_has_a_number_of_connections(stack: ExitStack, of_this_test: list[int]) -> None:
    ends = connected(stack, of_this_test, 12)
    ConnectionWatch(OpenRequests(), 8).look(0)
    assert [is_closed(client) for client, _ in ends] == [False] * 8 + [True] * 4


def test_a_look_leaves_no_descriptor_open(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    stack.enter_context(socket.create_connection(listening.getsockname()))
    watch = ConnectionWatch(OpenRequests(), None)
    before = len(os.listdir("/proc/self/fd"))
    for now in range(20):
        watch.look(now)
    assert len(os.listdir("/proc/self/fd")) == before
