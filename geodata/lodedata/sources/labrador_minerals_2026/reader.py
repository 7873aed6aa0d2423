"""Occurrences, licences, leases and zones of Labrador; the file of tenure holds both leases and areas closed to staking."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.model import TableSpec
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import build_row_reader, choose_table_specs, find_table_file, read_table
from lodedata.read import Hints, InputRow, InputTable, open_table
from lodedata.records import GenericRecord, PartialDate

CLAIMS, TENURE = "geoatlas-claims-labrador.geojson", "geoatlas-tenure-labrador.geojson"
AREAS = f"areas of {TENURE}"
STAKED, TYPE, NAME, PART, LEASE = "STAKEDATE", "TYPEDESC", "name", "part", "Mining Lease"


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the rows of each file by its mapping, those of the tenure as leases or as zones. Raises FileRefused."""
    for spec in choose_table_specs(source, path):
        if spec.file in (TENURE, AREAS):
            yield from _read_tenure(source, spec, path, tally)
        else:
            extension = ReadingExtension((STAKED,), _add_staking) if spec.file == CLAIMS else None
            yield from read_table(source, spec, find_table_file(spec, path), tally, extension)
    if path.is_file() and path.match(TENURE):
        areas = next(spec for spec in source.tables if spec.file == AREAS)
        yield from _read_tenure(source, areas, path, tally)


def _read_tenure(source: Source, spec: TableSpec, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the leases of the file of tenure, or its other areas, as a table of their own.

    Several outlines have one name and no number; ``part`` counts them.
    """
    of_leases = spec.file == TENURE
    table = open_table(path / TENURE if path.is_dir() else path, Hints())
    rows = list(_read_numbered_rows(table, of_leases))
    columns = (*table.columns, PART)
    named = replace(
        table,
        file=TENURE if of_leases else AREAS,
        columns=columns,
        rows=iter(rows),
        again=lambda: iter(rows),
        origins={PART: (NAME,)},
    )
    read_row = build_row_reader(source, spec, named, tally)
    for row in rows:
        yield read_row(row)


def _read_numbered_rows(table: InputTable, of_leases: bool) -> Iterator[InputRow]:
    kind, name = table.columns.index(TYPE), table.columns.index(NAME)
    counts: Counter[str] = Counter()
    for row in table.rows:
        if (row.cells[kind] == LEASE) == of_leases:
            counts[str(row.cells[name])] += 1
            yield replace(row, cells=[*row.cells, counts[str(row.cells[name])]])


def _add_staking(reading: Reading, cells: RowCells) -> Reading:
    """Return the reading of a licence with the day of its staking, which the file has in milliseconds since 1970."""
    text = cells.get(STAKED)
    if text is None or not reading.records:
        return reading
    (record,) = reading.records
    assert isinstance(record, GenericRecord)
    if not text.removeprefix("-").isdigit():
        cells.drop("unreadable", STAKED)
        return reading
    day = datetime.fromtimestamp(int(text) / 1000, UTC).date()
    return replace(reading, records=(replace(record, values={**record.values, "applied_on": PartialDate(day, "day")}),))
