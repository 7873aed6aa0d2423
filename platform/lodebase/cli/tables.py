"""What ``lode import`` prints of a file before it is imported: its tables, and its first records."""

from pathlib import Path
from typing import Any

import click
import yaml

from lodebase.cli.output import choose_terminal_language, echo, echo_json, print_rows, say
from lodedata.mapping import Source
from lodedata.mapping.preview import preview_table
from lodedata.read import Hints
from lodedata.read.overview import preview_tables

MAX_CELL_CHARACTERS = 30


def print_tables(path: Path, hints: Hints, as_json: bool) -> None:
    """Print the tables of a file with their columns and first rows. Raises FileRefused."""
    tables = preview_tables(path, hints)
    if as_json:
        echo_json(tables, indent=2)
        return
    for number, table in enumerate(tables):
        click.echo("" if number else None, nl=number > 0)
        echo(f"{table['number']}. {table['name']}")
        rows = [{column: _cut(cell) for column, cell in row.items()} for row in table["rows"]]
        if rows:
            print_rows(rows, False)
        elif "refused" in table:
            say(table["refused"])
        else:
            echo("   " + ", ".join(table["columns"]))


def _cut(cell: Any) -> str:
    text = "" if cell is None else " ".join(str(cell).split())
    return text if len(text) <= MAX_CELL_CHARACTERS else f"{text[: MAX_CELL_CHARACTERS - 1]}…"


def print_preview(source: Source, path: Path, as_json: bool) -> None:
    """Print the first records of a table as an import would store them. Raises FileRefused and MappingRefused."""
    shown = preview_table(source, path)
    if as_json:
        echo_json(shown, indent=2)
        return
    for record in shown:
        problems = [
            f"{p['column']}: {p[choose_terminal_language()]}" if p["column"] else p[choose_terminal_language()]
            for p in record.pop("problems")
        ]
        echo(
            yaml.safe_dump(
                [record | ({"problems": problems} if problems else {})], allow_unicode=True, sort_keys=False, width=120
            )
        )
