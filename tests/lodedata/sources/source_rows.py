"""Files of made-up rows of a source, and their readings."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.records import Owner
from lodedata.sources import readers


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(sources.load_source(name), path, Tally() if tally is None else tally))


def csv_file(path: Path, header: Sequence[str], *rows: Sequence[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def row_of(header: Sequence[str], **cells: str) -> list[str]:
    """Return a row with the cells of some columns; names that no keyword can have are passed in a dictionary."""
    assert cells.keys() <= set(header), cells.keys() - set(header)
    return [cells.get(column, "") for column in header]


def columns(*lines: str) -> list[str]:
    return [name for line in lines for name in line.split()]


def only(readings: list[Reading]) -> Any:
    ((record,),) = [reading.records for reading in readings]
    return record


def rules(readings: list[Reading]) -> list[str]:
    return [problem.rule for reading in readings for problem in reading.problems]


def undated(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    return tuple(replace(owner, on=None, date_basis=None) for owner in owners)
