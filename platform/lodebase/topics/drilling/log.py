"""The log of a drill hole: its trace, rock, grades and composites, with what each rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lodebase.errors import BadQuery, NotFound
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.drilling.grades import (
    AnalyteCount,
    GradedInterval,
    choose_analyte,
    count_analytes,
    list_composite_samples,
    list_graded_intervals,
)
from lodebase.topics.drilling.parameters import LogParameters
from lodebase.topics.drilling.store import Hole, read_hole
from lodedata.messages import Label, Message, msg
from lodedata.topics.drilling.composites import CompositeRules, form_composites
from lodedata.vocab import load_vocabulary

TRACE_STEP_M = 10.0
MAX_TRACE_POINTS = 500
NO_HOLE = msg("There is no drill hole with this id. Choose one of /api/collections/drill-holes/items.")


@dataclass(frozen=True, slots=True)
class RockInterval:
    """An interval of rock as reported."""

    from_m: float
    to_m: float
    lithology: str | None
    lithology_code: str | None


@dataclass(frozen=True, slots=True)
class TracePoint:
    """A point of the trace: metres east and north of the collar; the elevation is unknown where that of the collar is."""

    depth_m: float
    east_m: float
    north_m: float
    down_m: float
    elevation_m: float | None


@dataclass(frozen=True, slots=True)
class Intercept:
    """A composite as a row: lengths along the hole in metres, grades in a unit."""

    hole_id: str
    analyte: str
    unit: str
    from_m: float
    to_m: float
    length_m: float
    grade: float
    grade_uncut: float
    samples: int
    dilution_m: float
    unsampled_m: float


@dataclass(frozen=True, slots=True)
class DrillLog:
    """A hole with its trace, its rock, the grades of one element or oxide and their composites."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    id: str
    hole_id: str
    source: str
    project: str | None
    deposit: str | None
    lon: float | None
    lat: float | None
    elevation_m: float | None
    azimuth_deg: float | None
    dip_deg: float | None
    depth_m: float | None
    end_m: float
    drilling_type: str | None
    drilled: str | None
    trace_basis: str
    trace_basis_label: Label
    stations: int
    trace: tuple[TracePoint, ...]
    rock: tuple[RockInterval, ...]
    analytes: tuple[AnalyteCount, ...]
    analyte: str | None
    unit: str | None
    cutoff: float | None
    intervals: tuple[GradedInterval, ...]
    intercepts: tuple[Intercept, ...]
    notes: tuple[Message, ...]


def log_hole(services: OperationServices, parameters: LogParameters) -> DrillLog:
    """Return the log of a hole. Raise NotFound for an unknown hole, BadQuery for an element that it has no grades of."""
    with open_reading(services.engine) as connection:
        version, hole = read_dataset_version(connection), read_hole(connection, parameters.hole)
    if hole is None:
        raise NotFound(NO_HOLE)
    _require_rules(parameters)
    counts = count_analytes([hole])
    analyte = choose_analyte(counts, parameters.analyte)
    intervals = () if analyte is None else list_graded_intervals(hole, analyte)
    intercepts = () if analyte is None else _compute_intercepts(hole, analyte, intervals, parameters)
    basis = load_vocabulary("drill-trace-basis")[hole.basis]
    return DrillLog(
        version,
        hole.id,
        hole.hole_id,
        hole.source,
        hole.project,
        hole.deposit,
        hole.lon,
        hole.lat,
        hole.elevation_m,
        hole.azimuth_deg,
        hole.dip_deg,
        hole.depth_m,
        hole.end_m,
        hole.drilling_type,
        hole.drilled,
        hole.basis,
        Label(basis.label_en, basis.label_zh),
        len(hole.stations),
        compute_trace_points(hole),
        _list_rock_intervals(hole),
        counts,
        None if analyte is None else analyte.analyte,
        None if analyte is None else analyte.unit,
        parameters.cutoff,
        intervals,
        intercepts,
        (
            *describe_trace_basis(hole),
            *describe_special_grades(intervals, parameters.below_detection),
            *_describe_composites(parameters),
        ),
    )


def compute_trace_points(hole: Hole) -> tuple[TracePoint, ...]:
    """Return points of the trace at even depths and at its stations, none where its direction is unknown."""
    trace = hole.trace()
    if trace is None:
        return ()
    even = np.linspace(0, hole.end_m, min(int(hole.end_m / TRACE_STEP_M) + 2, MAX_TRACE_POINTS))
    depths = np.unique(np.concatenate([even, trace.depths[trace.depths <= hole.end_m]]))
    positions = trace.at(depths)
    return tuple(
        TracePoint(
            round(float(depth), 3),
            round(float(east), 3),
            round(float(north), 3),
            round(float(-up), 3),
            None if hole.elevation_m is None else round(hole.elevation_m + float(up), 3),
        )
        for depth, (east, north, up) in zip(depths, positions, strict=True)
    )


