"""Imports that administrators prepare at the desk: a file in parts, a mapping, and the order to check or import it.

The site may not write records, so a background task with the importer's rights runs what is ordered here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from lodebase.db.schema.desk_tables import IMPORT_BYTES, import_part, import_request
from lodebase.desk import parts
from lodebase.errors import BadQuery, NotFound
from lodedata import sources
from lodedata.mapping import Source, parse
from lodedata.messages import msg

Order = Literal["dry-run", "import"]
WAITING = ("dry-run", "import", "running")
MAX_MAPPING_LENGTH = 200_000
MAX_NOTE_LENGTH = 2_000
MAX_LISTED_REQUESTS = 100
RUNNING = msg("This import is running. Wait until it has ended.")
REVIEWED = msg("This import waits for a second person. It can be changed when it was sent back.")
OWNER = import_part.c.request


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One prepared import: its file, its mapping, its state and the result of the last run."""

    number: int
    account: str
    file_name: str
    bytes: int
    mapping: str | None
    state: str
    result: dict[str, Any] | None
    source: str | None
    """The source of Lode whose workbook it is; None for a table with a mapping of its own."""
    withdraws: int | None
    """The number of the import of the store that it withdraws; it has no file."""
    choices: dict[str, Any] | None
    """The fields that were chosen for its columns, the kind of its records and its open values; None for a mapping as text."""
    ordered_by: str | None
    reviewed_by: str | None
    review_note: str | None

    @property
    def waits(self) -> bool:
        """Whether the background task has it."""
        return self.state in WAITING

    def may_be_published_by(self, name: str) -> bool:
        """Return whether it waits for a second person and a person is not the one who ordered it."""
        return self.state == "review" and name != self.ordered_by


def add(connection: Connection, account: str, file_name: str, size: int, source: str | None = None) -> int:
    """Create a request for a file and return its number.

    Raise BadQuery for a file without a name or of a wrong size, or if ``source`` is none whose workbook the desk imports.
    """
    if source is not None and source not in sources.WORKBOOKS:
        raise BadQuery("source", source[:40], msg("The desk imports no workbook of %(value)s."))
    name = parts.clean_file_name(file_name)
    parts.require_size(size, IMPORT_BYTES, msg("Import larger files with `lode import`."))
    row = {"account": account, "file_name": name, "bytes": size, "source": source}
    return int(connection.execute(insert(import_request).values(row).returning(import_request.c.number)).scalar_one())


def add_withdrawal(connection: Connection, account: str, run: int) -> int:
    """Order the withdrawal of an import of the store and return the number of the request."""
    row = {"account": account, "file_name": f"import {run}", "bytes": 0, "withdraws": run, "state": "import"}
    return int(connection.execute(insert(import_request).values(row).returning(import_request.c.number)).scalar_one())


def add_part(connection: Connection, number: int, position: int, content: bytes) -> int:
    """Store a part of the file and return how many bytes are there. Raise BadQuery for a part that does not fit."""
    return parts.add(
        connection, OWNER, number, parts.FilePart(read_import_request(connection, number).bytes, position, content)
    )


def read_import_requests(connection: Connection) -> list[dict[str, Any]]:
    """Return the latest requests without their mappings, latest first."""
    columns = [column for column in import_request.c if column.name not in ("mapping", "result", "choices")]
    statement = select(*columns).order_by(import_request.c.number.desc()).limit(MAX_LISTED_REQUESTS)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_import_request(connection: Connection, number: int) -> ImportRequest:
    """Return a request. Raise NotFound if there is none of this number."""
    columns = [import_request.c[name] for name in ImportRequest.__slots__]
    statement = select(*columns).where(import_request.c.number == min(number, 2**31 - 1))
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(msg("There is no import %(number)s at the desk.", number=number))
    return ImportRequest(**row)


@dataclass(frozen=True, slots=True)
class MappingChange:
    """A new mapping of a request, what is ordered with it, and by whom.

    ``choices`` is None for a mapping as text. ``may_lose_rows`` confirms a file that lacks many rows of its source. An import
    that is ``reviewed`` waits for a second person.
    """

    mapping: str | None
    account: str
    order: Order | None = None
    choices: dict[str, Any] | None = None
    may_lose_rows: bool = False
    reviewed: bool = False


