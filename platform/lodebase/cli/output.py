"""What commands print: tables for people, JSON for programs, progress meanwhile."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unicodedata import east_asian_width

import click

from lodebase.ingest.jobs.progress import ImportProgress
from lodebase.process.printable import escape_printable_json, escape_printable_line, escape_printable_text
from lodedata.messages import ENGLISH, Message, in_language, list_languages, msg

PLAIN_EVERY_S = 10.0
TERMINAL_EVERY_S = 0.2

chosen_language: ContextVar[str | None] = ContextVar("chosen_language", default=None)
"""What ``lode --lang`` names."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout and nothing else there.")


def choose_terminal_language() -> str:
    """Return the language of the terminal: that of ``lode --lang``, else of LC_ALL, LC_MESSAGES or LANG, else English."""
    locale = chosen_language.get() or next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    primary = locale.partition("_")[0].partition(".")[0].lower()
    return primary if primary in list_languages() else ENGLISH


def say(message: Message | str) -> None:
    """Print a line for the person at the terminal on stderr; stdout is left to results."""
    echo(in_language(message, choose_terminal_language()), err=True)


def translate_for_terminal(message: Message) -> str:
    """Return a message in the language of the terminal."""
    return in_language(message, choose_terminal_language())


def build_usage_error(message: Message) -> click.UsageError:
    """Return the error of a command line that lacks something, in the language of the terminal."""
    return click.UsageError(translate_for_terminal(message))


def echo(message: str, nl: bool = True, err: bool = False) -> None:
    """Print text that may hold foreign text, such as names of files; its control characters are escaped."""
    click.echo(escape_printable_text(message), nl=nl, err=err)


def echo_json(value: Any, indent: int | None = None) -> None:
    """Print a value as JSON; what a terminal would obey is escaped in its strings."""
    click.echo(escape_printable_json(json.dumps(value, ensure_ascii=False, default=str, indent=indent)))


def print_rows(rows: Sequence[dict[str, Any]], as_json: bool, columns: Sequence[str] | None = None) -> None:
    """The rows as JSON, or as a table of the columns."""
    if as_json:
        echo_json(rows, indent=2)
        return
    if not rows:
        echo(in_language(msg("nothing"), choose_terminal_language()))
        return
    names = list(columns or rows[0])
    cells = [names, *([escape_printable_line(_format_value(row[name])) for name in names] for row in rows)]
    widths = [max(_count_columns(row[i]) for row in cells) for i in range(len(names))]
    for row in cells:
        click.echo(
            "  ".join(cell + " " * (width - _count_columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _count_columns(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _format_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ", timespec="seconds") if hasattr(value, "hour") else value.isoformat())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@contextmanager
def show_import_progress(progress: ImportProgress, what: str) -> Iterator[None]:
    """Show how far an import has come."""

    def line() -> Message:
        rows, rate = f"{progress.rows:,}", f"{progress.per_second():,.0f}"
        return msg("%(source)s: %(rows)s rows, %(rate)s rows/s", source=what, rows=rows, rate=rate)

    with show_ticking_line(line):
        yield


@contextmanager
def show_ticking_line(line: Callable[[], Message]) -> Iterator[None]:
    """Show how far something has come: a live line on a terminal, a plain line each ten seconds elsewhere."""
    terminal = sys.stderr.isatty()
    ended = threading.Event()
    # a thread does not inherit the language that `lode --lang` names
    chosen = choose_terminal_language()

    def work() -> None:
        while not ended.wait(TERMINAL_EVERY_S if terminal else PLAIN_EVERY_S):
            if terminal:
                click.echo(f"\r\033[K{escape_printable_line(line().in_language(chosen))}", nl=False, err=True)
            else:
                echo(line().in_language(chosen), err=True)

    shower = threading.Thread(target=work, name="progress", daemon=True)
    shower.start()
    try:
        yield
    finally:
        ended.set()
        shower.join()
        if terminal:
            click.echo("\r\033[K", nl=False, err=True)
