"""The messages between the site and a process that writes a file, which loads neither the site nor SQLAlchemy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lodedata.write import FileContent

DONE, FAILED = 0, 3


@dataclass(frozen=True, slots=True)
class TableStatement:
    """The SQL of a table's rows: at the latest version, and at the file's version."""

    now: str
    earlier: str

    def at(self, now: bool) -> str:
        """Return the SQL for the latest version, or for an earlier one."""
        return self.now if now else self.earlier


@dataclass(frozen=True, slots=True)
class Task:
    """A file to write: its database, content, format and SQL."""

    database: str
    settings: tuple[str, ...]
    """The statements that begin its transaction, which has one snapshot."""
    content: FileContent
    form: str
    package: bool
    statements: Mapping[str, TableStatement]
    """SQL by table."""
    since: int | None = None
    """The version whose later changes are requested."""
    copied_as_csv: bool = False
    """Whether the database writes the rows as CSV."""
    parts: tuple["Task", ...] = ()
    """The tasks of a file of several kinds, the first of which describes the file."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task, the path of its file, and the file's largest size."""

    task: Task
    path: Path
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome: rows by table and the SHA-256 of the file, or the name of an error of Lode and its message."""

    rows: Mapping[str, int]
    sha256: str = ""
    error: str | None = None
    reason: str = ""
