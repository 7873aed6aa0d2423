"""The site as an ASGI application: the event loop receives bodies and sends responses without a thread.

Flask needs a thread for each request. A client that sends its body slowly or reads its response slowly would hold that
thread and a database slot. Only a streamed response holds its thread until the client has received it.
"""

import asyncio
import contextlib
import io
import os
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, request
from werkzeug.exceptions import HTTPException

from lodebase.process import heartbeats
from lodeweb.http.service.bodies import BodyReader, ClientDisconnected, Event, Receive, find_head_error
from lodeweb.http.service.connections import OpenRequests

Send = Callable[[Event], Awaitable[None]]
Environ = dict[str, Any]

SINGLE_BYTES = 1 << 20
"""Length up to which a complete response is passed to the server in one piece."""
PIECE_BYTES = 256 << 10
"""Bytes per piece of a longer response; the client must take each piece within the time limit for slow clients."""
WHOLE_BYTES = 4 << 20
"""Length up to which a streamed response is read into memory, so that its thread is free before the client has received it."""
UNSENT_BYTES = 128 << 20
"""Memory for the complete responses of one process that wait for clients; beyond it the slowest client is disconnected."""
REFUSAL = "lode.refusal"
"""Key in the WSGI environment of an HTTPException that the site raises instead of handling the request, or None."""
WATCH = "lode.watch"
"""Key in the WSGI environment of a function that starts to watch the client and returns a test whether it is connected."""

log = structlog.get_logger("lodeweb")


class ResponseAborted(Exception):
    """A response can't be completed; the server closes the connection so that the client notices."""


@dataclass(eq=False, slots=True)
class Unsent:
    """A complete response that is being sent to a client."""

    task: "asyncio.Task[Any]"
    size: int
    since: float = field(default_factory=time.monotonic)


class Outbox:
    """Sends complete responses piece by piece, within a memory limit."""

    def __init__(self, slow_client_s: float) -> None:
        self._slow_client_s = slow_client_s
        self._unsent: set[Unsent] = set()

    async def send(self, body: bytes, send: Send) -> None:
        """Send a complete body. Raises ResponseAborted if the client is too slow."""
        if len(body) <= SINGLE_BYTES:
            await send({"type": "http.response.body", "body": body})
            return
        task = asyncio.current_task()
        assert task is not None
        own = Unsent(task, len(body))
        self._unsent.add(own)
        try:
            self._free_memory()
            for start in range(0, len(body), PIECE_BYTES):
                more = start + PIECE_BYTES < len(body)
                message = {"type": "http.response.body", "body": body[start : start + PIECE_BYTES], "more_body": more}
                await asyncio.wait_for(send(message), self._slow_client_s)
                own.since = time.monotonic()
        except TimeoutError:
            raise log_slow_client(self._slow_client_s) from None
        finally:
            self._unsent.discard(own)

    def _free_memory(self) -> None:
        if sum(response.size for response in self._unsent) > UNSENT_BYTES:
            slowest = min(self._unsent, key=lambda response: response.since)
            slowest.task.cancel()


