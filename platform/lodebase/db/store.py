"""The store of an environment: opened for a command or the site, closed when the last user lets go."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from lodebase.db import engine as engines
from lodebase.db import preparation, revision
from lodebase.db.cluster import Cluster
from lodebase.db.engine import SEARCH_PATH, Addresses
from lodebase.errors import BadSetting, DatabaseAway
from lodebase.settings import Settings
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class Store:
    """An open store; ``cluster`` is None where someone else runs the database."""

    addresses: Addresses
    cluster: Cluster | None

    @property
    def importer(self) -> str:
        """The importer's address as psycopg takes it."""
        return conninfo(self.addresses.importer)


def conninfo(url: URL) -> str:
    """An address as libpq reads it, with our tables found first and JIT off."""
    named: dict[str, Any] = {
        "user": url.username,
        "password": url.password,
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
    }
    rest = {name: value for name, value in url.query.items() if name not in ("lode_role", "options")}
    options = f"-c search_path={SEARCH_PATH} -c jit=off -c TimeZone=UTC"
    known = {name: value for name, value in {**named, **rest}.items() if value is not None}
    return make_conninfo("", options=options, fallback_application_name="lode", **known)


def require_owner(settings: Settings) -> None:
    """Raise BadSetting where only the site's logins are set, which may change nothing."""
    if settings.site_only:
        raise BadSetting(
            msg(
                "This command needs LODE_DATABASE_URL; LODE_SITE_DATABASE_URL and LODE_DESK_DATABASE_URL are "
                "for `lode serve` alone. In containers run it in the service tasks: docker compose exec tasks "
                "lode ..."
            )
        )


@contextmanager
def opened_for_site(settings: Settings) -> Iterator[Store]:
    """The store by the site's logins alone, which is neither made nor upgraded. Raises NotMigrated, DatabaseAway."""
    store = Store(engines.of_settings(settings), None)
    _require_current(store)
    yield store


@contextmanager
def opened(settings: Settings, migrate: bool = False) -> Iterator[Store]:
    """The store, its private cluster started where need be and stopped at the end unless another process uses it.

    With ``migrate`` it is brought up to date, without it NotMigrated is raised for a store that is not.
    """
    require_owner(settings)
    if settings.database_url is not None:
        store = Store(engines.of_settings(settings), None)
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
        store = Store(engines.of_cluster(cluster), cluster)
        preparation.make_database(store.addresses)
        if migrate or not _has_tables(store):
            _upgrade(store)
        else:
            _require_current(store)
        yield store
    finally:
        cluster.let_go()


@contextmanager
def connected(settings: Settings, prepare: bool) -> Iterator[Store]:
    """Yield the store at whichever migration it is; with ``prepare`` roles and extensions are made in a foreign database."""
    require_owner(settings)
    if settings.database_url is not None:
        store = Store(engines.of_settings(settings), None)
        if prepare:
            preparation.fit_database(store.addresses)
        yield store
        return
    cluster = Cluster(settings.home, settings.postgres_bin)
    cluster.hold()
    try:
        cluster.ensure()
        store = Store(engines.of_cluster(cluster), cluster)
        preparation.make_database(store.addresses)
        yield store
    finally:
        cluster.let_go()


def _upgrade(store: Store) -> None:
    # Alembic and all tables take as long to load as everything else that a command needs
    from lodebase.db.upgrade import upgrade  # noqa: PLC0415

    upgrade(store.addresses)


def _has_tables(store: Store) -> bool:
    with psycopg.connect(conninfo(store.addresses.owner)) as connection:
        row = connection.execute("SELECT to_regclass('lode.alembic_version')").fetchone()
    return row is not None and row[0] is not None


def _require_current(store: Store) -> None:
    engine = engines.engine(store.addresses.owner, "lode", pool_size=1)
    try:
        revision.require_current(engine)
    except OperationalError as error:
        raise DatabaseAway(
            msg("The database can't be reached: %(reason)s", reason=str(error.orig).strip().splitlines()[0])
        ) from None
    finally:
        engine.dispose()
