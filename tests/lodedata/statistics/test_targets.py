"""Targets of plans: each term is known, and observations are met, on track, behind or missing, with a reason."""

import re

import pytest

from lodedata.statistics.series import find_term, has_stage
from lodedata.statistics.targets import STATES, PlanTarget, State, TargetFigure, evaluate_progress, list_plan_targets

NEEDED = "2.2 % a year are needed until 2026; the last growth was"
BY_ID = {target.id: target for target in list_plan_targets()}


def figures(values: dict[int, float], status: str = "A") -> dict[int, TargetFigure]:
    return {year: TargetFigure(year, value, status, "survey", "2026") for year, value in values.items()}


@pytest.mark.parametrize("target", list_plan_targets(), ids=lambda target: target.id)
def test_a_target_is_complete_in_both_languages(target: PlanTarget) -> None:
    for dimension in ("indicator", "commodity", "stage", "area", "unit"):
        assert find_term(dimension, getattr(target, dimension)) is not None
    assert has_stage(target.commodity, target.stage)
    assert re.search("[\u4e00-\u9fff]", target.title.in_language("zh"))
    assert re.search("[\u4e00-\u9fff]", target.instrument.in_language("zh"))
    assert target.kind in ("level", "growth", "average-growth")
    assert target.kind != "level" or target.base_year is None
    assert target.kind != "average-growth" or target.base_year is not None, "the years of the average are in the text"


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
    progress = evaluate_progress(BY_ID["recycled-metals-20mt"], figures(levels))
    assert (progress.state, str(progress.reason)) == (state, sentence)


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
    assert evaluate_progress(BY_ID["ten-metals-growth"], figures(levels)).state == state


def test_a_published_growth_is_compared_where_there_is_no_level() -> None:
    target = BY_ID["value-added-growth"]
    assert evaluate_progress(target, {}, figures({2025: 6.9})).state == "on-track"
    assert evaluate_progress(target, {}, figures({2025: 4.0})).state == "behind"
    assert evaluate_progress(target, {}, figures({2025: 6.0, 2026: 5.0})).state == "met"
    assert evaluate_progress(target, {}, figures({2023: 6.0})).state == "no-data"


def test_every_state_has_a_label_in_chinese() -> None:
    assert [label.in_language("zh") for label in STATES.values()] == [
        "已达到",
        "进度正常，尚未达到",
        "落后，尚未达到",
        "无数据",
        "无法判定",
    ]


def test_a_target_met_by_unverified_figures_says_so() -> None:
    target = BY_ID["ten-metals-growth"]
    met = evaluate_progress(target, figures({2024: 79.188e6}) | figures({2025: 81.75e6}, "V"))
    assert (met.state, str(met.label), met.label.in_language("zh")) == (
        "met",
        "met by unverified figures",
        "已达到(依据未经核实的数据)",
    )
    assert [(figure.year, figure.status, figure.source) for figure in met.figures] == [
        (2024, "A", "survey"),
        (2025, "V", "survey"),
    ]
    assert str(evaluate_progress(target, figures({2024: 79.188e6, 2025: 81.75e6})).label) == "met"
    mixed = evaluate_progress(BY_ID["recycled-metals-20mt"], figures({2023: 17.7e6}, "I") | figures({2024: 19.15e6}, "V"))
    assert str(mixed.label) == "on track, not yet met by unverified, imputed figures"


@pytest.mark.parametrize("identity", ["copper-resources-2027", "bauxite-resources-2027"])
def test_a_growth_whose_text_names_no_base_year_is_not_decided(identity: str) -> None:
    target = BY_ID[identity]
    assert target.base_year is None
    progress = evaluate_progress(target, figures({2023: 100.0, 2024: 104.0, 2025: 120.0}))
    assert (progress.state, progress.year, progress.share) == ("not-decided", 2025, None)
    assert str(progress.reason) == "The text names no year that the growth is counted from, and none is assumed."
    assert str(evaluate_progress(target, {}).reason).endswith("No level is stored here either.")


def test_recycled_aluminium_has_a_target_of_15_mt_by_2027() -> None:
    target = BY_ID["recycled-aluminium-15mt"]
    assert (target.base_value, target.deadline, target.commodity, target.stage) == (15e6, 2027, "aluminium", "secondary")
    assert "工信部联原〔2025〕62号" in target.instrument.in_language("zh")
    assert evaluate_progress(target, figures({2023: 9.5e6, 2024: 10.5e6})).state == "behind"
