"""Traces of drill holes by minimum curvature: circles, straight lines, and what holds for every survey."""

import numpy as np
import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from lodedata.topics.drilling.trace import Station, Trace, compute_direction, compute_trace

STATIONS = st.lists(
    st.builds(Station, st.integers(0, 1_000).map(float), st.floats(0, 360), st.floats(-89, 60)),
    min_size=1,
    max_size=12,
    unique_by=lambda station: station.depth_m,
)


def trace_or_discard(stations: list[Station]) -> Trace:
    try:
        return compute_trace(stations)
    except ValueError:
        reject()


def test_one_station_is_a_straight_line() -> None:
    trace = compute_trace([Station(0, 90, -60)])
    assert trace.at([100])[0] == pytest.approx([50, 0, -50 * 3**0.5])


def test_quarter_of_a_circle_has_its_radius() -> None:
    # from straight down to level toward the north on 100 m: a quarter of a circle of radius 200 / pi
    trace = compute_trace([Station(0, 0, -90), Station(100, 0, 0)])
    radius = 200 / np.pi
    assert trace.points[-1] == pytest.approx([0, radius, -radius])
    angles = np.radians([30, 60])
    expected = np.column_stack([np.zeros(2), radius * (1 - np.cos(angles)), -radius * np.sin(angles)])
    assert trace.at([100 / 3, 200 / 3]) == pytest.approx(expected)


def test_turn_of_azimuth_at_a_level_dip_stays_level() -> None:
    trace = compute_trace([Station(0, 0, 0), Station(100, 90, 0)])
    assert trace.points[-1] == pytest.approx([200 / np.pi, 200 / np.pi, 0])


def test_hole_is_straight_below_the_last_station_and_above_the_first() -> None:
    trace = compute_trace([Station(50, 0, -60), Station(100, 0, -60)])
    assert trace.at([0, 150]) == pytest.approx(np.array([[0, 0, 0], [0, 75, -150 * np.sqrt(3) / 2]]))


def test_opposite_directions_have_no_arc() -> None:
    with pytest.raises(ValueError, match="opposite"):
        compute_trace([Station(0, 0, -90), Station(10, 0, 90)])


def test_no_station_has_no_trace() -> None:
    with pytest.raises(ValueError, match="no station"):
        compute_trace([])


@given(STATIONS, st.lists(st.floats(0, 1_500), min_size=2, max_size=8))
def test_no_two_points_are_farther_apart_than_the_hole_between_them(stations: list[Station], depths: list[float]) -> None:
    trace = trace_or_discard(stations)
    points = trace.at(depths)
    lengths = np.abs(np.subtract.outer(depths, depths))
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    assert np.all(distances <= lengths + 1e-6)


@given(STATIONS)
@example([Station(0.0, 0.0, 6e-5), Station(1.0, 0.0, 0.0)])
@example([Station(0.0, 0.0, 0.0), Station(1.0, 179.9999, 7e-4)])
def test_trace_passes_through_its_stations_in_their_direction(stations: list[Station]) -> None:
    trace = trace_or_discard(stations)
    assert trace.at(trace.depths) == pytest.approx(trace.points, abs=1e-6)
    step = 1e-4
    ahead = (trace.at(trace.depths + step) - trace.points) / step
    assert ahead == pytest.approx(trace.directions, abs=1e-3)


@given(STATIONS, st.floats(0, 360))
def test_turned_survey_has_a_turned_trace(stations: list[Station], turn: float) -> None:
    trace = trace_or_discard(stations)
    turned = compute_trace([Station(station.depth_m, station.azimuth_deg + turn, station.dip_deg) for station in stations])
    assert turned.points[:, 2] == pytest.approx(trace.points[:, 2], abs=1e-6)
    level = np.linalg.norm(trace.points[:, :2], axis=1)
    assert np.linalg.norm(turned.points[:, :2], axis=1) == pytest.approx(level, abs=1e-6)


@given(st.floats(0, 360), st.floats(-90, 90))
def test_directions_have_length_one(azimuth: float, dip: float) -> None:
    assert np.linalg.norm(compute_direction(azimuth, dip)) == pytest.approx(1)
