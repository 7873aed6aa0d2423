"""Units of grades: as stated, from other rows of the table or report, or by what is possible in the Earth's crust."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lodedata.figures.compounds import parse_commodity
from lodedata.figures.held_figures import find_grade_doubt
from lodedata.figures.units import parse_unit
from lodedata.records import Quantity
from lodedata.report_estimates.report_row import ReportRow
from lodedata.vocab import load_vocabulary_rows

PRECIOUS = frozenset({"gold", "silver", "platinum", "palladium", "rhodium", "iridium", "ruthenium", "platinum-group"})
"""Metals whose grades are some grams to a tonne: a per cent of them is a misread unit."""
ALIASES = {"gpt": "g/t", "opt": "", "percentage": "%", "pct": "%"}
"""Units that readers write otherwise; ounces to a ton may be of a short or a metric one, and are not converted."""

MAX_TRACE_PPM = 100.0
"""Elements with less than this in the crust are concentrated in any ore of which a table states their grade."""
PPM = 1e-4
"""The factor of parts per million to per cent, which is that of g/t too."""


def read_grades(rows: Sequence[ReportRow]) -> None:
    """Convert the grades of a report's open rows to per cent, and refuse those that no ore has."""
    stated: dict[tuple[int | None, str], set[str]] = {}
    for row in rows:
        if row.commodity is not None and row.grade_unit and (symbol := parse_grade_symbol(row.grade_unit, row.commodity)):
            stated.setdefault((row.page, row.commodity), set()).add(symbol)
            stated.setdefault((None, row.commodity), set()).add(symbol)
    for row in rows:
        if row.open and row.grade is not None and row.commodity is not None:
            _convert(row, stated)


def _convert(row: ReportRow, stated: dict[tuple[int | None, str], set[str]]) -> None:
    assert row.grade is not None and row.commodity is not None
    symbol, ground = _infer_symbol(row, stated)
    named = parse_commodity(" ".join(re.sub(r"[()]", " ", row.grade_unit).split())) if row.grade_unit else None
    if named is not None and named.code != row.commodity:
        row.refuse("estimate-grade-unit", row.grade_unit, "grade", commodity=row.commodity_reported)
        return
    if named is not None and named.basis is not None:
        row.basis = named.basis
    if row.grade_unit and parse_unit(row.grade_unit, "concentration") is not None:
        row.refuse("estimate-of-brine", row.grade_unit, "grade")
        return
    grade_unit = parse_unit(symbol, "grade") if symbol else None
    if grade_unit is None or grade_unit.factor is None:
        row.grade_ground = "not-certain"
        return
    pct = row.grade * grade_unit.factor
    if row.commodity in PRECIOUS and grade_unit.code in ("percent", "permille"):
        row.refuse("estimate-grade-unit", f"{row.grade:g} {symbol}", "grade", commodity=row.commodity_reported)
    elif (
        pct > 100
        or pct <= 0
        or find_grade_doubt(row.commodity, Quantity(row.grade, symbol, row.basis, grade_unit.factor))
        or pct * 10_000 < load_abundances().get(row.commodity, 0.0) < MAX_TRACE_PPM
    ):
        row.refuse("estimate-grade-impossible", f"{row.grade:g} {symbol}", "grade", commodity=row.commodity_reported)
    else:
        row.grade_pct, row.grade_ground = pct, ground


def _infer_symbol(row: ReportRow, stated: dict[tuple[int | None, str], set[str]]) -> tuple[str, str]:
    """Return the unit of a row's grade and the ground for it, an empty text if it is not certain."""
    assert row.grade is not None and row.commodity is not None
    if row.grade_unit:
        return parse_grade_symbol(row.grade_unit, row.commodity), "stated"
    if row.grade < load_abundances().get(row.commodity, 0.0):
        return "percent", "below-crust"
    for page, ground in ((row.page, "same-table"), (None, "same-report")):
        symbols = stated.get((page, row.commodity), set())
        if len(symbols) == 1:
            (only,) = symbols
            return only, ground
        if symbols:
            return "", "not-certain"
    return "", "not-certain"


@lru_cache(maxsize=4096)
def parse_grade_symbol(text: str, commodity: str) -> str:
    """Return the unit in a text such as ``% Ni`` or ``g/t Au`` in one spelling, an empty one if it has none."""
    plain = " ".join(re.sub(r"[()\[\],;*]+", " ", text).split())
    named = parse_commodity(text) or parse_commodity(plain)
    inner = named.unit if named is not None and named.unit else plain
    inner = ALIASES.get(inner.lower(), inner)
    grade_unit = parse_unit(inner, "grade") if inner else None
    return "" if grade_unit is None else "ppm" if grade_unit.factor == PPM else grade_unit.code


@lru_cache(maxsize=1)
def load_abundances() -> dict[str, float]:
    """Return the mean content of the crust in ppm by commodity."""
    return {row["commodity"]: float(row["ppm"]) for row in load_vocabulary_rows("crustal-abundance")}
