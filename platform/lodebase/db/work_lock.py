"""Work that one process of several takes: who takes a piece holds a lock of its session, which ends with the process."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

CHECK_S = 30.0
"""Seconds between checks for work whose process has ended."""
# a machine that is switched off closes no connection, so the server checks that it is there
KEEPALIVES = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
KEY = "hashtextextended(%(kind)s || ' ' || {id}::text, 0)"
LOCK = f"SELECT pg_advisory_lock({KEY.format(id='%(id)s')})"
ABANDONED = (
    "WITH running AS MATERIALIZED (SELECT {id} FROM {table} WHERE state = 'running' FOR UPDATE SKIP LOCKED) "
    f"SELECT {{id}} FROM running WHERE pg_try_advisory_xact_lock({KEY})"
)


@contextmanager
def work_taken(address: str, kind: str, statements: tuple[str, ...]) -> Iterator[tuple[Any, ...] | None]:
    """Yield a row of the piece of work that statements take, None without any; it is locked until the end of the block.

    The first statement returns the identifier of the piece first, each later one is run with it, and the last row is yielded.
    """
    connection = psycopg.connect(address, autocommit=True)
    try:
        connection.execute(KEEPALIVES)
        with connection.transaction():
            row = connection.execute(statements[0].encode()).fetchone()
            if row is not None:
                identity = row[0]
                connection.execute(LOCK, {"kind": kind, "id": str(identity)})
                for statement in statements[1:]:
                    row = (*row, *(connection.execute(statement.encode(), (identity,)).fetchone() or ()))
        yield row
    finally:
        with suppress(psycopg.Error):
            connection.close()


def abandoned_work(connection: psycopg.Connection[Any], kind: str, table: str, column: str) -> list[Any]:
    """Return the identifiers of running pieces of work whose process has ended, locked until the transaction ends."""
    statement = ABANDONED.format(id=column, table=table)
    return [row[0] for row in connection.execute(statement.encode(), {"kind": kind})]
