"""Positions and figures of a file at the desk that are doubtful or impossible, before anything is stored.

A position may lie at 0, 0, in the sea or outside the country that its row states; a grade may be above that of the richest
mineral, a capacity above the output of the world.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lodebase.db.boundaries import apply_view, read_boundary_file
from lodedata.checks import (
    Placed,
    check_capacity_limit,
    check_grade_limit,
    check_position_at_sea,
    check_stated_area,
    check_zero_position,
    locate,
)
from lodedata.figures.held_figures import hold_impossible
from lodedata.geography.boundaries import Boundaries
from lodedata.geography.worldview import Worldview
from lodedata.mapping import Reading, TableSpec
from lodedata.mapping.cell_problems import HELD
from lodedata.records import MineralRecord

BATCH = 500
"""Rows whose positions are looked up at once."""
CHECKS = (check_zero_position, check_stated_area, check_position_at_sea)
FIGURE_CHECKS = (check_grade_limit, check_capacity_limit)


@lru_cache(maxsize=2)
def load_country_boundaries(path: Path, view: Worldview) -> Boundaries:
    """Return the countries of a TopoJSON file in a view of borders, none without the file; read once in a process."""
    return Boundaries(apply_view(read_boundary_file(path).areas, view) if path.is_file() else ())


def add_position_problems(readings: Iterable[Reading], boundaries: Boundaries) -> Iterator[Reading]:
    """Yield readings with the problems of their positions and figures; of several of a position, the one that explains it."""
    remaining = iter(readings)
    while batch := list(islice(remaining, BATCH)):
        records = [record for reading in batch for record in reading.records if isinstance(record, Placed)]
        locations = iter(locate(records, boundaries))
        for reading in batch:
            problems = []
            for record in reading.records:
                if isinstance(record, Placed):
                    location = next(locations)
                    problems += [problem for check in CHECKS for problem in check(record, location)][-1:]
                    if isinstance(record, MineralRecord):
                        held = hold_impossible(record)
                        problems += [
                            problem for check in FIGURE_CHECKS for problem in check(held, location) if problem.rule in HELD
                        ]
            yield replace(reading, problems=(*reading.problems, *problems)) if problems else reading


def place_columns(table: TableSpec) -> tuple[str, ...]:
    """Return the columns of the coordinates, the country and the division of a table's rows."""
    position = table.position
    cells = (*((position.lon, position.lat) if position is not None else ()), table.country, table.division)
    return tuple(dict.fromkeys(cell.column for cell in cells if cell is not None and cell.column is not None))
