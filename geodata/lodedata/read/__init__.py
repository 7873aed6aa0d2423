"""Open any supported file, recognised by its content; all but delimited text in a guarded process."""

from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.read import csv_, guard
from lodedata.read.parsers import PARSERS
from lodedata.read.sniff import detect_format
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable, Limits

__all__ = ["LIMITS", "FileRefused", "Hints", "Limits", "InputRow", "InputTable", "open_tables"]


def open_tables(path: Path, hints: Hints | None = None, limits: Limits = LIMITS) -> list[InputTable]:
    """Return the tables of a file, whose rows are read lazily. Raises FileRefused with one sentence."""
    hints = hints or Hints()
    found = detect_format(path, limits)
    if found.kind == "csv":
        return csv_.tables(path, found, hints)
    return guard.tables(path, found.kind, hints, [PARSERS[found.kind]])
