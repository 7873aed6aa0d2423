"""What commands print: tables, JSON, and how far an import has come."""

import io
import json
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lodebase.cli import output
from lodebase.cli.output import print_rows, say, show_import_progress
from lodebase.ingest.jobs.progress import ImportProgress

ROWS: list[dict[str, Any]] = [
    {"name": "铜", "share": 1.5, "on": date(2024, 5, 31), "at": datetime(2024, 5, 31, 12, 30, 1, 5, UTC), "also": ["a", "b"]},
    {"name": None, "share": None, "on": None, "at": None, "also": ()},
]


def test_rows_are_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, as_json=False)
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "share", "on", "at", "also"]
    assert first.split(maxsplit=3) == ["铜", "1.50", "2024-05-31", "2024-05-31 12:30:01+00:00  a, b"]
    assert second == ""


def test_only_the_columns_that_are_requested_are_shown_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"a": "x" * 100, "b": 1, "c": 2}], False, ["b", "a"])
    assert capsys.readouterr().out == f"b  a\n1  {'x' * 100}\n"


def test_columns_stand_below_one_another_where_characters_are_wide(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"a": "铜矿", "b": "x"}, {"a": "abcde", "b": "y"}], False)
    assert capsys.readouterr().out == "a      b\n铜矿   x\nabcde  y\n"


def test_rows_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, as_json=True)
    reported = capsys.readouterr()
    assert "铜" in reported.out and reported.err == ""
    assert json.loads(reported.out)[0]["on"] == "2024-05-31"


@pytest.mark.parametrize(("as_json", "reported"), [(False, "nothing\n"), (True, "[]\n")])
def test_command_without_rows_reports_none(as_json: bool, reported: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], as_json)
    assert capsys.readouterr().out == reported


def test_notices_are_written_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("database …")
    assert capsys.readouterr() == ("", "database …\n")


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_is_a_plain_line_now_and_then_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "PLAIN_EVERY_S", 0.05)
    progress = ImportProgress(rows=1234, began=time.monotonic() - 2)
    with show_import_progress(progress, "my-table"):
        time.sleep(0.5)
    reported = capsys.readouterr()
    assert reported.out == ""
    lines = reported.err.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith("my-table: 1,234 rows, ") and line.endswith(" rows/s") for line in lines)


def test_progress_is_in_the_chosen_language(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PLAIN_EVERY_S", 0.05)
    chosen = output.chosen_language.set("zh")
    try:
        with show_import_progress(ImportProgress(rows=1234, began=time.monotonic() - 2), "my-table"):
            time.sleep(0.2)
    finally:
        output.chosen_language.reset(chosen)
    lines = capsys.readouterr().err.splitlines()
    assert lines and all(line.startswith("my-table：1,234 行，") for line in lines)


def test_a_short_import_says_nothing_of_its_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with show_import_progress(ImportProgress(), "my-table"):
        pass
    assert capsys.readouterr().err == ""
    assert output.PLAIN_EVERY_S == 10


def test_progress_is_one_live_line_on_a_terminal_and_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(output, "TERMINAL_EVERY_S", 0.02)
    with show_import_progress(ImportProgress(rows=5), "my-table"):
        time.sleep(0.1)
    assert "\r\033[Kmy-table: 5 rows, " in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")
    assert "\n" not in terminal.getvalue()


def test_progress_ends_with_what_it_shows_even_when_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), show_import_progress(ImportProgress(), "my-table"):
        raise ZeroDivisionError
