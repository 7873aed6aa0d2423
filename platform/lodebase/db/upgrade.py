"""Bring a database up to date: roles, extensions, migrations, vocabularies. Can be run again at any time."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, delete, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

import lodebase
from lodebase.db import desk_tables, tables, vocabulary_tables
from lodebase.db import engine as engines
from lodebase.db.cluster import DATABASE, DESK, IMPORTER, OWNER, SITE
from lodebase.db.engine import Addresses
from lodebase.db.programs import OLDEST_POSTGIS, OLDEST_POSTGRES
from lodebase.errors import DatabaseAway, DatabaseUnfit, NoSuchThing, NotMigrated
from lodedata.size import thresholds
from lodedata.vocab import names, vocabulary

EXTENSIONS = ("postgis", "pg_trgm")
TAKEN = (IMPORTER, SITE, DESK)
"""Roles that Lode falls to."""
LOCK_TIMEOUT = "30s"
UPGRADE_LOCK = 7613003
"""Taken by whoever makes or upgrades the store, so that two who begin at once follow one another."""


@dataclass(frozen=True, slots=True)
class State:
    """Which migration the store is at and which one this code wants."""

    at: str | None
    wanted: str

    @property
    def current(self) -> bool:
        """Whether the store is where this code wants it."""
        return self.at == self.wanted


def config() -> Config:
    """Alembic's configuration: the scripts lie in the package when installed, else at the root of the repository."""
    inside = Path(lodebase.__file__).parent / "migrations"
    root = Path(lodebase.__file__).parents[2] / "migrations"
    made = Config()
    made.set_main_option("script_location", str(inside if inside.is_dir() else root).replace("%", "%%"))
    return made


