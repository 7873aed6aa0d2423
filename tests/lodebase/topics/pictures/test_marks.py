"""Marks of pictures and their symbols: no record is lost when marks are joined, and colours are those of the page."""

import random
import re
from pathlib import Path

from lodebase.topics.pictures.legend import measure_text, wrap_text
from lodebase.topics.pictures.marks import Mark, join_near_marks
from lodebase.topics.pictures.symbol_drawing import shorten_count
from lodedata.maps.map_symbols import choose_fill, choose_paint, choose_shape, choose_side, load_map_symbols

COLOURS = Path(__file__).parents[4] / "web" / "frontend" / "theme" / "_colours.scss"
APART = 50


def test_joined_marks_have_all_records_and_are_apart() -> None:
    chance = random.Random(1)
    cells = {}
    for _ in range(300):
        x, y = chance.uniform(0, 1_000), chance.uniform(0, 800)
        cells[int(x // APART), int(y // APART)] = Mark(x, y, n := chance.randint(1, 90), {"copper": n - 1, "tin": 1})
    marks = join_near_marks(cells, APART)
    assert sum(mark.n for mark in marks) == sum(mark.n for mark in cells.values())
    assert all(sum(mark.mix.values()) == mark.n for mark in marks)
    assert len(marks) < len(cells)
    near = [
        (one, other)
        for at, one in enumerate(marks)
        for other in marks[at + 1 :]
        if abs(one.x - other.x) + abs(one.y - other.y) < APART / 4
    ]
    assert near == []


def test_symbols_are_those_of_the_page() -> None:
    assert choose_shape("projects", ["mine-open-pit", "concentrator"]) == "mine"
    assert (choose_shape("projects", ["copper-smelter"]), choose_shape("deposits"), choose_shape("tailings-facilities")) == (
        *("plant", "deposit"),
        "overlay",
    )
    assert [choose_fill("projects", status) for status in ("operating", "construction", "closed", None)] == [
        *("working", "planned", "ended"),
        "unknown",
    ]
    # as symbols.test.mjs and the stylesheets have them
    assert choose_paint("copper", "working").body == "#c25008" and choose_paint("copper", "working", True).body == "#767c87"
    assert choose_paint("copper", "unknown").body == "#f2d9c9" and choose_paint("nosuch", "working").letter == "·"
    assert choose_side("large") == 26 and choose_side(None) == 20
    sea = re.search(r"--chart-sea: (#[0-9a-f]{6});", COLOURS.read_text(encoding="utf-8"))
    assert sea is not None and load_map_symbols()["base"]["light"]["sea"] == sea[1]


def test_counts_are_short_in_either_language() -> None:
    assert [shorten_count(n, "en") for n in (9_999, 12_345, 1_234_567)] == ["9,999", "12.3K", "1.23M"]
    assert [shorten_count(n, "zh") for n in (9_999, 12_345, 123_456_789)] == ["9,999", "1.23万", "1.23亿"]


def test_texts_break_into_lines_that_fit() -> None:
    for text in ("copper and nickel " * 20, "全球铜、镍、锡资源及共伴生金属；" * 10, "https://example.org/" + "x" * 300):
        lines = list(wrap_text(text, 11, 300))
        assert len(lines) > 1 and all(measure_text(line, 11) <= 300 for line in lines)
        assert not any(line[0] in "，。、；：）" for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
