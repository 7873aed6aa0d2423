"""Open any supported file, told by its content."""

from pathlib import Path

from lodedata.read import csv_, parquet, vector, xlsx
from lodedata.read.sniff import told
from lodedata.read.table import LIMITS, FileRefused, Hints, Limits, Row, Table

__all__ = ["LIMITS", "FileRefused", "Hints", "Limits", "Row", "Table", "open_tables"]


def open_tables(path: Path, hints: Hints | None = None, limits: Limits = LIMITS) -> list[Table]:
    """The tables of a file, their rows still to be read. Raises FileRefused with one sentence."""
    hints = hints or Hints()
    found = told(path, limits)
    if found.kind == "csv":
        return csv_.tables(path, found, hints)
    if found.kind == "xlsx":
        return xlsx.tables(path, hints)
    if found.kind == "parquet":
        return parquet.tables(path)
    return vector.tables(path, found.kind, hints)
