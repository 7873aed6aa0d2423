"""A client of HTTP/1.1 with one connection, on asyncio."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Response:
    """A response: status, headers with lower-case names, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A client with a persistent connection; ``source`` is its own address."""

    def __init__(self, host: str, port: int, source: str | None = None) -> None:
        self._host, self._port = host, port
        self._source = None if source is None else (source, 0)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: str = "") -> Response:
        """Return the response to a GET request."""
        return await self.send("GET", path, headers)

    async def send(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Response:
        """Return the response to a request; a connection that the site has closed is opened again once."""
        for attempt in (1, 2):
            fresh = self._streams is None
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port, local_addr=self._source)
            try:
                return await self._request(method, path, headers, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if fresh or attempt == 2:
                    raise
        raise AssertionError("not reached")

    async def _request(self, method: str, path: str, headers: str, sent: bytes) -> Response:
        assert self._streams is not None
        reader, writer = self._streams
        length = f"Content-Length: {len(sent)}\r\n" if sent else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{headers}{length}\r\n"
        writer.write(head.encode() + sent)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        status = int(lines[0].split()[1])
        if fields.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                parts.append((await reader.readexactly(size + 2))[:-2])
            await reader.readexactly(2)
            body = b"".join(parts)
        else:
            body = b"" if status == 304 else await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self.close()
        return Response(status, fields, body)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def source_address(host: str, network: int, number: int = 1) -> str | None:
    """Return an address of the loopback network for a client, so that a site counts it apart; None for another host."""
    return f"127.{network}.{number // 250}.{number % 250 + 1}" if host in ("127.0.0.1", "localhost") else None
