"""``lode resolve``: which records of sources are of one thing."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import click
import psycopg

from lodebase import settings as settings_module
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import echo, echo_json, json_option, say, show_ticking_line
from lodebase.db.store import open_upgraded_store
from lodebase.desk import trail
from lodebase.errors import ImportRefused
from lodebase.ingest.linking.report import ReportTable, report, write_linking_markdown
from lodebase.ingest.linking.resolution import ResolutionOptions
from lodebase.ingest.linking.resolution import resolve as resolve_all
from lodebase.resolve.measure import LOTS, THRESHOLDS, measure_model, measure_served, read_facts_by_row
from lodebase.resolve.pairs import ResolutionProgress
from lodedata.messages import msg


@click.group(cls=CommandGroup)
def resolve() -> None:
    """Join the source records of the same object, or report what was joined."""


@resolve.command()
@json_option
def run(as_json: bool) -> None:
    """Compare all records anew and join those of the same object."""
    _report(True, as_json)


@resolve.command()
@json_option
def apply(as_json: bool) -> None:
    """Apply the decisions made since the last import, without comparing records anew."""
    _report(False, as_json)


@resolve.command("report")
@json_option
def report_(as_json: bool) -> None:
    """Report how many records were joined, by source, and how many pairs await review, in Markdown."""
    settings = settings_module.load()
    with open_upgraded_store(settings) as store, psycopg.connect(store.importer) as connection:
        tables = report(connection, settings.review_from, settings.review_to)
    if as_json:
        echo_json({t.title: [dict(zip(t.heads, row, strict=False)) for row in t.rows] for t in tables})
    else:
        echo(write_linking_markdown(tables), nl=False)


@resolve.command()
@json_option
def measure(as_json: bool) -> None:
    """Report precision and recall on the labelled pairs for measuring: of the model by threshold, and as served.

    It needs the eight sources and the starter data in the store.
    """
    settings = settings_module.load()
    with open_upgraded_store(settings) as store, psycopg.connect(store.importer) as connection:
        try:
            measurements = [row for lot in LOTS for row in _measure_thresholds(connection, lot)]
        except KeyError as missing:
            source, key = missing.args[0]
            raise ImportRefused(
                msg(
                    "row %(key)s of %(source)s is labelled and not in the store: run `lode import --all DIR` "
                    "with the eight sources and `lode import lode-starter` first",
                    key=key,
                    source=source,
                )
            ) from None
    heads = ("lot", "of", "precision", "recall")
    if as_json:
        echo_json([dict(zip(heads, row, strict=True)) for row in measurements])
    else:
        rows: list[tuple[Any, ...]] = [(lot, of, f"{right:.3f}", f"{whole:.3f}") for lot, of, right, whole in measurements]
        echo(write_linking_markdown([ReportTable("Measured", heads, rows)]), nl=False)


def _measure_thresholds(connection: psycopg.Connection[Any], lot: str) -> Iterator[tuple[str, str, float, float]]:
    for threshold, pair_counts in measure_model(read_facts_by_row(connection), "test", THRESHOLDS, lot).items():
        yield lot, f"model from {threshold}", pair_counts.precision, pair_counts.recall
    served = measure_served(connection, "test", lot)
    yield lot, "served", served.precision, served.recall


def _report(compare: bool, as_json: bool) -> None:
    settings = settings_module.load()
    progress = ResolutionProgress()
    with open_upgraded_store(settings) as store, show_ticking_line(progress.line) if compare else nullcontext():
        done = resolve_all(store.importer, ResolutionOptions(compare, settings.review_to, settings.import_wait_s), progress)
        counts = {"looked_at": done.looked_at, "joined": done.joined, "left": done.left}
        trail.note_command(store.importer, "resolve", "run" if compare else "apply", counts)
    if as_json:
        echo_json(counts)
    say(done.line())
