"""Readings: source rows with the records that a reader builds from them, and their problems."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lodedata.mapping.column_usage import OTHERS, ColumnUsage, Outcome
from lodedata.mapping.model import Source
from lodedata.problems import Problem
from lodedata.read import InputRow
from lodedata.records import Record, SourceRow
from lodedata.rights.natural_persons import UNDECIDED, NameDecisions
from lodedata.slot_pickling import pickle_by_slots


@pickle_by_slots
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
    internal: bool = False
    """Whether only people with a role may read the rows."""

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
    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns of a file from which other columns were made, by their names; see ``InputTable.origins``."""
    decided: NameDecisions = UNDECIDED
    """Names that experts decided to be those of bodies or of persons."""

    @property
    def unmapped_columns(self) -> dict[str, list[str]]:
        """The columns of each table that its mapping neither names nor ignores."""
        names_by_table = {table: usage.unmapped for table, usage in self.usage.items()}
        return {table: names for table, names in names_by_table.items() if names}

    def reads(
        self,
        table: str,
        columns: Sequence[str],
        read: Iterable[str],
        nulls: frozenset[str] = frozenset({""}),
        derived: Sequence[str] = (),
    ) -> ColumnUsage:
        """Return the counts of a table for a reader of its own, which takes some columns and leaves out the others."""
        usage = self.usage.setdefault(table, ColumnUsage(columns, derived))
        usage.finish(read, (OTHERS,), nulls)
        return usage

    def miss(self, vocabulary: str, value: str) -> None:
        """Count a value that a vocabulary lacks, for at most 1,000 different values."""
        counts = self.unknown.setdefault(vocabulary, {})
        if value in counts or len(counts) < 1000:
            counts[value] = counts.get(value, 0) + 1


Reader = Callable[[Source, Path, Tally], Iterator[Reading]]
"""A source's reader: takes its description, folder or file, and a tally to fill; yields readings, raises FileRefused."""


class RowCells:
    """The cells of one row by column, for a reader of a source's own: what it takes is used unless it drops it."""

    def __init__(self, usage: ColumnUsage, row: InputRow) -> None:
        self._usage, self._row = usage, row
        self._taken: set[int] = set()
        self._dropped: dict[int, str] = {}
        self._rest: str | None = None

    def get(self, column: str) -> str | None:
        """Return the text of a cell, None for missing data and for a missing column."""
        place = self._usage.places.get(column)
        if place is None or place >= len(self._row.cells):
            return None
        text = self._usage.filled_text(place, self._row.cells[place])
        if text is not None:
            self._taken.add(place)
        return text

    def first(self, *columns: str) -> str | None:
        """Return the first text of several columns; the others are not used."""
        text = None
        for column in columns:
            if text is None:
                text = self.get(column)
            else:
                self.drop("given-elsewhere", column)
        return text

    def drop(self, reason: str, *columns: str) -> None:
        """Note why columns are not used."""
        for place in (self._usage.places[column] for column in columns if column in self._usage.places):
            self._taken.discard(place)
            self._dropped.setdefault(place, reason)

    @property
    def alone(self) -> bool:
        """Whether only what was taken here is used."""
        return self._rest is not None

    def use_alone(self, reason: str) -> None:
        """Use nothing of the row but what is taken here, for a reason."""
        self._rest = reason

    def mark(self) -> None:
        """Add what was taken to what the row's mapping reads."""
        if self._rest is not None:
            self._usage.forget()
        for place in self._taken:
            self._usage.taken[place] += 1
        for place, reason in self._dropped.items():
            self._usage.leave((place,), reason)
        if self._rest is not None:
            self._usage.leave(self._usage.named, self._rest)

    def close(self, outcome: Outcome = "used") -> None:
        """Count the cells of a row that has no mapping."""
        self.mark()
        self._usage.close(self._row.cells, self._row.number, outcome)


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class ReadingExtension:
    """What a source adds to the readings of its mapping: the further columns that it takes, and how it completes a reading."""

    columns: tuple[str, ...]
    complete: Callable[[Reading, RowCells], Reading]


def extend_reading(reading: Reading, row: InputRow, usage: ColumnUsage, extension: ReadingExtension) -> tuple[Reading, bool]:
    """Return the completed reading of a row, and whether only what its extension takes is used."""
    cells = RowCells(usage, row)
    completed = extension.complete(reading, cells)
    cells.mark()
    return completed, cells.alone


def describe_defect(row: InputRow, columns: Sequence[str]) -> Problem:
    """Return the problem of a row with a defect, with the cell that has it."""
    assert row.defect is not None
    if row.defect == "wrong-cell-count":
        return Problem(row.defect, str(len(row.cells)), None, {"expected": str(len(columns))})
    for column, cell in zip(columns, row.cells, strict=False):
        if isinstance(cell, str) and cell.startswith("="):
            return Problem(row.defect, cell, column)
    return Problem(row.defect, "")
