"""Targets of plans: each term is known, and observations are met, on track, behind or missing, with a reason."""

import re

import pytest

from lodedata.statistics.series import find_term, has_stage
from lodedata.statistics.targets import STATES, PlanTarget, State, progress, targets

NEEDED = "2.2 % a year are needed until 2026; the last growth was"
BY_ID = {target.id: target for target in targets()}


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.id)
def test_a_target_is_complete_in_both_languages(target: PlanTarget) -> None:
    for dimension in ("indicator", "commodity", "stage", "area", "unit"):
        assert find_term(dimension, getattr(target, dimension)) is not None
    assert has_stage(target.commodity, target.stage)
    assert re.search("[\u4e00-\u9fff]", target.title.in_language("zh"))
    assert re.search("[\u4e00-\u9fff]", target.instrument.in_language("zh"))
    assert target.kind in ("level", "growth", "average-growth")
    assert (target.base_year is None) == (target.kind == "level")


@pytest.mark.parametrize(
    ("levels", "state", "sentence"),
    [
        ({}, "no-data", "No observation is stored here; import the series."),
        ({2024: 19.15e6}, "no-data", "2024 is below the target."),
        # 20.0 / 19.15 in two years are 2.2 % a year; 19.15 / 17.70 are 8.2 %
        (
            {2023: 17.70e6, 2024: 19.15e6},
            "on-track",
            f"{NEEDED} 8.2 % (2023 to 2024).",
        ),
        (
            {2023: 19.10e6, 2024: 19.15e6},
            "behind",
            f"{NEEDED} 0.3 % (2023 to 2024).",
        ),
        ({2024: 19.15e6, 2025: 20.1e6}, "met", "The level was reached in 2025."),
        ({2025: 19.5e6, 2026: 19.9e6}, "behind", "2026 is below the target."),
        ({2025: 19.5e6, 2027: 21e6}, "no-data", "2025 is below the target."),
        # from zero there is no growth in per cent
        ({2023: 0.0, 2024: 19.15e6}, "no-data", "2024 is below the target."),
        ({2023: 19.15e6, 2024: 0.0}, "no-data", "2024 is below the target."),
    ],
)
def test_the_level_of_recycled_metal(levels: dict[int, float], state: State, sentence: str) -> None:
    found = progress(BY_ID["recycled-metals-20mt"], levels)
    assert (found.state, str(found.reason)) == (state, sentence)


@pytest.mark.parametrize(
    ("levels", "state"),
    [
        ({2025: 81.75e6}, "no-data"),
        ({2024: 79.188e6}, "no-data"),
        ({2024: 0.0, 2025: 81.75e6}, "no-data"),
        # by level the target of 2026 is reached: 7,918.8 x 1.015^2 = 8,158
        ({2024: 79.188e6, 2025: 81.75e6}, "met"),
        ({2024: 79.188e6, 2025: 80.5e6}, "on-track"),
        ({2024: 79.188e6, 2025: 79.5e6}, "behind"),
    ],
)
def test_the_average_growth_of_the_ten_metals(levels: dict[int, float], state: State) -> None:
    assert progress(BY_ID["ten-metals-growth"], levels).state == state


def test_a_published_growth_is_compared_where_there_is_no_level() -> None:
    target = BY_ID["value-added-growth"]
    assert progress(target, {}, {2025: 6.9}).state == "on-track"
    assert progress(target, {}, {2025: 4.0}).state == "behind"
    assert progress(target, {}, {2025: 6.0, 2026: 5.0}).state == "met"
    assert progress(target, {}, {2023: 6.0}).state == "no-data"


def test_every_state_has_a_label_in_chinese() -> None:
    assert [label.in_language("zh") for label in STATES.values()] == [
        "已达到",
        "进度正常，尚未达到",
        "落后，尚未达到",
        "无数据",
    ]
