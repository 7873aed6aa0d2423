"""Mining concessions with the day of their application, which the file has as JavaScript prints a date."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import find_table_file, read_table
from lodedata.problems import Problem
from lodedata.records import GenericRecord, PartialDate

APPLIED = "FEC_DENU"
PRINTED = re.compile(r"[A-Z][a-z]{2} (?P<day>[A-Z][a-z]{2} [0-9]{2} [0-9]{4}) 00:00:00 GMT[+-][0-9]{4}\b.*")
"""Midnight in Peru, such as ``Mon May 05 2025 00:00:00 GMT-0500 (hora estándar de Perú)``; the offset has changed."""
NO_DAY = date(1899, 11, 30)
"""What the register's program prints for no date."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each concession with the day on which it was applied for. Raises FileRefused."""
    (spec,) = source.tables
    yield from read_table(source, spec, find_table_file(spec, path), tally, ReadingExtension((APPLIED,), _add_application))


def _add_application(reading: Reading, cells: RowCells) -> Reading:
    text = cells.get(APPLIED)
    if text is None or not reading.records:
        return reading
    (record,) = reading.records
    assert isinstance(record, GenericRecord)
    match = PRINTED.fullmatch(text)
    try:
        day = datetime.strptime(match["day"], "%b %d %Y").date() if match else None
    except ValueError:
        day = None
    if day is None:
        cells.drop("unreadable", APPLIED)
        return replace(reading, records=(), problems=(*reading.problems, Problem("not-a-date", text, APPLIED)))
    if day == NO_DAY:
        cells.drop("unreadable", APPLIED)
        return reading
    return replace(reading, records=(replace(record, values={**record.values, "applied_on": PartialDate(day, "day")}),))
