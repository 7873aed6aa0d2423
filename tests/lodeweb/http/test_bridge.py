"""The bridge between an ASGI server and a WSGI application: bodies, responses, slow clients and clients that leave."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from lodeweb.http.service.bodies import BodyReader
from lodeweb.http.service.bridge import REFUSAL, SINGLE_BYTES, WATCH, Bridge, ResponseAborted, build_environ

Message = MutableMapping[str, Any]
SLOW_S = 0.3
GET: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "raw_path": b"/a%20b/%E9%93%9C",
    "query_string": b"q=%ff",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", "8000"),
    "client": ("::1", "4000"),
    "headers": [(b"host", b"localhost")],
}
POST = GET | {"method": "POST", "headers": [(b"host", b"localhost"), (b"transfer-encoding", b"chunked")]}


class Client:
    """What an ASGI server knows of a client: it sends parts of a body, and takes so many messages of a response."""

    def __init__(self, *parts: bytes, ends: bool = True, takes: int = 1_000) -> None:
        more = [True] * (len(parts) - 1) + [not ends]
        self.parts = [{"type": "http.request", "body": part, "more_body": last} for part, last in zip(parts, more, strict=True)]
        self.takes, self.sent, self.left = takes, list[Message](), asyncio.Event()

    async def receive(self) -> Message:
        """Return the next part, or wait until the client leaves."""
        if self.parts:
            return self.parts.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message, or never."""
        if len(self.sent) >= self.takes:
            await asyncio.Event().wait()
        self.sent.append(message)


def run_coroutine(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread, as a browser of other tests may run an event loop in this one."""

    async def limited() -> None:
        await asyncio.wait_for(coroutine, 30)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, limited()).result()


def call(application: Callable[..., Iterable[bytes]], scope: Message, client: Client, most: int = 100) -> list[Message]:
    async def run() -> None:
        await Bridge(application, 2, BodyReader(most, SLOW_S), SLOW_S)(scope, client.receive, client.send)

    run_coroutine(run())
    return client.sent


def echo(environ: Message, start: Callable[..., Any]) -> list[bytes]:
    refusal: HTTPException | None = environ[REFUSAL]
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(refusal.code).encode() if refusal is not None else environ["wsgi.input"].read()]


def body(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def test_a_body_in_parts_is_read_whole() -> None:
    assert body(call(echo, POST, Client(b"ab", b"", b"c"))) == b"abc"


def test_a_body_that_is_longer_than_allowed_is_refused_by_its_announcement_and_by_its_length() -> None:
    assert body(call(echo, POST | {"headers": [(b"content-length", b"101")]}, Client(b""))) == b"413"
    assert body(call(echo, POST, Client(b"x" * 60, b"x" * 60))) == b"413"


def test_a_path_may_take_longer_bodies_than_others() -> None:
    async def run(path: str, client: Client) -> None:
        bodies = BodyReader(100, SLOW_S, {"/longer": 110})
        await Bridge(echo, 2, bodies, SLOW_S)(POST | {"raw_path": path.encode()}, client.receive, client.send)

    for path, size, expected in (("/longer", 110, b"x" * 110), ("/longer", 111, b"413"), ("/", 101, b"413")):
        client = Client(b"x" * size)
        run_coroutine(run(path, client))
        assert body(client.sent) == expected


def test_a_body_that_never_ends_is_refused_in_time() -> None:
    assert body(call(echo, POST, Client(b"x", ends=False))) == b"408"


def fails(environ: Message, start: Callable[..., Any]) -> Iterable[bytes]:
    raise AssertionError


def test_a_body_that_ends_before_it_is_complete_is_a_bad_request_and_reaches_no_view() -> None:
    client = Client(b"x", ends=False)
    client.left.set()
    assert [message.get("status") for message in call(fails, POST, client)] == [400, None]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"raw_path": b"/" + b"x" * 9_000}, b"414"),
        ({"headers": [(b"x", b"y" * 70_000)]}, b"431"),
        ({"headers": [(b"x%d" % n, b"y") for n in range(61)]}, b"431"),
    ],
)
def test_heads_that_are_too_long_are_refused(more: dict[str, Any], status: bytes) -> None:
    assert body(call(echo, GET | more, Client(b""))) == status


def test_a_long_complete_response_is_sent_in_pieces_after_its_thread_is_free() -> None:
    long = bytes(3 * SINGLE_BYTES)

    def application(environ: Message, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        return [b"a", long]

    assert body(call(application, GET, Client(b""))) == b"a" + long
    client = Client(b"", takes=2)
    with pytest.raises(ResponseAborted):
        call(application, GET, client)
    assert client.sent[-1].get("more_body") is not False, "what was cut off never looks complete"


class Parts:
    """A streamed body that notes when it is closed and may fail."""

    def __init__(self, count: int, fails: bool) -> None:
        self.left, self.fails, self.closed = count, fails, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            if self.fails:
                raise ConnectionResetError("the file could not be made")
            raise StopIteration
        self.left -= 1
        return b"part"

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("fails", "takes"), [(True, 1_000), (False, 3)])
def test_a_stream_that_fails_or_is_not_taken_is_closed_and_never_looks_complete(fails: bool, takes: int) -> None:
    parts, client = Parts(9, fails), Client(b"", takes=takes)

    def application(environ: Message, start: Callable[..., Any]) -> Parts:
        start("200 OK", [])
        return parts

    with pytest.raises(ResponseAborted):
        call(application, GET, client)
    assert parts.closed and all(message["more_body"] for message in client.sent[1:])


def test_a_stream_ends_when_its_client_leaves() -> None:
    client = Client(b"", takes=1_000_000_000)
    parts = Parts(1_000_000_000, fails=False)

    def application(environ: Message, start: Callable[..., Any]) -> Parts:
        start("200 OK", [])
        return parts

    async def run() -> None:
        bridge = Bridge(application, 2, BodyReader(100, SLOW_S), 30)
        asyncio.get_running_loop().call_later(0.2, client.left.set)
        await bridge(GET, client.receive, client.send)

    with pytest.raises(ResponseAborted):
        run_coroutine(run())
    assert parts.closed


def test_a_handler_learns_that_its_client_has_left() -> None:
    client = Client(b"")

    def application(environ: Message, start: Callable[..., Any]) -> list[bytes]:
        connected = environ[WATCH]()
        assert connected()
        while connected():
            pass
        start("200 OK", [])
        return []

    async def run() -> None:
        asyncio.get_running_loop().call_later(0.2, client.left.set)
        await Bridge(application, 2, BodyReader(100, SLOW_S), 30)(GET, client.receive, client.send)

    run_coroutine(run())


def test_the_environment_is_that_of_pep_3333() -> None:
    headers = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y"), (b"x_real_ip", b"1.1.1.1")]
    environ = build_environ(GET | {"headers": [*headers, (b"content-type", b"text/plain")]}, b"")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/铜"
    assert environ["QUERY_STRING"] == "q=%ff"
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"], environ["SERVER_PROTOCOL"]) == ("::1", "8000", "HTTP/1.1")
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"], environ["CONTENT_TYPE"]) == ("a=1;b=2", "x,y", "text/plain")
    assert "HTTP_X_REAL_IP" not in environ and "CONTENT_LENGTH" not in environ
