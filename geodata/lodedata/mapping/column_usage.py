"""Usage of a table's columns: for each one its filled cells, how many of them entered a record, and why the others did not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lodedata.cells import convert_cell_to_text
from lodedata.messages import Message, msg
from lodedata.problems import Problem
from lodedata.rights.natural_persons import MASK, is_body
from lodedata.rights.person_signs import has_person_signs

REASONS: Mapping[str, Message] = {
    "row-refused": msg("the row is in quarantine"),
    "row-out-of-scope": msg("the row has no commodity in scope"),
    "pattern": msg("it does not match the pattern of the mapping"),
    "unmapped": msg("the mapping gives it no value"),
    "template": msg("another column of the template is empty"),
    "unknown-term": msg("it is not a known term"),
    "unreadable": msg("it is not a number"),
    "no-category": msg("the mapping gives its category no value"),
    "no-figure": msg("there is no figure that it belongs to"),
    "no-commodity": msg("its commodity is empty or unknown"),
    "no-owner": msg("the owner has no name, or a text such as unknown"),
    "no-position": msg("there is no position that it belongs to"),
    "no-status": msg("there is no status that it belongs to"),
    "no-field": msg("this kind of record has no such field"),
    "row-apart": msg("the row belongs to the record of another one, and is stored with it only"),
    "given-elsewhere": msg("another cell of the record gives the value"),
    "not-mapped": msg("the mapping does not name the column"),
    "ignored": msg("the column is left out on purpose"),
}
"""Why a filled cell enters no record."""
Outcome = Literal["used", "row-refused", "row-out-of-scope"]
ACCOUNTED = frozenset({"row-refused", "row-out-of-scope", "not-mapped", "ignored"})
"""Reasons that the counts of rows or a list of columns already report."""
CLOSED = frozenset({"not-mapped", "ignored", "row-out-of-scope", "row-refused"})
"""Reasons of columns that are not public, and of rows whose names nobody judges: no example is shown."""
_LIST = re.compile(r"[;；、,，/|\n]")
NOT_FLAGGED = frozenset({"unmapped", "unreadable"})
"""Reasons for which a figure needs no flag: the mapping requests it, or another flag has it."""
MAX_EXAMPLE_LENGTH = 80
OTHERS = "*"
"""All columns that a mapping does not mention, under ``ignored``."""


@dataclass(slots=True)
class Drop:
    """The number of cells that were dropped for one reason, and the first of them."""

    reason: str
    example: str
    row: int
    count: int = 0


@dataclass(slots=True)
class ColumnCounts:
    """The counts of one column: filled = used + dropped."""

    name: str
    filled: int = 0
    used: int = 0
    drops: dict[str, Drop] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """The number of filled cells that entered no record."""
        return sum(drop.count for drop in self.drops.values())

    def as_data(self) -> dict[str, Any]:
        """Return the counts as JSON can hold them, most frequent reason first."""
        drops = sorted(self.drops.values(), key=lambda drop: -drop.count)
        reasons = [{"reason": d.reason, "count": d.count, "example": d.example, "row": d.row} for d in drops]
        return {"column": self.name, "filled": self.filled, "used": self.used, "dropped": self.dropped, "reasons": reasons}


class ColumnUsage:
    """Counts of the columns of one open table, filled row by row.

    A reader that takes a cell's text increments ``taken`` at the column's place; what it then can't use it drops. At the end
    of a row a filled cell that is still taken was used.
    """

    def __init__(self, columns: Sequence[str], derived: Sequence[str] = ()) -> None:
        """Count the cells of ``columns``; those of ``derived`` ones, which a reader adds after them, are not counted."""
        self.columns = [ColumnCounts(_make_storable(name) or f"#{place}") for place, name in enumerate(columns, 1)]
        self._names = (*columns, *derived)
        self.places = {name: place for place, name in enumerate(self._names)}
        """The place of each column by its name."""
        self.taken = [0] * len(self._names)
        self.named: dict[int, frozenset[str]] = {}
        """The null values of each named column, by place."""
        self.figures: set[int] = set()
        """Places of columns that hold figures."""
        self._ignored: set[int] = set()
        self._reasons: dict[int, str] = {}
        self._none = [0] * len(self._names)
        self._nulls = [frozenset({""})] * len(self._names)

    def name_column(self, place: int, nulls: frozenset[str]) -> None:
        """Note that the mapping names a column; a text of several null lists is null only if all of them have it."""
        self.named[place] = nulls & self.named.get(place, nulls)
        self._nulls[place] = self.named[place]

    def finish(self, mentioned: Iterable[str], ignored: Iterable[str], nulls: frozenset[str]) -> None:
        """Note the other columns that a mapping mentions or ignores, and the null values of those that it does not name.

        ``*`` ignores every column that is not mentioned.
        """
        for name in mentioned:
            if name in self.places and self.places[name] not in self.named:
                self.name_column(self.places[name], nulls)
        left_out = {name.strip() for name in ignored}
        self._ignored = {at for name, at in self.places.items() if name in left_out or OTHERS in left_out} - self.named.keys()
        self._nulls = [self.named.get(place, nulls) for place in range(len(self._nulls))]

    def filled_text(self, place: int, cell: Any) -> str | None:
        """Return the text of a cell, None for missing data."""
        if cell is None or (text := cell.strip() if type(cell) is str else convert_cell_to_text(cell)) in self._nulls[place]:
            return None
        return text

    @property
    def unmapped(self) -> list[str]:
        """The named columns that the mapping neither uses nor ignores."""
        used = self.named.keys() | self._ignored
        return [name for place, name in enumerate(self._names) if name and place not in used]

    @property
    def read(self) -> set[str]:
        """The named columns that the mapping reads."""
        return {name for place, name in enumerate(self._names) if name and place in self.named}

    @property
    def unread(self) -> set[str]:
        """The named columns that no field of the mapping reads, ignored ones too."""
        return {name for place, name in enumerate(self._names) if name and place not in self.named}

    def drop(self, places: Iterable[int], reason: str) -> None:
        """Undo the latest reading of columns, whose text could not be used."""
        for place in places:
            self.taken[place] -= 1
            self._reasons.setdefault(place, reason)

    def leave(self, places: Iterable[int], reason: str) -> None:
        """Note why columns are not read in this row."""
        for place in places:
            self._reasons.setdefault(place, reason)

    def undo(self, before: Sequence[int], reason: str) -> None:
        """Undo every reading since ``before``, a copy of ``taken``: what was made of them is not used."""
        for place, (now, earlier) in enumerate(zip(self.taken, before, strict=True)):
            if now > earlier:
                self.taken[place] = earlier
                self._reasons.setdefault(place, reason)

    def close(self, cells: Sequence[Any], number: int, outcome: Outcome = "used") -> list[Problem]:
        """Count the cells of a row and return a problem for each figure that was dropped from its record."""
        problems = []
        for place, (column, cell, nulls) in enumerate(zip(self.columns, cells, self._nulls, strict=False)):
            if cell is None or (text := cell.strip() if type(cell) is str else convert_cell_to_text(cell)) in nulls:
                continue
            column.filled += 1
            if self.taken[place] > 0 and outcome == "used":
                column.used += 1
                continue
            reason = self._find_reason(place, outcome)
            self._count(column, reason, text, number)
            if outcome == "used" and place in self.figures and reason not in NOT_FLAGGED:
                problems.append(_report_dropped_figure(column.name, text, REASONS[reason]))
        self.forget()
        return problems

    def count(self, column: str, text: str, number: int, reason: str | None) -> None:
        """Count one filled cell, which was used if there is no reason why not."""
        counts = self.columns[self.places[column]]
        counts.filled += 1
        if reason is None:
            counts.used += 1
        else:
            self._count(counts, reason, text, number)

    def forget(self) -> None:
        """Forget what was read since the last row."""
        self.taken[:] = self._none
        self._reasons.clear()

    def _find_reason(self, place: int, outcome: Outcome) -> str:
        if place not in self.named:
            return "ignored" if place in self._ignored else "not-mapped"
        return outcome if outcome != "used" else self._reasons.get(place, "no-field")

    @staticmethod
    def _count(column: ColumnCounts, reason: str, text: str, number: int) -> None:
        drop = column.drops.get(reason)
        if drop is None:
            example = "…" if reason in CLOSED else _make_storable(_mask_text(text)[:MAX_EXAMPLE_LENGTH])
            drop = column.drops[reason] = Drop(reason, example, number)
        drop.count += 1

    def as_data(self) -> list[dict[str, Any]]:
        """Return the counts of every column with a filled cell, and of every column that the mapping names."""
        return [c.as_data() for place, c in enumerate(self.columns) if c.filled or place in self.named]


def build_usage_data(tables: Mapping[str, ColumnUsage]) -> list[dict[str, Any]]:
    """Return the counts of the columns of tables, each with its table's name."""
    return [{"table": _make_storable(name), **column} for name, usage in tables.items() for column in usage.as_data()]


