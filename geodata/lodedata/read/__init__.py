"""Open any supported file, recognised by its content; all but delimited text in a guarded process."""

from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.read import csv_, guard
from lodedata.read.parsers import PARSERS
from lodedata.read.sniff import told
from lodedata.read.table import LIMITS, Hints, Limits, Row, Table

__all__ = ["LIMITS", "FileRefused", "Hints", "Limits", "Row", "Table", "open_tables"]


def open_tables(path: Path, hints: Hints | None = None, limits: Limits = LIMITS) -> list[Table]:
    """The tables of a file, their rows still to be read. Raises FileRefused with one sentence."""
    hints = hints or Hints()
    found = told(path, limits)
    if found.kind == "csv":
        return csv_.tables(path, found, hints)
    return guard.tables(path, found.kind, hints, [PARSERS[found.kind]])
