"""``lode ledger``: the ledger of key projects as a workbook, on the machine of the store."""

from pathlib import Path

import click

from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.output import echo_json, json_option, say
from lodebase.query.reading import open_reading
from lodebase.topics.schedule import ledger_rows
from lodedata.messages import msg
from lodedata.topics.schedule import ledger as workbook
from lodedata.write.content import Language


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(["en", "zh"]), default="zh", show_default=True, help="Language of the codes' labels.")
@json_option
def ledger(path: Path, lang: Language, as_json: bool) -> None:
    """Write the ledger of key projects to PATH: milestones, entries and reports.

    `lode import project-ledger PATH` reads it again; only edited rows change.
    """
    with open_owner_engine() as engine, open_reading(engine) as connection:
        rows = {name: ledger_rows.read_ledger_rows(connection, name) for name in workbook.SHEETS}
    workbook.write(path, rows, lang)
    if as_json:
        echo_json({"path": str(path), "rows": {name: len(row) for name, row in rows.items()}})
        return
    say(msg("%(path)s: %(n)s rows", path=path, n=sum(map(len, rows.values()))))
