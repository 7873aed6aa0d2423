"""The workbook of mine production: rates of recovery with the place of the mine and the ore treated in the same year."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata.cells import Unreadable, number
from lodedata.figures.units import parse_unit
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.generic import read_generic
from lodedata.mapping.reading import RowCells
from lodedata.mapping.tables import find_table_file
from lodedata.read import Hints, InputRow, open_table

METALS = ("copper", "nickel", "cobalt", "tin")
DERIVED = (
    *("rate_key", "country", "longitude", "latitude", "other_names"),
    *("recovery_stage", "rate_reported_pct", "head_grade_pct", "metal_recovered_t", "ore_treated_t"),
)
LEACHED = ("leach", "sx-ew", "cathode")
Site = tuple[str, ...]
"""Mine, part, ore and year."""
SITE = ("mine_fac", "sub_site", "min_ore_con", "year")
KEY = ("mine_fac", "sub_site", "min_ore_con", "commodity", "type_mining", "year")
OF_MINE = ("country", "longitude", "latitude", "mine_other_names")
OF_ORE = (*SITE, "type_mineral", "value", "unit", "production_share")
OF_RATE = (*KEY, "recovery_rate", "mine_processing", "grade", "grade_or_yield_unit", "value", "unit", "production_share")
"""Columns that are read of mines, of ores and of rates."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each rate of recovery of copper, nickel, cobalt and tin; other rows of the workbook are not read."""
    (spec,) = source.tables
    file = find_table_file(spec, path)
    mine_index = _Known(file, tally)
    table = open_table(file, Hints(part="commodities"))
    usage = tally.reads(table.name, table.columns, OF_RATE, derived=DERIVED)

    def rates() -> Iterator[InputRow]:
        for row in table.rows:
            cells = RowCells(usage, row)
            if not _is_rate(cells):
                cells.close("row-out-of-scope")
                continue
            derived = _derive_cells(cells, mine_index)
            cells.mark()
            yield replace(row, cells=(*row.cells, *derived))

    wide = replace(table, columns=(*table.columns, *DERIVED), rows=rates())
    yield from read_generic(KINDS["recovery_record"], spec, wide, tally)
    mine_index.close()


class _Known:
    """The mines by name and the ores by site; rows that no rate uses are out of scope."""

    def __init__(self, file: Path, tally: Tally) -> None:
        self._mines = {
            _read_text(cells, "mine_fac"): cells for cells in _read_rows(file, "general", tally, ("mine_fac", *OF_MINE))
        }
        self._ores = list(_read_rows(file, "minerals_ores_conce", tally, OF_ORE))
        self._of_site: dict[Site, list[tuple[float, RowCells]]] = defaultdict(list)
        self._used: set[RowCells] = set()
        for cells in self._ores:
            if _read_text(cells, "type_mineral").casefold() == "ore processed":
                tonnes = _convert_to_tonnes(cells)
                if tonnes is not None:
                    self._of_site[_build_site(cells)].append((tonnes, cells))

    def of_mine(self, rate: RowCells) -> tuple[str | None, ...]:
        """Return the country, position and names of the mine of a rate."""
        mine = self._mines.get(_read_text(rate, "mine_fac"))
        if mine is None:
            return (None,) * len(OF_MINE)
        self._used.add(mine)
        return tuple(mine.get(name) for name in OF_MINE)

    def ore_treated(self, rate: RowCells) -> float | None:
        """Return the ore treated in tonnes; None for figures of several rows, or of another share of production."""
        ores, share = self._of_site.get(_build_site(rate), []), _read_text(rate, "production_share")
        if len(ores) != 1 or _read_text(ores[0][1], "production_share") != share:
            rate.drop("no-figure", "production_share")
            return None
        self._used.add(ores[0][1])
        return round(ores[0][0], 3)

    def close(self) -> None:
        """Count the cells of mines and ores."""
        for cells in (*self._mines.values(), *self._ores):
            cells.close("used" if cells in self._used else "row-out-of-scope")


def _read_rows(file: Path, part: str, tally: Tally, columns: Sequence[str]) -> Iterator[RowCells]:
    table = open_table(file, Hints(part=part))
    usage = tally.reads(table.name, table.columns, columns)
    for row in table.rows:
        yield RowCells(usage, row)


def _read_text(cells: RowCells, name: str) -> str:
    return cells.get(name) or ""


def _is_rate(cells: RowCells) -> bool:
    metal = _read_text(cells, "commodity").casefold().removesuffix("s").removesuffix(" cathode")
    return bool(_read_text(cells, "recovery_rate")) and metal in METALS


def _build_site(cells: RowCells) -> Site:
    return tuple(_read_text(cells, name) for name in SITE)


def _convert_to_tonnes(cells: RowCells) -> float | None:
    """Return the value of a row in tonnes, None without a value or with a unit that is not known."""
    value, named = _read_figure(cells, "value"), parse_unit(_read_text(cells, "unit"), "mass")
    if value is None:
        cells.drop("no-figure", "unit")
        return None
    if named is None or named.factor is None:
        cells.drop("unknown-term", "unit", "value")
        return None
    return value * named.factor


def _read_figure(cells: RowCells, name: str) -> float | None:
    try:
        return number(text) if (text := _read_text(cells, name)) else None
    except Unreadable:
        cells.drop("unreadable", name)
        return None


def _derive_cells(cells: RowCells, mine_index: _Known) -> tuple[Any, ...]:
    """Return the cells of the derived columns of a rate."""
    leached = any(
        word in f"{_read_text(cells, 'mine_processing')} {_read_text(cells, 'commodity')}".casefold() for word in LEACHED
    )
    rate, metal = _read_figure(cells, "recovery_rate"), _convert_to_tonnes(cells)
    percent = _read_text(cells, "grade_or_yield_unit") == "%"
    if not percent:
        cells.drop("unknown-term", "grade_or_yield_unit", "grade")
    return (
        "|".join(_read_text(cells, name) for name in KEY),
        *mine_index.of_mine(cells),
        "leaching" if leached else "processing",
        _read_text(cells, "recovery_rate") if rate is None else round(100 * rate, 4),
        _read_figure(cells, "grade") if percent else None,
        None if metal is None else round(metal, 3),
        mine_index.ore_treated(cells),
    )
