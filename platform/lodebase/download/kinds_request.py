"""Requests for one file of the records of several kinds, and the task of the process that writes it."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Engine

from lodebase.download.request import DownloadRequest, build_file_task
from lodebase.download.tables_ import SOURCES
from lodebase.download.task import TableStatement, Task
from lodebase.query.collections_ import find_collection
from lodedata.messages import Label, msg
from lodedata.write import FORMATS, Table
from lodedata.write.kinds import SUFFIXES


@dataclass(frozen=True, slots=True)
class KindsRequest:
    """A file of the rows of several queries of one version, one of each kind. ``address`` is the URL of the same file."""

    parts: tuple[DownloadRequest, ...]
    address: str

    @property
    def form(self) -> str:
        """Return the name of the format."""
        return self.parts[0].form

    @property
    def version(self) -> int:
        """Return the version of the data."""
        return self.parts[0].version

    @property
    def committed_at(self) -> datetime:
        """Return the time of the version."""
        return self.parts[0].committed_at

    @property
    def collections(self) -> tuple[str, ...]:
        """Return the names of the collections."""
        return tuple(part.query.collection for part in self.parts)

    @property
    def ranged(self) -> bool:
        """Return whether a HEAD request makes the file, as it does one that is read in ranges."""
        return False

    @property
    def streamed(self) -> bool:
        """Return whether the file can be read while it is written."""
        return False

    @property
    def suffix(self) -> str:
        """Return the end of the file's name."""
        return f".kinds{SUFFIXES[self.form]}"

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""
        return "application/zip" if self.form == "csv" else FORMATS[self.form].media_type

    @property
    def filename(self) -> str:
        """Return a name with a hash of the kinds and the filter, and the version."""
        filtered = blake2b(self.address.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return f"lode-{filtered}-v{self.version}{SUFFIXES[self.form]}"

    def key(self, build: str) -> str:
        """Return a key of the file: a hash of all that determines its bytes, the program included."""
        digest = blake2b(self.address.encode("utf-8", "surrogateescape"), digest_size=16)
        for part in self.parts:
            digest.update(part.key(build).encode())
        return digest.hexdigest()


def build_kinds_task(engine: Engine, request: KindsRequest, timeout_s: float) -> Task:
    """Return the task of the process that writes the file: tables named after their kind, the sources of all once."""
    file_tasks = [build_file_task(engine, replace(part, package=True), timeout_s) for part in request.parts]
    sources = " UNION ".join(f"({task.statements[SOURCES.name].now})" for task in file_tasks)
    earlier = " UNION ".join(f"({task.statements[SOURCES.name].earlier})" for task in file_tasks)
    several = TableStatement(
        f"SELECT * FROM ({sources}) AS listed ORDER BY name", f"SELECT * FROM ({earlier}) AS listed ORDER BY name"
    )
    last = len(file_tasks) - 1
    parts = tuple(_name_tables(task, request, several if n == last else None) for n, task in enumerate(file_tasks))
    return replace(parts[0], parts=parts)


def _name_tables(task: Task, request: KindsRequest, sources: TableStatement | None) -> Task:
    """Return the task of one kind with the names of the kind in those of its tables, with the sources if they are given."""
    content = task.content
    first, *others = (table for table in content.tables if table.name != SOURCES.name)
    names = {table.name: f"{content.name}_{table.name}" for table in others}
    listed = [first, *(_rename_table(table, names, Label(content.name, content.caption.in_language("zh"))) for table in others)]
    statements = {names.get(name, name): statement for name, statement in task.statements.items() if name != SOURCES.name}
    if sources is not None:
        listed.append(SOURCES)
        statements[SOURCES.name] = sources
    caption = msg(
        "%(kinds)s", kinds=[Label(collection, find_collection(collection).kind.title_zh) for collection in request.collections]
    )
    renamed_content = replace(content, tables=tuple(listed), caption=caption, address=request.address)
    return replace(task, content=renamed_content, statements=statements, package=False)


def _rename_table(table: Table, names: dict[str, str], kind: Label) -> Table:
    references = tuple(replace(reference, table=names.get(reference.table, reference.table)) for reference in table.references)
    caption = msg("%(part)s (%(kind)s)", part=table.caption, kind=kind)
    return replace(table, name=names[table.name], caption=caption, references=references)
