"""Frames of pictures: what of the world they show, their world file and bar of scale."""

import pytest
from pyproj import Geod

from lodebase.query import Bbox
from lodebase.topics.pictures.frame import build_frame, choose_scale_bar, widen_box, write_world_file

MOST = 25e6


def test_the_bar_of_scale_is_true_in_the_middle() -> None:
    frame = build_frame(Bbox(100, 50, 110, 60), 800, None, MOST, is_filter=True)
    metres, width = choose_scale_bar(frame, 140)
    west, south, east, north = frame.list_edges()
    middle = (frame.top - frame.height / frame.pixels / 2, west + (east - west) / 2)
    lat = next(step / 1000 for step in range(50_000, 60_000) if frame.y(step / 1000) <= frame.height / 2)
    degrees = width / frame.width * (east - west)
    _, _, measured = Geod(ellps="WGS84").inv(middle[1] - degrees / 2, lat, middle[1] + degrees / 2, lat)
    # the ellipsoid differs from the sphere of Web Mercator by less than half a per cent
    assert measured == pytest.approx(metres, rel=0.005) and 40 < width <= 140
    assert south == pytest.approx(50, abs=0.1) and north == pytest.approx(60, abs=0.1)


def test_a_box_across_the_date_line_is_shown_in_one_piece() -> None:
    frame = build_frame(Bbox(170, -20, -170, -10), 600, None, MOST, is_filter=True)
    west, _, east, _ = frame.list_edges()
    assert (west, east) == pytest.approx((170, 190), abs=0.01)
    assert frame.start == pytest.approx(170, abs=0.01) and not frame.has_outside
    assert float(write_world_file(frame, 2).split()[0]) == pytest.approx(float(write_world_file(frame, 1).split()[0]) / 2)


def test_a_frame_wider_than_the_world_shows_each_place_once() -> None:
    frame = build_frame(Bbox(-180, -80, 180, 80), 1_000, 400, MOST, is_filter=True)
    left, _, right, _ = frame.list_box_pixels()
    assert frame.has_outside and left > 100 and right == pytest.approx(1_000 - left)
    assert frame.offset == pytest.approx(left) and frame.start == pytest.approx(-180)


def test_one_place_has_a_frame_around_it() -> None:
    frame = build_frame(widen_box(Bbox(10, 20, 10, 20)), 500, None, MOST, is_filter=False)
    west, south, east, north = frame.list_edges()
    assert west < 10 < east and south < 20 < north and east - west < 0.1
    assert not frame.has_outside


def test_the_height_is_limited_by_the_pixels() -> None:
    assert build_frame(Bbox(0, -60, 10, 60), 4_000, None, 6e6, is_filter=True).height == 1_500
