"""Facilities with what their capacity counts, and one figure for a capacity that several facilities have in common."""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lodedata.figures.capacity_basis import find_stated_basis, find_stated_weight, set_capacity_basis
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.shared_totals import SharedReading, mark_shared_totals
from lodedata.mapping.tables import choose_table_specs, find_table_file, read_table
from lodedata.records import Project
from lodedata.vocab import load_vocabulary

FACILITY, COMMODITY, FORM, FIGURE, UNIT, LETTERS, SHARERS, NOTE = (
    *("FeatureUID", "DsgAttr02", "DsgAttr03", "DsgAttr07", "DsgAttr08", "DsgAttr09", "DsgAttr10", "MemoOther"),
)
COLUMNS = (FACILITY, COMMODITY, FORM, FIGURE, UNIT, LETTERS, SHARERS, NOTE)
GROSS = "g"
"""The letter of a capacity that is a gross weight; c marks one of several facilities, e an estimate."""
_ORE = re.compile(r"(?:\w+ )?ore\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A reading with the facility and the figure of its row, and the facilities that have the figure in common."""

    reading: Reading
    facility: str | None
    figure: tuple[str | None, ...]
    total: Hashable | None


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the readings of the three tables; those of facilities with the basis of their capacity and shared totals."""
    for spec in choose_table_specs(source, path):
        file = find_table_file(spec, path)
        if "Facilities" not in spec.file:
            yield from read_table(source, spec, file, tally)
            continue
        rows: list[FacilityRow] = []

        def complete(reading: Reading, cells: RowCells, rows: list[FacilityRow] = rows) -> Reading:
            rows.append(_build_facility(reading, cells))
            return rows[-1].reading

        for reading in read_table(source, spec, file, tally, ReadingExtension(COLUMNS, complete)):
            # with the problems of cells that were not used
            rows[-1] = replace(rows[-1], reading=reading)
        yield from mark_shared_totals(SharedReading(row.reading, row.total) for row in _share_ore_of_facility(rows))


def _build_facility(reading: Reading, cells: RowCells) -> FacilityRow:
    facility, figure = cells.get(FACILITY), (cells.get(FIGURE), cells.get(UNIT))
    commodity, form, sharers = cells.get(COMMODITY), cells.get(FORM), cells.get(SHARERS)
    members = frozenset(filter(None, (facility, *(name.strip() for name in (sharers or "").split(",")))))
    total = (members, commodity, form, figure) if sharers is not None else None
    basis = _infer_basis(form or "", cells.get(LETTERS) or "", cells.get(NOTE) or "")
    if form is None:
        reading = _fill_product(reading, commodity)
    return FacilityRow(_set_basis(reading, basis), facility, figure, total)


def _fill_product(reading: Reading, commodity: str | None) -> Reading:
    """Return the reading of a row without a form; its product is its commodity where that names one, such as bauxite."""
    project = reading.records[0] if reading.records else None
    term = load_vocabulary("product").find(commodity or "")
    if term is None or not isinstance(project, Project):
        return reading
    phases = tuple(replace(phase, product=term.code, product_reported=commodity) for phase in project.phases)
    return replace(reading, records=(replace(project, phases=tuple(set_capacity_basis(phase, None) for phase in phases)),))


def _infer_basis(form: str, letters: str, note: str) -> str | None:
    """Return the basis by the letter of gross weight with its note, else by the form, else by a note that begins with ore."""
    if GROSS in letters or "gross weight" in note.lower():
        return find_stated_weight(note) or ("concentrate" if form.startswith("Concentrate") else None)
    return find_stated_basis(form) or ("ore" if _ORE.match(note) else None)


def _share_ore_of_facility(rows: Iterable[FacilityRow]) -> Iterator[FacilityRow]:
    """Yield the rows; where a facility states one figure for several commodities, ore for one of them is ore for all."""
    every = list(rows)
    ore = {(row.facility, row.figure) for row in every if _find_stated_basis(row.reading) == "ore"}
    for row in every:
        alike = _find_stated_basis(row.reading) is None and (row.facility, row.figure) in ore
        yield replace(row, reading=_set_basis(row.reading, "ore")) if alike else row


def _find_stated_basis(reading: Reading) -> str | None:
    project = reading.records[0] if reading.records else None
    if not isinstance(project, Project) or not project.phases or project.phases[0].capacity is None:
        return None
    return project.phases[0].capacity.basis


def _set_basis(reading: Reading, basis: str | None) -> Reading:
    project = reading.records[0] if reading.records else None
    if basis is None or not isinstance(project, Project):
        return reading
    phases = tuple(set_capacity_basis(phase, basis) for phase in project.phases)
    return replace(reading, records=(replace(project, phases=phases),))
