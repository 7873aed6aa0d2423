"""Composites of grades along a drill hole: lengths above a cut-off, with internal dilution up to a limit.

Lengths are along the hole. The true width of a body is not known from a hole and is never computed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

TOUCH_M = 1e-6
"""Metres within which the end of an interval is the beginning of the next one."""
Gaps = Literal["break", "zero"]
"""What a length without a sample does: it ends a composite, or counts as a grade of zero."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An interval with its grade in some unit, from a depth to a depth in metres along the hole."""

    from_m: float
    to_m: float
    grade: float

    @property
    def length_m(self) -> float:
        """The length in metres along the hole."""
        return self.to_m - self.from_m


@dataclass(frozen=True, slots=True)
class CompositeRules:
    """How composites are formed: cut-off and top cut in the unit of the grades, lengths in metres."""

    cutoff: float
    min_length_m: float = 0.0
    max_dilution_m: float = 0.0
    top_cut: float | None = None
    gaps: Gaps = "break"


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite: its length-weighted grade with the top cut and without, and the lengths below the cut-off and unsampled."""

    from_m: float
    to_m: float
    length_m: float
    grade: float
    grade_uncut: float
    samples: int
    dilution_m: float
    unsampled_m: float


def find_overlaps(intervals: Sequence[tuple[float, float]]) -> dict[int, int]:
    """Return each interval that overlaps another one, by index, with the index of one that it overlaps."""
    order = sorted(range(len(intervals)), key=lambda at: intervals[at])
    overlaps: dict[int, int] = {}
    deepest: int | None = None
    for at in order:
        if deepest is not None and intervals[at][0] < intervals[deepest][1] - TOUCH_M:
            overlaps.setdefault(at, deepest)
            overlaps.setdefault(deepest, at)
        if deepest is None or intervals[at][1] > intervals[deepest][1]:
            deepest = at
    return overlaps


def form_composites(samples: Iterable[Sample], rules: CompositeRules) -> tuple[Composite, ...]:
    """Return the composites of samples that do not overlap, from the collar down.

    A composite begins and ends with samples at or above the cut-off. The next length above the cut-off is joined to it if
    what lies between is no longer than the dilution that is allowed, and if the mean stays at or above the cut-off.
    Composites that are shorter than the least length are left out.
    """
    parts = _fill_gaps(sorted(samples, key=lambda sample: (sample.from_m, sample.to_m)), rules)
    groups: list[list[_Part]] = []
    between: list[_Part] = []
    for part in parts:
        if part.cut is None or part.cut < rules.cutoff:
            between.append(part)
            continue
        joined = [*groups[-1], *between, part] if groups and _can_join(between, rules) else None
        if joined is not None and _compute_mean(joined) >= rules.cutoff:
            groups[-1] = joined
        else:
            groups.append([part])
        between = []
    composites = (_build_composite(group, rules) for group in groups)
    return tuple(composite for composite in composites if composite.length_m >= rules.min_length_m - TOUCH_M)


@dataclass(frozen=True, slots=True)
class _Part:
    """A sample or a gap; a gap that ends a composite has no grade."""

    from_m: float
    to_m: float
    cut: float | None
    uncut: float
    is_sample: bool

    @property
    def length_m(self) -> float:
        return self.to_m - self.from_m


def _fill_gaps(samples: Sequence[Sample], rules: CompositeRules) -> list[_Part]:
    """Return samples with the top cut and the gaps between them as parts of their own."""
    parts: list[_Part] = []
    for before, sample in pairwise([None, *samples]):
        assert sample is not None
        if before is not None and sample.from_m > before.to_m + TOUCH_M:
            parts.append(_Part(before.to_m, sample.from_m, 0.0 if rules.gaps == "zero" else None, 0.0, False))
        cut = sample.grade if rules.top_cut is None else min(sample.grade, rules.top_cut)
        parts.append(_Part(sample.from_m, sample.to_m, cut, sample.grade, True))
    return parts


def _can_join(between: Sequence[_Part], rules: CompositeRules) -> bool:
    length = sum(part.length_m for part in between)
    return all(part.cut is not None for part in between) and length <= rules.max_dilution_m + TOUCH_M


def _compute_mean(parts: Sequence[_Part]) -> float:
    return sum((part.cut or 0.0) * part.length_m for part in parts) / sum(part.length_m for part in parts)


def _build_composite(parts: Sequence[_Part], rules: CompositeRules) -> Composite:
    length = sum(part.length_m for part in parts)
    below = [part for part in parts if part.is_sample and part.cut is not None and part.cut < rules.cutoff]
    return Composite(
        parts[0].from_m,
        parts[-1].to_m,
        length,
        _compute_mean(parts),
        sum(part.uncut * part.length_m for part in parts) / length,
        sum(part.is_sample for part in parts),
        sum(part.length_m for part in below),
        sum(part.length_m for part in parts if not part.is_sample),
    )
