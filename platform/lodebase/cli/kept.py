"""``lode kept``: layout reports that were kept, on the machine itself."""

from datetime import UTC, datetime
from typing import Any

import click
import orjson
from sqlalchemy import Engine

from lodebase import settings as settings_module
from lodebase.cli.output import echo, json_option, print_rows, say
from lodebase.cli.owner import owner_engine, owner_transaction
from lodebase.desk.writing import writing
from lodebase.errors import BadQuery
from lodebase.layout import comparison_words as words
from lodebase.layout import kept
from lodebase.layout.again import again
from lodebase.layout.comparison import compare
from lodebase.layout.rulebook import rulebook
from lodebase.process.printable import printable_json
from lodebase.statistics.figures import Known
from lodedata.write.content import Language

language_option = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")


@click.group(name="kept")
def kept_() -> None:
    """List, compare and take away layout reports that were kept."""


@kept_.command("list")
@click.argument("shelf", required=False)
@json_option
def list_(shelf: str | None, as_json: bool) -> None:
    """List the reports of SHELF, or without one all shelves."""
    with owner_engine() as engine, writing(engine) as connection:
        rows = kept.shelves(connection) if shelf is None else kept.listed(connection, shelf)
    print_rows(rows, as_json)


@kept_.command("compare")
@click.argument("shelf")
@click.argument("first", type=int)
@click.argument("second", default="now")
@language_option
@json_option
def compare_(shelf: str, first: int, second: str, lang: Language, as_json: bool) -> None:
    """Tell what changed from the report numbered FIRST to SECOND, a number or `now`: data and rules of today."""
    with owner_engine() as engine:
        before, after = _two(engine, shelf, first, second)
    found = compare(before, after)
    if as_json:
        click.echo(printable_json(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()))
        return
    say(words.sentence(found, lang))
    columns = [one[1 if lang == "zh" else 0] for one in words.COLUMNS]
    for part, rows in words.tables(found, lang):
        echo(f"\n{words.TITLES[part][1 if lang == 'zh' else 0]}")
        print_rows([dict(zip(columns, row, strict=True)) for row in rows], False)


@kept_.command("forget")
@click.argument("shelf")
@click.argument("number", type=int, required=False)
@json_option
def forget(shelf: str, number: int | None, as_json: bool) -> None:
    """Take the report NUMBER of SHELF away for good, or without a number all that stands there."""
    with owner_transaction() as connection:
        gone = kept.forget(connection, shelf, number)
    if as_json:
        print_rows([{"shelf": shelf, "gone": gone}], as_json)
    else:
        say(f"{gone} kept reports are gone.")


def _two(engine: Engine, shelf: str, first: int, second: str) -> tuple[dict[str, Any], dict[str, Any]]:
    with writing(engine) as connection:
        before = kept.one(connection, shelf, first)
        if second.isascii() and second.isdigit():
            return before.body, kept.one(connection, shelf, int(second)).body
    if second != "now":
        raise BadQuery("second", second[:40], "is no number of a report, and not `now`")
    rules = rulebook(settings_module.load())
    return before.body, again(engine, Known(), before.candidate, rules, datetime.now(UTC).date())
