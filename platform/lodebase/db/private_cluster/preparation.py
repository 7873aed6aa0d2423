"""What the migrations require of a database server: its version, Lode's roles, the database and its extensions."""

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.private_cluster.cluster import DATABASE, DESK, IMPORTER, OWNER, SITE
from lodebase.db.private_cluster.programs import OLDEST_POSTGIS, OLDEST_POSTGRES
from lodebase.errors import DatabaseAway, DatabaseUnfit
from lodedata.messages import msg

EXTENSIONS = ("postgis",)
TAKEN = (IMPORTER, SITE, DESK)
"""The roles that Lode switches to."""
UPGRADE_LOCK = 7613003
"""The advisory lock for creating or upgrading the store, so that two processes that start at once run one after another."""


def make_database(addresses: Addresses, database: str = DATABASE) -> None:
    """Create the missing roles, database and extensions in a private cluster."""
    assert addresses.admin is not None
    admin = create_engine(addresses.admin.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({UPGRADE_LOCK})"))
        _make_roles(connection, (OWNER, *TAKEN), "LOGIN")
        # as on a server run by somebody else: a site on another machine logs in as the owner and switches to these roles
        connection.execute(text(f"GRANT {', '.join(TAKEN)} TO {OWNER}"))
        there = connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": database})
        if not there:
            connection.execute(text(f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE template0'))
        _prepare_database(addresses.admin.set(database=database), database)
    admin.dispose()


def _prepare_database(address: URL, database: str) -> None:
    """Create the extensions and set who may create temporary tables."""
    inside = create_engine(address, isolation_level="AUTOCOMMIT")
    with inside.connect() as connection:
        for extension in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        connection.execute(text(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC'))
        connection.execute(text(f'GRANT TEMPORARY ON DATABASE "{database}" TO {IMPORTER}, {OWNER}'))
    inside.dispose()


def fit_database(addresses: Addresses) -> None:
    """Check a database that somebody else runs, and create what may be created. Raise DatabaseAway or DatabaseUnfit."""
    engine = engines.create_checked_engine(addresses.owner, "lode upgrade", pool_size=1)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({UPGRADE_LOCK})"))
            _check_version(connection)
            _make_extensions(connection)
            missing = [role for role in TAKEN if not _has_role(connection, role)]
            try:
                _make_roles(connection, tuple(missing), "NOLOGIN")
                for role in TAKEN:
                    if not _may_become(connection, role):
                        connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
            except ProgrammingError:
                user = connection.scalar(text("SELECT current_user"))
                role_statements = "".join(f"CREATE ROLE {role} NOLOGIN; " for role in missing)
                raise DatabaseUnfit(
                    msg(
                        "The user %(user)s may not make roles; ask the database's administrator to run: "
                        '%(steps)sGRANT %(choices)s TO "%(user)s";',
                        user=user,
                        steps=role_statements,
                        choices=", ".join(TAKEN),
                    )
                ) from None
    except OperationalError as error:
        raise DatabaseAway(
            msg("The database of LODE_DATABASE_URL can't be reached: %(reason)s", reason=take_error_reason(error))
        ) from None
    finally:
        engine.dispose()


def _check_version(connection: Connection) -> None:
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if number // 10000 < OLDEST_POSTGRES:
        raise DatabaseUnfit(
            msg(
                "The database is PostgreSQL %(found)s; Lode needs %(oldest_postgres)s or newer.",
                found=number // 10000,
                oldest_postgres=OLDEST_POSTGRES,
            )
        )


def _make_extensions(connection: Connection) -> None:
    for extension in EXTENSIONS:
        try:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        except DBAPIError as error:
            raise DatabaseUnfit(
                msg(
                    "The database lacks the extension %(extension)s (%(reason)s); ask its administrator to "
                    "run: CREATE EXTENSION %(extension)s;",
                    extension=extension,
                    reason=take_error_reason(error),
                )
            ) from None
    version = str(connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_POSTGIS:
        raise DatabaseUnfit(
            msg(
                "The database has PostGIS %(version)s; Lode needs %(choices)s or newer.",
                version=version,
                choices=".".join(map(str, OLDEST_POSTGIS)),
            )
        )


def _has_role(connection: Connection, role: str) -> bool:
    return bool(connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role}))


def _may_become(connection: Connection, role: str) -> bool:
    """Return whether the user may switch to a role; tested by trying, as the effect of membership differs between versions."""
    try:
        connection.execute(text(f"SET ROLE {role}"))
    except ProgrammingError:
        return False
    connection.execute(text("RESET ROLE"))
    return True


def _make_roles(connection: Connection, roles: tuple[str, ...], login: str) -> None:
    for role in roles:
        if not _has_role(connection, role):
            connection.execute(text(f"CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE"))


def take_error_reason(error: DBAPIError) -> str:
    """Return the first line of a database error."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
