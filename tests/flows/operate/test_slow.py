"""Clients that are slow, rude or gone hold nothing that others need: no thread, no connection to the database, no place."""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from lodebase.db.private_cluster.cluster import ADMIN, Cluster

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ITEMS = "/api/collections/deposits/items?limit=1000"
SOON_S = 30.0
"""Seconds after which a response is missing; the slow clients stay for longer than all responses take."""
SLOW = 50
HARDENED = ("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Content-Security-Policy")


@pytest.fixture(scope="module")
def site(lasting: Callable[..., "Serving"]) -> "Serving":
    """A site of one process that may ask the database twice at a time, with eleven threads in all."""
    return lasting(LODE_THREADS="2", LODE_QUEUE="1", LODE_BODY_TIMEOUT="7", LODE_SLOW_CLIENT="20")


@contextlib.contextmanager
def line(site: "Serving", receive: int | None = None) -> Iterator[socket.socket]:
    """A connection to the site, which may take little at a time."""
    with socket.socket() as made:
        if receive is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        made.settimeout(20)
        made.connect(("127.0.0.1", site.port))
        yield made


def sent(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode("latin-1")


def heard(made: socket.socket) -> bytes:
    """All that the site says until it closes."""
    parts = []
    while part := made.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def busy_connections(site: "Serving") -> int:
    """How many of the site's connections are in a transaction or at work."""
    address = f"postgresql://{ADMIN}@/postgres?host={Cluster(site.home).socket_folder}"
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lode site' AND state <> 'idle'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def quiet(site: "Serving") -> bool:
    """Return whether the site handles no request but this one."""
    return "lode_requests_in_flight 1.0" in site.get("/metrics").text


def require_prompt_responses(site: "Serving") -> None:
    """Fail unless the site responds soon; requests that need the database may be shed, but not for long."""
    for path in ("/healthz", "/readyz", "/api/collections/deposits/items?limit=1", "/metrics"):
        begun, status = time.monotonic(), 503
        while status == 503:
            status = site.get(path).status
            assert time.monotonic() - begun < SOON_S, path
        assert status == 200, path


def test_fifty_clients_that_read_a_byte_a_second_keep_nobody_waiting(site: "Serving", until: Callable[..., None]) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(line(site, receive=1024)) for _ in range(SLOW)]
        for context in slow:
            # many responses on one connection, more than the machine takes for a client that reads nothing
            context.sendall(sent(ITEMS) * 20)
        for _ in range(3):
            for context in slow:
                assert len(context.recv(1)) == 1
            require_prompt_responses(site)
            time.sleep(1)
            until(lambda: busy_connections(site) == 0 and quiet(site))


def test_fifty_clients_that_never_end_their_request_keep_nobody_waiting(site: "Serving") -> None:
    with contextlib.ExitStack() as stack:
        for n in range(SLOW):
            context = stack.enter_context(line(site))
            context.sendall(sent(ITEMS)[: n % 40])
        require_prompt_responses(site)


def test_fifty_clients_that_begin_a_second_request_delay_nobody(site: "Serving") -> None:
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(line(site)) for _ in range(SLOW)]
        for n, made in enumerate(lines):
            made.sendall(sent("/healthz"))
            assert made.recv(65_536).startswith(b"HTTP/1.1 200 ")
            # nothing, or some of what follows
            made.sendall(sent("/healthz")[: n % 40])
        require_prompt_responses(site)
        for n, made in enumerate(lines[::10]):
            made.sendall(sent("/healthz")[n * 10 % 40 :])
            assert made.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_request_that_comes_a_byte_at_a_time_is_answered(site: "Serving") -> None:
    with line(site) as made:
        for byte in sent("/healthz", "Connection: close"):
            made.sendall(bytes([byte]))
            time.sleep(0.002)
        assert b'{"alive":true}' in heard(made)


def test_clients_that_leave_in_the_middle_leave_nothing_behind(site: "Serving", until: Callable[..., None]) -> None:
    for _ in range(SLOW):
        with line(site, receive=1024) as made:
            made.sendall(sent(ITEMS))
            made.recv(1)
    until(lambda: busy_connections(site) == 0)
    until(lambda: quiet(site))
    require_prompt_responses(site)


def test_a_client_that_expects_100_continue_gets_it(site: "Serving") -> None:
    with line(site) as made:
        headers = ("Expect: 100-continue", "Content-Length: 2", "Content-Type: application/json", "Connection: close")
        made.sendall(sent("/healthz", *headers, method="POST"))
        go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert made.recv(len(go_on)) == go_on
        made.sendall(b"{}")
        assert heard(made).startswith(b"HTTP/1.1 405 ")


def test_requests_that_are_sent_ahead_are_answered_in_their_order(site: "Serving") -> None:
    with line(site) as made:
        paths = [f"/api/collections/deposits/items?limit={n}" for n in range(1, 21)]
        made.sendall(b"".join(map(sent, paths)) + sent("/healthz", "Connection: close"))
        received = heard(made)
    returned = [
        json.loads(part.split(b"\r\n\r\n", 1)[1])["numberReturned"] for part in received.split(b"HTTP/1.1 200 OK\r\n")[1:-1]
    ]
    assert returned == list(range(1, 21))
    assert received.endswith(b'{"alive":true}')


