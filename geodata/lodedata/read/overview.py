"""The tables of a file with their columns and first rows."""

from itertools import islice
from pathlib import Path
from typing import Any

from lodedata.errors import FileRefused
from lodedata.read import Hints, open_tables
from lodedata.read.sniff import fill_best_encoding

FIRST_ROWS = 3


def preview_tables(path: Path, hints: Hints | None = None, count: int = FIRST_ROWS) -> list[dict[str, Any]]:
    """Return number, name, columns and first rows of each table of a file. Raises FileRefused.

    A sheet that can't be read as a table has no columns, and its reason as ``refused``.
    """
    tables = []
    for number, table in enumerate(open_tables(path, fill_best_encoding(path, hints or Hints())), 1):
        described: dict[str, Any] = {"number": number, "name": table.part or table.file, "columns": list(table.columns)}
        try:
            rows = [dict(zip(table.columns, row.cells, strict=False)) for row in islice(table.rows, count)]
        except FileRefused as error:
            described |= {"columns": [], "refused": error.message}
            rows = []
        tables.append({**described, "rows": rows})
    return tables
