"""Statements of a report: its rows classified as statement, part, total, sensitivity, repetition or candidate for review.

Two figures are the same if they agree within their rounding. What the rules can't decide is refused with a reason, as a wrong
figure is worse than none.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise, permutations
from typing import Any

from lodedata.report_estimates.grade_units import read_grades
from lodedata.report_estimates.ore_units import find_metal_cells, read_ores
from lodedata.report_estimates.report_row import ReportRow

SAME_ORE = 0.005
"""Share by which two ores may differ and be one figure: 51,955,000 t and 52.0 Mt."""
SAME_GRADE = 0.01
"""Share by which two grades may differ and be one figure."""
SUM_TOLERANCE = 0.015
"""Share by which a sum may differ from its parts through rounding."""
SENSITIVITY_CUT_OFFS = 3
"""Cut-offs of one class and zone on a page from which they are a sensitivity table."""
THOUSANDS = (1.0, 1e3, 1e6)
CHANCE_DIGITS = 4
"""Digits of an ore that two zones do not share by chance, together with a grade."""
ZONE_TERMS = frozenset({"zone", "zones", "deposit", "deposits", "area", "orebody", "resource", "resources", "the", "mine"})
"""Terms of a zone's name by which it does not differ from another."""
TOTAL_TERMS = ("total", "all zones", "combined", "sum ", "global", "overall")
SUMS = (
    ("measured-and-indicated-mineral-resource", ("measured-mineral-resource", "indicated-mineral-resource")),
    ("indicated-and-inferred-mineral-resource", ("indicated-mineral-resource", "inferred-mineral-resource")),
    ("proved-and-probable-ore-reserves", ("proved-ore-reserves", "probable-ore-reserves")),
)
"""Classes that a source adds, with their parts."""
UNKNOWN_UNITS = frozenset({"estimate-unit-missing", "estimate-unit-doubtful", "estimate-too-small", "estimate-unit-unclear"})
"""Refusals of rows whose figures may be found again, in another unit, on a page that states it."""


def classify_rows(rows: Sequence[ReportRow], country: str | None = None) -> None:
    """Apply the rules to the rows of one report, in the country with this code; each row is then one of the three outcomes."""
    read_grades(rows)
    read_ores(rows, country)
    find_metal_cells(rows)
    _find_repeats(rows)
    _find_other_units(rows)
    _check_sums(rows)
    _refuse_contradictions(rows)
    _find_sensitivities(rows)
    _refuse_other_ores(rows)
    _refuse_other_zones(rows)
    _give_roles(rows)
    _refuse_lost_parts(rows)
    _refuse_unsupported(rows)


def _find_repeats(rows: Sequence[ReportRow]) -> None:
    """Make rows with the same figures repetitions of the most informative one: with a zone, a cut-off, a grade."""
    groups: dict[tuple[object, ...], list[ReportRow]] = {}
    for row in _open(rows):
        groups.setdefault((row.category, row.commodity), []).append(row)
    for group in groups.values():
        informative = sorted(group, key=lambda row: (row.zone is None, row.cut_off is None, row.grade is None, row.number))
        report_rows: list[ReportRow] = []
        for row in informative:
            same = [report_row for report_row in report_rows if _is_repeat(row, report_row)]
            distinct = {((report_row.zone or "").lower(), report_row.cut_off) for report_row in same}
            if len(distinct) == 1:
                _mark_repeat(row, same[0])
            else:
                report_rows.append(row)


def _is_repeat(row: ReportRow, of: ReportRow) -> bool:
    same_zone = row.zone is None or (row.zone.lower() == (of.zone or "").lower())
    same_cut_off = row.cut_off is None or row.cut_off == of.cut_off
    return same_zone and same_cut_off and _has_same_figures(row, of)


def _has_same_figures(report_row: ReportRow, other: ReportRow) -> bool:
    if report_row.ore_t is None or other.ore_t is None or not _is_near(report_row.ore_t, other.ore_t, SAME_ORE):
        return False
    if report_row.grade is None or other.grade is None:
        # the grade was lost in one of two readings of a table
        return report_row.page == other.page and report_row.ore_t == other.ore_t
    if report_row.grade_pct is None or other.grade_pct is None:
        return report_row.grade == other.grade
    return _is_near(report_row.grade_pct, other.grade_pct, SAME_GRADE) or abs(report_row.grade_pct - other.grade_pct) <= 1e-9


def _find_other_units(rows: Sequence[ReportRow]) -> None:
    """Make a row without a certain unit a repetition of one with the same digits, grade, class and zone that has a unit."""
    rows_by_class: dict[tuple[object, ...], list[ReportRow]] = {}
    for row in _open(rows):
        rows_by_class.setdefault((row.category, row.commodity), []).append(row)
    for row in rows:
        if row.refusal is None or row.refusal.rule not in UNKNOWN_UNITS or row.grade is None or row.ore is None:
            continue
        originals = [
            candidate for candidate in rows_by_class.get((row.category, row.commodity), ()) if _is_in_other_unit(row, candidate)
        ]
        if len(originals) == 1:
            row.refusal = None
            _mark_repeat(row, originals[0])


