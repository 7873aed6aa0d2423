"""Selection of the database that a request reads from: a replica that is healthy and up to date, else the primary.

A request reads from one of them throughout, so that the version and the entity tag of a response are those of the server
that returned the rows. A read that fails on the replica is repeated on the primary.
"""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import psycopg
import structlog
from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.replica import ReplicaMonitor, ReplicaState
from lodebase.errors import DatabaseAway
from lodebase.settings import Settings
from lodeweb.http.declared import find_request_blueprint, find_request_operation

VERSION_HEADER = "Lode-Dataset-Version"
READS = "only_reads"
"""The attribute of a view whose POST only reads, besides operations that take a body."""
DESK = "/desk"
CHOSEN = "read_replica"
"""The attribute of a request with the replica that it reads from, None for the primary."""
SOON = timedelta(seconds=2)
CHECK_TIMEOUT_S = 2.0

Result = TypeVar("Result")
View = TypeVar("View", bound=Callable[..., Any])
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


class ReadReplicas:
    """The replicas of a site, of which a request reads any that may be used."""

    def __init__(self, members: Sequence[ReadReplica]) -> None:
        self.members = tuple(members)

    def choose(self, version: int = 0) -> ReadReplica | None:
        """Return any replica that may be used and has a version, None if there is none."""
        # all are looked at, so that the monitor of each runs
        usable = [replica for replica in self.members if replica.monitor.is_usable()]
        having = [replica for replica in usable if replica.monitor.state.version >= version]
        return random.choice(having) if having else None

    @property
    def most_lag_s(self) -> float:
        """The seconds that a replica may be behind."""
        return self.members[0].monitor.most_lag_s

    def close(self) -> None:
        """Close all connections."""
        for member in self.members:
            member.close()


def build_read_replicas(settings: Settings, primary: Addresses) -> ReadReplicas | None:
    """Return the replicas that the settings name; no connection is opened yet. Raises BadSetting."""
    urls = engines.read_replica_addresses(settings)
    return ReadReplicas([_build_replica(url, settings, primary) for url in urls]) if urls else None


def _build_replica(url: URL, settings: Settings, primary: Addresses) -> ReadReplica:
    reads = engines.create_checked_engine(
        url,
        engines.SITE_APPLICATION,
        settings.statement_timeout_s,
        settings.threads,
        alone=True,
        timeouts=engines.QUICK_TIMEOUTS,
    )
    to_primary, to_replica = (
        engines.create_checked_engine(
            address, "lode replica check", CHECK_TIMEOUT_S, 1, alone=True, timeouts=engines.QUICK_TIMEOUTS
        )
        for address in (primary.site, url)
    )
    replica = ReadReplica(reads, ReplicaMonitor(to_primary, to_replica, settings.read_lag_s))
    replica.monitor.checked = replica.log_change
    return replica


def choose_engine(primary: Engine, replicas: ReadReplicas | None) -> Engine:
    """Return the engine that this request reads with; outside of a request, the primary's."""
    if replicas is None or not has_request_context():
        return primary
    if CHOSEN not in g:
        _choose(replicas.choose() if _may_read_replica() else None)
    chosen = _find_chosen()
    return primary if chosen is None else chosen.engine


def reads_replica() -> bool:
    """Return whether this request reads from a replica."""
    return _find_chosen() is not None


def require_version(replicas: ReadReplicas | None, version: int) -> None:
    """Make this request read from a replica that has a version, or from the primary."""
    if replicas is None:
        return
    chosen = _find_chosen()
    if CHOSEN not in g:
        _choose(replicas.choose(version) if _may_read_replica() else None)
    elif chosen is not None and version > chosen.monitor.state.version:
        _choose(None)


def require_moment(replicas: ReadReplicas | None, moment: datetime) -> None:
    """Make this request read from the primary if versions up to a moment may be missing from a replica."""
    if replicas is not None and moment > datetime.now(UTC) - timedelta(seconds=replicas.most_lag_s) - SOON:
        _choose(None)


def _find_chosen() -> ReadReplica | None:
    replica: ReadReplica | None = g.get(CHOSEN)
    return replica


def _choose(replica: ReadReplica | None) -> None:
    setattr(g, CHOSEN, replica)


def read_with_fallback(read: Callable[[], Result]) -> Result:
    """Return the result of a read, repeated on the primary if it fails on a replica; nothing may have been written before."""
    try:
        return read()
    except (DatabaseAway, DBAPIError, psycopg.Error) as error:
        failed = _find_chosen()
        if failed is None:
            raise
        _choose(None)
        if isinstance(error, DatabaseAway):
            failed.monitor.failed()
    return read()


def register(app: Flask) -> None:
    """Note the versions that the primary returns, so that no replica returns an older one afterwards."""
    replicas: ReadReplicas | None = app.extensions["lode"].replicas
    if replicas is None:
        return

    @app.after_request
    def note(response: Response) -> Response:
        version = response.headers.get(VERSION_HEADER, type=int)
        if version is not None and not reads_replica():
            for replica in replicas.members:
                replica.monitor.served(version)
        return response


def describe_replicas(replicas: ReadReplicas | None) -> dict[str, object]:
    """Return the part of /readyz about the database that this request reads from; empty for a site without a replica.

    ``replica`` is the one that it reads from, else the first.
    """
    if replicas is None:
        return {}
    states = [_describe(replica) for replica in replicas.members]
    chosen = _find_chosen()
    own = 0 if chosen is None else replicas.members.index(chosen)
    reads = "primary" if chosen is None else "replica"
    return {"reads": reads, "replica": states[own]} | ({"replicas": states} if len(states) > 1 else {})


def _describe(replica: ReadReplica) -> dict[str, object]:
    state = replica.monitor.state
    return {"lag_s": state.lag_s, "dataset_version": state.version, "not_used_because": state.reason}


def only_reads(view: View) -> View:
    """Declare that the POST of a view only reads, as a query too long for an address."""
    vars(view)[READS] = True
    return view


def _may_read_replica() -> bool:
    blueprint = find_request_blueprint()
    # views that write, or compare what they read with data of the primary
    if request.path == DESK or request.path.startswith(f"{DESK}/") or (blueprint is not None and blueprint.primary):
        return False
    operation = find_request_operation()
    if operation is not None:
        return not operation.primary
    return request.method in ("GET", "HEAD") or hasattr(current_app.view_functions.get(request.endpoint or ""), READS)
