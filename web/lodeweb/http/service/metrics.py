"""Metrics of the site for Prometheus, summed over its processes; anyone who can reach the site may read them.

If PROMETHEUS_MULTIPROC_DIR names a directory, as under ``lode serve``, each process stores its metrics in files there.
"""

import math
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from lodebase.backup.record import LastBackup, read_last_backup
from lodebase.db.replica import ReplicaMonitor, ReplicaState
from lodebase.errors import DatabaseAway, LodeError, Overloaded, StatementTimeout
from lodebase.query.reading import open_reading, read_dataset_version
from lodeweb.http import database
from lodeweb.http.access.admission import Gate
from lodeweb.http.declared import exempt_from
from lodeweb.http.read_replica import ReadReplicas, reads_replica
from lodeweb.http.service.disk_metrics import DiskMetrics, list_data_directories

blueprint = Blueprint("metrics", __name__)
KEY = "lode-figures"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
NOTED_S = 1.0
"""Seconds for which an unchanged version from the database is not recorded again."""
STALE_S = 15.0
"""Seconds without a query to the database after which a request for the metrics makes one."""
BACKUP_FINISHED = "lode_backup_finished_timestamp_seconds"
BACKUP_STALE_S = 60.0
"""Seconds after which the record of backups is read again."""


class BackupAge(Collector):
    """The age of the last backup when the metrics are requested, infinite without one; absent until it is known."""

    finished: float | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the age."""
        if self.finished is not None:
            age = max(time.time() - self.finished, 0.0) if self.finished else math.inf
            yield GaugeMetricFamily("lode_backup_age_seconds", "Seconds since the last backup.", value=age)


class Figures:
    """The metrics of one application."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self.requests = Counter("lode_requests", "Requests that were answered.", ("route", "method", "status"), registry=own)
        self.seconds = Histogram(
            "lode_request_seconds", "Seconds until the response was complete.", ("route",), buckets=BUCKETS, registry=own
        )
        self.in_flight = _build_gauge("lode_requests_in_flight", "Requests at work or waiting.", "livesum", own)
        self.asking = _build_gauge("lode_database_in_use", "Requests that ask the database.", "livesum", own)
        self.places = _build_gauge("lode_database_places", "Requests that may ask the database at a time.", "livesum", own)
        self.waiting = _build_gauge("lode_database_waiting", "Requests that wait for the database.", "livesum", own)
        self.shed = Counter("lode_requests_shed", "Requests rejected because of overload.", registry=own)
        self.timeouts = Counter("lode_statement_timeouts", "Queries that ran into their time limit.", registry=own)
        self.version = _build_gauge("lode_dataset_version", "Committed changes of the data.", "mostrecent", own)
        self.up = _build_gauge(
            "lode_database_up", "Whether the database responded to the last query of its version.", "mostrecent", own
        )
        self.machine = CollectorRegistry()
        """Values that are read from the machine when the metrics are requested, the same for all processes."""
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.noted_at = 0.0
        self._learned: int | None = None
        self.asking_now = threading.Lock()
        # read soon, but not before the first response of the site
        self.backup_read_at = time.monotonic() - BACKUP_STALE_S + STALE_S
        self._backup: tuple[Gauge, Gauge] | None = None
        self._backup_age = BackupAge()
        self.machine.register(self._backup_age)

    def of(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        """Return the counter and histogram of a route; cached, as the library looks both up under a lock each time."""
        key = (route, method, status)
        metrics = self._of.get(key)
        if metrics is None:
            metrics = self._of[key] = (self.requests.labels(route, method, str(status)), self.seconds.labels(route))
        return metrics

    def watch(self, replicas: ReadReplicas) -> None:
        """Show the state of each replica by its number; the lag remains the last measured one while it can't be measured."""
        up = _build_gauge("lode_replica_up", "Whether reads go to the replica.", "mostrecent", self.registry, ("replica",))
        lag = _build_gauge(
            "lode_replica_lag_seconds",
            "How far the replica is behind the primary.",
            "mostrecent",
            self.registry,
            ("replica",),
        )
        for number, replica in enumerate(replicas.members, 1):
            _watch(replica.monitor, up.labels(str(number)), lag.labels(str(number)))

    def text(self) -> bytes:
        """Return the metrics of all processes in the format of Prometheus."""
        folder, together = os.environ.get(FOLDER), self.registry
        if folder is not None:
            together = CollectorRegistry()
            MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]
        # of all processes, as each of them reads the record of backups at another time
        self._backup_age.finished = together.get_sample_value(BACKUP_FINISHED)
        return generate_latest(together) + generate_latest(self.machine)

    def learn(self, version: int | None) -> None:
        """Record the version from the database, None if it can't be reached; an unchanged one only after some time."""
        now = time.monotonic()
        if version == self._learned and now - self.noted_at < NOTED_S:
            return
        self._learned, self.noted_at = version, now
        self.up.set(0 if version is None else 1)
        if version is not None:
            self.version.set(version)

    def learn_backup(self, last: LastBackup | None) -> None:
        """Record the last backup that the database has a record of."""
        if self._backup is None:
            # not before it is known: a gauge that is not set yet would show an age of 0
            self._backup = (
                _build_gauge(BACKUP_FINISHED, "When the last backup was finished, 0 without one.", "max", self.registry),
                _build_gauge("lode_backup_bytes", "Size of the last backup.", "mostrecent", self.registry),
            )
        self.backup_read_at = time.monotonic()
        self._backup[0].set(0 if last is None else last.finished_at.timestamp())
        self._backup[1].set(0 if last is None else last.bytes)