def _is_in_other_unit(row: ReportRow, of: ReportRow) -> bool:
    if row.grade != of.grade or row.ore is None or of.ore_t is None:
        return False
    if row.zone is not None and of.zone is not None and row.zone.lower() != of.zone.lower():
        return False
    return any(_is_near(row.ore * factor, of.ore_t, SAME_ORE) for factor in THOUSANDS)


def _check_sums(rows: Sequence[ReportRow]) -> None:
    """Mark rows of classes whose sum the page confirms; refuse the rows of a sum that it contradicts."""
    for _, line in _group_rows(rows, lambda row: (row.page, row.zone or "", row.cut_off or -1.0, row.commodity or "")):
        of_class: dict[str, list[ReportRow]] = {}
        for row in line:
            of_class.setdefault(row.category or "", []).append(row)
        for name, parts in SUMS:
            rows_of = [of_class.get(class_name, []) for class_name in (name, *parts)]
            if any(len(class_rows) != 1 for class_rows in rows_of):
                continue
            total, *added = (class_rows[0] for class_rows in rows_of)
            ores = [row.ore_t or 0 for row in added]
            if _is_near(sum(ores), total.ore_t or 0, SUM_TOLERANCE) and _is_mean(total, added):
                for row in (total, *added):
                    row.is_sum = True
            else:
                for row in (total, *added):
                    row.refuse("estimate-sum-differs", f"{sum(ores):,.0f} t", "ore", total=f"{total.ore_t:,.0f}")


def _is_mean(total: ReportRow, parts: Sequence[ReportRow]) -> bool:
    """Return whether the grade of a sum lies between those of its parts, within rounding; also if one of them is not known."""
    grades = [row.grade_pct for row in parts]
    if total.grade_pct is None or None in grades:
        return True
    part_grades = [grade for grade in grades if grade is not None]
    return min(part_grades) * 0.97 <= total.grade_pct <= max(part_grades) * 1.03


def _find_sensitivities(rows: Sequence[ReportRow]) -> None:
    """Give rows at several cut-offs of one class and zone the role; the one that another page states alone is no sensitivity.

    Rows of the table that repeat another page count as its cut-offs too.
    """
    read = [row for row in rows if row.refusal is None and (row.repeats or row).ore_t is not None and row.ore_t is not None]
    read.sort(key=_build_sensitivity_key)
    for _, group in groupby(read, key=_build_sensitivity_key):
        of_cut_off = {row.cut_off: row for row in group if row.cut_off is not None}
        if len(of_cut_off) < SENSITIVITY_CUT_OFFS:
            continue
        ordered = [of_cut_off[cut_off] for cut_off in sorted(of_cut_off)]
        ores = [row.ore_t or 0 for row in ordered]
        open_rows = [row for row in ordered if row.open]
        if any(later > earlier * (1 + SAME_ORE) for earlier, later in pairwise(ores)):
            for row in open_rows:
                row.refuse("estimate-cut-offs-unclear", f"{row.cut_off:g}", "cutoff_grade")
            continue
        for row in open_rows:
            others = {page for other in ordered if other is not row for page in (other.repeats or other).also_on}
            if set(row.also_on) <= others:
                row.role = "sensitivity"


def _build_sensitivity_key(row: ReportRow) -> tuple[int, str, str, str]:
    return row.page or 0, row.category or "", row.zone or "", row.commodity or ""


def _refuse_contradictions(rows: Sequence[ReportRow]) -> None:
    """Refuse rows of one class, zone, cut-off and commodity with different figures.

    The figures that more pages state, or that a sum confirms, stay; if several are equally supported, none does.
    """
    for _, line in _group_rows(
        rows, lambda row: (row.category or "", (row.zone or "").lower(), row.cut_off or -1.0, row.commodity or "")
    ):
        if len(line) < 2:
            continue
        support = [(len(row.also_on), row.is_sum) for row in line]
        best = max(support)
        winner = line[support.index(best)] if support.count(best) == 1 and best > (0, False) else None
        for row in line:
            if row is not winner:
                others = "; ".join(f"{other.ore_t:,.0f} t" for other in line if other is not row)
                row.refuse("estimate-figures-differ", f"{row.ore_t:,.0f} t", "ore", others=others[:80])
    _refuse_lost_zones(rows)


def _refuse_lost_zones(rows: Sequence[ReportRow]) -> None:
    """Refuse the rows without a zone of a page that gives several figures for one class without a zone: the zones were lost."""
    pages: dict[tuple[int | None, str, str | None, float | None], set[float | None]] = {}
    for row in rows:
        if row.zone is None and row.ore_t is not None and row.repeats is None:
            pages.setdefault((row.page, row.category or "", row.commodity, row.cut_off), set()).add(row.ore_t)
    lost = {(page, cut_off) for (page, _, _, cut_off), ores in pages.items() if len(ores) > 1}
    for row in _open(rows):
        if row.zone is None and (row.page, row.cut_off) in lost and not row.also_on and not row.is_sum:
            row.refuse("estimate-zone-lost", f"{row.ore_t:,.0f} t", "zone")


