"""Schedules: what is late, which light it gets, which capacity arrives, how long steps take."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lodedata.cells import parse_partial_date
from lodedata.errors import MappingRefused
from lodedata.records import PartialDate
from lodedata.topics.schedule import project_code, rule_set
from lodedata.topics.schedule.alerts import choose_light, raise_alerts
from lodedata.topics.schedule.arrivals import count_arrivals, name_period
from lodedata.topics.schedule.lead_times import lead_times
from lodedata.topics.schedule.milestones import Milestone, count_days_late, count_months_over, find_next_milestone

TODAY = date(2026, 9, 15)
DATES = ("baseline_date", "expected_date", "actual_date", "expires_on", "information_date")


def milestone(milestone_type: str = "start", **values: Any) -> Milestone:
    """A milestone of phase 1 of a project; dates as texts."""
    read: dict[str, Any] = {name: parse_partial_date(value) if name in DATES else value for name, value in values.items()}
    given: dict[str, Any] = {"id": milestone_type, "milestone_type": milestone_type, "project": "p", "phase": 1}
    return Milestone(**(given | read))


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({}, None),
        ({"expected_date": "2026-12"}, 0),
        ({"expected_date": "2026-09-10"}, 5),
        ({"expected_date": "2026-09"}, 0),
        ({"expected_date": "2026-08"}, 15),
        ({"expected_date": "2025"}, 258),
        ({"baseline_date": "2026-08-31"}, 15),
        ({"baseline_date": "2026-12-31", "expected_date": "2027-01-31"}, 31),
        ({"baseline_date": "2026-08-31", "expected_date": "2026-10-01"}, 31),
        ({"baseline_date": "2026-06", "actual_date": "2026-06-20"}, 0),
        ({"baseline_date": "2026-06", "actual_date": "2026-05"}, 0),
        ({"baseline_date": "2026-06", "actual_date": "2026-07-10"}, 10),
        ({"baseline_date": "2026-06", "actual_date": "2026"}, 0),
        ({"expected_date": "2026-06", "actual_date": "2026-08"}, None),
        ({"baseline_date": "2026-06", "milestone_status": "withdrawn"}, None),
        ({"baseline_date": "2026-06", "milestone_status": "not-applicable"}, None),
        ({"baseline_date": "2026-06", "milestone_status": "paused"}, 77),
    ],
)
def test_days_late_are_the_least_that_the_dates_allow(values: dict[str, str], days: int | None) -> None:
    assert count_days_late(milestone(**values), TODAY) == days


@pytest.mark.parametrize(
    ("planned", "today", "months"),
    [("2026-06", "2026-06-30", 0), ("2026-06", "2026-07-01", 1), ("2026-06", "2026-09-01", 3), ("2025", "2026-01-01", 1)],
)
def test_months_are_over_with_the_planned_one(planned: str, today: str, months: int) -> None:
    assert count_months_over(parse_partial_date(planned), date.fromisoformat(today)) == months


def found(one: Milestone, *others: Milestone) -> dict[str, str]:
    """The rules that apply to a milestone, with their lights."""
    return {alert.rule: alert.light for alert in raise_alerts([one, *others], rule_set.load_shipped_rule_set(), TODAY)[one.id]}


@pytest.mark.parametrize(
    ("one", "others", "rules"),
    [
        (milestone(baseline_date="2026-09"), [], {}),
        (milestone(baseline_date="2026-08"), [], {"start-missed": "yellow"}),
        (milestone(baseline_date="2026-07"), [], {"start-missed": "yellow"}),
        (milestone(baseline_date="2026-06"), [], {"start-missed-three-months": "red"}),
        (milestone(baseline_date="2025"), [], {"start-missed-three-months": "red"}),
        (milestone(baseline_date="2026-06", milestone_status="withdrawn"), [], {}),
        (milestone("completion", planned_progress_pct=50, progress_pct=41), [], {}),
        (milestone("completion", planned_progress_pct=50, progress_pct=40), [], {"progress-behind": "yellow"}),
        (milestone("completion", planned_progress_pct=50, progress_pct=20), [], {"progress-behind": "yellow"}),
        (milestone("completion", planned_progress_pct=50, progress_pct=19.9), [], {"progress-far-behind": "red"}),
        (milestone("completion", planned_progress_pct=40, progress_pct=80), [], {}),
        (milestone("statistics"), [milestone("start", actual_date="2026-08-20")], {}),
        (milestone("statistics"), [milestone("start", actual_date="2026-08-10")], {"not-in-statistics": "yellow"}),
        (milestone("statistics"), [milestone("start", actual_date="2026-06-10")], {"not-in-statistics-two-months": "red"}),
        (milestone("statistics"), [milestone("start")], {}),
        (milestone("eia", baseline_date="2026-09-14"), [], {"date-passed": "yellow"}),
        (milestone("eia", baseline_date="2026-09-15"), [], {}),
        (milestone("eia", baseline_date="2026-09-14", act="环审〔2026〕1号"), [], {}),
        (milestone("eia", expires_on="2026-10"), [milestone("start", expected_date="2026-11")], {"permit-expires": "yellow"}),
        (milestone("eia", expires_on="2026-11"), [milestone("start", expected_date="2026-11")], {}),
        (milestone("eia", expires_on="2026-01"), [milestone("start", actual_date="2026-02")], {}),
        (milestone("eia", information_date="2026-03-31"), [], {"not-renewed": "note"}),
        (milestone("eia", information_date="2026-04-30"), [], {}),
        (milestone(actual_date="2026-05"), [], {"no-approval-before-start": "note"}),
        (milestone(actual_date="2026-05"), [milestone("eia", actual_date="2026-04")], {}),
        (milestone(actual_date="2026-05"), [milestone("eia", actual_date="2026-05-20")], {}),
        (milestone(actual_date="2026-05"), [milestone("eia", actual_date="2026-06")], {"no-approval-before-start": "note"}),
        (milestone(actual_date="2026-05"), [milestone("eia", milestone_status="not-applicable")], {}),
        (
            milestone(actual_date="2026-05"),
            [milestone("eia", phase=2, actual_date="2026-01")],
            {"no-approval-before-start": "note"},
        ),
        (milestone("trial", actual_date="2024-06-30"), [milestone("trial", id="b", actual_date="2024-06")], {}),
        (
            milestone("trial", actual_date="2024-06"),
            [milestone("trial", id="b", actual_date="2024-08")],
            {"sources-disagree": "note"},
        ),
    ],
)
def test_a_milestone_gets_the_alerts_of_the_rules(one: Milestone, others: list[Milestone], rules: dict[str, str]) -> None:
    assert found(one, *others) == rules


def test_an_alert_has_a_sentence_in_both_languages_and_calls_nothing_illegal() -> None:
    (alert,) = raise_alerts([milestone(actual_date="2026-05")], rule_set.load_shipped_rule_set(), TODAY)["start"]
    assert alert.en == "started in 2026-05; no environmental approval before it is known here"
    assert alert.zh == "2026-05开工，本平台未见此前的环评批复"
    for rule in rule_set.load_shipped_rule_set().rules:
        assert not {"illegal", "unlawful"} & set(rule.en.split()) and "违法" not in rule.zh and "违规" not in rule.zh


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "grey"),
        ({"baseline_date": "2027"}, "green"),
        ({"actual_date": "2020", "baseline_date": "2019", "act": "x"}, "green"),
        ({"milestone_status": "withdrawn"}, "green"),
        ({"baseline_date": "2026-08"}, "yellow"),
        ({"baseline_date": "2026-01"}, "red"),
    ],
)
def test_the_light_is_the_worst_of_the_alerts(values: dict[str, str], state: str) -> None:
    one = milestone(**values)
    assert choose_light(one, raise_alerts([one], rule_set.load_shipped_rule_set(), TODAY)[one.id]) == state


def test_another_rule_set_replaces_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(
        "{name: own-set, title_en: Own, title_zh: 自有, published_by: us, in_force_from: '2026', citation: ours, rules: ["
        "{id: late, mark: lode, light: red, check: {kind: months-over, milestones: [eia], from: 1}, en: late, zh: 逾期}]}",
        "utf-8",
    )
    rules = rule_set.load(path)
    one = milestone("eia", baseline_date="2026-07")
    assert [alert.rule for alert in raise_alerts([one], rules, TODAY)["eia"]] == ["late"]
    own = path.read_text("utf-8")
    path.write_text(own.replace("[eia]", "[party]"), "utf-8")
    with pytest.raises(MappingRefused, match="'party' is not a term"):
        rule_set.load(path)
    path.write_text(own.replace("en: late", "en: 'late by {days}'"), "utf-8")
    with pytest.raises(MappingRefused, match="no fact 'days'"):
        rule_set.load(path)


def test_the_next_milestone_is_the_first_that_is_open() -> None:
    eia, start = milestone("eia", actual_date="2026-01"), milestone("start", expected_date="2026-12")
    trial, output = milestone("trial"), milestone("first-output", expected_date="2026-11")
    assert find_next_milestone([eia, trial, start, output]) == output
    assert find_next_milestone([trial, start]) == start
    assert find_next_milestone([eia]) is None


@pytest.mark.parametrize(
    ("text", "quarter"), [("2026-01-31", "2026-Q1"), ("2026-04", "2026-Q2"), ("2026-12", "2026-Q4"), ("2026", "2026")]
)
def test_a_year_has_no_quarter(text: str, quarter: str) -> None:
    assert name_period(parse_partial_date(text)) == quarter
    assert name_period(None) == ""
    assert PartialDate(date(2024, 2, 1), "month").last == date(2024, 2, 29)


def test_capacity_arrives_by_quarter_once_a_phase() -> None:
    output = [
        milestone("first-output", id="a", product="refined-copper", capacity_tpa=100.0, actual_date="2025-02"),
        milestone("first-output", id="b", phase=2, product="refined-copper", capacity_tpa=50.0, expected_date="2026-11"),
        milestone("first-output", id="c", phase=3, product="refined-copper", capacity_tpa=20.0, baseline_date="2026-05"),
        milestone("first-output", id="d", phase=4, product="refined-copper"),
        milestone("first-output", id="e", phase=1, product="refined-copper", capacity_tpa=90.0, actual_date="2025-04"),
        # a source of later date counts
        milestone("first-output", id="f", phase=5, product="alumina", capacity_tpa=9.0, milestone_status="withdrawn"),
        milestone("start", id="g", phase=6, product="alumina", capacity_tpa=9.0, actual_date="2025"),
    ]
    assert [
        (a.product, a.period, a.split, a.phases, a.capacity_tpa, a.without_capacity) for a in count_arrivals(output, TODAY)
    ] == [
        ("refined-copper", "", "no-date", 1, None, 1),
        ("refined-copper", "2025-Q2", "done", 1, 90.0, 0),
        ("refined-copper", "2026-Q2", "late", 1, 20.0, 0),
        ("refined-copper", "2026-Q4", "on-time", 1, 50.0, 0),
    ]


def test_lead_times_need_ten_phases() -> None:
    def phases(n: int) -> list[Milestone]:
        place = {"facility_type": "mine", "division": "CN-XZ"}
        return [
            milestone(kind, id=f"{kind}{k}", phase=k, actual_date=day, **place)
            for k in range(1, n + 1)
            for kind, day in (("eia", "2020-01-01"), ("start", f"2020-01-{1 + k:02}"))
        ]

    assert lead_times(phases(9)) == []
    (one,) = lead_times([*phases(11), milestone("start", id="y", phase=99, actual_date="2021")])
    assert (one.since, one.until, one.facility_type, one.division, one.n) == ("eia", "start", "mine", "CN-XZ", 11)
    assert (one.quartile_1, one.median, one.quartile_3) == (3.5, 6.0, 8.5)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("2112-520000-04-01-610435", None),
        ("2112-000000-04-01-610435", None),
        ("2113-520000-04-01-610435", "month"),
        ("2100-520000-04-01-610435", "month"),
        ("2112-990000-04-01-610435", "region"),
        ("2112520000040161043", "shape"),
        ("2112-520000-04-01-61043", "shape"),
        ("", "shape"),
    ],
)
def test_a_project_code_is_checked_by_shape_month_and_region(code: str, fault: str | None) -> None:
    assert project_code.find_fault(code) == fault
