"""Rows of a table by the record that they describe."""

from collections.abc import Callable, Iterable

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read import InputRow

MAX_GROUPED_ROWS = 1_000_000
"""Rows of a table of several rows for a record, which is held in memory."""


def group_rows_by_key(table: str, rows: Iterable[InputRow], key_of: Callable[[InputRow], str | None]) -> list[list[InputRow]]:
    """Return the rows with their key, in the order of the first row of each; rows without a key stay alone.

    Raises FileRefused for more rows than memory may hold.
    """
    groups: list[list[InputRow]] = []
    by_key: dict[str, list[InputRow]] = {}
    for number, row in enumerate(rows, 1):
        if number > MAX_GROUPED_ROWS:
            raise FileRefused(
                msg(
                    "%(table)s: has more than the %(rows)s rows that can be merged; divide the file by record",
                    table=table,
                    rows=f"{MAX_GROUPED_ROWS:,}",
                )
            )
        key = key_of(row) if row.defect is None else None
        if key is None or key not in by_key:
            members: list[InputRow] = []
            groups.append(members)
            if key is not None:
                by_key[key] = members
        else:
            members = by_key[key]
        members.append(row)
    return groups
