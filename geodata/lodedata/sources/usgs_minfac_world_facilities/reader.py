"""Facilities with their further investors: rows without a number continue the facility above them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.cells import Unreadable, number
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_table, table_file
from lodedata.problems import Problem
from lodedata.records import Owner, Project

INVESTOR = "#site+company+3"
SHARE = f"{INVESTOR}+share"
BROKEN = frozenset({"wrong-cell-count", "nul-byte"})
"""Problems of a row as such; a row that continues another has neither key nor commodity."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each facility with the rows that continue it, keyed ``17``, ``17+1``, ``17+2``."""
    spec = source.tables[0]
    facility: Reading | None = None
    for reading in read_table(source, spec, table_file(spec, path), tally):
        cells = orjson.loads(reading.rows[0].raw)
        if cells.get("rec_id") or facility is None:
            if facility is not None:
                yield facility
            facility = reading
        else:
            facility = _continued(facility, reading, cells)
    # rows that continue a facility are read here, so the counts by column would report them as refused
    tally.usage.clear()
    if facility is not None:
        yield facility


def _continued(facility: Reading, further: Reading, cells: dict[str, str]) -> Reading:
    """Return the facility with one more row and its investor."""
    keyed = replace(further.rows[0], key=f"{facility.rows[0].key}+{len(facility.rows)}")
    records = facility.records
    problems = [problem for problem in further.problems if problem.rule in BROKEN]
    if records and cells.get(INVESTOR) and not problems:
        project = records[0]
        assert isinstance(project, Project)
        owner = Owner(cells[INVESTOR], share_pct=_share(cells[SHARE], problems), source_row=keyed.key)
        records = (replace(project, owners=(*project.owners, owner)),)
    return replace(facility, rows=(*facility.rows, keyed), records=records, problems=(*facility.problems, *problems))


def _share(text: str, problems: list[Problem]) -> float | None:
    if not text:
        return None
    try:
        share = number(text)
    except Unreadable:
        problems.append(Problem("figure-unreadable", text, SHARE))
        return None
    if 0 <= share <= 100:
        return share
    problems.append(Problem("share-over-100", text, SHARE))
    return None
