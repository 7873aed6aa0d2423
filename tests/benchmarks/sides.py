"""The systems that are compared: raw SQL, the peers and Lode."""

import re
import time
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection as Database
from tests.benchmarks.client import Connection, Response
from tests.benchmarks.queries import BenchmarkQuery, Values

FEATURE = re.compile(rb'"type": ?"Feature"')
NEXT = re.compile(rb'"href":"http://[^/]+([^"]+)","rel":"next"')
TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
HEAD = 5_000
"""Bytes at the beginning of a response of Lode that contain the links."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The time of a query and the number of its features."""

    seconds: float
    features: int


class Failed(Exception):
    """A system gave no response, or a wrong one."""


class Side(Protocol):
    """A system that runs queries; ``name`` is the field of a query with its template."""

    name: str

    def run(self, query: BenchmarkQuery, values: Values) -> Timing:
        """Run the query and read the complete response. Raises Failed."""


class Raw:
    """SQL over one warm connection, each statement planned for its values."""

    name = "raw"

    def __init__(self, database: Database[tuple[Any, ...]]) -> None:
        self._database = database

    def run(self, query: BenchmarkQuery, values: Values) -> Timing:
        """Run the statement and fetch all rows."""
        assert query.raw is not None
        statement, begun = query.raw.encode(), time.perf_counter()
        rows = self._database.execute(statement, values).fetchall()
        return Timing(time.perf_counter() - begun, len(rows))


class Http:
    """A server, with one persistent connection."""

    def __init__(self, name: str, port: int) -> None:
        self.name, self.port = name, port
        self._connection = Connection(port)

    def run(self, query: BenchmarkQuery, values: Values) -> Timing:
        """Request the pages of the query; with the entity tag if the query is repeated."""
        if query.again:
            response = self._get(self.path(query, values))
            tag = TAG.search(response.head)
            assert tag is not None, response.head
            response = self._connection.get(self.path(query, values), f"If-None-Match: {tag[1].decode()}\r\n")
            assert response.status == 304, response.head
            return Timing(response.seconds, 0)
        seconds, features, path = 0.0, 0, self.path(query, values)
        for page in range(1, query.pages + 1):
            response = self._get(path)
            seconds, found = seconds + response.seconds, len(FEATURE.findall(response.body)) if query.listed else 0
            features += found
            following = self._next(response, query, values, page, found)
            if following is None:
                break
            path = following
        return Timing(seconds, features)

    def path(self, query: BenchmarkQuery, values: Values, offset: int = 0) -> str:
        """Return the path of the query for this system."""
        template: str = getattr(query, self.name)
        return template.format(**values, offset=offset)

    def _next(self, response: Response, query: BenchmarkQuery, values: Values, page: int, found: int) -> str | None:
        if page == query.pages or not found:
            return None
        if self.name != "lode":
            return self.path(query, values, page * found)
        link = NEXT.search(response.body, 0, HEAD)
        return None if link is None else link[1].decode()

    def _get(self, path: str) -> Response:
        try:
            response = self._connection.get(path)
        except OSError as error:
            self.close()
            raise Failed(f"{path}: {error}") from None
        if response.status != 200:
            raise Failed(f"{path}: {response.status} {response.body[:300]!r}")
        return response

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
