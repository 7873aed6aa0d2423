"""A planner looks at the schedule: what is late and why, what capacity arrives, in both languages and on a phone."""

import subprocess
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, expect
from tests.flows import visits
from tests.flows.visits import DESKTOP, LANGS_ZH, PHONE, wider

from lodedata.topics.schedule import ledger

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

COMMON = {"project_source": "project-ledger", "country": "CHN", "division": "CN-SC", "product": "lithium-carbonate"}
NAMES = (
    {"name_en": "Late lithium plant", "name_zh": "逾期锂盐厂"},
    {"name_en": "Coming lithium plant", "name_zh": "在途锂盐厂"},
)
LATE = COMMON | {
    "project": "late",
    "phase": 1,
    "name_en": "Late lithium plant",
    "name_zh": "逾期锂盐厂",
    "capacity_tpa": 30000.0,
}
SOON = COMMON | {
    "project": "soon",
    "phase": 1,
    "name_en": "Coming lithium plant",
    "name_zh": "在途锂盐厂",
    "capacity_tpa": 50000.0,
}
UNPLANNED = COMMON | {"project": "unplanned", "phase": 1, "name_en": "Lithium plant without a plan", "name_zh": "无计划锂盐厂"}
ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "milestone": [
        ("1", LATE | {"milestone_type": "start", "baseline_no": 1, "baseline_date": "2025-06"}),
        ("2", LATE | {"milestone_type": "first-output", "baseline_no": 1, "baseline_date": "2099-12"}),
        ("3", SOON | {"milestone_type": "first-output", "baseline_no": 1, "baseline_date": "2099-03"}),
        ("4", UNPLANNED | {"milestone_type": "announced", "milestone_status": "done"}),
    ],
    "schedule_entry": [
        ("1", LATE | {"ledger_level": "own", "year": 2026, "total_investment_cny": 1.0, "problem_zh": "不公开的问题"}),
    ],
}
TEXTS = {
    "en": ("Late lithium plant", "red", "planned to start in 2025-06 and not started", "Construction started", "on time"),
    "zh": ("逾期锂盐厂", "红灯", "计划2025-06开工而未开工", "开工", "按期"),
}
WITHOUT_PLAN = {
    "en": ("Phases without a planned date that is known here", "Lithium plant without a plan"),
    "zh": ("本平台未掌握计划日期的分期", "无计划锂盐厂"),
}


@pytest.fixture(scope="module")
def site(
    lode: Callable[..., subprocess.CompletedProcess[str]],
    lasting: Callable[..., "Serving"],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator["Serving"]:
    """A site of the starter register with a ledger."""
    serving = lasting()
    path = tmp_path_factory.mktemp("ledger") / "ledger.xlsx"
    ledger.write(path, ROWS, "zh")
    done = lode(serving.home, "import", "project-ledger", str(path))
    assert done.returncode == 0, done.stderr
    yield serving


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_a_planner_finds_what_is_late_and_what_arrives(site: "Serving", browser: Browser, lang: str) -> None:
    name, light, sentence, milestone, on_time = TEXTS[lang]
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, base_url=site.url)
    page.goto(f"/schedule?lang={lang}")
    page.locator('select[name="division"]').select_option("CN-SC")
    page.locator("form.filters button").click()
    first = page.locator("table.figures tbody tr").first
    for text in (name, light, sentence, milestone):
        expect(first).to_contain_text(text)
    # phases without a plan are folded
    title, unplanned = WITHOUT_PLAN[lang]
    row = page.locator("table.figures tbody tr", has_text=unplanned)
    expect(row).to_be_hidden()
    page.locator("summary", has_text=title).click()
    expect(row).to_be_visible()
    arrivals = page.locator('[data-chart="arrivals"]')
    expect(arrivals.locator("svg").first).to_be_visible()
    arrivals.locator("details:not(.files) summary").click()
    row = arrivals.locator("tbody tr", has_text="2099-Q1")
    expect(row).to_contain_text(on_time)
    expect(row).to_contain_text("50")
    assert visits.breaches(page) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert wider(page) <= 0
    page.close()


def test_problems_of_a_ledger_are_hidden_from_readers_without_an_account(site: "Serving") -> None:
    assert site.get("/api/collections/schedule-entries/items").status == 404
    assert site.get("/api/sources/project-ledger/records/schedule_entry:1").status == 404
    assert site.get("/api/sources/project-ledger/records/milestone:1").status == 200
    for path in ("/api/schedule", "/api/changes", "/schedule", "/data", "/api/collections"):
        assert "不公开的问题" not in site.get(path).text


def test_dates_to_come_are_events_of_a_calendar(site: "Serving") -> None:
    text = site.get("/api/schedule?division=CN-SC&f=ics&lang=zh").text
    assert "DTSTART;VALUE=DATE:20990331\r\n" in text and "在途锂盐厂 1：投产" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    feed = site.get("/api/schedule?division=CN-SC&f=atom").text
    assert "Late lithium plant 1: Construction started" in feed and 'term="red"' in feed
