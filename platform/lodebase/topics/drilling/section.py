"""A section through drill holes: traces and grades projected onto a vertical plane, with the holes that are left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lodebase.errors import BadQuery
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.drilling.grades import (
    AnalyteCount,
    GradedInterval,
    choose_analyte,
    choose_counted_grade,
    count_analytes,
    list_graded_intervals,
)
from lodebase.topics.drilling.log import describe_special_grades
from lodebase.topics.drilling.parameters import SectionParameters
from lodebase.topics.drilling.store import Hole, read_near
from lodedata.messages import Message, msg
from lodedata.topics.drilling.section import SectionLine
from lodedata.topics.drilling.trace import Floats, Trace

MAX_HOLES = 300
STEP_M = 5.0
PERCENTILES = (50, 75, 90, 97)
NO_TRACE = msg("Its trace is unknown: it has neither a survey nor azimuth and dip, or its stations contradict each other.")
NO_ELEVATION = msg("The elevation of its collar is not known.")


@dataclass(frozen=True, slots=True)
class SectionPoint:
    """A point of the section: metres along the line and elevation in metres."""

    along_m: float
    elevation_m: float


@dataclass(frozen=True, slots=True)
class SectionHole:
    """A hole with the parts of its trace within the section; ``offset_m`` is that of its collar to the right of the line."""

    id: str
    hole_id: str
    source: str
    trace_basis: str
    along_m: float
    offset_m: float
    elevation_m: float
    parts: tuple[tuple[SectionPoint, ...], ...]


@dataclass(frozen=True, slots=True)
class SectionInterval:
    """An interval with its grade, from its upper to its lower end in the section; ``grade_class`` counts from 0 for the lowest.

    A grade that is not known has no class.
    """

    hole_id: str
    source: str
    from_m: float
    to_m: float
    grade: float | None
    qualifier: str | None
    limit: float | None
    unit: str
    grade_class: int | None
    from_along_m: float
    from_elevation_m: float
    to_along_m: float
    to_elevation_m: float
    offset_m: float
    overlaps: bool


@dataclass(frozen=True, slots=True)
class LeftOutHole:
    """A hole near the line that is not drawn, with the reason."""

    id: str
    hole_id: str
    reason: Message


@dataclass(frozen=True, slots=True)
class DrillSection:
    """A section: its line, the holes in it, and the grades of one element or oxide."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    from_lon: float
    from_lat: float
    to_lon: float
    to_lat: float
    length_m: float
    azimuth_deg: float
    width_m: float
    exaggeration: float
    analytes: tuple[AnalyteCount, ...]
    analyte: str | None
    unit: str | None
    breaks: tuple[float, ...]
    holes: tuple[SectionHole, ...]
    intervals: tuple[SectionInterval, ...]
    left_out: tuple[LeftOutHole, ...]
    notes: tuple[Message, ...]


def cut_section(services: OperationServices, parameters: SectionParameters) -> DrillSection:
    """Return a section. Raise BadQuery for too many holes, or an element that they have no grades of."""
    line: SectionLine = parameters.line
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        near = read_near(connection, line, parameters.width_m, parameters.source, MAX_HOLES)
    if len(near) > MAX_HOLES:
        sentence = msg("More than %(most)s holes are near the line. Make the section narrower or shorter, or name a source.")
        raise BadQuery("width_m", f"{parameters.width_m:g}", sentence.filled(most=MAX_HOLES))
    drawn: list[tuple[Hole, Trace, SectionHole]] = []
    left_out = []
    for hole in near:
        trace = hole.trace()
        if trace is None or hole.elevation_m is None:
            if _is_inside(hole, line, parameters.width_m):
                left_out.append(LeftOutHole(hole.id, hole.hole_id, NO_TRACE if trace is None else NO_ELEVATION))
            continue
        shown = _build_section_hole(hole, trace, line, parameters.width_m)
        if shown.parts:
            drawn.append((hole, trace, shown))
    counts = count_analytes(hole for hole, _, _ in drawn)
    analyte = choose_analyte(counts, parameters.analyte)
    graded = [] if analyte is None else [(hole, trace, list_graded_intervals(hole, analyte)) for hole, trace, _ in drawn]
    all_graded = [interval for _, _, intervals in graded for interval in intervals]
    breaks = parameters.breaks or choose_breaks(
        [choose_counted_grade(interval, parameters.below_detection) for interval in all_graded]
    )
    intervals = [
        shown_interval
        for hole, trace, of_hole in graded
        for interval in of_hole
        if analyte is not None
        and (shown_interval := _build_section_interval(hole, trace, interval, analyte.unit, breaks, parameters)) is not None
    ]
    return DrillSection(
        version,
        line.from_lon,
        line.from_lat,
        line.to_lon,
        line.to_lat,
        round(line.length_m, 2),
        round(line.azimuth_deg, 2),
        parameters.width_m,
        parameters.exaggeration,
        counts,
        None if analyte is None else analyte.analyte,
        None if analyte is None else analyte.unit,
        breaks,
        tuple(shown for _, _, shown in drawn),
        tuple(intervals),
        tuple(left_out),
        (*_describe_holes([hole for hole, _, _ in drawn]), *describe_special_grades(all_graded, parameters.below_detection)),
    )


