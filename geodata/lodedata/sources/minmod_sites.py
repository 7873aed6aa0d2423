"""Mineral sites as MinMod holds them: one JSON object a line, read as one row a site.

Lists within a site (country, deposit type, inventory) become columns: the different values of a list as one text, and the grade
of each commodity with its unit as columns of their own, such as ``grade.Copper``.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from lodedata.errors import FileRefused
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import TableReader, find_table_file
from lodedata.messages import msg
from lodedata.read import Hints, InputRow, InputTable, open_tables
from lodedata.read.formats.json_ import flatten_cells

KEY = "record_id"
SEPARATOR = "; "
INVENTORY = "mineral_inventory"
REFERENCE = "reference"
"""The list of documents, which repeats the address of the source."""
LISTS = ("deposit_type_candidate", "location_info.country", "location_info.state_or_province", INVENTORY, REFERENCE)
"""The lists within a site."""
COMMODITY, GRADE, UNIT = (
    f"{INVENTORY}.{name}" for name in ("commodity.observed_name", "grade.value", "grade.unit.observed_name")
)

Cells = dict[str, Any]


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the reading of each site of a source by its mapping. Raises FileRefused and MappingRefused."""
    (spec,) = source.tables
    table = open_sites(find_table_file(spec, path))
    reader = TableReader(source, spec, table, tally)
    for row in table.rows:
        yield reader.reading(row)


def open_sites(path: Path) -> InputTable:
    """Return the table of the sites of a file, in its order. Raises FileRefused if its objects have no record_id.

    The file is read once: its rows come with their lists as JSON.
    """
    (sites, *_) = open_tables(path, Hints(lists_as_text=True))
    if KEY not in sites.columns:
        raise FileRefused(msg("%(file)s: no sites with a record_id; write one site as one JSON object a line", file=path.name))
    plain = [(name, at) for at, name in enumerate(sites.columns) if name not in LISTS]
    lists = [(name, sites.columns.index(name)) for name in LISTS if name in sites.columns]
    read_rows = [
        (row, {name: value for part, at in lists for name, value in _list_cells(part, row.cells[at]).items()})
        for row in sites.rows
    ]
    further = list(dict.fromkeys(name for _, cells in read_rows for name in cells))

    def rows() -> Iterator[InputRow]:
        for number, (row, cells) in enumerate(read_rows, 1):
            yield replace(row, number=number, cells=[*(row.cells[at] for _, at in plain), *map(cells.get, further)])

    return replace(sites, columns=(*(name for name, _ in plain), *further), rows=rows(), again=rows)


def _list_cells(part: str, text: str | None) -> Cells:
    """Return the cells of one list of a site from its JSON."""
    if text is None or part == REFERENCE:
        return {}
    entries = [flatten_cells(raw_entry, f"{part}.") for raw_entry in orjson.loads(text)]
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    return _collect_cells([{name: entry.get(name) for name in names} for entry in entries], names)


def _collect_cells(entries: list[Cells], names: list[str]) -> Cells:
    """Return the cells of the entries of one site: of a column the different values, of a grade one column a commodity."""
    graded = [entry for entry in entries if entry.get(GRADE) is not None]
    cells: Cells = {}
    for name in names:
        if graded and name in (GRADE, UNIT):
            continue
        values = dict.fromkeys(entry[name] for entry in entries if entry[name] is not None)
        cells[name] = next(iter(values), None) if len(values) < 2 else SEPARATOR.join(map(str, values))
    for entry in graded:
        for kind, name in (("grade", GRADE), ("grade_unit", UNIT)):
            column = f"{kind}.{entry.get(COMMODITY)}"
            # two grades of one commodity are no number, and refuse the row
            cells[column] = entry[name] if cells.get(column) in (None, entry[name]) else f"{cells[column]}; {entry[name]}"
    return cells
