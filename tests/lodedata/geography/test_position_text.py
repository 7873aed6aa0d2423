"""Positions as people type them: each form gives the place that the map's search gives."""

import pytest

from lodedata.geography.position_text import parse_position, parse_positions, write_position

ESCONDIDA = (-69.07, -24.27)
DEXING = (117.7312, 29.0123)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("24.27 S 69.07 W", ESCONDIDA),
        ("24.27S, 69.07W", ESCONDIDA),
        ("S24°16'12\" W69°04'12\"", ESCONDIDA),
        ("24°16′12″S 69°04′12″W", ESCONDIDA),
        ("69°04'12\"W 24°16'12\"S", ESCONDIDA),
        ("24 16 12 S 69 4 12 W", ESCONDIDA),
        ("-69.07, -24.27", ESCONDIDA),
        ("−69.07，−24.27", ESCONDIDA),
        ("19J 492898 7315883", ESCONDIDA),
        ("117.7312 29.0123", DEXING),
        ("29.0123N 117.7312E", DEXING),
        ("北纬29.0123 东经117.7312", DEXING),
        ("东经117°43′52.3″ 北纬29°00′44.3″", DEXING),
        # EPSG:4527, the three-degree zone 39, as PROJ 9 projects the point
        ("X=3210859 Y=39571247", DEXING),
        # two bare numbers are longitude and latitude unless only the reverse is possible
        ("29.0123, 117.7312", DEXING),
        ("10, 20", (10.0, 20.0)),
    ],
)
def test_each_form_gives_the_same_place(text: str, position: tuple[float, float]) -> None:
    found = parse_position(text)
    assert found is not None and found == pytest.approx(position, abs=2e-3)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("24.58, -67.73", ["67.73° S, 24.58° E", "24.58° N, 67.73° W"]),
        ("29.0123, 117.7312", ["29.0123° N, 117.7312° E"]),
        ("24.27 S 69.07 W", ["24.27° S, 69.07° W"]),
        ("5, 5", ["5° N, 5° E"]),
        ("escondida", []),
    ],
)
def test_two_bare_numbers_may_be_in_either_order(text: str, written: list[str]) -> None:
    assert [write_position(position) for position in parse_positions(text)] == written


@pytest.mark.parametrize(
    "text",
    [
        *(
            "escondida",
            "119",
            "2019 05 01",
            "ICMM00056",
            "10 mile",
            "200, 100",
            "24.27 S 69.07 S",
            "24.27 S",
            "61J 492898 7315883",
        ),
        *("24°61'12\"S 69°04'12\"W", "91 N 10 E", "x=1 y=2", "3210859 571247", ""),
    ],
)
def test_any_other_text_is_no_position(text: str) -> None:
    assert parse_position(text) is None