def choose_breaks(grades: Sequence[float | None]) -> tuple[float, ...]:
    """Return bounds of classes: percentiles 50, 75, 90 and 97 of the grades, rounded to two digits; none without grades."""
    stated_grades = [grade for grade in grades if grade is not None]
    if not stated_grades:
        return ()
    rounded = (float(f"{bound:.2g}") for bound in np.percentile(stated_grades, PERCENTILES))
    return tuple(sorted({bound for bound in rounded if bound > 0}))


def classify_grade(grade: float | None, breaks: Sequence[float]) -> int | None:
    """Return the number of a grade's class, from 0 below the first bound; None for an unknown grade."""
    return None if grade is None else int(np.searchsorted(breaks, grade, side="right"))


def _describe_holes(holes: Sequence[Hole]) -> list[Message]:
    straight = sum(hole.basis == "collar-direction" for hole in holes)
    notes = [
        msg("Points are projected at right angles onto the plane of the line; azimuths are taken from true north."),
    ]
    if straight:
        notes.append(msg("Holes without survey, which are straight lines along azimuth and dip: %(number)s.", number=straight))
    return notes


def _is_inside(hole: Hole, line: SectionLine, width_m: float) -> bool:
    """Return whether the collar of a hole lies in the section."""
    if hole.lon is None or hole.lat is None:
        return False
    return bool(_mask(line.project(hole.lon, hole.lat, np.zeros((1, 3))), line, width_m)[0])


def _mask(points: Floats, line: SectionLine, width_m: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    inside = (points[:, 0] >= 0) & (points[:, 0] <= line.length_m) & (np.abs(points[:, 1]) <= width_m / 2)
    return np.asarray(inside)


def _project_points(hole: Hole, trace: Trace, line: SectionLine, depths: Floats) -> Floats:
    """Return metres along, across and the elevation of points of a hole at depths."""
    assert hole.lon is not None and hole.lat is not None and hole.elevation_m is not None
    points: Floats = line.project(hole.lon, hole.lat, trace.at(depths)) + np.array([0.0, 0.0, hole.elevation_m])
    return points


def _build_section_hole(hole: Hole, trace: Trace, line: SectionLine, width_m: float) -> SectionHole:
    depths = np.linspace(0, hole.end_m, max(int(hole.end_m / STEP_M) + 2, 2))
    points = _project_points(hole, trace, line, depths)
    parts: list[list[SectionPoint]] = [[]]
    for (along, _, elevation), is_inside in zip(points, _mask(points, line, width_m), strict=True):
        if is_inside:
            parts[-1].append(SectionPoint(round(float(along), 2), round(float(elevation), 2)))
        elif parts[-1]:
            parts.append([])
    along, offset, elevation = (round(float(value), 2) for value in points[0])
    whole = tuple(tuple(part) for part in parts if len(part) > 1)
    return SectionHole(hole.id, hole.hole_id, hole.source, hole.basis, along, offset, elevation, whole)


def _build_section_interval(
    hole: Hole, trace: Trace, graded_interval: GradedInterval, unit: str, breaks: Sequence[float], parameters: SectionParameters
) -> SectionInterval | None:
    """Return an interval in the section, None if its middle is outside."""
    depths = np.array([graded_interval.from_m, (graded_interval.from_m + graded_interval.to_m) / 2, graded_interval.to_m])
    points = _project_points(hole, trace, parameters.line, depths)
    if not _mask(points, parameters.line, parameters.width_m)[1]:
        return None
    (from_along, _, from_elevation), (_, offset, _), (to_along, _, to_elevation) = (
        [round(float(value), 2) for value in point] for point in points
    )
    return SectionInterval(
        hole.hole_id,
        hole.source,
        graded_interval.from_m,
        graded_interval.to_m,
        graded_interval.grade,
        graded_interval.qualifier,
        graded_interval.limit,
        unit,
        classify_grade(choose_counted_grade(graded_interval, parameters.below_detection), breaks),
        from_along,
        from_elevation,
        to_along,
        to_elevation,
        offset,
        graded_interval.overlaps,
    )
