"""Selection of the database that a request reads from: the replica if it is healthy and up to date, else the primary.

A request reads from one of them throughout, so that the version and the entity tag of a response are those of the server
that returned the rows. A read that fails on the replica is repeated on the primary.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg
import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.replica import ReplicaMonitor, ReplicaState
from lodebase.errors import DatabaseAway
from lodebase.settings import Settings
from lodeweb.http.declared import operation_of_request

VERSION_HEADER = "Lode-Dataset-Version"
READING_POSTS = frozenset({"items.by_post", "layout_check.post", "layout_page.page_by_post", "lists_check.check_table"})
"""Endpoints whose POST only reads, besides operations that take a body."""
PRIMARY_ONLY = frozenset({"layout_saved_reports", "process_execution", "process_jobs", "reports", "subscriptions"})
"""Blueprints that write, or compare what they read with data of the primary."""
DESK = "/desk"
SOON = timedelta(seconds=2)
CHECK_TIMEOUT_S = 2.0

Result = TypeVar("Result")
log = structlog.get_logger("lodeweb")


class ReadReplica:
    """The replica's connections and the monitor that decides whether they may be used."""

    def __init__(self, engine: Engine, monitor: ReplicaMonitor) -> None:
        self.engine, self.monitor = engine, monitor
        self._reason: str | None = ""

    def log_change(self, state: ReplicaState) -> None:
        """Log that the replica starts or stops being used."""
        if state.reason == self._reason:
            return
        self._reason = state.reason
        if state.reason is None:
            log.info("reads go to the replica", lag_s=state.lag_s)
        else:
            log.warning("reads go to the primary", reason=state.reason, error=state.error)

    def close(self) -> None:
        """Close all connections."""
        self.monitor.close()
        self.engine.dispose()


def of_settings(settings: Settings, primary: Addresses) -> ReadReplica | None:
    """Return the replica that the settings name; no connection is opened yet. Raises BadSetting."""
    url = engines.of_replica(settings)
    if url is None:
        return None
    reads = engines.engine(
        url,
        engines.SITE_APPLICATION,
        settings.statement_timeout_s,
        settings.threads,
        alone=True,
        timeouts=engines.QUICK_TIMEOUTS,
    )
    to_primary, to_replica = (
        engines.engine(address, "lode replica check", CHECK_TIMEOUT_S, 1, alone=True, timeouts=engines.QUICK_TIMEOUTS)
        for address in (primary.site, url)
    )
    made = ReadReplica(reads, ReplicaMonitor(to_primary, to_replica, settings.read_lag_s))
    made.monitor.checked = made.log_change
    return made


def engine(primary: Engine, replica: ReadReplica | None) -> Engine:
    """Return the engine that this request reads with; outside of a request, the primary's."""
    if replica is None or not has_request_context():
        return primary
    if "reads_replica" not in g:
        g.reads_replica = _may_read_replica() and replica.monitor.usable()
    return replica.engine if g.reads_replica else primary


def reads_replica() -> bool:
    """Return whether this request reads from the replica."""
    return bool(g.get("reads_replica", False))


def require_version(replica: ReadReplica | None, version: int) -> None:
    """Make this request read from the primary if the replica does not have a version yet."""
    if replica is not None and version > replica.monitor.state.version:
        g.reads_replica = False


def require_moment(replica: ReadReplica | None, moment: datetime) -> None:
    """Make this request read from the primary if versions up to a moment may be missing from the replica."""
    if replica is not None and moment > datetime.now(UTC) - timedelta(seconds=replica.monitor.most_lag_s) - SOON:
        g.reads_replica = False


def with_fallback(replica: ReadReplica | None, read: Callable[[], Result]) -> Result:
    """Return the result of a read, repeated on the primary if it fails on the replica; nothing may have been written before."""
    try:
        return read()
    except (DatabaseAway, DBAPIError, psycopg.Error) as error:
        if replica is None or not reads_replica():
            raise
        g.reads_replica = False
        if isinstance(error, DatabaseAway):
            replica.monitor.failed()
    return read()


def register(app: Flask) -> None:
    """Note the versions that the primary returns, so that the replica does not return an older one afterwards."""
    replica: ReadReplica | None = app.extensions["lode"].replica
    if replica is None:
        return

    @app.after_request
    def note(response: Response) -> Response:
        version = response.headers.get(VERSION_HEADER, type=int)
        if version is not None and not reads_replica():
            replica.monitor.served(version)
        return response


def described(replica: ReadReplica | None) -> dict[str, object]:
    """Return the part of /readyz about the database that this request reads from; empty for a site without a replica."""
    if replica is None:
        return {}
    state = replica.monitor.state
    reads = "replica" if reads_replica() else "primary"
    return {
        "reads": reads,
        "replica": {"lag_s": state.lag_s, "dataset_version": state.version, "not_used_because": state.reason},
    }


def _may_read_replica() -> bool:
    if request.path == DESK or request.path.startswith(f"{DESK}/") or request.blueprint in PRIMARY_ONLY:
        return False
    operation = operation_of_request()
    if operation is not None:
        return not operation.primary
    return request.method in ("GET", "HEAD") or request.endpoint in READING_POSTS
