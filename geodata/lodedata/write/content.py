"""What a file holds: its tables and their columns in both languages, and where the rows come from.

Nothing here loads Arrow: the site describes a file that another process writes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from lodedata.vocab import vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

Language = Literal["en", "zh"]
SEPARATOR = "; "
"""Between the parts of a list where a format has only texts."""
PARTS = "\x1f"
"""Between the parts of a list as it comes, where they are to be taken apart: in no text of ours, and quicker than a list."""
BOTH = " · "
"""Between the titles in English and Chinese where a file has no language of its own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, titles, type (as of a served field), unit, and the vocabulary that its codes are of."""

    name: str
    title_en: str
    title_zh: str
    type: str = "string"
    vocabulary: str | None = None
    unit: str | None = None

    def title(self, lang: Language | None) -> str:
        """The title in a language; in both where none is asked for."""
        if lang is None:
            return f"{self.title_en}{BOTH}{self.title_zh}"
        return self.title_zh if lang == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Reference:
    """What a column refers to: a column of another table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, its key, what it refers to; the first table of a file has the geometry."""

    name: str
    title_en: str
    title_zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    geometry: Literal["point", "multipolygon"] | None = None

    @property
    def free(self) -> tuple[Column, ...]:
        """The columns of texts that are no codes."""
        return tuple(column for column in self.columns if column.vocabulary is None and column.type in ("string", "array"))

    def title(self, lang: Language | None) -> str:
        """The title in a language; in both where none is asked for."""
        if lang is None:
            return f"{self.title_en}{BOTH}{self.title_zh}"
        return self.title_zh if lang == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of the rows: who published it and what may be done with it."""

    name: str
    title_en: str
    title_zh: str
    publisher: str
    licence: str
    licence_name: str
    licence_url: str | None
    attribution: str | None
    citation: str
    version: str
    as_of: str | None
    homepage: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to hold, and everything that is said of it.

    ``address`` is where the same file can be had again; ``labels`` are the words, in English and Chinese, of values that
    no vocabulary has, by column. With a language, codes are written as their labels.
    """

    name: str
    title_en: str
    title_zh: str
    tables: tuple[Table, ...]
    version: int
    committed_at: datetime
    address: str
    asked: str
    """The filter as it was asked."""
    lang: Language | None = None
    srid: int = 4326
    origins: tuple[Origin, ...] = ()
    labels: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    placed: bool = True
    """Whether every record has a position."""

    @property
    def table(self) -> Table:
        """The table of the records themselves."""
        return self.tables[0]

    @property
    def title(self) -> str:
        """The title in the file's language, or in both."""
        if self.lang is None:
            return f"{self.title_en}{BOTH}{self.title_zh}"
        return self.title_zh if self.lang == "zh" else self.title_en

    @property
    def moment(self) -> datetime:
        """The version's time to the second in UTC: the time of everything in the file, so that it is the same again."""
        return self.committed_at.astimezone(UTC).replace(microsecond=0)

    @property
    def citation(self) -> str:
        """How the file is cited."""
        return f"Lode ({self.moment:%Y}): {self.title}. Version {self.version}, {self.moment:%Y-%m-%d}. {self.address}"

    def words(self, column: Column, lang: Language | None = None) -> Mapping[str, str]:
        """The labels of a column's codes in a language, the file's own where none is given; none for what has no codes."""
        chosen = lang or self.lang or "en"
        if column.vocabulary is not None:
            return {term.code: term.label(chosen) for term in vocabulary(column.vocabulary)}
        return {code: both[chosen == "zh"] for code, both in self.labels.get(column.name, {}).items()}


Rows = Callable[[Table], "Iterator[pa.RecordBatch]"]
"""Gives the rows of a table, each batch with the table's columns by name; of the first table also the geometry:
``x`` and ``y`` of points, ``geometry`` of polygons in the form that the format wants, or the finished ``feature``.

A list comes as a text: its parts stand between PARTS where the file has a language or knows lists, else they are joined
already."""