def describe_column_usage(columns: Iterable[Mapping[str, Any]]) -> Iterator[Message]:
    """Yield a sentence for each column that lost cells, and one for the columns of each table that are not mapped.

    Cells of refused rows and of rows out of scope are not mentioned: the counts of rows have them.
    """
    beyond: dict[str, list[Message]] = {}
    for column in columns:
        drops = [drop for drop in column["reasons"] if drop["reason"] not in ACCOUNTED]
        if any(drop["reason"] == "not-mapped" for drop in column["reasons"]):
            named = msg("%(column)s (%(filled)s)", column=column["column"], filled=f"{column['filled']:,}")
            beyond.setdefault(column["table"], []).append(named)
        elif drops:
            yield msg(
                "%(table)s, column %(column)s: %(filled)s filled, %(used)s used, %(dropped)s dropped: %(reasons)s",
                table=column["table"],
                column=column["column"],
                filled=f"{column['filled']:,}",
                used=f"{column['used']:,}",
                dropped=f"{column['dropped']:,}",
                reasons=[describe_drop_reason(drop) for drop in column["reasons"]],
            )
    for table, names in beyond.items():
        yield msg("%(table)s: not in the mapping, with their filled cells: %(columns)s", table=table, columns=names)


def add_reason_sentences(column: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of a column with a sentence in both languages for each reason."""
    reasons = [
        {**drop, **{lang: REASONS[drop["reason"]].in_language(lang) for lang in ("en", "zh")}} for drop in column["reasons"]
    ]
    return {**column, "reasons": reasons}


def describe_drop_reason(drop: Mapping[str, Any]) -> Message:
    """Return the sentence of one reason: how many cells, why, and the first of them."""
    return msg(
        "%(count)s as %(reason)s, first %(example)r in row %(row)s",
        count=f"{drop['count']:,}",
        reason=REASONS[drop["reason"]],
        example=drop["example"],
        row=drop["row"],
    )


def _mask_text(text: str) -> str:
    """Return the text of a cell, a mask if it or a name in it has signs of a person, as no record has it to be judged."""
    parts = {text, *map(str.strip, _LIST.split(text))}
    return MASK if any(has_person_signs(part) and not is_body(part) for part in parts) else text


def _make_storable(text: str) -> str:
    """Return a text as a database and JSON can hold it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _report_dropped_figure(column: str, text: str, reason: Message) -> Problem:
    return Problem("figure-dropped", text, column, {"reason": reason})
