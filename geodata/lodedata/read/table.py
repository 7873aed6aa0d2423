"""Tables of files: named columns, and rows with their numbers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.encodings import EncodingChoice

MAX_GEOMETRY_CHARACTERS = 80
"""Characters of a geometry that can't be read, which are stored as reported."""


@dataclass(frozen=True, slots=True)
class InputRow:
    """One row: its number in the file (the header is 1), its cells, and its geometry as WKB."""

    number: int
    cells: Sequence[Any]
    geometry: bytes | None = None
    defect: str | None = None
    """Rule of the problem that makes the row unreadable."""
    origin: "RowOrigin | None" = None
    """The row of a file that this row was made from; None for a row as it is in its file."""
    unread_geometry: str | None = None
    """The beginning of a geometry, as the file has it, that is none; ``geometry`` is None then."""
    repeated: int = 0
    """The number of leading cells that repeat those of an earlier row."""


@dataclass(frozen=True, slots=True)
class RowOrigin:
    """A row as it is in its file: the table's name, its columns and the row's cells."""

    table: str
    columns: Sequence[str]
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class InputTable:
    """One table of a file; ``crs`` is the code of its coordinate reference system if the file has one."""

    file: str
    part: str
    columns: tuple[str, ...]
    rows: Iterator[InputRow]
    crs: str | None = None
    has_geometry: bool = False
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns of a file from which a column was made, by its name; a column that is in the file is not there."""
    again: Callable[[], Iterator[InputRow]] | None = None
    """Reads the rows from the first once more; None where a reader does not."""

    @property
    def name(self) -> str:
        """The file's name, with the sheet or layer where it has several."""
        return f"{self.file}, {self.part}" if self.part else self.file


@dataclass(frozen=True, slots=True)
class Hints:
    """Properties of a file that a mapping states; those that are None are detected."""

    part: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    header_lines: int | None = None
    lists_as_text: bool = False
    """Whether lists of objects within a row of JSON are cells with their JSON text, so that the file is read once for all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that are checked before a parser reads a file."""

    file_bytes: int = 4 * 2**30
    unpacked_bytes: int = 4 * 2**30
    unpack_ratio: int = 200
    zip_entries: int = 10_000
    columns: int = 4_096
    cell_characters: int = 100_000
    geojson_bytes: int = 2 * 2**30


LIMITS = Limits()


def check_header(file: str, cells: Sequence[object], limits: Limits = LIMITS) -> tuple[str, ...]:
    """Return the stripped column names of a header row. Repeated names are numbered. Raises FileRefused."""
    names = tuple("" if cell is None else str(cell).strip() for cell in cells)
    while names and not names[-1]:
        names = names[:-1]
    if not names:
        raise FileRefused(msg("%(file)s: the header row is empty; the first row must name the columns", file=file))
    if len(names) > limits.columns:
        raise FileRefused(
            msg(
                "%(file)s: %(number)s columns are more than the %(columns)s that are read",
                file=file,
                number=len(names),
                columns=limits.columns,
            )
        )
    return _number_repeated_names(names)


MAX_LISTED_COLUMNS = 40
"""Columns that a message lists; of more it names the nearest."""
NEAREST = 5


def describe_missing_column(table: str, name: str, columns: Iterable[str]) -> FileRefused:
    """Return the error for a column that a table lacks; it lists those that are there, of many the nearest ones."""
    named = list(filter(None, columns))
    if len(named) > MAX_LISTED_COLUMNS:
        nearest = [column for column, *_ in process.extract(name, named, limit=NEAREST, processor=str.casefold)]
        return FileRefused(
            msg(
                "%(table)s: the column %(name)r is missing; the nearest of its %(number)s columns are %(choices)s",
                table=table,
                name=name,
                number=f"{len(named):,}",
                choices=", ".join(map(repr, nearest)),
            )
        )
    return FileRefused(
        msg(
            "%(table)s: the column %(name)r is missing; there are %(choices)s",
            table=table,
            name=name,
            choices=", ".join(map(repr, named)),
        )
    )


def format_column_names(columns: Iterable[str]) -> str:
    """Return the names of columns as a message lists them, the first of many."""
    named = list(filter(None, columns))
    return ", ".join([*map(repr, named[:MAX_LISTED_COLUMNS]), *(["…"] if len(named) > MAX_LISTED_COLUMNS else [])])


def _number_repeated_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, of which the second use and further ones have a number: ``Grade``, ``Grade #2``."""
    used: dict[str, int] = {}
    taken = set(names)
    numbered = []
    for name in names:
        used[name] = count = used.get(name, 0) + 1
        unique_name = name
        while name and count > 1 and (unique_name := f"{name} #{count}") in taken:
            count += 1
        used[name] = count
        taken.add(unique_name)
        numbered.append(unique_name)
    return tuple(numbered)


@dataclass(slots=True)
class DetectedFormat:
    """The detected format of a file: its kind and, for text, encoding, delimiter and header row."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    choice: EncodingChoice | None = None
    """The readings between which the bytes don't decide."""
