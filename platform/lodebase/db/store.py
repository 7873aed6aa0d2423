"""The store of an environment: opened for a command or the site, closed after the last use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from lodebase.db import connection_settings, revision
from lodebase.db import engine as engines
from lodebase.db.engine import SEARCH_PATH, Addresses
from lodebase.db.private_cluster import preparation
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.errors import BadSetting, DatabaseAway
from lodebase.settings import Settings
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class Store:
    """An open store; ``cluster`` is None if somebody else runs the database."""

    addresses: Addresses
    cluster: Cluster | None

    @property
    def importer(self) -> str:
        """Return the importer's URL as psycopg takes it."""
        return write_conninfo(self.addresses.importer)


def write_conninfo(url: URL) -> str:
    """Return a connection string for libpq, with our tables found first and JIT off."""
    named: dict[str, Any] = {
        "user": url.username,
        "password": url.password,
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
    }
    rest = {name: value for name, value in url.query.items() if name not in ("lode_role", "options")}
    options = f"-c search_path={SEARCH_PATH} -c jit=off -c TimeZone=UTC"
    parameters = {name: value for name, value in {**named, **rest}.items() if value is not None}
    return make_conninfo("", options=options, fallback_application_name="lode", **parameters)


def require_owner(settings: Settings) -> None:
    """Raise BadSetting if only the site's logins are set, which may change nothing."""
    if settings.site_only:
        raise BadSetting(
            msg(
                "This command needs LODE_DATABASE_URL; LODE_SITE_DATABASE_URL and LODE_DESK_DATABASE_URL are "
                "for `lode serve` alone. In containers run it in the service tasks: docker compose exec tasks "
                "lode ..."
            )
        )


@contextmanager
def open_site_store(settings: Settings) -> Iterator[Store]:
    """Yield the store by the site's logins alone, neither created nor upgraded. Raise NotMigrated or DatabaseAway."""
    store = Store(engines.read_database_addresses(settings), None)
    _require_current(store)
    connection_settings.require(store.addresses.site, "LODE_SITE_DATABASE_URL", settings.statement_timeout_s)
    connection_settings.require(store.addresses.desk, "LODE_DESK_DATABASE_URL", settings.statement_timeout_s)
    yield store


@contextmanager
def open_upgraded_store(settings: Settings, migrate: bool = False) -> Iterator[Store]:
    """Yield the store, its private cluster started if needed and stopped at the end unless another process uses it.

    With ``migrate`` it is upgraded; without it, raise NotMigrated for a store that is not current.
    """
    require_owner(settings)
    if settings.database_url is not None:
        store = Store(engines.read_database_addresses(settings), None)
        if migrate:
            preparation.fit_database(store.addresses)
            _upgrade(store)
        else:
            _require_current(store)
        yield store
        return
    cluster = Cluster(settings.home, settings.postgres_bin)
    cluster.hold()
    try:
        cluster.ensure()
        store = Store(engines.find_cluster_addresses(cluster), cluster)
        preparation.make_database(store.addresses)
        if migrate or not _has_tables(store):
            _upgrade(store)
        else:
            _require_current(store)
        yield store
    finally:
        cluster.let_go()


@contextmanager
def connect_store(settings: Settings, prepare: bool) -> Iterator[Store]:
    """Yield the store at any migration; with ``prepare`` create roles and extensions in a database run by somebody else."""
    require_owner(settings)
    if settings.database_url is not None:
        store = Store(engines.read_database_addresses(settings), None)
        if prepare:
            preparation.fit_database(store.addresses)
        yield store
        return
    cluster = Cluster(settings.home, settings.postgres_bin)
    cluster.hold()
    try:
        cluster.ensure()
        store = Store(engines.find_cluster_addresses(cluster), cluster)
        preparation.make_database(store.addresses)
        yield store
    finally:
        cluster.let_go()


def _upgrade(store: Store) -> None:
    # Alembic and all tables take as long to load as everything else that a command needs
    from lodebase.db.upgrade import upgrade  # noqa: PLC0415

    upgrade(store.addresses)


def _has_tables(store: Store) -> bool:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        row = connection.execute("SELECT to_regclass('lode.alembic_version')").fetchone()
    return row is not None and row[0] is not None


def _require_current(store: Store) -> None:
    engine = engines.create_checked_engine(store.addresses.owner, "lode", pool_size=1)
    try:
        revision.require_current(engine)
    except OperationalError as error:
        raise DatabaseAway(
            msg("The database can't be reached: %(reason)s", reason=str(error.orig).strip().splitlines()[0])
        ) from None
    finally:
        engine.dispose()
