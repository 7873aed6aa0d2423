"""Facilities with their further investors: rows without a number continue the facility above them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.mapping import Reading, Source, Tally, file_of, read_table
from lodedata.records import Owner, Project, SourceRow

INVESTOR = "#site+company+3"


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Each facility with the rows that continue it, keyed ``17``, ``17+1``, ``17+2``."""
    spec = source.tables[0]
    facility: Reading | None = None
    for reading in read_table(source, spec, file_of(spec, path), tally):
        cells = orjson.loads(reading.rows[0].raw)
        if cells["rec_id"] or facility is None:
            if facility is not None:
                yield facility
            facility = reading
        else:
            facility = _continued(facility, reading.rows[0], cells)
    if facility is not None:
        yield facility


def _continued(facility: Reading, row: SourceRow, cells: dict[str, str]) -> Reading:
    """The facility with one more row and the investor that it names."""
    keyed = replace(row, key=f"{facility.rows[0].key}+{len(facility.rows)}")
    records = facility.records
    if records and cells[INVESTOR]:
        project = records[0]
        assert isinstance(project, Project)
        share = cells[f"{INVESTOR}+share"]
        owner = Owner(cells[INVESTOR], share_pct=float(share) if share else None, source_row=keyed.key)
        records = (replace(project, owners=(*project.owners, owner)),)
    return replace(facility, rows=(*facility.rows, keyed), records=records)
