"""The sides that a question is put to: raw SQL, the peers, Lode."""

import re
import time
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection as Database
from tests.benchmarks.client import Answer, Connection
from tests.benchmarks.questions import Question, Values

FEATURE = re.compile(rb'"type": ?"Feature"')
NEXT = re.compile(rb'"href":"http://[^/]+([^"]+)","rel":"next"')
TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
HEAD = 5_000
"""Where in an answer of Lode's the links stand."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a question took, and how many features it gave."""

    seconds: float
    features: int


class Failed(Exception):
    """A side gave no answer, or not the right one."""


class Side(Protocol):
    """Something that answers questions; ``name`` is the field of a question that holds its words."""

    name: str

    def ask(self, question: Question, values: Values) -> Told:
        """Ask and read the whole answer. Raises Failed."""


class Raw:
    """SQL over one warm connection, each statement planned for its values."""

    name = "raw"

    def __init__(self, database: Database[tuple[Any, ...]]) -> None:
        self._database = database

    def ask(self, question: Question, values: Values) -> Told:
        """All rows of the statement."""
        assert question.raw is not None
        statement, begun = question.raw.encode(), time.perf_counter()
        rows = self._database.execute(statement, values).fetchall()
        return Told(time.perf_counter() - begun, len(rows))


class Http:
    """A server, asked over one connection that is kept."""

    def __init__(self, name: str, port: int) -> None:
        self.name, self.port = name, port
        self._connection = Connection(port)

    def ask(self, question: Question, values: Values) -> Told:
        """One page, or as many as the question asks for; with its tag shown if the question says so."""
        if question.again:
            answer = self._get(self.path(question, values))
            tag = TAG.search(answer.head)
            assert tag is not None, answer.head
            answer = self._connection.ask(self.path(question, values), f"If-None-Match: {tag[1].decode()}\r\n")
            assert answer.status == 304, answer.head
            return Told(answer.seconds, 0)
        seconds, features, path = 0.0, 0, self.path(question, values)
        for page in range(1, question.pages + 1):
            answer = self._get(path)
            seconds, found = seconds + answer.seconds, len(FEATURE.findall(answer.body)) if question.listed else 0
            features += found
            following = self._next(answer, question, values, page, found)
            if following is None:
                break
            path = following
        return Told(seconds, features)

    def path(self, question: Question, values: Values, offset: int = 0) -> str:
        """The question in this side's words."""
        words: str = getattr(question, self.name)
        return words.format(**values, offset=offset)

    def _next(self, answer: Answer, question: Question, values: Values, page: int, found: int) -> str | None:
        if page == question.pages or not found:
            return None
        if self.name != "lode":
            return self.path(question, values, page * found)
        link = NEXT.search(answer.body, 0, HEAD)
        return None if link is None else link[1].decode()

    def _get(self, path: str) -> Answer:
        try:
            answer = self._connection.ask(path)
        except OSError as error:
            self.close()
            raise Failed(f"{path}: {error}") from None
        if answer.status != 200:
            raise Failed(f"{path}: {answer.status} {answer.body[:300]!r}")
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
