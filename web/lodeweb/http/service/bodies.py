"""Request heads and bodies from an ASGI server, limited in length, time and memory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from werkzeug.exceptions import HTTPException

from lodedata.messages import Message, msg

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]

URI_BYTES = 8_190
HEADER_BYTES = 65_536
HEADER_FIELDS = 60
BODIES_BYTES = 64 << 20
"""Memory for all bodies that one process is receiving; a request that exceeds it is refused (503)."""


class HttpError(HTTPException):
    """An HTTP error of a request that has not reached a view, with a message for the client."""

    def __init__(self, code: int, message: Message) -> None:
        super().__init__(str(message))
        self.code, self.message = code, message


class ClientDisconnected(ConnectionError):
    """The client closed its connection before its request was complete, or its body is not what the headers announce."""


class BodyReader:
    """Reads complete bodies within a time limit and a length limit, which is another one for some paths."""

    def __init__(self, most_bytes: int, seconds: float, most_by_path: Mapping[str, int] | None = None) -> None:
        self._most_bytes, self._seconds, self._most_by_path = most_bytes, seconds, most_by_path or {}
        self._received = 0

    async def read(self, scope: Event, receive: Receive) -> bytes:
        """Return the body of a request.

        Raises an HTTPException if it is too long or too slow, ClientDisconnected if the client leaves.
        """
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        if not length and b"transfer-encoding" not in headers:
            return b""
        most = self._most_by_path.get(scope["raw_path"].decode("latin-1"), self._most_bytes)
        if length.isdigit() and int(length) > most:
            raise _build_too_long(most)
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                while await self._extend(body, receive, most):
                    pass
        except TimeoutError:
            raise HttpError(
                408, msg("The body did not arrive within %(seconds)s seconds.", seconds=f"{self._seconds:g}")
            ) from None
        finally:
            self._received -= len(body)
        return bytes(body)

    async def _extend(self, body: bytearray, receive: Receive, most: int) -> bool:
        """Append the next part; return whether there are more."""
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnected
        part = message.get("body", b"")
        body += part
        self._received += len(part)
        if len(body) > most:
            raise _build_too_long(most)
        if self._received > BODIES_BYTES:
            raise HttpError(503, msg("The site is receiving too much at once. Try again in a moment."))
        return bool(message.get("more_body"))


def _build_too_long(most: int) -> HTTPException:
    return HttpError(413, msg("The body is longer than %(most)s bytes. Send less.", most=f"{most:,}"))


def find_head_error(scope: Event) -> HTTPException | None:
    """Return the error for a request whose address or headers are too long, else None."""
    if len(scope["raw_path"]) + len(scope["query_string"]) > URI_BYTES:
        return HttpError(
            414,
            msg(
                "The address is longer than %(most)s bytes. Send a long filter or polygon by POST to "
                "/api/collections/NAME/items.",
                most=f"{URI_BYTES:,}",
            ),
        )
    headers = scope["headers"]
    if len(headers) > HEADER_FIELDS or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES:
        return HttpError(431, msg("The headers are too many or too long."))
    return None
