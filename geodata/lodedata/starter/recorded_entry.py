"""Entries of the register that record which of their values are used."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lodedata.mapping import Tally
from lodedata.mapping.column_usage import ColumnUsage

Place = tuple[str | int, ...]
"""Names of fields and numbers of items, from the entry to a value."""


class RecordedEntry(Mapping[str, Any]):
    """A part of an entry, read-only: a value that is looked up is used, and so is each part of a list."""

    def __init__(self, content: Mapping[str, Any], place: Place = (), taken: set[Place] | None = None) -> None:
        self.content = content
        self._place = place
        self._taken: set[Place] = set() if taken is None else taken

    def __getitem__(self, name: str) -> Any:
        value = self.content[name]
        place = (*self._place, name)
        self._taken.add(place)
        return self._record_value(value, place)

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)

    def _record_value(self, value: Any, place: Place) -> Any:
        if isinstance(value, Mapping):
            return RecordedEntry(value, place, self._taken)
        if isinstance(value, list):
            return [self._record_value(item, (*place, number)) for number, item in enumerate(value)]
        return value

    def close(self, usage: ColumnUsage, number: int, refused: bool) -> None:
        """Count the values of the entry, each in the column of its fields' names."""
        for place, value in list_nested_values(self.content):
            used = not refused and _find_field(place) in self._taken
            usage.count(
                format_place_column(place), str(value), number, None if used else "row-refused" if refused else "no-field"
            )


def count_entry_columns(table: str, entries: Iterable[Mapping[str, Any]], tally: Tally) -> ColumnUsage:
    """Return the counts of the columns of a file of entries: the names of nested fields, joined by points."""
    columns = list(dict.fromkeys(format_place_column(place) for entry in entries for place, _ in list_nested_values(entry)))
    return tally.reads(table, columns, columns)


def list_nested_values(part: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the values of a nested part that are filled, with their places."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from list_nested_values(value, (*place, name))
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from list_nested_values(item, (*place, number))
    elif part is not None and part != "":
        yield place, part


def format_place_column(place: Place) -> str:
    """Return the column of a value."""
    return ".".join(str(name) for name in place if not isinstance(name, int))


def get_unrecorded_part(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part as it is, without recording."""
    return part.content if isinstance(part, RecordedEntry) else part


def _find_field(place: Place) -> Place:
    """Return the place of the field that a value, or the list with it, belongs to."""
    return place if not isinstance(place[-1], int) else _find_field(place[:-1])
