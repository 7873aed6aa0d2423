"""The estimates of one deposit over time: which of them a chart draws, and which contradict one another.

A row is the ore and grade of one commodity, in one class and zone, by one report; classes are never added up, nor are zones.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
AGREEMENT = 0.01
"""Share of the larger figure by which two figures may differ and agree."""
NEAR_MONTHS = 12
"""Months within which two estimates are of one state of knowledge."""
MAX_DIFFERENCES = 40
_WHOLE = ("whole", "total")
_FIGURES = ("ore_t", "grade_pct", "metal_t")


@dataclass(frozen=True, slots=True)
class EstimateDifference:
    """Two rows of different reports or sources for one class, commodity and zone, and by how many per cent the second differs.

    A figure that one of them lacks has no difference.
    """

    first: Row
    second: Row
    ore_pct: float | None
    grade_pct: float | None
    metal_pct: float | None
    grounds: tuple[str, ...]
    """What may explain it: ``date``, ``undated`` if one has no date, ``cut-off``, ``zone``."""

    @property
    def greatest_pct(self) -> float:
        """The greatest difference of a figure, without its sign."""
        return max(abs(pct) for pct in (self.ore_pct, self.grade_pct, self.metal_pct) if pct is not None)


def choose_drawn_estimates(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that a chart draws: by report, class and commodity the whole, else the total, else the largest part."""
    chosen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if row["estimate_role"] == "sensitivity" or row["ore_t"] is None or choose_estimate_date(row) is None:
            continue
        key = (row["report"], choose_estimate_date(row), row["category"], row["commodity"])
        if key not in chosen or _rank_row(row) > _rank_row(chosen[key]):
            chosen[key] = row
    return sorted(
        chosen.values(), key=lambda row: (choose_estimate_date(row) or "", row["category"], row["commodity"], row["id"])
    )


def choose_estimate_date(row: Row) -> str | None:
    """Return the date on which an estimate is drawn: its effective date, else that of its report."""
    date: str | None = row["effective_date"] or row["report_date"]
    return date


def find_estimate_differences(rows: Sequence[Row]) -> list[EstimateDifference]:
    """Return pairs of rows of different reports that contradict one another, those of the greatest difference first.

    Two rows are compared if they are of one class, commodity and zone, state no different cut-offs, and are a year apart at
    most. Pairs with a row without a date, which may be of any year, come last.
    """
    alike: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row["estimate_role"] != "sensitivity" and row["ore_t"] is not None:
            alike.setdefault((row["category"], row["commodity"], _fold_zone(row)), []).append(row)
    differences = [
        difference
        for group in alike.values()
        for earlier_row, other in combinations(sorted(group, key=lambda row: (choose_estimate_date(row) or "", row["id"])), 2)
        if (difference := compare(earlier_row, other)) is not None
    ]
    differences.sort(key=lambda difference: ("undated" in difference.grounds, -difference.greatest_pct))
    return differences[:MAX_DIFFERENCES]


def compare(row: Row, other: Row) -> EstimateDifference | None:
    """Return the difference of two rows, None if they agree within 1 per cent or are not comparable."""
    if row["report"] == other["report"] or _count_months_apart(row, other) > NEAR_MONTHS:
        return None
    if None not in (row["cut_off"], other["cut_off"]) and row["cut_off"] != other["cut_off"]:
        return None
    if row["grade_basis"] != other["grade_basis"] and None not in (row["grade_pct"], other["grade_pct"]):
        return None
    ore, grade, metal = (_compute_difference_pct(row[name], other[name]) for name in _FIGURES)
    if all(value is None or abs(value) <= 100 * AGREEMENT for value in (ore, grade, metal)):
        return None
    grounds = []
    dates = {choose_estimate_date(row), choose_estimate_date(other)}
    if len(dates) == 2:
        grounds.append("undated" if None in dates else "date")
    if (row["cut_off"] is None) != (other["cut_off"] is None):
        grounds.append("cut-off")
    if row["estimate_role"] != other["estimate_role"]:
        grounds.append("zone")
    return EstimateDifference(row, other, ore, grade, metal, tuple(grounds))


def _compute_difference_pct(figure: float | None, other: float | None) -> float | None:
    return None if not figure or other is None else round(100 * (other - figure) / figure, 2)


def _count_months_apart(row: Row, other: Row) -> int:
    """Return the months between two dates; 0 if one of them is not stated, as it may be the same."""
    dates = [choose_estimate_date(row) for row in (row, other)]
    months = [int(date[:4]) * 12 + int(date[5:7] or 1) for date in dates if date is not None]
    return abs(months[0] - months[1]) if len(months) == 2 else 0


def _rank_row(row: Row) -> tuple[bool, bool, float]:
    role = row["estimate_role"]
    return role == "whole", role == "total", row["ore_t"]


def _fold_zone(row: Row) -> str:
    """Return the folded name of a zone; the whole and a total of a property are one."""
    if row["estimate_role"] in _WHOLE:
        return ""
    return " ".join(re.findall(r"\w+", (row["zone"] or "").lower()))
