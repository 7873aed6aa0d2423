"""Rows of totals and notes: reported, and never records."""

from collections.abc import Callable

import pytest

from lodedata.mapping import Reading, Tally
from lodedata.mapping.summary_rows import find_summary_row_problem

ReadMapped = Callable[..., list[Reading]]
MAPPING = "- {key: '{id}', kind: {const: deposit}, commodities: [{const: copper}], name_en: name}"


def rule(*cells: object) -> str | None:
    row_problem = find_summary_row_problem(cells, len(cells))
    return row_problem.rule if row_problem is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "Total",
        "TOTAL:",
        "Sub-total",
        "Grand total",
        "合计",
        "总 计",
        "小计：",
        "合计（万吨）",
        "Total geral",
        "Итого:",
        "Jumlah",
    ],
)
def test_a_row_that_begins_with_a_total_is_no_record(text: str) -> None:
    assert rule(text, None, 120) == "total-row"
    assert rule("", text, 120) == "total-row"
    assert rule(text, None, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "Note: as of 2024",
        "Notes. Figures are rounded",
        "Source: USGS",
        "注：单位为万吨",
        "资料来源：自然资源部",
        "* estimated",
        "Fonte: ANM, 2024",
    ],
)
def test_a_row_of_a_single_note_is_no_record(text: str) -> None:
    assert rule(text, "", None) == "note-row"
    assert rule(text, "b", None) is None
    assert find_summary_row_problem([text], 2) is None


@pytest.mark.parametrize(
    "cells",
    [("Total Minerals mine", "a", 1), ("Sumitomo", "b", 2), ("Noteworthy", "", ""), ("a", "合计", 3), ("Soma", "Türkiye", 5)],
)
def test_other_rows_are_records(cells: tuple[object, ...]) -> None:
    assert rule(*cells) is None


def test_totals_and_notes_go_to_quarantine_with_a_reason(read: ReadMapped) -> None:
    tally = Tally()
    rows = ["id,name,ore", "1,a,5", "2,b,7", "合计,,12", "Source: the survey"]
    first, second, total, note = read(MAPPING, rows, tally=tally)
    assert first.records and second.records
    assert [p.rule for p in total.problems] == ["total-row"] and total.refused
    assert [p.rule for p in note.problems] == ["note-row"] and note.refused
    assert note.rows[0].locator == "table.csv, row 5"
    assert total.problems[0].sentence("zh") == "该行以 '合计' 开头，为合计行，不是记录。"