def _watch(monitor: ReplicaMonitor, up: Gauge, lag: Gauge) -> None:
    logged = monitor.checked

    def checked(state: ReplicaState) -> None:
        logged(state)
        up.set(1 if state.reason is None else 0)
        if state.lag_s is not None:
            lag.set(state.lag_s)

    monitor.checked = checked


def _build_gauge(name: str, meaning: str, mode: Any, registry: CollectorRegistry, labels: tuple[str, ...] = ()) -> Gauge:
    return Gauge(name, meaning, labels, registry=registry, multiprocess_mode=mode)


def register(app: Flask) -> None:
    """Count every request; call this before anything that may refuse one."""
    figures = app.extensions[KEY] = Figures()
    figures.machine.register(DiskMetrics(list_data_directories(app.extensions[database.KEY].settings)))
    gate: Gate = app.extensions[database.KEY].gate
    figures.places.set(gate.places)
    if app.extensions[database.KEY].replicas is not None:
        figures.watch(app.extensions[database.KEY].replicas)

    def moved(inside: int, waiting: int) -> None:
        figures.asking.set(inside)
        figures.waiting.set(waiting)

    gate.moved = moved

    @app.before_request
    def begin() -> None:
        g.counted = True
        figures.in_flight.inc()

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        method = request.method if request.method in METHODS else "other"
        counted, seconds = figures.of(route, method, response.status_code)
        counted.inc()
        seconds.observe(time.perf_counter() - g.began)
        failure = g.get("failure")
        if isinstance(failure, DatabaseAway):
            figures.learn(None)
        elif isinstance(failure, StatementTimeout):
            figures.timeouts.inc()
        elif isinstance(failure, Overloaded):
            figures.shed.inc()
        elif not reads_replica() and (version := response.headers.get("Lode-Dataset-Version", "")).isdigit():
            figures.learn(int(version))
        return response

    @app.teardown_request
    def over(_: BaseException | None) -> None:
        if g.pop("counted", False):
            figures.in_flight.dec()


@blueprint.get("/metrics")
@exempt_from("admission", "hosts", "limits")
def figures() -> Response:
    """Return metrics for Prometheus, of all processes of the site together, without waiting for the database."""
    site_figures: Figures = current_app.extensions[KEY]
    now = time.monotonic()
    stale = now - site_figures.noted_at > STALE_S or now - site_figures.backup_read_at > BACKUP_STALE_S
    if stale and site_figures.asking_now.acquire(blocking=False):
        threading.Thread(target=_ask, args=(current_app._get_current_object(), site_figures), daemon=True).start()  # type: ignore[attr-defined]
    return Response(site_figures.text(), content_type=CONTENT_TYPE_LATEST)


def _ask(app: Flask, site_figures: Figures) -> None:
    """Query the database for the version, unless it is busy; the result appears in the next response."""
    site: database.SiteServices = app.extensions[database.KEY]
    try:
        site.gate.enter(wait_s=0)
        try:
            with open_reading(site.primary) as connection:
                site_figures.learn(read_dataset_version(connection))
                driver = connection.connection.driver_connection
                assert isinstance(driver, psycopg.Connection)
                site_figures.learn_backup(read_last_backup(driver))
        finally:
            site.gate.leave()
    except Overloaded:
        pass
    except LodeError:
        site_figures.learn(None)
    finally:
        site_figures.asking_now.release()
