"""The number of records in a file that have no figure."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from lodedata.figures.figure_columns import AMOUNTS, CAPACITIES
from lodedata.messages import Message, msg
from lodedata.write.content import Table

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FigureCount:
    """The records of a table, and those without a value in any of its columns of figures."""

    columns: tuple[int, ...]
    capacities: bool
    records: int = 0
    without: int = 0

    @classmethod
    def of(cls, table: Table) -> Self | None:
        """Return the count of no rows; None for a table that lacks a column of figures that its kind has."""
        names = [column.name for column in table.columns]
        for figures in (CAPACITIES, AMOUNTS):
            if set(figures) <= set(names):
                return cls(tuple(map(names.index, figures)), figures is CAPACITIES)
        return None

    def add_rows(self, part: "pa.RecordBatch") -> Self:
        """Return the count with further rows."""
        filled = [part.column(n).is_valid() for n in self.columns]
        filled_count = sum(any(row) for row in zip(*(column.to_pylist() for column in filled), strict=True))
        return replace(self, records=self.records + part.num_rows, without=self.without + part.num_rows - filled_count)

    def sentence(self, name: str) -> Message:
        """Return how many records of a sheet have no figure."""
        if self.capacities:
            sentence = msg("%(name)s: %(without)s of %(records)s records have no capacity, built or not built yet.")
        else:
            sentence = msg("%(name)s: %(without)s of %(records)s records have no ore, grade or metal.")
        return sentence.filled(name=name, without=self.without, records=self.records)
