"""Gunicorn's worker, in which a slow client holds a few bytes of memory and neither a thread nor the database.

A thread takes a request when its head has come whole, and is free when the answer is made: what the client does not take
at once is kept and sent as it can be. A few threads stay a moment with a client that has its whole answer, for its next
request: passed on by the poller it would wait for two threads to wake up. What gunicorn itself refuses is answered in the
form of all other errors.
"""

import contextlib
import errno
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import Any

import structlog
from gunicorn.http import errors as refusals
from gunicorn.workers.gthread import TConn, ThreadWorker

from lodeweb import metrics
from lodeweb.crew import Crew
from lodeweb.errors import body
from lodeweb.pages import HARDENED, NO_SCRIPTS

HEAD_S = 10.0
"""Seconds a client may take to send the head of a request."""
BODY_S = 20.0
"""Seconds it may take to send the body."""
SLOW_S = 60.0
"""Seconds without a byte taken after which an answer is given up."""
LINGER_S = 2.0
"""Seconds a closed connection waits for the client to close it too (RFC 9112, 9.6)."""
STOP_S = 0.5
STAY_S = 0.5
"""Seconds a thread stays with a client that may soon ask again."""
STAYING = 4
"""Threads that may stay: half of those that a process has beside what asks the database or waits for it."""
HEAD_BYTES = 65_536
READ_BYTES = 65_536
TOGETHER_BYTES = 65_536
"""Of an answer that are gathered before any is sent, so that a short one goes in one piece."""
PARTS = 64
"""Of an answer that are given to the kernel at once, so that its head goes with its body."""
STREAM_BYTES = 1 << 20
"""Of a streamed answer that wait for the client before the thread that makes it waits too."""
ENDING_BYTES = 16
"""At most so many are what an answer ends with; they wait for nobody, as all before them is there already."""
KEPT_BYTES = 64 << 20
"""Of all answers that wait for slow clients; past it the largest is given up."""

OUR_FAULT = (500, "Something went wrong", "This is a fault of ours and was noted.")
REFUSED: tuple[tuple[type[Exception], int, str, str], ...] = (
    # a header that the site made
    (refusals.InvalidResponseHeader, *OUR_FAULT),
    (refusals.InvalidResponseHeaderName, *OUR_FAULT),
    (refusals.LimitRequestLine, 414, "URI Too Long", "The address is longer than 8,190 bytes; send a long filter by POST."),
    (refusals.LimitRequestHeaders, 431, "Request Header Fields Too Large", "The headers are too many or too long."),
    (refusals.UnsupportedTransferCoding, 501, "Not Implemented", "The transfer coding is not known here."),
    (refusals.ExpectationFailed, 417, "Expectation Failed", "Only 100-continue can be expected."),
    (refusals.ForbiddenProxyRequest, 403, "Forbidden", "This is no proxy for you."),
    (refusals.ParseException, 400, "Bad Request", "This is no HTTP request that can be read."),
)

log = structlog.get_logger("lodeweb")


class Line:
    """A client's socket: read ahead by the poller, and written to without waiting."""

    def __init__(self, sock: socket.socket, slow_s: float = SLOW_S) -> None:
        self._sock, self._slow_s = sock, slow_s
        self.ahead = bytearray()
        self.left: deque[memoryview] = deque()
        self.size = 0
        self.until = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def hear(self) -> bool:
        """Take in what came; whether a thread has something to read. Raises OSError when the client has gone."""
        with contextlib.suppress(BlockingIOError):
            came = self._sock.recv(READ_BYTES)
            if not came:
                raise ConnectionResetError(errno.ECONNRESET, "the client has gone")
            self.ahead += came
        return self.legible()

    def hear_within(self, seconds: float) -> bool:
        """Take in what comes before some time is up; whether a thread has something to read. Raises OSError as well."""
        self._sock.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            return self.hear()
        return False

    def legible(self) -> bool:
        """Whether the head of a request, or more than one may be, was read ahead."""
        return b"\r\n\r\n" in self.ahead or len(self.ahead) > HEAD_BYTES

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What was read ahead, else what comes before the request's time is up."""
        if self.ahead:
            given = bytes(self.ahead[:size])
            del self.ahead[:size]
            return given
        self._sock.settimeout(max(self.until - time.monotonic(), 0.001))
        try:
            return self._sock.recv(size, flags)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow") from None

    def sendall(self, data: bytes) -> None:
        """Send what the client takes now and keep the rest; wait only where a stream has run far ahead of it."""
        while self.size > STREAM_BYTES and len(data) > ENDING_BYTES:
            self._sock.settimeout(self._slow_s)
            try:
                self._sent(self._sock.send(self.left[0]))
            except TimeoutError:
                log.info("answer cut off", reason=f"the client took nothing for {self._slow_s:g} seconds")
                raise BrokenPipeError(errno.EPIPE, "the client is too slow") from None
        if data:
            self.left.append(memoryview(data))
            self.size += len(data)
            if self.size > TOGETHER_BYTES:
                self.flush()

    def send(self, data: bytes) -> int:
        """Send a little at once, such as the 100 (Continue) that a client waits for before it goes on."""
        self.sendall(data)
        self.flush()
        return len(data)

    def flush(self) -> bool:
        """Send what can be sent without waiting; whether any of it was. Raises OSError when the client has gone."""
        self._sock.setblocking(False)
        before = self.size
        with contextlib.suppress(BlockingIOError):
            while self.left:
                self._sent(self._sock.sendmsg(list(islice(self.left, PARTS))))
        return self.size < before

    def _sent(self, count: int) -> None:
        self.size -= count
        while count and count >= len(self.left[0]):
            count -= len(self.left.popleft())
        if count:
            self.left[0] = self.left[0][count:]


