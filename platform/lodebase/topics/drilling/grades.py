"""The grades of one element or oxide of a hole, in the unit in which most of them are reported."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS
from lodebase.topics.drilling.store import Hole, Interval, convert_grade_unit
from lodedata.figures.compounds import parse_commodity
from lodedata.messages import msg
from lodedata.topics.drilling.composites import Sample, find_overlaps
from lodedata.vocab import load_vocabulary

PER_CENT = "%"
MAX_NAMED_ELEMENTS = 20
"""Elements and oxides that a refusal names."""


@dataclass(frozen=True, slots=True)
class AnalyteCount:
    """An element or oxide with the number of its intervals and the unit of most of them."""

    analyte: str
    intervals: int
    unit: str


@dataclass(frozen=True, slots=True)
class GradedInterval:
    """An interval with its grade; one below or above the range of the method has a sign and a limit and no grade.

    ``overlaps`` says whether it overlaps another one of the element, so that it is in no composite.
    """

    from_m: float
    to_m: float
    sample: str | None
    grade: float | None
    qualifier: str | None
    limit: float | None
    overlaps: bool


def count_analytes(holes: Iterable[Hole]) -> tuple[AnalyteCount, ...]:
    """Return the elements and oxides of holes, that of most intervals first; of equal ones those of strategic minerals."""
    counts: Counter[str] = Counter()
    units: dict[str, Counter[str]] = {}
    for interval in (interval for hole in holes for interval in hole.intervals if interval.analyte is not None):
        assert interval.analyte is not None
        counts[interval.analyte] += 1
        if interval.unit is not None:
            units.setdefault(interval.analyte, Counter())[interval.unit] += 1
    analyte_counts = [
        AnalyteCount(name, number, units[name].most_common(1)[0][0] if name in units else PER_CENT)
        for name, number in counts.items()
    ]
    return tuple(
        sorted(
            analyte_counts,
            key=lambda analyte_count: (
                -analyte_count.intervals,
                not _is_strategic(analyte_count.analyte),
                analyte_count.analyte,
            ),
        )
    )


def _is_strategic(analyte: str) -> bool:
    named = parse_commodity(analyte)
    return named is not None and load_vocabulary("commodity")[named.code].extra["scope"] == "in"


def choose_analyte(counts: Sequence[AnalyteCount], named: str | None) -> AnalyteCount | None:
    """Return the element or oxide of a name, without one that of most intervals. Raise BadQuery for one that is not there."""
    if named is None:
        return counts[0] if counts else None
    count = next((count for count in counts if count.analyte.casefold() == named.casefold()), None)
    if count is None:
        choices = ", ".join(count.analyte for count in counts[:MAX_NAMED_ELEMENTS])
        sentence = (
            msg('There are no grades of "%(value)s" here. Use one of %(choices)s.', choices=choices)
            if counts
            else msg("There are no grades here. Leave analyte out.")
        )
        raise BadQuery("analyte", named[:MAX_QUOTED_CHARACTERS], sentence)
    return count


def list_graded_intervals(hole: Hole, analyte: AnalyteCount) -> tuple[GradedInterval, ...]:
    """Return the intervals of a hole with grades of an element or oxide, from the collar down."""
    intervals = [interval for interval in hole.intervals if interval.analyte == analyte.analyte]
    overlaps = find_overlaps([(interval.from_m, interval.to_m) for interval in intervals])
    return tuple(_build_graded_interval(interval, analyte.unit, at in overlaps) for at, interval in enumerate(intervals))


def _build_graded_interval(interval: Interval, unit: str, overlaps: bool) -> GradedInterval:
    grade, limit = convert_grade_unit(interval.grade_pct, unit), convert_grade_unit(interval.bound_pct, unit)
    return GradedInterval(interval.from_m, interval.to_m, interval.sample, grade, interval.qualifier, limit, overlaps)


def choose_counted_grade(graded_interval: GradedInterval, below_detection: str) -> float | None:
    """Return what the grade of an interval counts as in a mean, None where it is not known.

    A grade above the range of its method counts as the limit, which is the least that it can be.
    """
    if graded_interval.grade is not None or graded_interval.limit is None:
        return graded_interval.grade
    if graded_interval.qualifier in ("below", "at-most"):
        return {"zero": 0.0, "half": graded_interval.limit / 2, "limit": graded_interval.limit}[below_detection]
    return graded_interval.limit


def list_composite_samples(intervals: Iterable[GradedInterval], below_detection: str) -> list[Sample]:
    """Return the samples of composites: intervals with a grade that overlap no other one."""
    counted = ((interval, choose_counted_grade(interval, below_detection)) for interval in intervals if not interval.overlaps)
    return [Sample(interval.from_m, interval.to_m, grade) for interval, grade in counted if grade is not None]
