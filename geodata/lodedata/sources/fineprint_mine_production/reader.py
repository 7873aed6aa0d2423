"""The workbook of mine production: rates of recovery with the place of the mine and the ore treated in the same year."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata.cells import Unreadable, number
from lodedata.figures.units import unit
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.generic import read_generic
from lodedata.mapping.tables import table_file
from lodedata.read import Hints, InputRow, InputTable, open_table

METALS = ("copper", "nickel", "cobalt", "tin")
DERIVED = (
    *("rate_key", "country", "longitude", "latitude", "other_names"),
    *("recovery_stage", "rate_reported_pct", "head_grade_pct", "metal_recovered_t", "ore_treated_t"),
)
LEACHED = ("leach", "sx-ew", "cathode")
Cells = Mapping[str, Any]
Site = tuple[str, ...]
"""Mine, part, ore and year."""
KEY = ("mine_fac", "sub_site", "min_ore_con", "commodity", "type_mining", "year")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each rate of recovery of copper, nickel, cobalt and tin; other rows of the workbook are not read."""
    (spec,) = source.tables
    file = table_file(spec, path)
    mines = {_text(cells, "mine_fac"): cells for _, cells in _rows(open_table(file, Hints(part="general")))}
    treated = _ore_treated(open_table(file, Hints(part="minerals_ores_conce")))
    table = open_table(file, Hints(part="commodities"))
    rates = ((row, cells) for row, cells in _rows(table) if _is_rate(cells))
    rows = (replace(row, cells=(*row.cells, *_derived(cells, mines, treated))) for row, cells in rates)
    wide = replace(table, columns=(*table.columns, *DERIVED), rows=rows)
    yield from read_generic(KINDS["recovery_record"], spec, wide, tally)


def _rows(table: InputTable) -> Iterator[tuple[InputRow, Cells]]:
    for row in table.rows:
        yield row, dict(zip(table.columns, row.cells, strict=False))


def _text(cells: Cells, name: str) -> str:
    value = cells.get(name)
    return "" if value is None else str(value).strip()


def _is_rate(cells: Cells) -> bool:
    metal = _text(cells, "commodity").casefold().removesuffix("s").removesuffix(" cathode")
    return bool(_text(cells, "recovery_rate")) and metal in METALS


def _site(cells: Cells) -> Site:
    return tuple(_text(cells, name) for name in ("mine_fac", "sub_site", "min_ore_con", "year"))


def _ore_treated(table: InputTable) -> Mapping[Site, list[tuple[float, str]]]:
    """Return the ore treated in tonnes by site, each figure with the share of production that it is of."""
    found: dict[Site, list[tuple[float, str]]] = defaultdict(list)
    for _, cells in _rows(table):
        if _text(cells, "type_mineral").casefold() == "ore processed":
            tonnes = _tonnes(cells)
            if tonnes is not None:
                found[_site(cells)].append((tonnes, _text(cells, "production_share")))
    return found


def _tonnes(cells: Cells) -> float | None:
    """Return the value of a row in tonnes, None without a value or with a unit that is not known."""
    value, named = _figure(cells, "value"), unit(_text(cells, "unit"), "mass")
    return None if value is None or named is None or named.factor is None else value * named.factor


def _figure(cells: Cells, name: str) -> float | None:
    try:
        return number(text) if (text := _text(cells, name)) else None
    except Unreadable:
        return None


def _derived(cells: Cells, mines: Mapping[str, Cells], treated: Mapping[Site, list[tuple[float, str]]]) -> tuple[Any, ...]:
    """Return the cells of the derived columns of a rate."""
    mine = mines.get(_text(cells, "mine_fac"), {})
    leached = any(word in f"{_text(cells, 'mine_processing')} {_text(cells, 'commodity')}".casefold() for word in LEACHED)
    rate = _figure(cells, "recovery_rate")
    metal, ore = _tonnes(cells), treated.get(_site(cells), [])
    # figures of several rows, or of another share of production, are not those of this rate
    same = len(ore) == 1 and ore[0][1] == _text(cells, "production_share")
    return (
        "|".join(_text(cells, name) for name in KEY),
        *(mine.get(name) for name in ("country", "longitude", "latitude", "mine_other_names")),
        "leaching" if leached else "processing",
        _text(cells, "recovery_rate") if rate is None else round(100 * rate, 4),
        _figure(cells, "grade") if _text(cells, "grade_or_yield_unit") == "%" else None,
        None if metal is None else round(metal, 3),
        round(ore[0][0], 3) if same else None,
    )
