"""Units of ore tonnages: as stated, or the only ones that give a possible deposit.

All rows of a page that state one unit, or none, are read together: a header has one unit for its column.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from statistics import median

from lodedata.figures.units import find_basis_factor, find_unit_dimension, parse_unit
from lodedata.report_estimates.report_row import ReportRow
from lodedata.vocab import load_vocabulary_rows

MAX_ORE_T = 30e9
"""Ore of the largest deposits, in tonnes: Escondida with its sulphides has about 27 Gt."""
MAX_LARGE = 300
"""A deposit has at most this many times the metal from which its size class is large (DZ/T 0400-2022): 150 Mt of copper."""
MAX_LARGE_UNSTATED = 20
"""The same for thousands of tonnes that no row states: 10 Mt of copper."""
MIN_SMALL = 10
"""A table of an estimate has at least the metal of a medium deposit divided by this: 10,000 t of copper."""
MIN_ORE_T = 100_000.0
"""The least ore of the greatest row of a table, in tonnes: smaller ones mostly are thousands whose header was lost."""
IN_FULL = 1e5
"""Figures from here on are written in full."""
TONNES_FOR_SURE = 3e6
"""Figures without a unit from here on are tonnes: as thousands they would be 3 Gt."""
MIN_ROUNDED = 3
"""Number of different figures that are multiples of a thousand from which that is no chance."""
ROUNDED_SHARE = 0.8
"""Share of the figures of a table that are multiples of a thousand if they were multiplied by the unit."""
MIN_MEDIAN_T = 10_000.0
"""The least median of the figures of a table in tonnes: below it they mostly are thousands whose header was lost."""
MIN_PART = 2_000
"""A row of a table has at least the greatest ore divided by this: a smaller figure is of another table, or in another unit."""
SHORT_TONS = frozenset({"USA"})
"""Countries whose tables often are in short tons."""
_THOUSANDS = re.compile(r"(?:thousands?|k|\(?(?:1?,?000)'?s?\)?)")
_KT = re.compile(
    r"(?:k[ -]?tonnes?|kt|(?:0|1,?)?000'?s? ?(?:d?t|dmt|tonnes?)|(?:tonnes?|t) ?x ?1?,?0?00|thousand (?:dry |metric )*tonnes?)"
    r"(?: of ore)?(?: \(.*\))?(?: dry)?"
)
_MT = re.compile(r"million (?:dry |metric )*tonnes?(?: \(dry\))?|m ?tonnes")


@lru_cache(maxsize=4096)
def parse_ore_factor(text: str) -> tuple[float | None, str]:
    """Return the factor to tonnes of a unit of ore and its ground; None for one that is ambiguous or no mass of ore."""
    mass_unit = parse_unit(text, "mass")
    if mass_unit is not None:
        return (mass_unit.factor, "stated") if mass_unit.factor is not None and mass_unit.factor >= 0.9 else (None, "")
    folded = " ".join(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    for pattern, factor, ground in ((_KT, 1e3, "stated"), (_MT, 1e6, "stated"), (_THOUSANDS, 1e3, "thousands")):
        if pattern.fullmatch(folded):
            return factor, ground
    return None, ""


def read_ores(rows: Sequence[ReportRow], country: str | None) -> None:
    """Convert the ores of a report's open rows to tonnes; those whose unit is not certain are refused."""
    tables: dict[tuple[int | None, str], list[ReportRow]] = {}
    for row in rows:
        if row.open:
            tables.setdefault((row.page, row.ore_unit or ""), []).append(row)
    for (_, text), group in tables.items():
        if not text:
            _read_unstated(group, country)
            continue
        factor, ground = parse_ore_factor(text)
        if factor is None or (ground == "thousands" and country in SHORT_TONS):
            rule = "estimate-unit-not-mass" if find_unit_dimension(text) not in (None, "mass") else "estimate-unit-unclear"
            _refuse(group, rule, text)
        else:
            _read_stated(group, text, factor, ground)


def find_metal_cells(rows: Sequence[ReportRow]) -> None:
    """Give the ore of its line to a row whose ore cell holds the metal: ore times its grade is the figure, within 2 %."""
    lines: dict[tuple[object, ...], list[ReportRow]] = {}
    for row in rows:
        if row.open and row.ore_t is not None:
            lines.setdefault((row.page, row.category, row.zone, row.cut_off), []).append(row)
    for line in lines.values():
        largest = max(row.ore_t or 0 for row in line)
        for row in line:
            if row.ore_t is None or row.grade_pct is None or row.ore_t >= largest * 0.5:
                continue
            if abs(largest * row.grade_pct / 100 - row.ore_t) <= 0.02 * row.ore_t:
                row.metal_reported_t, row.ore_t, row.ore_ground = row.ore_t, largest, "metal-in-cell"


