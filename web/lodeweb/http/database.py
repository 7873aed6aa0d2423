"""The site's database engine: a read-only role, a time limit for each statement, and the admission gate."""

from dataclasses import dataclass, field

import structlog
from flask import Flask, current_app
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.download.shared_files import SharedFiles
from lodebase.download.spool import Spool
from lodebase.history.dataset_state import Days
from lodebase.query import Counts
from lodebase.query.tile_cache import TileCache
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodeweb.http import read_replica
from lodeweb.http.access.admission import Gate
from lodeweb.http.read_replica import ReadReplicas

log = structlog.get_logger("lodeweb")
KEY = "lode"
DESK_CONNECTIONS = 2
"""Database connections of each process for the desk; they are opened when the first person signs in."""

LIMITS_CONNECTIONS = 4
LIMITS_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class SiteServices:
    """Services that every request uses: the settings, the engines, the admission gate and the caches."""

    settings: Settings
    primary: Engine
    desk: Engine
    limits: Engine
    """Engine for the counters of every request; its statements take a fraction of a millisecond."""
    counts: Counts
    gate: Gate
    spool: Spool
    days: Days = field(default_factory=Days)
    figures: Known = field(default_factory=Known)
    replicas: ReadReplicas | None = None
    tiles: TileCache = field(default_factory=TileCache)

    @property
    def engine(self) -> Engine:
        """Return the engine that this request reads with: a replica's or the primary's."""
        return read_replica.choose_engine(self.primary, self.replicas)

    def dispose(self) -> None:
        """Close all connections of this process."""
        self.primary.dispose()
        self.desk.dispose()
        self.limits.dispose()
        if self.replicas is not None:
            self.replicas.close()


def attach(app: Flask, settings: Settings) -> None:
    """Give the app its engine; no connection is opened yet."""
    if settings.database_url is not None or settings.site_only:
        addresses = engines.read_database_addresses(settings)
    else:
        addresses = engines.find_cluster_addresses(Cluster(settings.home, settings.postgres_bin))
    engine = engines.create_checked_engine(
        addresses.site, engines.SITE_APPLICATION, settings.statement_timeout_s, settings.threads, alone=True
    )
    desk = engines.create_checked_engine(
        addresses.desk, engines.DESK_APPLICATION, settings.statement_timeout_s, DESK_CONNECTIONS
    )
    gate = Gate(settings.threads, settings.queue, settings.queue_wait_s, settings.client_share)
    folder = settings.spool or settings.home / "spool"
    shared = None if settings.files_url is None else SharedFiles(settings.files_url, report_files)
    spool = Spool(folder.absolute(), settings.spool_mb << 20, settings.downloads, settings.downloads_each, shared)
    replicas = read_replica.build_read_replicas(settings, addresses)
    limits = engines.create_checked_engine(addresses.desk, "lode limits", LIMITS_TIMEOUT_S, LIMITS_CONNECTIONS, alone=True)
    app.extensions[KEY] = SiteServices(settings, engine, desk, limits, Counts(), gate, spool, replicas=replicas)


def report_files(event: str) -> None:
    """Log what went wrong with the files of all machines."""
    log.warning("shared files", problem=event)


def get_site() -> SiteServices:
    """Return the services of the app that serves this request."""
    site_services: SiteServices = current_app.extensions[KEY]
    return site_services
