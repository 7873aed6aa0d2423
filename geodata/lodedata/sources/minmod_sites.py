"""Mineral sites as MinMod holds them: one JSON object a line, read as one row a site.

Lists within a site (country, deposit type, inventory) become columns: the different values of a list as one text, and the grade
of each commodity with its unit as columns of their own, such as ``grade.Copper``.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata.errors import FileRefused
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import TableReader, table_file
from lodedata.messages import msg
from lodedata.read import InputRow, InputTable, open_tables

KEY = "record_id"
SEPARATOR = "; "
INVENTORY = "mineral_inventory"
REFERENCE = "reference"
"""The list of documents, which repeats the address of the source."""
COMMODITY, GRADE, UNIT = (
    f"{INVENTORY}.{name}" for name in ("commodity.observed_name", "grade.value", "grade.unit.observed_name")
)

Cells = dict[str, Any]


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the reading of each site of a source by its mapping. Raises FileRefused and MappingRefused."""
    (spec,) = source.tables
    table = open_sites(table_file(spec, path))
    reader = TableReader(source, spec, table, tally)
    for row in table.rows:
        yield reader.reading(row)


def open_sites(path: Path) -> InputTable:
    """Return the table of the sites of a file, in its order. Raises FileRefused if its objects have no record_id."""
    tables = {table.part: table for table in open_tables(path)}
    sites = tables.pop("", None)
    if sites is None or KEY not in sites.columns:
        raise FileRefused(msg("%(file)s: no sites with a record_id; write one site as one JSON object a line", file=path.name))
    inner: dict[str, Cells] = {}
    for part, table in tables.items():
        if part == REFERENCE:
            continue
        names = [name for name in table.columns if name.startswith(f"{part}.")]
        for key, entries in _entries(table, names).items():
            inner.setdefault(key, {}).update(_cells(entries, names))
    further = dict.fromkeys(name for cells in inner.values() for name in cells)
    columns = (*sites.columns, *further)
    key_at = sites.columns.index(KEY)

    def rows() -> Iterator[InputRow]:
        for number, row in enumerate(sites.rows, 1):
            of_site = inner.get(str(row.cells[key_at]), {})
            yield replace(row, number=number, cells=[*row.cells, *(of_site.get(name) for name in further)])

    return replace(sites, columns=columns, rows=rows(), again=rows)


def _entries(table: InputTable, names: list[str]) -> dict[str, list[Cells]]:
    """Return the entries of a list by the key of their site."""
    found: dict[str, list[Cells]] = {}
    key_at, places = table.columns.index(KEY), [(name, table.columns.index(name)) for name in names]
    for row in table.rows:
        found.setdefault(str(row.cells[key_at]), []).append({name: row.cells[at] for name, at in places})
    return found


def _cells(entries: list[Cells], names: list[str]) -> Cells:
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
            column = f"{kind}.{entry[COMMODITY]}"
            # two grades of one commodity are no number, and refuse the row
            cells[column] = entry[name] if cells.get(column) in (None, entry[name]) else f"{cells[column]}; {entry[name]}"
    return cells
