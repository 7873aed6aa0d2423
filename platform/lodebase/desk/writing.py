"""The one way in which something is written for a person: a transaction that knows for whom."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from lodebase.query.run import in_words

NAMED = text("SELECT set_config('lode.account', :account, true)")


@contextmanager
def writing(engine: Engine, account: str | None = None) -> Iterator[Connection]:
    """A transaction for an account, committed at its end; the audit trail names the account for what is done in it.

    Raises DatabaseAway and StatementTimeout for what goes wrong.
    """
    with in_words(), engine.begin() as connection:
        connection.execute(NAMED, {"account": account or ""})
        yield connection
