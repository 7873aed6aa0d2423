"""Composites of grades: a log with known composites, and what holds for every log and rule."""

from collections.abc import Iterable
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from lodedata.topics.drilling.composites import Composite, CompositeRules, Sample, find_overlaps, form_composites

LOG = (
    Sample(0, 2, 0.1),
    Sample(2, 4, 0.6),
    Sample(4, 5, 0.2),
    Sample(5, 8, 1.0),
    Sample(8, 12, 0.1),
    Sample(14, 15, 3.0),
)


def spans(composites: Iterable[Composite]) -> list[tuple[float, float]]:
    return [(composite.from_m, composite.to_m) for composite in composites]


def test_lengths_above_the_cut_off_without_dilution() -> None:
    assert spans(form_composites(LOG, CompositeRules(0.5))) == [(2, 4), (5, 8), (14, 15)]


def test_dilution_joins_and_is_stated() -> None:
    first, second = form_composites(LOG, CompositeRules(0.5, max_dilution_m=1))
    assert spans([first, second]) == [(2, 8), (14, 15)]
    # (2 x 0.6 + 1 x 0.2 + 3 x 1.0) / 6
    assert first.grade == approx(4.4 / 6)
    assert (first.dilution_m, first.samples) == (1, 3)


def test_length_without_a_sample_ends_a_composite() -> None:
    assert spans(form_composites(LOG, CompositeRules(0.5, max_dilution_m=10))) == [(2, 8), (14, 15)]


def test_length_without_a_sample_may_count_as_zero() -> None:
    (one,) = form_composites(LOG, CompositeRules(0.4, max_dilution_m=10, gaps="zero"))
    assert (one.from_m, one.to_m, one.unsampled_m) == (2, 15, 2)
    assert one.grade == approx((4.4 + 0.4 + 3.0) / 13)


def test_mean_below_the_cut_off_is_not_joined() -> None:
    log = (Sample(0, 1, 0.5), Sample(1, 4, 0.0), Sample(4, 5, 0.5))
    assert spans(form_composites(log, CompositeRules(0.5, max_dilution_m=5))) == [(0, 1), (4, 5)]


def test_top_cut_bounds_the_grade_and_the_uncut_one_is_stated() -> None:
    composites = form_composites(LOG, CompositeRules(0.5, top_cut=2.0))
    assert (composites[-1].grade, composites[-1].grade_uncut) == (2.0, 3.0)


def test_short_composites_are_left_out() -> None:
    assert spans(form_composites(LOG, CompositeRules(0.5, min_length_m=2))) == [(2, 4), (5, 8)]


def test_no_sample_has_no_composite() -> None:
    assert form_composites([], CompositeRules(0.5)) == ()


def test_overlaps_name_every_interval_that_has_one() -> None:
    assert find_overlaps([(0, 2), (1, 3), (3, 4), (0, 10)]).keys() == {0, 1, 2, 3}


def test_intervals_that_touch_do_not_overlap() -> None:
    assert find_overlaps([(0, 2), (2, 3), (3.0000000001, 4)]) == {}


@st.composite
def logs(draw: st.DrawFn) -> list[Sample]:
    depth = 0.0
    samples: list[Sample] = []
    for _ in range(draw(st.integers(0, 15))):
        depth += draw(st.sampled_from((0.0, 0.0, 1.0)))
        length = draw(st.sampled_from((0.5, 1.0, 2.0)))
        samples.append(Sample(depth, depth + length, draw(st.floats(0, 5))))
        depth += length
    return samples


GAPS: st.SearchStrategy[Literal["break", "zero"]] = st.sampled_from(("break", "zero"))
RULES = st.builds(
    CompositeRules,
    st.floats(0.1, 4),
    st.floats(0, 4),
    st.floats(0, 4),
    st.none() | st.floats(0.1, 5),
    GAPS,
)


@given(logs(), RULES)
def test_every_composite_obeys_its_rules(samples: list[Sample], rules: CompositeRules) -> None:
    composites = form_composites(samples, rules)
    for composite in composites:
        assert composite.grade >= rules.cutoff - 1e-9
        assert composite.grade_uncut >= composite.grade - 1e-9
        assert composite.length_m >= rules.min_length_m - 1e-5
        assert composite.length_m == approx(composite.to_m - composite.from_m)
        ends = [s for s in samples if s.from_m == composite.from_m or s.to_m == composite.to_m]
        assert min(s.grade for s in ends) >= rules.cutoff
        assert rules.gaps == "zero" or composite.unsampled_m == 0
    assert all(above.to_m <= below.from_m + 1e-9 for above, below in zip(composites, composites[1:], strict=False))


@given(logs(), RULES)
def test_every_sample_above_the_cut_off_is_in_a_composite_unless_it_is_short(
    samples: list[Sample], rules: CompositeRules
) -> None:
    composites: tuple[Composite, ...] = form_composites(samples, CompositeRules(rules.cutoff, 0, rules.max_dilution_m))
    for sample in samples:
        if sample.grade >= rules.cutoff:
            assert any(composite.from_m <= sample.from_m and sample.to_m <= composite.to_m for composite in composites)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)).map(lambda one: (one[0], one[0] + one[1])), max_size=12))
def test_overlaps_are_those_of_all_pairs(intervals: list[tuple[int, int]]) -> None:
    pairs = {
        at
        for at, (first, last) in enumerate(intervals)
        for other, (begins, ends) in enumerate(intervals)
        if at != other and first < ends and begins < last
    }
    overlaps = find_overlaps(intervals)
    assert overlaps.keys() == pairs
    for at, other in overlaps.items():
        assert intervals[at][0] < intervals[other][1] and intervals[other][0] < intervals[at][1]