class Worker(ThreadWorker):  # type: ignore[misc]
    """Threads that make answers, and a poller that waits for clients in their stead."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._watched: set[TConn] = set()
        self._stopping: float | None = None
        self._slow_s = SLOW_S
        self._staying = threading.Semaphore(STAYING)

    def init_process(self) -> None:
        """Serve, as long as it is wanted; clients may be as slow as the site's settings say."""
        self.app.wsgi()
        self._slow_s = self.app.callable.extensions["lode"].settings.slow_client_s
        super().init_process()

    def get_thread_pool(self) -> Crew:
        """The threads that make answers."""
        return Crew(self.cfg.threads)

    def accept(self, listener: socket.socket) -> None:
        """Take a new client in and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                log.error("no more files can be opened", reason=str(error))
                time.sleep(0.05)
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, Line(client, self._slow_s), address, listener.getsockname())
        self._watch(conn, selectors.EVENT_READ, self._heard, HEAD_S)

    def handle(self, conn: TConn) -> Any:
        """Serve a request, and those that soon follow it, in a thread."""
        conn.data_ready = True
        outcome, more = True, True
        try:
            while outcome and more:
                conn.sock.until = time.monotonic() + BODY_S
                outcome = super().handle(conn)
                conn.sock.flush()
                more = outcome and self._stays(conn)
        except OSError:
            return False
        return outcome

    def _stays(self, conn: TConn) -> bool:
        """Stay with a client that has its answer, where a thread can be spared; whether it asks again. Raises OSError."""
        waits = conn.sock.left or _sent_ahead(conn)
        if waits or not self.alive or not self._staying.acquire(blocking=False):
            return False
        try:
            return bool(conn.sock.hear_within(STAY_S))
        finally:
            self._staying.release()

    def finish_request(self, conn: TConn, done: "Future[Any]") -> None:
        """Send what is left of the answer, then wait for the next request or close."""
        conn.keep = not done.cancelled() and done.exception() is None and bool(done.result())
        if not conn.sock.left:
            self._answered(conn)
            return
        self._watch(conn, selectors.EVENT_WRITE, self._writable, self._slow_s)
        writing = [other for other in self._watched if other.sock.left]
        if sum(other.sock.size for other in writing) > KEPT_BYTES:
            self._drop(max(writing, key=lambda other: int(other.sock.size)))

    def murder_pending(self) -> None:
        """Let go of the clients whose time is up; a worker that stops waits for no new request."""
        now = time.monotonic()
        if not self.alive and self._stopping is None:
            self._stopping = now + STOP_S
        for conn in list(self._watched):
            idle = not conn.sock.left
            if conn.timeout <= now or (idle and self._stopping is not None and self._stopping <= now):
                self._drop(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what can't be read as a request, in the form of all errors; the log names no address."""
        told = ((status, title, detail) for kind, status, title, detail in REFUSED if isinstance(exc, kind))
        status, title, detail = next(told, OUR_FAULT)
        if status >= 500:
            log.error("request failed before the site", reason=repr(exc), exc_info=exc)
        else:
            log.info("request refused", status=status, reason=type(exc).__name__)
        metrics.refused(self.wsgi, status)
        content = body(status, title, detail)
        headers = {**HARDENED, "Content-Security-Policy": NO_SCRIPTS}
        head = [f"HTTP/1.1 {status} {title}", "Connection: close", "Content-Type: application/problem+json"]
        head += [f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        with contextlib.suppress(OSError):
            client.sendall("\r\n".join(head).encode() + content)

    def _watch(self, conn: TConn, event: int, then: Callable[[TConn], None], seconds: float) -> None:
        conn.timeout = time.monotonic() + seconds
        try:
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, event, partial(self._guarded, conn, then))
        except (OSError, ValueError, KeyError):
            self._drop(conn)
            return
        self._watched.add(conn)

    def _guarded(self, conn: TConn, then: Callable[[TConn], None], _: Any) -> None:
        # what goes wrong on one connection must not end the loop that all others live by
        try:
            then(conn)
        except (OSError, ValueError, KeyError):
            self._drop(conn)

    def _unwatch(self, conn: TConn) -> None:
        self._watched.discard(conn)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._unwatch(conn)
        self.nr_conns -= 1
        conn.sock.left.clear()
        conn.close()

    def _heard(self, conn: TConn) -> None:
        first = not conn.sock.ahead
        if conn.sock.hear():
            self._unwatch(conn)
            self.enqueue_req(conn)
        elif first:
            # a head has begun on a connection that was idle
            conn.timeout = time.monotonic() + HEAD_S

    def _writable(self, conn: TConn) -> None:
        if conn.sock.flush():
            conn.timeout = time.monotonic() + self._slow_s
        if not conn.sock.left:
            self._unwatch(conn)
            self._answered(conn)

    def _answered(self, conn: TConn) -> None:
        if conn.keep and _sent_ahead(conn):
            # the client has sent its next request already
            self.enqueue_req(conn)
        elif conn.keep:
            self._watch(conn, selectors.EVENT_READ, self._heard, HEAD_S if conn.sock.ahead else self.cfg.keepalive)
        else:
            with contextlib.suppress(OSError):
                conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.ahead.clear()
            self._watch(conn, selectors.EVENT_READ, self._drained, LINGER_S)

    def _drained(self, conn: TConn) -> None:
        # closing with bytes unread would make the kernel take back what the client has not read yet
        conn.sock.hear()
        conn.sock.ahead.clear()


def _sent_ahead(conn: TConn) -> bool:
    """Whether a client has sent its next request before it had its answer."""
    return conn.sock.legible() or bool(conn.parser.unreader.buf.getvalue())
