"""Readings: source rows with the records that a reader builds from them, and their problems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.model import Source
from lodedata.problems import Problem
from lodedata.records import Record, SourceRow
from lodedata.rights.natural_persons import UNDECIDED, NameDecisions


@dataclass(frozen=True, slots=True)
class Reading:
    """One or more rows of one site or deposit; the key of the first row gives the record its id.

    ``records`` is empty for rows out of scope and for refused ones; ``problems`` of a refusing rule refuse all rows.
    ``belongs_to`` has the keys of rows whose records these rows describe without being part of them.
    """

    rows: tuple[SourceRow, ...]
    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    belongs_to: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the rows go to quarantine."""
        return bool(self.problems) and any(problem.refuses for problem in self.problems)


@dataclass(slots=True)
class Tally:
    """Counts of a reader: rows, records, filled fields and usage of columns per table, and values that no vocabulary has."""

    rows: dict[str, int] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    usage: dict[str, ColumnUsage] = field(default_factory=dict)
    withheld: list[tuple[str, str, str]] = field(default_factory=list)
    """Names of natural persons, each with the key of its row and its field: they are in no record and no raw row."""
    decided: NameDecisions = UNDECIDED
    """Names that experts decided to be those of bodies or of persons."""

    @property
    def unmapped_columns(self) -> dict[str, list[str]]:
        """The columns of each table that its mapping neither names nor ignores."""
        found = {table: usage.unmapped for table, usage in self.usage.items()}
        return {table: names for table, names in found.items() if names}

    def miss(self, vocabulary: str, value: str) -> None:
        """Count a value that a vocabulary lacks, for at most 1,000 different values."""
        counts = self.unknown.setdefault(vocabulary, {})
        if value in counts or len(counts) < 1000:
            counts[value] = counts.get(value, 0) + 1


Reader = Callable[[Source, Path, Tally], Iterator[Reading]]
"""A source's reader: takes its description, folder or file, and a tally to fill; yields readings, raises FileRefused."""
