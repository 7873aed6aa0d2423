"""``lode audit``: the audit trail in a file."""

from typing import TextIO

import click

from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.help_texts import CommandGroup
from lodebase.desk import trail
from lodebase.process.printable import escape_printable_json


@click.group(cls=CommandGroup)
def audit() -> None:
    """Export the audit trail: changes by people and operators, and failed sign-ins."""


@audit.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@click.option("--since", metavar="MOMENT", help="Only entries from this date or time on, such as 2026-11-28.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON list in place of lines.")
def export(file: TextIO, since: str | None, as_json: bool) -> None:
    """Write the audit trail to FILE (or standard output), one JSON object per line, oldest first."""
    moment = trail.parse_trail_moment(since) if since is not None else None
    with open_owner_engine() as engine:
        lines = (line for batch in trail.export_trail_lines(engine, moment) for line in batch.rstrip("\n").split("\n"))
        if as_json:
            file.write("[" + ",\n".join(map(escape_printable_json, lines)) + "]\n")
        else:
            file.writelines(f"{escape_printable_json(line)}\n" for line in lines)
