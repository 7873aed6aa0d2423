"""Positions of a file at the desk that lie at 0, 0, in the sea or outside the country that their row states."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lodebase.db.boundaries import from_file, in_view
from lodedata.checks import Placed, in_the_sea, locate, misplaced, zero_zero
from lodedata.geography.boundaries import Boundaries
from lodedata.geography.worldview import Worldview
from lodedata.mapping import Reading, TableSpec

BATCH = 500
"""Rows whose positions are looked up at once."""
CHECKS = (zero_zero, misplaced, in_the_sea)


@lru_cache(maxsize=2)
def country_boundaries(path: Path, view: Worldview) -> Boundaries:
    """Return the countries of a TopoJSON file in a view of borders, none without the file; read once in a process."""
    return Boundaries(in_view(from_file(path).areas, view) if path.is_file() else ())


def with_position_problems(readings: Iterable[Reading], boundaries: Boundaries) -> Iterator[Reading]:
    """Yield readings with the problems of their positions; of several that a position has, the one that explains it."""
    remaining = iter(readings)
    while batch := list(islice(remaining, BATCH)):
        records = [record for reading in batch for record in reading.records if isinstance(record, Placed)]
        locations = iter(locate(records, boundaries))
        for reading in batch:
            found = []
            for record in reading.records:
                if isinstance(record, Placed):
                    location = next(locations)
                    found += [problem for check in CHECKS for problem in check(record, location)][-1:]
            yield replace(reading, problems=(*reading.problems, *found)) if found else reading


def place_columns(table: TableSpec) -> tuple[str, ...]:
    """Return the columns of the coordinates, the country and the division of a table's rows."""
    position = table.position
    cells = (*((position.lon, position.lat) if position is not None else ()), table.country, table.division)
    return tuple(dict.fromkeys(cell.column for cell in cells if cell is not None and cell.column is not None))