class Exchange:
    """One request and its response, as seen from the thread that makes the response."""

    def __init__(self, receive: Receive, send: Send, slow_client_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive, self._send, self._slow_client_s = receive, send, slow_client_s
        self._watching: Future[None] | None = None
        self._connected: Callable[[], bool] = lambda: True
        self.start: Event | None = None

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        """Record status and headers (PEP 3333)."""
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.start = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": encoded}
        return self.stream

    def content_length(self) -> int | None:
        """Return the declared length of the body, if there is one."""
        assert self.start is not None
        header = next((value for name, value in self.start["headers"] if name == b"content-length"), None)
        return None if header is None else int(header)

    def stream(self, part: bytes) -> None:
        """Send part of the body and wait until the server takes it.

        Raises ResponseAborted if the client is too slow or has disconnected; a server may ignore what is sent to a disconnected
        client.
        """
        if not self._connected():
            raise ResponseAborted("the client has left")
        self._wait({"type": "http.response.body", "body": part, "more_body": True})

    def begin_stream(self) -> None:
        """Send status and headers of a response that is streamed."""
        assert self.start is not None
        self._wait(self.start)
        self.watch()

    def _wait(self, message: Event) -> None:
        sending = asyncio.run_coroutine_threadsafe(asyncio.wait_for(self._send(message), self._slow_client_s), self._loop)
        try:
            sending.result()
        except TimeoutError:
            raise log_slow_client(self._slow_client_s) from None

    def watch(self) -> Callable[[], bool]:
        """Start to watch the client; return a test whether it is still connected."""
        if self._watching is not None:
            return self._connected
        gone = threading.Event()

        async def wait() -> None:
            while (await self._receive())["type"] != "http.disconnect":
                pass
            gone.set()

        self._watching = asyncio.run_coroutine_threadsafe(wait(), self._loop)
        self._connected = lambda: not gone.is_set()
        return self._connected

    def close(self) -> None:
        """Stop watching the client."""
        if self._watching is not None:
            self._watching.cancel()


class Bridge:
    """Runs a WSGI application behind an ASGI server."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        threads: int,
        bodies: BodyReader,
        slow_client_s: float,
        requests: OpenRequests | None = None,
    ) -> None:
        self._application, self._bodies, self._slow_client_s = application, bodies, slow_client_s
        self._begun = False
        self._beats: asyncio.Task[None] | None = None
        self._requests = OpenRequests() if requests is None else requests
        self._threads = ThreadPoolExecutor(threads, "request")
        self._outbox = Outbox(slow_client_s)

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Handle one request."""
        client = scope.get("client") or ("", 0)
        with self._requests.counting((str(client[0]), int(client[1]))):
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Event, receive: Receive, send: Send) -> None:
        if not self._begun:
            self._begun = True
            limit_stalled_clients(self._slow_client_s)
            self._beats = asyncio.create_task(self._beat())
        body, refusal = b"", find_head_error(scope)
        if refusal is None:
            try:
                body = await self._bodies.read(scope, receive)
            except HTTPException as error:
                refusal = error
            except ClientDisconnected:
                # it may have left, or sent malformed chunks, to which the server would respond 500
                await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"0")]})
                await send({"type": "http.response.body", "body": b""})
                return
        exchange = Exchange(receive, send, self._slow_client_s)
        environ = build_environ(scope, body) | {REFUSAL: refusal, WATCH: exchange.watch}
        try:
            whole = await asyncio.get_running_loop().run_in_executor(self._threads, self._respond, environ, exchange)
            if whole is None:
                await send({"type": "http.response.body", "body": b""})
            else:
                assert exchange.start is not None
                await send(exchange.start)
                await self._outbox.send(whole, send)
        except asyncio.CancelledError:
            raise ResponseAborted("no memory is left for slow clients") from None
        finally:
            exchange.close()

    async def _beat(self) -> None:
        """Mark that this process responds, as long as its event loop runs and its threads take work."""
        while True:
            await asyncio.get_running_loop().run_in_executor(self._threads, heartbeats.mark_heartbeat)
            await asyncio.sleep(heartbeats.EVERY_S)

    def _respond(self, environ: Environ, exchange: Exchange) -> bytes | None:
        """Return the body of a complete response, None if it was streamed. Raises ResponseAborted."""
        parts = self._application(environ, exchange.start_response)
        try:
            if isinstance(parts, list):
                return b"".join(parts)
            length = exchange.content_length()
            if length is not None and length <= WHOLE_BYTES:
                return b"".join(parts)
            exchange.begin_stream()
            for part in parts:
                exchange.stream(part)
            return None
        except OSError as error:
            raise ResponseAborted(str(error)) from None
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()


def register(app: Flask) -> None:
    """Raise the errors that the bridge found, so that they are handled and logged like all others."""

    @app.before_request
    def refuse() -> None:
        refusal: HTTPException | None = request.environ.get(REFUSAL)
        if refusal is not None:
            raise refusal


def limit_stalled_clients(seconds: float) -> None:
    """Make the kernel close connections whose client has taken nothing for some time (TCP_USER_TIMEOUT in tcp(7)).

    Set on the listening sockets of this process, from which new connections inherit it. The server has no such setting, and
    only the kernel can time data that was passed to it. The limit is twice the time, so that the site normally disconnects
    and logs first.
    """
    if sys.platform != "linux":
        return
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if not os.readlink(entry).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as open_socket:
                if open_socket.family != socket.AF_UNIX and open_socket.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    open_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(seconds * 2_000))


def log_slow_client(seconds: float) -> ResponseAborted:
    """Log that a client is disconnected and return the error that disconnects it."""
    reason = f"the client took nothing for {seconds:g} seconds"
    log.info("response cut off", reason=reason)
    return ResponseAborted(reason)


def build_environ(scope: Event, body: bytes) -> Environ:
    """Return the WSGI environment of a request (PEP 3333)."""
    server, client = scope.get("server") or ("localhost", "0"), scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if "CONTENT_LENGTH" in environ or body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    if "_" in name:
        # X_Real_Ip would be read as X-Real-Ip, which a proxy sets or removes
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value


def watch_client() -> Callable[[], bool]:
    """Return a test whether the client of this request is still connected; the test is true if that can't be known."""
    begin: Callable[[], Callable[[], bool]] | None = request.environ.get(WATCH)
    return begin() if begin is not None else lambda: True