def make_database(addresses: Addresses, database: str = DATABASE) -> None:
    """Make roles, database and extensions in a private cluster, where they are missing."""
    assert addresses.admin is not None
    admin = create_engine(addresses.admin.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({UPGRADE_LOCK})"))
        _make_roles(connection, (OWNER, *TAKEN), "LOGIN")
        # as where someone else runs the server: a site on another machine logs in as the owner and falls to these
        connection.execute(text(f"GRANT {', '.join(TAKEN)} TO {OWNER}"))
        there = connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": database})
        if not there:
            connection.execute(text(f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE template0'))
        _furnish(addresses.admin.set(database=database), database)
    admin.dispose()


def _furnish(address: URL, database: str) -> None:
    """Extensions, and who may make temporary tables."""
    inside = create_engine(address, isolation_level="AUTOCOMMIT")
    with inside.connect() as connection:
        for extension in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        connection.execute(text(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC'))
        connection.execute(text(f'GRANT TEMPORARY ON DATABASE "{database}" TO {IMPORTER}, {OWNER}'))
    inside.dispose()


def fit_database(addresses: Addresses) -> None:
    """Check a database that someone else runs, and make what may be made. Raises DatabaseAway, DatabaseUnfit."""
    found = engines.engine(addresses.owner, "lode upgrade", pool_size=1)
    try:
        with found.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({UPGRADE_LOCK})"))
            _check_version(connection)
            _make_extensions(connection)
            missing = [role for role in TAKEN if not _role_exists(connection, role)]
            try:
                _make_roles(connection, tuple(missing), "NOLOGIN")
                for role in TAKEN:
                    if not _may_become(connection, role):
                        connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
            except ProgrammingError:
                user = connection.scalar(text("SELECT current_user"))
                made = "".join(f"CREATE ROLE {role} NOLOGIN; " for role in missing)
                raise DatabaseUnfit(
                    f"The user {user} may not make roles; ask the database's administrator to run: "
                    f'{made}GRANT {", ".join(TAKEN)} TO "{user}";'
                ) from None
    except OperationalError as error:
        raise DatabaseAway(f"The database of LODE_DATABASE_URL can't be reached: {_reason(error)}") from None
    finally:
        found.dispose()


def upgrade(addresses: Addresses, revision: str = "head") -> State:
    """Run the migrations up to a revision and write the vocabularies anew. Raises DatabaseUnfit."""
    return _migrate(addresses, lambda conf: command.upgrade(conf, revision))


def downgrade(addresses: Addresses, revision: str) -> State:
    """Run the migrations down to a revision; ``base`` takes everything away."""
    return _migrate(addresses, lambda conf: command.downgrade(conf, revision))


def state(connection: Connection) -> State:
    """The store's revision and the wanted one."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": tables.SCHEMA})
    return State(context.get_current_revision(), wanted())


def wanted() -> str:
    """Return the revision that this code wants a store to be at."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None
    return found


def require_current(engine: Engine) -> None:
    """Raises NotMigrated unless the store is at the revision of this code."""
    with engine.connect() as connection:
        found = state(connection)
    if not found.current:
        raise NotMigrated(f"The store is at {found.at or 'nothing'}, this code wants {found.wanted}; run `lode db upgrade`.")


def upgrade_in(connection: Connection) -> State:
    """Run the migrations up to the newest in the transaction of a connection, whose caller holds UPGRADE_LOCK."""
    return _run_migrations(connection, lambda conf: command.upgrade(conf, "head"))


def _migrate(addresses: Addresses, run: Callable[[Config], None]) -> State:
    found = engines.engine(addresses.owner, "lode upgrade", pool_size=1)
    try:
        with found.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
            return _run_migrations(connection, run)
    except CommandError as error:
        raise NoSuchThing(f"{error}; the migrations are base, {', '.join(revisions())}") from None
    except ProgrammingError as error:
        raise DatabaseUnfit(f"The database refuses a step of the upgrade: {_reason(error)}") from None
    except OperationalError as error:
        raise DatabaseAway(f"The upgrade did not finish: {_reason(error)}") from None
    finally:
        found.dispose()


def _run_migrations(connection: Connection, run: Callable[[Config], None]) -> State:
    for schema in (tables.SCHEMA, tables.HISTORY_SCHEMA):
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    conf = config()
    conf.attributes["connection"] = connection
    run(conf)
    reached = state(connection)
    if reached.current:
        _write_vocabularies(connection)
        _make_secret(connection)
    return reached


def revisions() -> list[str]:
    """Return the revisions of all migrations of this code, first to last."""
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]


def _check_version(connection: Connection) -> None:
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if number // 10000 < OLDEST_POSTGRES:
        raise DatabaseUnfit(f"The database is PostgreSQL {number // 10000}; Lode needs {OLDEST_POSTGRES} or newer.")


def _make_extensions(connection: Connection) -> None:
    for extension in EXTENSIONS:
        try:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        except DBAPIError as error:
            raise DatabaseUnfit(
                f"The database lacks the extension {extension} ({_reason(error)}); "
                f"ask its administrator to run: CREATE EXTENSION {extension};"
            ) from None
    version = str(connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_POSTGIS:
        raise DatabaseUnfit(f"The database has PostGIS {version}; Lode needs {'.'.join(map(str, OLDEST_POSTGIS))} or newer.")


def _role_exists(connection: Connection, role: str) -> bool:
    return bool(connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role}))


def _may_become(connection: Connection, role: str) -> bool:
    """Whether the user may take a role; tried, since what membership allows differs between versions of PostgreSQL."""
    try:
        connection.execute(text(f"SET ROLE {role}"))
    except ProgrammingError:
        return False
    connection.execute(text("RESET ROLE"))
    return True


def _make_roles(connection: Connection, roles: tuple[str, ...], login: str) -> None:
    for role in roles:
        if not _role_exists(connection, role):
            connection.execute(text(f"CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE"))


def _write_vocabularies(connection: Connection) -> None:
    connection.execute(delete(vocabulary_tables.term))
    rows = [
        {
            "vocabulary": name,
            "code": t.code,
            "label_en": t.label_en,
            "label_zh": t.label_zh,
            "broader": t.broader,
            "uri": t.uri,
        }
        for name in names()
        for t in vocabulary(name)
    ]
    connection.execute(insert(vocabulary_tables.term), rows)
    connection.execute(delete(vocabulary_tables.size_threshold))
    limits = [asdict(threshold) for threshold in thresholds().values()]
    connection.execute(insert(vocabulary_tables.size_threshold), limits)


def _make_secret(connection: Connection) -> None:
    """Make what sessions are signed with, once."""
    made = postgresql.insert(desk_tables.site_secret).values(name="sessions", value=secrets.token_urlsafe(48))
    connection.execute(made.on_conflict_do_nothing())


def _reason(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
