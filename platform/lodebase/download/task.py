"""What the process that makes a file is told. It loads neither the site nor SQLAlchemy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lodedata.write import Content

DONE, FAILED = 0, 3


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL of a table's rows: as they are, and as they were at the file's version."""

    now: str
    then: str

    def at(self, now: bool) -> str:
        """The one that is right where the version is the store's last, or is not."""
        return self.now if now else self.then


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be made: what it holds, in which format, from where, and how large it may become."""

    database: str
    content: Content
    form: str
    package: bool
    statements: Mapping[str, Statement]
    """By table."""
    since: int | None = None
    """The version after which changes are asked."""
    lines: bool = False
    """Whether the database itself writes the rows, as lines."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task and where its file is to be written."""

    task: Task
    path: Path
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: rows by table and the SHA-256 of the file, or the name of an error of ours and its sentence."""

    rows: Mapping[str, int]
    sha256: str = ""
    error: str | None = None
    reason: str = ""
