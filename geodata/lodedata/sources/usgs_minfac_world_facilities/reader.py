"""Facilities with their further investors, capacities with a word for their product, and totals of several facilities.

Rows without a number continue the facility above them. The rows of a combined capacity repeat it, with the same note.
"""

import re
from collections.abc import Hashable, Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.cells import Unreadable, number
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.owners import merge_owners, parse_owners
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.shared_totals import SharedReading, mark_shared_totals
from lodedata.mapping.tables import find_table_file, read_table
from lodedata.problems import Problem
from lodedata.records import Owner, Project
from lodedata.sources.usgs_minfac_world_facilities.worded_capacity import WORDED_COLUMNS, add_worded_capacity

KEY = "rec_id"
INVESTOR = "#site+company+3"
SHARE = f"{INVESTOR}+share"
CITED, NOTE = "cite", "#site+notes"
COLUMNS = (KEY, INVESTOR, SHARE, CITED, NOTE, *WORDED_COLUMNS)
COMBINED = re.compile(r"combined (?:capacity|capacities|production) for positions ([\d\W]+)", re.IGNORECASE)
BROKEN = frozenset({"wrong-cell-count", "nul-byte"})
"""Problems of a row as such; a row that continues another has neither key nor commodity."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each facility with the rows that continue it, keyed ``17``, ``17+1``, ``17+2``; a combined capacity counts once."""
    totals: dict[str, Hashable | None] = {}
    readings = _read_facilities(source, path, tally, totals)
    yield from mark_shared_totals(SharedReading(reading, totals.get(reading.rows[0].locator)) for reading in readings)


def _read_facilities(source: Source, path: Path, tally: Tally, totals: dict[str, Hashable | None]) -> Iterator[Reading]:
    """Yield each facility; ``totals`` gets what the rows of one combined capacity have in common, by the row's place."""
    spec = source.tables[0]
    further = _FurtherRows(totals)
    facility: Reading | None = None
    for reading in read_table(source, spec, find_table_file(spec, path), tally, ReadingExtension(COLUMNS, further.complete)):
        if facility is not None and further.continues:
            facility = _extend_facility(facility, reading, further.owners)
            continue
        if facility is not None:
            yield facility
        facility = reading
    if facility is not None:
        yield facility


class _FurtherRows:
    """The latest row, if it continues a facility, with its investor."""

    def __init__(self, totals: dict[str, Hashable | None]) -> None:
        self._totals = totals
        self.continues = False
        self.owners: tuple[Owner, ...] = ()
        self._facility: Reading | None = None

    def complete(self, reading: Reading, cells: RowCells) -> Reading:
        """Return the reading of a row; that of a row which continues a facility has no record."""
        self.continues = cells.get(KEY) is None and self._facility is not None
        if not self.continues:
            self._totals[reading.rows[0].locator] = _find_combined_rows(cells)
            self._facility = add_worded_capacity(reading, cells)
            return self._facility
        problems = [problem for problem in reading.problems if problem.rule in BROKEN]
        self.owners = ()
        if self._facility is not None and self._facility.records and not problems:
            self.owners = _read_owners(cells, problems)
            cells.use_alone("given-elsewhere")
        return replace(reading, records=(), problems=tuple(problems))


def _find_combined_rows(cells: RowCells) -> Hashable | None:
    """Return the positions of a printed table whose one figure the row repeats, with its report; None for an own figure."""
    report, positions = cells.get(CITED), COMBINED.search(cells.get(NOTE) or "")
    if positions is None:
        return None
    numbers = tuple(re.findall(r"\d+", positions[1]))
    return (report, numbers, *(cells.get(column) for column in WORDED_COLUMNS))


def _extend_facility(facility: Reading, further: Reading, owners: tuple[Owner, ...]) -> Reading:
    """Return the facility with one more row and its investor, who was one at the date of the facility or before."""
    keyed = replace(further.rows[0], key=f"{facility.rows[0].key}+{len(facility.rows)}")
    records = facility.records
    if owners:
        project = records[0]
        assert isinstance(project, Project)
        date = project.information_date
        dated = (replace(owner, source_row=keyed.key, on=date, date_basis="in-or-before" if date else None) for owner in owners)
        records = (replace(project, owners=merge_owners((*project.owners, *dated))),)
    return replace(facility, rows=(*facility.rows, keyed), records=records, problems=(*facility.problems, *further.problems))


def _read_owners(cells: RowCells, problems: list[Problem]) -> tuple[Owner, ...]:
    name = cells.get(INVESTOR)
    if name is None:
        cells.drop("no-owner", SHARE)
        return ()
    return tuple(parse_owners(name, _share(cells, problems), "owner", None))


def _share(cells: RowCells, problems: list[Problem]) -> float | None:
    text = cells.get(SHARE)
    if text is None:
        return None
    try:
        share = number(text)
    except Unreadable:
        problems.append(Problem("figure-unreadable", text, SHARE))
        cells.drop("unreadable", SHARE)
        return None
    if 0 <= share <= 100:
        return share
    problems.append(Problem("share-over-100", text, SHARE))
    cells.drop("unreadable", SHARE)
    return None
