"""Transactions of curation, with the account or operator for the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from lodebase.db.failures import translate_db_errors

NAMED = text("SELECT set_config('lode.account', :account, true), set_config('lode.operator', :operator, true)")


@contextmanager
def open_write_transaction(engine: Engine, account: str | None = None, operator: str | None = None) -> Iterator[Connection]:
    """Open a transaction for an account or for an operator on the command line, and commit it at the end.

    The audit trail records them with the changes of the transaction.

    Raise DatabaseAway or StatementTimeout if a statement fails.
    """
    with translate_db_errors(), engine.begin() as connection:
        connection.execute(NAMED, {"account": account or "", "operator": operator or ""})
        yield connection
