"""What a reader makes of the rows of a source: the rows as they came, the records they become, what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lodedata.mapping.model import Source
from lodedata.problems import Problem
from lodedata.records import Record, SourceRow


@dataclass(frozen=True, slots=True)
class Reading:
    """One or more rows that stand for one thing: the first row leads, its key gives the served record its id.

    ``records`` is empty for rows out of scope and for refused ones; ``problems`` of a refusing rule refuse all rows.
    ``belongs_to`` names the keys of rows whose records these rows tell about without being read into them.
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
    """What a reader counted on its way: rows, records built and their filled fields per table, words it did not find."""

    rows: dict[str, int] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    unmapped_columns: dict[str, list[str]] = field(default_factory=dict)

    def miss(self, vocabulary: str, word: str) -> None:
        """Count a word that its vocabulary does not know; at most 1,000 different ones are kept."""
        words = self.unknown.setdefault(vocabulary, {})
        if word in words or len(words) < 1000:
            words[word] = words.get(word, 0) + 1


Reader = Callable[[Source, Path, Tally], Iterator[Reading]]
"""A source's reader: its description, the folder or file, a tally to keep; yields readings, raises FileRefused."""