def set_mapping(connection: Connection, number: int, change: MappingChange) -> None:
    """Store the mapping of a request, and order its check or its import. Raise BadQuery while one is running or reviewed."""
    if len(change.mapping or "") > MAX_MAPPING_LENGTH:
        raise BadQuery("mapping", "", msg("The mapping is longer than %(most)s characters.", most=f"{MAX_MAPPING_LENGTH:,}"))
    waits = change.order == "import" and change.reviewed
    _change(
        connection,
        number,
        {
            "mapping": change.mapping,
            "choices": change.choices,
            "state": "review" if waits else change.order or "draft",
            "result": {"may_lose_rows": True} if change.may_lose_rows else None,
            **({"ordered_by": change.account, "reviewed_by": None, "review_note": None} if change.order == "import" else {}),
        },
    )


def order_check(connection: Connection, number: int) -> None:
    """Order the check of a request with its mapping as it is. Raise BadQuery while one is running or reviewed."""
    _change(connection, number, {"state": "dry-run", "result": None})


def order_import(connection: Connection, number: int, account: str, may_lose_rows: bool, reviewed: bool) -> None:
    """Order the import of a request with its mapping as it is. Raise BadQuery while one is running or reviewed."""
    result = {"may_lose_rows": True} if may_lose_rows else None
    state = "review" if reviewed else "import"
    of = {"ordered_by": account, "reviewed_by": None, "review_note": None}
    _change(connection, number, {"state": state, "result": result, **of})


def require_idle(connection: Connection, number: int) -> ImportRequest:
    """Return a request that may be changed. Raise BadQuery while it is running or waits for a second person."""
    request = read_import_request(connection, number)
    if request.waits:
        raise BadQuery("mapping", "", RUNNING)
    if request.state == "review":
        raise BadQuery("mapping", "", REVIEWED)
    return request


def publish(connection: Connection, number: int, account: str) -> None:
    """Order the import of a request that waits for a second person. Raise BadQuery for the person who ordered it."""
    if not read_import_request(connection, number).may_be_published_by(account):
        raise BadQuery("action", "publish", msg("Somebody who did not order this import has to publish it."))
    changed = {"state": "import", "reviewed_by": account, "changed_at": func.now()}
    other = (import_request.c.state == "review", import_request.c.ordered_by != account)
    connection.execute(update(import_request).where(import_request.c.number == number, *other).values(changed))


def send_back(connection: Connection, number: int, account: str, note: str) -> None:
    """Make a request that waits for a second person a draft again, with the reason. Raise BadQuery without a reason."""
    if not note.strip() or len(note) > MAX_NOTE_LENGTH:
        raise BadQuery("note", note[:40], msg("Enter why the import is sent back, in up to %(most)s characters.", most="2,000"))
    changed = {"state": "draft", "reviewed_by": account, "review_note": note.strip(), "changed_at": func.now()}
    waiting = (import_request.c.number == number, import_request.c.state == "review")
    connection.execute(update(import_request).where(*waiting).values(changed))


def _change(connection: Connection, number: int, values: dict[str, Any]) -> None:
    idle = (import_request.c.number == number, import_request.c.state.not_in((*WAITING, "review")))
    if not connection.execute(update(import_request).where(*idle).values({**values, "changed_at": func.now()})).rowcount:
        require_idle(connection, number)


def remove(connection: Connection, number: int) -> None:
    """Delete a request and its file; records that it imported stay. Raise BadQuery while it is running."""
    if read_import_request(connection, number).waits:
        raise BadQuery("number", str(number), RUNNING)
    connection.execute(delete(import_request).where(import_request.c.number == number))


def parse_mapping_text(text: str) -> Source:
    """Return the source that the text of a mapping describes. Raise MappingRefused, also for the name of a source of Lode."""
    source = parse(text, "mapping")
    sources.require_own(source, "mapping")
    return source


def write_file(connection: Connection, request: ImportRequest, folder: Path) -> Path:
    """Write the file of a request into a folder and return its path. Raise BadQuery if a part is missing."""
    path = folder / request.file_name
    with path.open("wb") as stream:
        for content in parts.read_file_parts(connection, OWNER, request.number):
            stream.write(content)
    if path.stat().st_size != request.bytes:
        raise BadQuery(
            "file",
            request.file_name[:40],
            msg(
                "Of the file %(size)s of %(bytes)s bytes have arrived. Upload it again.",
                size=f"{path.stat().st_size:,}",
                bytes=f"{request.bytes:,}",
            ),
        )
    return path
