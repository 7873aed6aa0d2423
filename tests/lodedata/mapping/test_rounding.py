"""The accuracy that the decimals of coordinates give: never finer than their origin allows."""

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lodedata.mapping.values.place import FINEST_CONVERTED_M, MIN_CONVERTED_DECIMALS, compute_rounding_m

SECOND_M = 111_320 / 3600 / 2**0.5
MINUTE_M = 60 * SECOND_M


@pytest.mark.parametrize(
    ("lon", "lat", "metres"),
    [
        ("-70", "-24", 78_715),
        ("-70.1", "-24.2", 7_871),
        ("117.8203", "29.0125", 7.87),
        ("117.820311", "29.012517", 1),
        ("117.82031187654321", "29.01251712345678", 1),
        ("117.82027777777778", "32.1402777777778", SECOND_M),
        ("117.820278", "32.140278", SECOND_M),
        ("-117.81666666666666", "32.13333333", MINUTE_M),
        ("-117.816667", "32.140278", SECOND_M),
        ("117.82", "32.1402777777778", SECOND_M),
        ("117.820305555556", "32.140261111111", FINEST_CONVERTED_M),
        ("117.8202833333333", "32.1402666666667", FINEST_CONVERTED_M),
    ],
)
def test_decimals_give_the_accuracy(lon: str, lat: str, metres: float) -> None:
    assert compute_rounding_m((lon, lat)) == pytest.approx(metres, rel=0.01)


@given(st.integers(0, 179 * 3600), st.integers(0, 89 * 3600), st.integers(6, 15), st.sampled_from([1, 60]))
@settings(max_examples=300, deadline=None)
def test_converted_degrees_minutes_and_seconds_are_never_finer_than_ten_metres(
    x: int, y: int, decimals: int, unit: int
) -> None:
    written = [f"{value // unit * unit / 3600:.{decimals}f}" for value in (x, y)]
    assume(any(len(text.rstrip("0").partition(".")[2]) >= MIN_CONVERTED_DECIMALS for text in written))
    rounding_m = compute_rounding_m(written)
    assert rounding_m is not None and rounding_m >= FINEST_CONVERTED_M


def test_few_other_coordinates_look_converted() -> None:
    some = random.Random(3)
    for decimals in (5, 6, 7, 8):
        pairs = [(f"{some.uniform(-180, 180):.{decimals}f}", f"{some.uniform(-90, 90):.{decimals}f}") for _ in range(2_000)]
        assert sum((compute_rounding_m(pair) or 0) > 9 for pair in pairs) < 20
