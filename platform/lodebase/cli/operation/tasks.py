"""``lode tasks``: the background tasks of a site, in a process of their own."""

import json
import signal
import threading
from contextlib import AbstractContextManager, nullcontext

import click
import psycopg

from lodebase import settings as settings_module
from lodebase.cli.operation.background import run_watch_thread
from lodebase.cli.output import json_option, say
from lodebase.db.store import Store, open_upgraded_store
from lodebase.download.shared_files import SharedFiles
from lodebase.download.spool import Spool
from lodebase.export import snapshots
from lodebase.ingest.entered import unserved
from lodebase.ingest.jobs import requested
from lodebase.ingest.jobs.run_log import mark_interrupted
from lodebase.ingest.linking import uncompared
from lodebase.jobs import job_worker
from lodebase.process import heartbeats, runtime_folder
from lodebase.process.child_process import end_with_parent
from lodebase.settings import Settings
from lodedata.messages import msg
from lodedata.processor_share import BACKGROUND, lower_priority


@click.command()
@json_option
def tasks(as_json: bool) -> None:
    """Apply decisions of the desk, run imports started there and jobs of processes, until Ctrl-C.

    `lode serve` does this itself, unless it has the logins of the site alone. Run it for such sites, on as many machines as you
    like: each job and each import is run by one of them.
    """
    settings = settings_module.load()
    part_of_site = runtime_folder.find_runtime_folder() is not None
    if part_of_site:
        end_with_parent()
    lower_priority(BACKGROUND)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: ended.set())
    with open_upgraded_store(settings) as store, heartbeats.beat_from_thread():
        mark_interrupted(store.importer)
        with (
            serve_new_judgements(store, settings),
            run_requested_imports(store, settings),
            compare_imported_records(store, settings) if settings.match_in_background else nullcontext(),
            run_process_jobs(store, settings),
        ):
            if as_json:
                comparing = ["comparisons"] if settings.match_in_background else []
                click.echo(json.dumps({"tasks": ["judgements", "imports", *comparing, "jobs"]}))
            if not part_of_site:
                say(msg("The background tasks are running; Ctrl-C ends them."))
            ended.wait()


def serve_new_judgements(store: Store, settings: Settings) -> AbstractContextManager[threading.Event]:
    """Meanwhile what people judge is served at once: by this process, as the site's may not write what is served."""
    return run_watch_thread(
        "judgements", unserved.watch, store.importer, settings.review_to, lambda: remove_redacted(store, settings)
    )


def remove_redacted(store: Store, settings: Settings) -> None:
    """Remove finished downloads and snapshots of this machine that were made before names left the data."""
    folder = settings.spool or settings.home / "spool"
    with psycopg.connect(store.importer) as connection:
        row = connection.execute("SELECT coalesce(max(number), 0) FROM redaction").fetchone()
    assert row is not None
    for snapshot in snapshots.remove_redacted(settings.home, row[0]):
        say(msg("%(folder)s: the files of the snapshot were removed, as a name has left the data.", folder=snapshot))
    shared = None if settings.files_url is None else SharedFiles(settings.files_url, click.echo)
    if shared is not None or (folder / "ready").is_dir():
        Spool(folder, settings.spool_mb << 20, settings.downloads, settings.downloads_each, shared).remove_redacted(row[0])


def run_requested_imports(store: Store, settings: Settings) -> AbstractContextManager[threading.Event]:
    """Meanwhile imports that are ordered at the desk are run."""
    options = requested.RequestOptions(settings.boundaries, settings.import_wait_s, settings.review_to, settings.worldview)
    return run_watch_thread("imports", requested.watch, store.importer, options)


def compare_imported_records(store: Store, settings: Settings) -> AbstractContextManager[threading.Event]:
    """Meanwhile records of large imports are compared with those of other sources."""
    return run_watch_thread("comparisons", uncompared.watch, store.importer, settings.review_to)


def run_process_jobs(store: Store, settings: Settings) -> AbstractContextManager[threading.Event]:
    """Meanwhile jobs of processes are run, which only read, by the login of the site."""
    return run_watch_thread("jobs", job_worker.watch, store.importer, store.addresses, settings)
