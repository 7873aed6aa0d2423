"""Reading of tables within a confined process, which needs no other process for them."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from lodedata.read.guard.confinement import Confinement, restart_time_limit
from lodedata.read.parsers import PARSERS
from lodedata.read.table import Hints, InputRow, InputTable

ROWS = 1_000
"""Rows after which the time limit begins anew."""
_bounds: list[Confinement] = []


def begin(bounds: Confinement, folder: str | None) -> None:
    """Note that this process is confined, and what folder it may write temporary files in."""
    _bounds.append(bounds)
    tempfile.tempdir = folder


def is_process_confined() -> bool:
    """Return whether this process is confined."""
    return bool(_bounds)


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the tables of a file, by the parser of its kind. Raises FileRefused."""
    input_tables: list[InputTable] = import_module(PARSERS[kind]).tables(path, kind, hints)
    return input_tables


def limit_table_rows(table: InputTable) -> InputTable:
    """Return a table whose rows are checked like those of other processes, each thousand within the time limit."""
    return replace(table, rows=_check_rows(table))


def _check_rows(table: InputTable) -> Iterator[InputRow]:
    # rows.py needs shapely, which a process that only starts others does not load
    from lodedata.read.guard.rows import require_small  # noqa: PLC0415

    for number, row in enumerate(table.rows, 1):
        require_small(table, row)
        if number % ROWS == 0:
            restart_time_limit(_bounds[-1])
        yield row
