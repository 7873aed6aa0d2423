"""Upgrade a database: migrations, functions, views, triggers, vocabularies. Can be run again at any time."""

import re
import secrets
from collections.abc import Callable
from dataclasses import asdict

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.errors import DependentObjectsStillExist
from sqlalchemy import Connection, delete, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from lodebase.db import engine as engines
from lodebase.db import signing_keys, sql_objects
from lodebase.db.engine import Addresses
from lodebase.db.private_cluster.preparation import UPGRADE_LOCK, take_error_reason
from lodebase.db.revision import RevisionState, find_migrations, state
from lodebase.db.schema import identity_tables, kind_tables, tables, vocabulary_tables
from lodebase.errors import DatabaseAway, DatabaseUnfit, NotFound
from lodedata.figures.size import load_size_thresholds
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary, names

LOCK_TIMEOUT = "30s"
UNRELEASED = re.compile(r"\d{4}")
"""The form of the migrations before 0.1.0, which the baseline replaced; later ones have a name after the number."""


def build_alembic_config() -> Config:
    """Return Alembic's configuration."""
    config = Config()
    config.set_main_option("script_location", str(find_migrations()).replace("%", "%%"))
    return config


def upgrade(addresses: Addresses, revision: str = "head") -> RevisionState:
    """Run the migrations up to a revision, apply the SQL objects and write the vocabularies. Raise DatabaseUnfit."""
    return _migrate(addresses, lambda conf: command.upgrade(conf, revision))


def run_downgrade(addresses: Addresses, revision: str) -> RevisionState:
    """Run the migrations down to a revision; ``base`` drops everything.

    Functions, views and triggers are dropped with it: they belong to a version of Lode, whose own upgrade applies them.
    """
    return _migrate(addresses, lambda conf: command.downgrade(conf, revision), upwards=False)


def upgrade_in(connection: Connection) -> RevisionState:
    """Run the migrations up to the newest in the transaction of a connection, whose caller holds UPGRADE_LOCK."""
    return _run_migrations(connection, lambda conf: command.upgrade(conf, "head"))


def _migrate(addresses: Addresses, run: Callable[[Config], None], upwards: bool = True) -> RevisionState:
    engine = engines.create_checked_engine(addresses.owner, "lode upgrade", pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
            return _run_migrations(connection, run, upwards)
    except CommandError as error:
        raise NotFound(
            msg("%(error)s; the migrations are base, %(choices)s", error=error, choices=", ".join(list_code_revisions()))
        ) from None
    except ProgrammingError as error:
        raise DatabaseUnfit(
            msg("The database refuses a step of the upgrade: %(reason)s", reason=take_error_reason(error))
        ) from None
    except InternalError as error:
        if not isinstance(error.orig, DependentObjectsStillExist):
            raise
        raise DatabaseUnfit(
            msg(
                "The database refuses a step of the upgrade: %(reason)s (%(message_detail)s). Drop what is not "
                "Lode's, upgrade, and create it again.",
                reason=take_error_reason(error),
                message_detail=error.orig.diag.message_detail,
            )
        ) from None
    except OperationalError as error:
        raise DatabaseAway(msg("The upgrade did not finish: %(reason)s", reason=take_error_reason(error))) from None
    finally:
        engine.dispose()


def _run_migrations(connection: Connection, run: Callable[[Config], None], upwards: bool = True) -> RevisionState:
    for schema in (tables.SCHEMA, tables.HISTORY_SCHEMA):
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    before = state(connection)
    _require_known(before.at)
    conf = build_alembic_config()
    conf.attributes["connection"] = connection
    if not (upwards and before.current and sql_objects.are_applied(connection)):
        sql_objects.drop(connection)
        sql_objects.prepare(connection)
    run(conf)
    reached = state(connection)
    if not reached.current:
        sql_objects.drop_functions(connection, needed=reached.at is not None)
    elif not sql_objects.are_applied(connection):
        kind_tables.make_missing(connection)
        sql_objects.apply(connection)
    if reached.current:
        _write_vocabularies(connection)
        _make_secret(connection)
        signing_keys.make_first(connection)
    return reached


def is_unreleased(revision: str) -> bool:
    """Return whether a revision is one of the migrations before 0.1.0, which the baseline replaced."""
    return UNRELEASED.fullmatch(revision) is not None


def describe_unreleased_store(revision: str) -> str:
    """Return what to do with a store of a development version."""
    return (
        f"The store was made by a development version of Lode before 0.1.0 (migration {revision}), which can't be upgraded. "
        "Export what people entered with that version (`lode judgements export`), then use an empty database or another "
        "LODE_HOME and import the sources again."
    )


def _require_known(revision: str | None) -> None:
    """Raise DatabaseUnfit if another version of Lode created the store, from which no migration leads here."""
    if revision is None or revision in list_code_revisions():
        return
    if is_unreleased(revision):
        raise DatabaseUnfit(describe_unreleased_store(revision))
    raise DatabaseUnfit(
        msg(
            "The store is at %(revision)s, which this version of Lode does not know: install the newer Lode that made it.",
            revision=revision,
        )
    )


def list_code_revisions() -> list[str]:
    """Return the revisions of all migrations of this code, first to last."""
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(build_alembic_config()).walk_revisions()))]


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
        for t in load_vocabulary(name)
    ]
    connection.execute(insert(vocabulary_tables.term), rows)
    connection.execute(delete(vocabulary_tables.size_threshold))
    limits = [asdict(threshold) for threshold in load_size_thresholds().values()]
    connection.execute(insert(vocabulary_tables.size_threshold), limits)


def _make_secret(connection: Connection) -> None:
    """Create the secret that signs sessions, once."""
    statement = postgresql.insert(identity_tables.site_secret).values(name="sessions", value=secrets.token_urlsafe(48))
    connection.execute(statement.on_conflict_do_nothing())