def test_a_response_that_is_read_slowly_is_complete(site: "Serving") -> None:
    whole = site.get(ITEMS).text
    with line(site, receive=4096) as made:
        made.sendall(sent(ITEMS, "Connection: close"))
        parts = []
        while part := made.recv(4096):
            parts.append(part)
            time.sleep(0.002)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert json.loads(body)["features"] == json.loads(whole)["features"]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /api/collections/deposits/items?filter=" + b"x" * 10_000 + b" HTTP/1.1", 414),
        (b"GET /" + b"y" * 10_000 + b" HTTP/1.1", 414),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"z" * 100_000, 431),
        (b"GET /api/collections/a%00b HTTP/1.1", 400),
        (b"GET /api/collections/%ff%fe HTTP/1.1", 400),
        (b"GET /api/collections/%ed%a0%80 HTTP/1.1", 400),
        (b"GET /api/collections/deposits/items?country=%ff HTTP/1.1", 400),
        (b"GET /api/collections/deposits/items?%ed%a0%80=1 HTTP/1.1", 400),
        (b"GET /api/collections/deposits/items?country=%00 HTTP/1.1", 400),
    ],
)
def test_what_can_not_be_read_is_refused_in_the_form_of_all_errors(site: "Serving", request_line: bytes, status: int) -> None:
    with line(site) as made:
        made.sendall(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = heard(made).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert json.loads(body)["status"] == status
    assert b"content-type: application/problem+json" in head.lower()
    for header in HARDENED:
        assert f"{header}: ".lower().encode() in head.lower()
    require_prompt_responses(site)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /" + b"y" * 100_000 + b" HTTP/1.1", 414),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"z" * 1_000_000, 431),
        (b"GET /healthz HTTP/9.9", 400),
        (b"\x00\xff\xfe nonsense", 400),
        (b"GET /api/collections/deposits/items?country=\xff\xfe HTTP/1.1", 400),
    ],
)
def test_invalid_http_is_refused_with_a_status_alone(site: "Serving", request_line: bytes, status: int) -> None:
    with line(site) as made:
        with contextlib.suppress(ConnectionError):
            made.sendall(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert made.recv(13) == f"HTTP/1.1 {status} ".encode()
    require_prompt_responses(site)


def test_twenty_bodies_that_come_a_byte_in_two_seconds_hold_no_place_and_end(site: "Serving") -> None:
    """Eleven threads and two places would be held by the first of them, if a body were read by a thread."""
    headers = ("Content-Length: 1000", "Content-Type: application/json")
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(line(site)) for _ in range(20)]
        for context in slow:
            context.sendall(sent("/api/collections/deposits/items", *headers, method="POST"))
        for _ in range(3):
            for context in slow:
                context.sendall(b" ")
            assert "lode_database_in_use 0.0" in site.get("/metrics").text
            require_prompt_responses(site)
            assert site.post("/api/collections/deposits/items", b'{"limit":1}').status == 200
            time.sleep(2)
        for context in slow:
            assert context.recv(12) == b"HTTP/1.1 408"


def test_a_body_that_is_too_long_is_refused(site: "Serving") -> None:
    headers = ("Content-Length: 2000000", "Content-Type: application/json", "Connection: close")
    with line(site) as made:
        made.sendall(sent("/api/collections/deposits/items", *headers, method="POST"))
        assert heard(made).startswith(b"HTTP/1.1 413 ")
    with line(site) as made:
        made.sendall(sent("/api/collections/deposits/items", "Transfer-Encoding: chunked", method="POST"))
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                made.sendall(b"8000\r\n" + bytes(0x8000) + b"\r\n")
        assert made.recv(12) == b"HTTP/1.1 413"


def test_two_hundred_clients_that_stall_keep_nobody_waiting(site: "Serving", until: Callable[..., None]) -> None:
    """Open connections: a hundred with half a head, fifty that read nothing of many responses, fifty with half a body."""
    with contextlib.ExitStack() as stack:
        for n in range(200):
            context = stack.enter_context(line(site, receive=1024 if n % 4 == 2 else None))
            if n % 2:
                context.sendall(sent(ITEMS)[: 10 + n % 20])
            elif n % 4:
                context.sendall(sent(ITEMS) * 20)
            else:
                context.sendall(sent("/api/collections/deposits/items", "Content-Length: 9", method="POST") + b"{")
        require_prompt_responses(site)
        until(lambda: busy_connections(site) == 0)


def test_the_log_names_nobody(site: "Serving") -> None:
    with line(site) as made:
        made.sendall(sent("/healthz", "User-Agent: the-browser", "Cookie: lode-lang=secret", "Connection: close"))
        heard(made)
        made_refused = sent("/" + "x" * 10_000)
    with line(site) as made:
        made.sendall(made_refused)
        heard(made)
    said = site.output()
    for word in ("127.0.0.1:", "ip=", "the-browser", "secret"):
        assert word not in said.replace(site.url, ""), word
