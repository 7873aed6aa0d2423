"""Open any supported file, recognised by its content; all but delimited text in a guarded process."""

from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read import guard, packed
from lodedata.read.formats import csv_
from lodedata.read.guard import in_process
from lodedata.read.parsers import PARSERS
from lodedata.read.sniff import detect_format
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable, Limits

__all__ = ["LIMITS", "FileRefused", "Hints", "Limits", "InputRow", "InputTable", "open_table", "open_tables"]


def open_tables(path: Path, hints: Hints | None = None, limits: Limits = LIMITS) -> list[InputTable]:
    """Return the tables of a file, whose rows are read lazily. Raises FileRefused with one sentence."""
    tables = _open(path, hints or Hints(), limits)
    return [in_process.limit_table_rows(table) for table in tables] if in_process.is_process_confined() else tables


def _open(path: Path, hints: Hints, limits: Limits) -> list[InputTable]:
    detected_format = detect_format(path, limits)
    if detected_format.kind == "csv":
        return csv_.tables(path, detected_format, hints)
    if detected_format.kind in ("zip", "gzip"):
        return packed.read_packed_tables(path, detected_format.kind, hints, _open_plain)
    if in_process.is_process_confined():
        return in_process.tables(path, detected_format.kind, hints)
    return guard.tables(path, detected_format.kind, hints, [PARSERS[detected_format.kind]])


def open_table(path: Path, hints: Hints) -> InputTable:
    """Return the only table of a file. Raises FileRefused if it has several and the hints name none."""
    tables = open_tables(path, hints)
    if len(tables) > 1:
        raise FileRefused(
            msg(
                "%(file)s: holds %(number)s tables (%(parts)s); name one as `part`",
                file=path.name,
                number=len(tables),
                parts=", ".join(repr(table.part) for table in tables),
            )
        )
    return tables[0]


def _open_plain(path: Path, hints: Hints) -> list[InputTable]:
    """Return the tables of a file that was packed; an archive in an archive is refused."""
    if detect_format(path).kind in ("zip", "gzip"):
        raise FileRefused(msg("%(file)s: is an archive within an archive; unpack it first", file=path.name))
    return open_tables(path, hints)
