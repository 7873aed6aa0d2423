"""``lode resolve``: which records of sources are of one thing."""

import json

import click
import psycopg

from lodebase import settings as settings_module
from lodebase.cli.output import json_option, say
from lodebase.db.store import opened
from lodebase.ingest.report import markdown, report
from lodebase.ingest.whole import How
from lodebase.ingest.whole import resolve as resolve_all


@click.group()
def resolve() -> None:
    """Join the records of sources that tell of one thing, or see what was joined."""


@resolve.command()
@json_option
def run(as_json: bool) -> None:
    """Compare all records anew and serve each thing as one record."""
    _tell(True, as_json)


@resolve.command()
@json_option
def apply(as_json: bool) -> None:
    """Serve what people judged since the last import, without comparing anew."""
    _tell(False, as_json)


@resolve.command("report")
@json_option
def report_(as_json: bool) -> None:
    """Tell how many records were joined, by sources, and how many pairs wait for a person; in Markdown."""
    settings = settings_module.load()
    with opened(settings) as store, psycopg.connect(store.importer) as connection:
        tables = report(connection, settings.review_from, settings.review_to)
    if as_json:
        click.echo(json.dumps({t.title: [dict(zip(t.heads, row, strict=False)) for row in t.rows] for t in tables}))
    else:
        click.echo(markdown(tables), nl=False)


def _tell(compare: bool, as_json: bool) -> None:
    settings = settings_module.load()
    with opened(settings) as store:
        done = resolve_all(store.importer, How(compare, settings.review_to, settings.import_wait_s))
    if as_json:
        click.echo(json.dumps({"looked_at": done.looked_at, "joined": done.joined, "left": done.left}))
    say(f"{done.looked_at:,} records looked at; {done.joined:,} joined a group, {done.left:,} left theirs")