def _read_stated(group: Sequence[ReportRow], text: str, factor: float, ground: str) -> None:
    figures = {row.ore for row in group if row.ore is not None}
    greatest = max(figures)
    rounded = _are_multiples(figures, 1000)
    is_thousands = factor > 500
    if is_thousands and (greatest * factor > MAX_ORE_T or not _is_possible(group, factor, MAX_LARGE)):
        if greatest >= IN_FULL and _is_possible(group, 1.0, MAX_LARGE) and _is_enough(group, 1.0):
            _assign(group, 1.0, "already-multiplied")
        else:
            _refuse(group, "estimate-unit-doubtful", text)
    elif is_thousands and greatest >= IN_FULL and (_are_multiples(figures, 100) or greatest >= TONNES_FOR_SURE):
        if rounded and len(figures) >= MIN_ROUNDED and _is_enough(group, 1.0):
            _assign(group, 1.0, "already-multiplied")
        else:
            _refuse(group, "estimate-unit-doubtful", text)
    elif greatest * factor > MAX_ORE_T or not _is_possible(group, factor, MAX_LARGE):
        _refuse(group, "estimate-unit-doubtful", text)
    elif not _is_enough(group, factor):
        _refuse(group, "estimate-too-small", text)
    else:
        _assign(_refuse_small(group, factor, text), factor, ground)


def _are_multiples(figures: Collection[float], step: int) -> bool:
    """Return whether nearly all figures are multiples of a step, as those are that a reader multiplied by a unit."""
    return sum(figure % step == 0 for figure in figures) >= ROUNDED_SHARE * len(figures)


def _refuse_small(group: Sequence[ReportRow], factor: float, text: str) -> list[ReportRow]:
    """Return the rows but those that are too small, which are refused: next to the others of the page, or at their cut-off."""
    whole: dict[float | None, list[ReportRow]] = {}
    greatest = max((row.ore or 0 for row in group), default=0)
    _refuse([row for row in group if (row.ore or 0) * MIN_PART < greatest], "estimate-unit-doubtful", text)
    for row in group:
        if row.zone is None:
            whole.setdefault(row.cut_off, []).append(row)
    for rows in whole.values():
        if max((row.ore or 0) * factor for row in rows) < MIN_ORE_T:
            _refuse(rows, "estimate-too-small", text)
    return [row for row in group if row.open]


def _read_unstated(group: Sequence[ReportRow], country: str | None) -> None:
    """Read ores without a unit: as tonnes where no larger unit gives a possible deposit."""
    greatest = max(row.ore or 0 for row in group)
    graded = any(_compute_thresholds(row) and row.grade_pct for row in group)
    only_tonnes = greatest >= TONNES_FOR_SURE or (
        greatest >= IN_FULL and graded and not _is_possible(group, 1000.0, MAX_LARGE_UNSTATED)
    )
    if country in SHORT_TONS or not only_tonnes or greatest > MAX_ORE_T or not _is_possible(group, 1.0, MAX_LARGE):
        _refuse(group, "estimate-unit-missing", "")
    elif not _is_enough(group, 1.0):
        _refuse(group, "estimate-too-small", "t")
    else:
        _refuse([row for row in group if row.ore is not None and row.ore % 1], "estimate-unit-missing", "")
        _assign(_refuse_small([row for row in group if row.open], 1.0, ""), 1.0, "only-tonnes")


def _assign(group: Iterable[ReportRow], factor: float, ground: str) -> None:
    for row in group:
        row.ore_t, row.ore_ground = (row.ore or 0) * factor, ground


def _refuse(group: Iterable[ReportRow], rule: str, text: str) -> None:
    for row in group:
        row.refuse(rule, f"{row.ore:,g} {text}".strip(), "ore")


def _is_possible(group: Sequence[ReportRow], factor: float, most: float) -> bool:
    """Return whether no row has more metal than a number of times that of a large deposit."""
    return not any(
        (metal := _compute_metal_t(row, factor)) is not None and metal > most * _require_thresholds(row)[0] for row in group
    )


def _is_enough(group: Sequence[ReportRow], factor: float) -> bool:
    """Return whether a row of the table has the ore, and where a grade is known the metal, of an estimate."""
    ores = [(row.ore or 0) * factor for row in group]
    if max(ores) < MIN_ORE_T or median(set(ores)) < MIN_MEDIAN_T:
        return False
    sized = [row for row in group if _compute_metal_t(row, factor) is not None]
    return not sized or any((_compute_metal_t(row, factor) or 0) >= _require_thresholds(row)[1] / MIN_SMALL for row in sized)


def _compute_metal_t(row: ReportRow, factor: float) -> float | None:
    """Return the contained metal, or oxide of lithium, of a row in tonnes; None without a grade or size classes."""
    if row.ore is None or row.grade_pct is None or row.commodity is None or not _compute_thresholds(row):
        return None
    return row.ore * factor * row.grade_pct / 100


def _compute_thresholds(row: ReportRow) -> tuple[float, float] | None:
    """Return the metal in tonnes of a large and of a medium deposit, in the basis of the grade if that is known."""
    sizes = _load_sizes().get(row.commodity or "")
    if sizes is None:
        return None
    share = 1.0
    if row.commodity == "lithium" and row.basis == "metal":
        share = find_basis_factor("lithium", "Li2O") or 1.0
    return sizes[0] * share, sizes[1] * share


def _require_thresholds(row: ReportRow) -> tuple[float, float]:
    thresholds = _compute_thresholds(row)
    assert thresholds is not None
    return thresholds


@lru_cache(maxsize=1)
def _load_sizes() -> dict[str, tuple[float, float]]:
    return {
        row["commodity"]: (float(row["large_t"]), float(row["medium_t"]))
        for row in load_vocabulary_rows("size-threshold")
        if row["basis"] != "ore" and row["form"] != "brine"
    }
