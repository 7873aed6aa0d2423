"""Connections: the database URL of each role, and the settings of every connection."""

import contextlib
import select
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from lodebase.db.private_cluster.cluster import ADMIN, DESK, IMPORTER, OWNER, SITE, Cluster
from lodebase.errors import BadSetting
from lodebase.settings import Settings
from lodedata.messages import msg

MAX_BIGINT = 2**63 - 1
"""The largest number of a row in PostgreSQL; a larger one in an address names none."""
SEARCH_PATH = "lode,public"
SITE_APPLICATION, DESK_APPLICATION, DOWNLOAD_APPLICATION = "lode site", "lode desk", "lode download"
"""The application names of the site's connections, by which the watchdog finds their statements."""
NOTICES = 4
"""The number of reads of unrequested server messages after which a connection is discarded."""
ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Options that detect within seconds that a remote server has disappeared; a Unix socket does not need them."""
QUICK_TIMEOUTS = {**ALIVE, "connect_timeout": 2, "keepalives_idle": 5, "keepalives_interval": 2, "tcp_user_timeout": 5_000}
"""The same for a server that another one can replace."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URL of the database for each role; ``admin`` is None if somebody else runs the server."""

    admin: URL | None
    owner: URL
    importer: URL
    site: URL
    desk: URL


def find_cluster_addresses(cluster: Cluster, database: str = "lode") -> Addresses:
    """Return the URLs in a private cluster, where every role has its own login."""
    return Addresses(*(make_url(cluster.url(role, database)) for role in (ADMIN, OWNER, IMPORTER, SITE, DESK)))


def read_database_addresses(settings: Settings) -> Addresses:
    """Return the URLs that LODE_DATABASE_URL and the site's settings give. Raise BadSetting if they are invalid.

    If only the site's are set, the site's URL is also used for the owner and the importer, and may change nothing.
    """
    if settings.database_url is not None:
        owner = _parse_url("LODE_DATABASE_URL", settings.database_url.get_secret_value())
    else:
        assert settings.site_database_url is not None
        owner = _parse_url("LODE_SITE_DATABASE_URL", settings.site_database_url.get_secret_value())
    logins = (
        ("LODE_SITE_DATABASE_URL", settings.site_database_url, SITE),
        ("LODE_DESK_DATABASE_URL", settings.desk_database_url, DESK),
    )
    site, desk = (
        owner.update_query_dict({"lode_role": role}) if url is None else _parse_url(variable, url.get_secret_value())
        for variable, url, role in logins
    )
    return Addresses(None, owner, owner, site, desk)


def read_replica_addresses(settings: Settings) -> tuple[URL, ...]:
    """Return the URLs that LODE_DATABASE_READ_URL gives, under the read-only role. Raise BadSetting if one is invalid."""
    if settings.database_read_url is None:
        return ()
    split = settings.database_read_url.get_secret_value().split()
    return tuple(_parse_url("LODE_DATABASE_READ_URL", part).update_query_dict({"lode_role": SITE}) for part in split)


def _parse_url(variable: str, text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadSetting(
            msg("%(variable)s is not a database URL; write postgresql://user:password@host:5432/database", variable=variable)
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise BadSetting(
            msg("%(variable)s names %(url)s; Lode needs PostgreSQL with PostGIS", variable=variable, url=url.get_backend_name())
        )
    return url.set(drivername="postgresql+psycopg")


def create_checked_engine(
    url: URL,
    application: str,
    statement_timeout_s: float | None = None,
    pool_size: int = 5,
    alone: bool = False,
    timeouts: Mapping[str, int] = ALIVE,
) -> Engine:
    """Return an engine whose connections find our tables, have JIT off, and are checked before use.

    JIT costs hundreds of milliseconds on queries that take a few. A statement past the limit is ended by the server.
    Statements that are ``alone`` run in autocommit unless they request an isolation level.
    """
    options = {
        "search_path": SEARCH_PATH,
        "jit": "off",
        "TimeZone": "UTC",
        "statement_timeout": str(int((statement_timeout_s or 0) * 1000)),
    }
    role = url.query.get("lode_role")
    if role is not None:
        url = url.difference_update_query(["lode_role"])
        options["role"] = str(role)
        if role == SITE:
            options["default_transaction_read_only"] = "on"
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        # the connection used last still has its caches
        pool_use_lifo=True,
        pool_recycle=1800,
        isolation_level="AUTOCOMMIT" if alone else None,
        # the values sent by a client are not part of an error's text
        hide_parameters=True,
        # a statement in autocommit leaves nothing to roll back
        skip_autocommit_rollback=alone,
        # for callers that connect by themselves, as the site does
        execution_options={} if role is None else {"lode_role": str(role)},
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "application_name": application,
            **timeouts,
        },
    )
    event.listen(engine, "checkout", _require_quiet)
    return engine


def _require_quiet(connection: psycopg.Connection, record: object, fairy: object) -> None:
    """Reject a pooled connection that the server has ended, so that the pool opens a new one.

    An idle server sends little: readable data is a notice, its shutdown message or the end of the connection. This check
    costs microseconds, while a test statement costs a round trip, a tenth of a fast request.
    """
    with contextlib.suppress(psycopg.OperationalError):
        watch = select.poll()
        watch.register(connection.fileno(), select.POLLIN)
        for _ in range(NOTICES):
            if not watch.poll(0):
                return
            # raises at the end of the connection
            connection.pgconn.consume_input()
    raise DisconnectionError("the server has ended the connection")
