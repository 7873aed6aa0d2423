"""A pooled connection that the server has ended is noticed before it is used, without asking the server."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses


@pytest.fixture
def engine(addresses: Addresses) -> Iterator[Engine]:
    """An engine of one connection as the site has it."""
    made = engines.create_checked_engine(addresses.site, "tests", statement_timeout_s=5, pool_size=1)
    yield made
    made.dispose()


@pytest.fixture
def admin(addresses: Addresses) -> Iterator[psycopg.Connection]:
    assert addresses.admin is not None
    with psycopg.connect(addresses.admin.set(drivername="postgresql").render_as_string(), autocommit=True) as made:
        yield made


def number(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_is_used_again(engine: Engine) -> None:
    seen = set()
    for _ in range(5):
        with engine.connect() as connection:
            seen.add(number(connection))
    assert len(seen) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_one_that_the_server_has_ended_is_replaced_before_it_is_used(
    engine: Engine, admin: psycopg.Connection, times: int
) -> None:
    for _ in range(times):
        with engine.connect() as connection:
            before = number(connection)
        # waits until it has ended
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        with engine.connect() as connection:
            assert number(connection) != before


def test_one_that_was_sent_a_query_is_stored(engine: Engine, admin: psycopg.Connection) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = number(connection)
        connection.execute(text("LISTEN tests"))
    for _ in range(20):
        admin.execute("NOTIFY tests")
    with engine.connect() as connection:
        assert number(connection) == before


def test_no_query_is_sent_to_find_out(engine: Engine, admin: psycopg.Connection) -> None:
    with engine.connect() as connection:
        pid = number(connection)
    statement = "SELECT query_start, state_change FROM pg_stat_activity WHERE pid = %s"
    before = admin.execute(statement, [pid]).fetchone()
    with engine.connect():
        assert admin.execute(statement, [pid]).fetchone() == before