def _refuse_other_ores(rows: Sequence[ReportRow]) -> None:
    """Refuse a commodity whose ore is not that of the line's other commodities."""
    for _, line in _group_rows(rows, lambda row: (row.page or 0, row.category or "", row.zone or "", row.cut_off or -1.0)):
        if len({row.commodity for row in line}) < 2:
            continue
        near = [sum(_is_near(row.ore_t or 0, other.ore_t or 0, SAME_ORE) for other in line) for row in line]
        for row, agreeing in zip(line, near, strict=True):
            if agreeing * 2 <= len(line):
                row.refuse("estimate-ore-of-metals-differs", f"{row.ore_t:,.0f} t", "ore")


def _refuse_other_zones(rows: Sequence[ReportRow]) -> None:
    """Refuse the figures of a zone that another page has under another name; and one ore with several grades, as of samples."""
    for _, line in _group_rows(rows, lambda row: (row.category or "", row.commodity or "", row.ore_t or 0)):
        grades = {row.grade_pct for row in line}
        if len(line) >= 3 and len(grades) >= 3:
            for row in line:
                row.refuse("estimate-of-samples", f"{row.ore_t:,.0f} t", "ore")
            continue
        for row in line:
            twin = next(
                (other for other in line if other.number < row.number and other.refusal is None and _is_zone_twice(row, other)),
                None,
            )
            if twin is not None and row.role != "sensitivity":
                row.refuse("estimate-zone-twice", row.zone or "", "zone", first=twin.zone or "", page=twin.page)


def _is_zone_twice(row: ReportRow, other: ReportRow) -> bool:
    """Return whether two rows have the same figures under two names of a zone, and not by chance."""
    if (row.zone or "") == (other.zone or "") or not _has_same_figures(row, other):
        return False
    ours, theirs = _split_zone_terms(row.zone), _split_zone_terms(other.zone)
    is_alike = ours <= theirs or theirs <= ours
    return is_alike or row.page != other.page or len(f"{row.ore_t:.0f}".rstrip("0")) >= CHANCE_DIGITS


def _split_zone_terms(zone: str | None) -> set[str]:
    return set(re.findall(r"\w+", (zone or "").lower())) - ZONE_TERMS


def _give_roles(rows: Sequence[ReportRow]) -> None:
    """Give each statement its role: of the whole property, of a part, or the total of parts on its page."""
    for _, table in _group_rows(
        rows, lambda row: (row.page or 0, row.category or "", row.cut_off or -1.0, row.commodity or "")
    ):
        parts = [row for row in table if row.zone is not None and not _is_called_total(row) and row.role is None]
        for row in table:
            if row.role is None:
                others = [part for part in parts if part is not row]
                adds = len(others) > 1 and _is_near(sum(other.ore_t or 0 for other in others), row.ore_t or 0, SUM_TOLERANCE)
                row.role = "total" if _is_called_total(row) or adds else "whole" if row.zone is None else "part"


def _refuse_lost_parts(rows: Sequence[ReportRow]) -> None:
    """Refuse two figures of the whole property that add up to a third one of their class: each is of a part with a lost zone.

    They have cut-offs of their own, as an open pit and an underground mine have, and may be on other pages than their sum.
    """
    for _, line in _group_rows(rows, lambda row: (row.category or "", row.commodity or "")):
        wholes = [row for row in line if row.role == "whole"]
        for total, *parts in permutations(wholes, 3):
            ores = [part.ore_t or 0 for part in parts]
            if parts[0].number < parts[1].number and _is_near(sum(ores), total.ore_t or 0, SAME_ORE) and _is_mean(total, parts):
                for part in parts:
                    part.refuse("estimate-zone-lost-in-sum", f"{part.ore_t:,.0f} t", "zone", total=f"{total.ore_t:,.0f} t")


def _refuse_unsupported(rows: Sequence[ReportRow]) -> None:
    """Refuse figures of the whole property that one page alone gives, without a cut-off and without a sum that confirms them.

    They often are earlier estimates, or those of a neighbour, that a report recites.
    """
    for row in _open(rows):
        if row.role == "whole" and row.cut_off is None and not row.also_on and not row.is_sum:
            row.refuse("estimate-unsupported", f"{row.ore_t:,.0f} t", "ore", page=row.page)


def _is_called_total(row: ReportRow) -> bool:
    return row.zone is not None and row.zone.lower().startswith(TOTAL_TERMS)


def _mark_repeat(row: ReportRow, of: ReportRow) -> None:
    row.repeats = of
    if row.page is not None and row.page != of.page and row.page not in of.also_on:
        of.also_on.append(row.page)


def _group_rows(rows: Sequence[ReportRow], key: Callable[[ReportRow], Any]) -> Iterable[tuple[Any, list[ReportRow]]]:
    ordered = sorted(_open(rows), key=key)
    return [(name, list(group)) for name, group in groupby(ordered, key=key)]


def _open(rows: Iterable[ReportRow]) -> list[ReportRow]:
    return [row for row in rows if row.open and row.ore_t is not None]


def _is_near(figure: float, other: float, share: float) -> bool:
    return abs(figure - other) <= share * max(abs(figure), abs(other))