def describe_trace_basis(hole: Hole) -> list[Message]:
    """Return sentences on what the trace of a hole follows from."""
    if hole.basis == "collar-direction":
        return [msg("The hole has no survey: its trace is a straight line along azimuth and dip of the collar.")]
    if hole.basis == "unknown":
        return [msg("The hole has neither a survey nor azimuth and dip: its trace is unknown and is not taken as vertical.")]
    if hole.trace() is None:
        return [msg("Two stations in a row have opposite directions, so that the trace is unknown.")]
    return [msg("The trace follows from the survey by minimum curvature. Stations: %(number)s.", number=len(hole.stations))]


def describe_special_grades(intervals: Sequence[GradedInterval], below_detection: str) -> list[Message]:
    """Return sentences on grades that are no plain figures, and on intervals that overlap."""
    below = sum(interval.qualifier in ("below", "at-most") for interval in intervals)
    above = sum(interval.qualifier in ("above", "at-least") for interval in intervals)
    unknown = sum(interval.grade is None and interval.limit is None for interval in intervals)
    overlapping = sum(interval.overlaps for interval in intervals)
    counted = {"zero": msg("zero"), "half": msg("half of the limit"), "limit": msg("the limit")}[below_detection]
    notes = []
    if below:
        sentence = msg("Grades below the detection limit, which count as %(counted)s: %(number)s.")
        notes.append(sentence.filled(number=below, counted=counted))
    if above:
        sentence = msg("Grades above the range of the method, which count as its limit, their least: %(number)s.")
        notes.append(sentence.filled(number=above))
    if unknown:
        notes.append(msg("Intervals without a readable grade, which count as not sampled: %(number)s.", number=unknown))
    if overlapping:
        notes.append(
            msg("Intervals that overlap others, which are listed and in no composite: %(number)s.", number=overlapping)
        )
    return notes


def _describe_composites(parameters: LogParameters) -> list[Message]:
    if parameters.cutoff is None:
        return []
    gaps = (
        msg("A length without a sample counts as a grade of zero.")
        if parameters.gaps == "zero"
        else msg("A length without a sample ends a composite.")
    )
    return [
        msg("Grades of composites are means weighted by length. Lengths are along the hole; true widths are not known."),
        gaps,
    ]


def _list_rock_intervals(hole: Hole) -> tuple[RockInterval, ...]:
    rows = [interval for interval in hole.intervals if interval.lithology is not None or interval.lithology_code is not None]
    spans = dict.fromkeys(RockInterval(row.from_m, row.to_m, row.lithology, row.lithology_code) for row in rows)
    return tuple(spans)


def _require_rules(parameters: LogParameters) -> None:
    """Raise BadQuery for rules of composites without a cut-off, or a top cut below it."""
    if parameters.cutoff is None:
        for name in ("min_length_m", "max_dilution_m", "top_cut"):
            value = getattr(parameters, name)
            if value is not None:
                sentence = msg("%(parameter)s needs a cut-off: enter cutoff, in the unit of the grades, or leave both out.")
                raise BadQuery(name, f"{value:g}", sentence)
    elif parameters.top_cut is not None and parameters.top_cut < parameters.cutoff:
        sentence = msg("The top cut %(value)s is below the cut-off %(cutoff)s. Enter a higher one.")
        raise BadQuery("top_cut", f"{parameters.top_cut:g}", sentence.filled(cutoff=f"{parameters.cutoff:g}"))


def _compute_intercepts(
    hole: Hole, analyte: AnalyteCount, intervals: Sequence[GradedInterval], parameters: LogParameters
) -> tuple[Intercept, ...]:
    if parameters.cutoff is None:
        return ()
    rules = CompositeRules(
        parameters.cutoff,
        parameters.min_length_m or 0.0,
        parameters.max_dilution_m or 0.0,
        parameters.top_cut,
        "zero" if parameters.gaps == "zero" else "break",
    )
    composites = form_composites(list_composite_samples(intervals, parameters.below_detection), rules)
    return tuple(
        Intercept(
            hole.hole_id,
            analyte.analyte,
            analyte.unit,
            composite.from_m,
            composite.to_m,
            round(composite.length_m, 6),
            round(composite.grade, 6),
            round(composite.grade_uncut, 6),
            composite.samples,
            round(composite.dilution_m, 6),
            round(composite.unsampled_m, 6),
        )
        for composite in composites
    )
