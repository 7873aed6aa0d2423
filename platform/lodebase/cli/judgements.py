"""``lode judgements``: what people decided about pairs and values, exported to a file and imported from one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from lodebase.cli.accounts.owner import open_owner_transaction
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import json_option, print_rows
from lodebase.desk import curated_lines
from lodebase.desk.decisions import judgements
from lodebase.errors import BadQuery
from lodedata.messages import msg

values_option = click.option("--values", is_flag=True, help="The values given by people, with their state.")


@click.group(cls=CommandGroup, name="judgements")
def judgements_() -> None:
    """Export and import what people decided about pairs and values."""


@judgements_.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON list in place of lines.")
@values_option
def export(file: TextIO, as_json: bool, values: bool) -> None:
    """Write every decision and its undoing to FILE (or standard output), one JSON object per line."""
    with open_owner_transaction() as connection:
        rows = list((curated_lines.export_curated_values if values else judgements.export_judgements)(connection))
    if as_json:
        file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@judgements_.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@values_option
@json_option
def import_judgements(file: Path, values: bool, as_json: bool) -> None:
    """Read exported decisions from FILE; those already in the store are left as they are."""
    with file.open(encoding="utf-8") as stream, open_owner_transaction() as connection:
        read, new = (curated_lines.import_curated_values if values else judgements.import_judgements)(
            connection, _read_lines(stream)
        )
    print_rows([{"read": read, "new": new, "known": read - new}], as_json)


def _read_lines(stream: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(stream, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise BadQuery(f"line {number}", line[:40].strip(), msg('"%(value)s" is not a JSON object.'))
            yield row
