"""The content of a file: its tables, their columns with titles, and the sources of the rows.

Nothing here loads Arrow: the site describes a file that another process writes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from lodedata.messages import Label, Translatable, list_languages
from lodedata.vocab import load_vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

Language = str
SEPARATOR = "; "
"""Separates the parts of a list in formats that have only texts."""
PARTS = "\x1f"
"""Separates the parts of a list that a writer splits: no text contains it, and it is faster to read than an array."""
BETWEEN_LANGUAGES = " · "
"""Separates titles in English and Chinese in a file without a language."""


def format_caption(caption: Translatable, lang: Language | None, between: str = BETWEEN_LANGUAGES) -> str:
    """Return a caption in a language; in each for None."""
    return between.join(caption.in_language(language) for language in ((lang,) if lang else list_languages()))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, caption, type (as of a served field), unit, and the vocabulary of its codes."""

    name: str
    caption: Translatable
    type: str = "string"
    vocabulary: str | None = None
    unit: str | None = None

    def title(self, lang: Language | None) -> str:
        """Return the title in a language; in each for None."""
        return format_caption(self.caption, lang)


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """A reference of a column to a column of another table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, key and references; the first table of a file has the geometry."""

    name: str
    caption: Translatable
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[ColumnReference, ...] = ()
    geometry: Literal["point", "multipolygon"] | None = None

    @property
    def free_texts(self) -> tuple[Column, ...]:
        """Return the columns of texts that are no codes."""
        return tuple(column for column in self.columns if column.vocabulary is None and column.type in ("string", "array"))

    def title(self, lang: Language | None) -> str:
        """Return the title in a language; in each for None."""
        return format_caption(self.caption, lang)


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of the rows, with its publisher and licence."""

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

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)


def build_doi_address(doi: str) -> str:
    """Return the address under which a DOI is resolved."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a file: its tables, version, filter, language and sources.

    ``address`` is the URL of the same file; ``labels`` are the labels of values that no vocabulary has,
    by column. With a language, codes are written as their labels.
    """

    name: str
    caption: Translatable
    tables: tuple[Table, ...]
    version: int
    committed_at: datetime
    address: str
    filter: str
    """The filter as its parameters state it."""
    lang: Language | None = None
    srid: int = 4326
    origins: tuple[Origin, ...] = ()
    labels: Mapping[str, Mapping[str, Translatable]] = field(default_factory=dict)
    placed: bool = True
    """Whether every record has a position."""
    doi: str | None = None
    """The DOI of the data of the site as a whole."""

    @property
    def table(self) -> Table:
        """Return the table of the records."""
        return self.tables[0]

    @property
    def title(self) -> str:
        """Return the title in the file's language, in each without one."""
        return format_caption(self.caption, self.lang)

    @property
    def moment(self) -> datetime:
        """Return the version's time to the second in UTC, the only time in a file, so that two files are identical."""
        return self.committed_at.astimezone(UTC).replace(microsecond=0)

    @property
    def citation(self) -> str:
        """Return the citation of the file."""
        addresses = " ".join(filter(None, (self.doi and build_doi_address(self.doi), self.address)))
        return f"Lode ({self.moment:%Y}): {self.title}. Version {self.version}, {self.moment:%Y-%m-%d}. {addresses}"

    def labels_of(self, column: Column, lang: Language | None = None) -> Mapping[str, str]:
        """Return the labels of a column's codes in a language, by default the file's; empty for a column without codes."""
        chosen = lang or self.lang or "en"
        if column.vocabulary is not None:
            return {term.code: term.label(chosen) for term in load_vocabulary(column.vocabulary)}
        return {code: text.in_language(chosen) for code, text in self.labels.get(column.name, {}).items()}


Rows = Callable[[Table], "Iterator[pa.RecordBatch]"]
"""Returns the rows of a table, each batch with the table's columns by name; of the first table also the geometry:
``x`` and ``y`` of points, ``geometry`` of polygons in the encoding of the format, or the finished ``feature``.

A list is a text: PARTS separates its parts if the file has a language or the format has lists, else SEPARATOR."""
