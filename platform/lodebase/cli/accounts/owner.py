"""What commands share that change accounts: the store as the owner of its tables, in the name of who runs the command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from lodebase import settings as settings_module
from lodebase.db import engine as engines
from lodebase.db.store import open_upgraded_store
from lodebase.desk import trail
from lodebase.desk.writing import open_write_transaction


@contextmanager
def open_owner_engine() -> Iterator[Engine]:
    """Open the store as the owner of its tables."""
    with open_upgraded_store(settings_module.load()) as store:
        engine = engines.create_checked_engine(store.addresses.owner, "lode", pool_size=1)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def open_owner_transaction() -> Iterator[Connection]:
    """Open a transaction as the owner of the tables; the audit trail names the operator for what is done in it."""
    with open_owner_engine() as engine, open_write_transaction(engine, operator=trail.describe_operator()) as connection:
        yield connection
