"""Checks of one row of a table of drill holes: directions, depths and grades."""

from collections.abc import Mapping
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.figures.compounds import parse_commodity
from lodedata.problems import Problem
from lodedata.rights.checks import Completion

POSITIVE_DOWN = "positive-down"
VERTICAL_DEG = 90
MAX_HOLE_DEPTH_M = 16_000
"""More than the longest holes, of oil fields, which have 15 km; tables write 90000 for the end of a hole."""


def build_direction_completion(dip_sign: str | None, is_station: bool) -> Completion:
    """Return the checks of a collar or a station; dips become negative downward as the mapping declares their sign.

    Without a declaration a negative dip is downward, and a positive one is left out, as it may be either. A station needs
    a direction, a collar does not.
    """

    def complete(values: dict[str, Any], _shape: Any, _key: str, problems: list[Problem]) -> None:
        _check_direction(values, dip_sign, problems)
        if is_station and values.get("dip_deg") is not None and not has_direction(values):
            problems.append(Problem("missing-value", "", None, {"field": "azimuth_deg"}))

    return complete


def has_direction(values: Mapping[str, Any]) -> bool:
    """Return whether azimuth and dip are a direction; a vertical hole has no azimuth."""
    azimuth, dip = values.get("azimuth_deg"), values.get("dip_deg")
    return dip is not None and (azimuth is not None or abs(dip) == VERTICAL_DEG)


def _check_direction(values: dict[str, Any], dip_sign: str | None, problems: list[Problem]) -> None:
    azimuth, dip, depth = (values.get(name) for name in ("azimuth_deg", "dip_deg", "depth_m"))
    if azimuth is not None and not 0 <= azimuth <= 360:
        problems.append(Problem("drill-azimuth-outside", convert_cell_to_text(azimuth)))
        values["azimuth_deg"] = None
    if depth is not None and not 0 <= depth <= MAX_HOLE_DEPTH_M:
        problems.append(Problem("drill-depth-negative" if depth < 0 else "drill-depth-impossible", convert_cell_to_text(depth)))
    if dip is None:
        return
    if not -90 <= dip <= 90:
        problems.append(Problem("drill-dip-outside", convert_cell_to_text(dip)))
        values["dip_deg"] = None
    elif dip_sign is None and dip > 0:
        problems.append(Problem("drill-dip-sign-open", convert_cell_to_text(dip)))
        values["dip_deg"] = None
    elif dip_sign == POSITIVE_DOWN and dip != 0:
        values["dip_deg"] = -dip


def build_interval_completion() -> Completion:
    """Return the checks of an interval, which also derive the commodity of its element or oxide."""

    def complete(values: dict[str, Any], _shape: Any, _key: str, problems: list[Problem]) -> None:
        _check_depths(values, problems)
        analyte, grade = values.get("analyte"), values.get("grade_pct")
        named = parse_commodity(analyte) if analyte is not None else None
        values["commodity"] = None if named is None else named.code
        if grade is not None and grade < 0:
            written = next(iter(_list_reported_grades(values)), f"{grade:g} %")
            problems.append(Problem("drill-grade-negative", written, None, {"limit": written.lstrip("-−– ")}))
            values |= {"grade_pct": None, "grade_pct_unit": None}
        elif grade is not None and grade > 100:
            problems.append(Problem("grade-over-100", f"{grade:g} %"))
        if values.get("grade_pct_qualifier") is not None:
            # the sign and its bound are fields of the interval
            stated = _list_reported_grades(values)
            exact = [problem for problem in problems if problem.rule != "figure-not-exact" or not _is_of(problem.value, stated)]
            problems[:] = exact

    return complete


def _check_depths(values: dict[str, Any], problems: list[Problem]) -> None:
    begin, end = values.get("from_m"), values.get("to_m")
    if begin is None or end is None:
        return
    if begin >= end:
        problems.append(Problem("drill-interval-reversed", f"{begin:g}–{end:g} m"))
    elif begin < 0:
        problems.append(Problem("drill-depth-negative", convert_cell_to_text(begin)))
    elif end > MAX_HOLE_DEPTH_M:
        problems.append(Problem("drill-depth-impossible", convert_cell_to_text(end)))


def _list_reported_grades(values: dict[str, Any]) -> list[str]:
    lines: tuple[str, ...] = values.get("figures_reported") or ()
    return [line.removeprefix("grade_pct: ") for line in lines if line.startswith("grade_pct: ")]


def _is_of(written: str, grades: list[str]) -> bool:
    return any(grade.startswith(written) for grade in grades)
