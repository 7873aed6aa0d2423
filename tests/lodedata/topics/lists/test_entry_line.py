"""An entry over time: proposed, listed, renamed, withdrawn, each with its act and its address."""

from datetime import date

from lodedata.messages import Label
from lodedata.records import PartialDate
from lodedata.topics.lists import Batch, Coverage, Event, ListEntry, Register, list_entry_steps

OLD, NEW = "广东乙循环科技有限公司", "广东乙绿色科技有限公司"


def steps(entry: ListEntry, *events: Event) -> list[tuple[str | None, str, str, str | None, str | None]]:
    batches = [
        Batch("main", 1, "公告2018年第40号", published=PartialDate(date(2018, 9, 3), "day"), url="https://example.org/40"),
        Batch("main", 2, consultation_act="公示2024年第2号"),
    ]
    register = Register([Coverage("main", Label("Main", "主"))], batches, [entry], events)
    entry_steps = list_entry_steps(register.histories["main"][0])
    return [
        (
            None if entry_step.on is None else str(entry_step.on),
            entry_step.event,
            entry_step.name,
            entry_step.act,
            entry_step.url,
        )
        for entry_step in entry_steps
    ]


def test_an_entry_is_listed_renamed_and_withdrawn_with_its_acts() -> None:
    assert steps(
        ListEntry("e1", "main", 1, OLD),
        Event("main", NEW, "withdrawn", date(2022, 12, 28), "公告2022年第10号", url="https://example.org/10"),
        Event("main", OLD, "renamed", date(2020, 5, 1), "公告2020年第3号", new_name=NEW),
    ) == [
        ("2018-09-03", "listed", OLD, "公告2018年第40号", "https://example.org/40"),
        ("2020-05-01", "renamed", NEW, "公告2020年第3号", None),
        ("2022-12-28", "withdrawn", NEW, "公告2022年第10号", "https://example.org/10"),
    ]


def test_the_end_of_a_validity_is_a_step() -> None:
    entry = ListEntry("e1", "main", 1, OLD, valid_from=date(2019, 1, 1), valid_to=date(2021, 12, 31))
    assert [step[:2] for step in steps(entry)] == [("2019-01-01", "listed"), ("2022-01-01", "expired")]


def test_a_proposal_lists_nobody() -> None:
    assert steps(ListEntry("e1", "main", 3, OLD, state="proposed")) == [(None, "proposed", OLD, None, None)]
    assert steps(ListEntry("e1", "main", 2, OLD)) == [(None, "proposed", OLD, "公示2024年第2号", None)]


def test_a_listing_without_a_date_has_none() -> None:
    assert steps(ListEntry("e1", "main", 7, OLD)) == [(None, "listed", OLD, None, None)]
