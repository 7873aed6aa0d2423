"""``lode tasks``: the background tasks of a site whose process has no login that may change the data."""

import json
import signal
import threading

import click

from lodebase import settings as settings_module
from lodebase.cli.operation.serve import jobs_run, judgements_served, requested_imports_run
from lodebase.cli.output import json_option, say
from lodebase.db.store import opened
from lodebase.ingest.jobs.run_log import mark_interrupted
from lodedata.messages import msg


@click.command()
@json_option
def tasks(as_json: bool) -> None:
    """Apply decisions of the desk, run imports started there and jobs of processes, until Ctrl-C.

    `lode serve` does this itself, unless it has the logins of the site alone. Run it once for such sites.
    """
    settings = settings_module.load()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: ended.set())
    with opened(settings) as store:
        mark_interrupted(store.importer)
        with judgements_served(store, settings), requested_imports_run(store, settings), jobs_run(store, settings):
            if as_json:
                click.echo(json.dumps({"tasks": ["judgements", "imports", "jobs"]}))
            say(msg("The background tasks are running; Ctrl-C ends them."))
            ended.wait()
