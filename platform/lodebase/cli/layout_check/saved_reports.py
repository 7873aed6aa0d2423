"""``lode saved-reports``: saved layout reports, on the machine of the store."""

from dataclasses import asdict
from datetime import UTC, datetime

import click
import orjson
from sqlalchemy import Engine

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine, open_owner_transaction
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import echo, json_option, print_rows, say
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery
from lodebase.layout.recheck import recheck_planned_plant
from lodebase.layout.reports import comparison_tables
from lodebase.layout.reports.comparison import compare
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.saved_reports import delete_reports, list_collections, list_reports, read_report
from lodebase.layout.rulebook import load_rulebook
from lodebase.process.printable import escape_printable_json
from lodebase.statistics.figures import Known
from lodedata.messages import msg
from lodedata.plain_data import convert_to_plain_data
from lodedata.write.content import Language

language_option = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")


@click.group(cls=CommandGroup, name="saved-reports")
def saved_reports() -> None:
    """List, compare and delete saved layout reports."""


@saved_reports.command("list")
@click.argument("collection", required=False)
@json_option
def list_(collection: str | None, as_json: bool) -> None:
    """List the reports of COLLECTION, or all collections."""
    with open_owner_engine() as engine, open_write_transaction(engine) as connection:
        rows = list_collections(connection) if collection is None else list_reports(connection, collection)
    print_rows([asdict(row) for row in rows], as_json)


@saved_reports.command("compare")
@click.argument("collection")
@click.argument("first", type=int)
@click.argument("second", default="now")
@language_option
@json_option
def compare_(collection: str, first: int, second: str, lang: Language, as_json: bool) -> None:
    """Compare the report numbered FIRST with SECOND, a number or `now`: the data and rules of today."""
    with open_owner_engine() as engine:
        before, after = _read_two_reports(engine, collection, first, second)
    comparison = compare(before, after)
    if as_json:
        click.echo(escape_printable_json(orjson.dumps(convert_to_plain_data(comparison), option=orjson.OPT_INDENT_2).decode()))
        return
    say(comparison_tables.describe_comparison(comparison, lang))
    columns = [column.in_language(lang) for column in comparison_tables.COLUMNS]
    for part, rows in comparison_tables.build_comparison_tables(comparison, before, after, lang):
        echo(f"\n{comparison_tables.TITLES[part].in_language(lang)}")
        print_rows([dict(zip(columns, row, strict=True)) for row in rows], False)


@saved_reports.command("delete")
@click.argument("collection")
@click.argument("number", type=int, required=False)
@json_option
def delete(collection: str, number: int | None, as_json: bool) -> None:
    """Delete the report NUMBER of COLLECTION permanently, or all its reports."""
    with open_owner_transaction() as connection:
        deleted = delete_reports(connection, collection, number)
    if as_json:
        print_rows([{"collection": collection, "deleted": deleted}], as_json)
    else:
        say(msg("%(count)s saved reports are deleted.", count=deleted))


def _read_two_reports(engine: Engine, collection: str, first: int, second: str) -> tuple[LayoutReport, LayoutReport]:
    with open_write_transaction(engine) as connection:
        before = read_report(connection, collection, first)
        if second.isascii() and second.isdigit():
            return before.report, read_report(connection, collection, int(second)).report
    if second != "now":
        raise BadQuery("second", second[:40], msg('"%(value)s" is not the number of a report. Enter a number, or now.'))
    rules = load_rulebook(settings_module.load())
    return before.report, recheck_planned_plant(engine, Known(), before.candidate, rules, datetime.now(UTC).date())
