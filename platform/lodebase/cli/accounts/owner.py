"""What commands share that change accounts: the store as the owner of its tables, in the name of who runs the command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from lodebase import settings as settings_module
from lodebase.db import engine as engines
from lodebase.db.store import opened
from lodebase.desk import trail
from lodebase.desk.writing import writing


@contextmanager
def owner_engine() -> Iterator[Engine]:
    """Open the store as the owner of its tables."""
    with opened(settings_module.load()) as store:
        engine = engines.engine(store.addresses.owner, "lode", pool_size=1)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def owner_transaction() -> Iterator[Connection]:
    """Open a transaction as the owner of the tables; the audit trail names the operator for what is done in it."""
    with owner_engine() as engine, writing(engine, operator=trail.operator_identity()) as connection:
        yield connection
