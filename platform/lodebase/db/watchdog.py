"""Statements of the site that outlive their time limit are cancelled from outside, and their connection ended if that fails.

statement_timeout is a signal that a statement sees when it looks for one. Planning, and some functions, do so rarely or catch
it, and then a connection of the site is gone for as long as the statement runs.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from lodebase.db import engine as engines

WATCHED = (engines.SITE_APPLICATION, engines.DESK_APPLICATION)
"""The application names of the connections that are watched."""
GRACE_S = 5.0
"""How long after its limit a statement is cancelled, and how long after that its connection is ended."""
EVERY_S = 2.0
AWAY_S = 5.0

OVERDUE = text("""
SELECT pid, application_name, query_start, extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND application_name = ANY(:watched)
  AND state = 'active' AND query_start < clock_timestamp() - make_interval(secs => :limit)
""")
END = {
    "cancelled": text("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND query_start = :query_start"),
    "ended": text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND query_start = :query_start"),
}
"""Each with the time the statement began, so that no other statement of the connection is hit."""

Say = Callable[[str], None]


def watch(addresses: Sequence[URL], limit_s: float, over: threading.Event, say: Say) -> None:
    """Cancel statements that run for longer than the limit and a grace period, until it is ``over``."""
    with _connected(addresses) as watched:
        while not over.wait(EVERY_S):
            try:
                for engine in watched:
                    with engine.connect() as connection:
                        end_overdue(connection, limit_s, say)
            except DBAPIError:
                # the site reports that the database is away; its statements ended with it
                over.wait(AWAY_S)


def end_overdue(connection: Connection, limit_s: float, say: Say, grace_s: float = GRACE_S) -> None:
    """Cancel what runs for longer than the limit and the grace period; end the connection of what runs for one more."""
    found = connection.execute(OVERDUE, {"watched": list(WATCHED), "limit": limit_s + grace_s}).mappings().all()
    for row in found:
        done = "ended" if row["seconds"] > limit_s + 2 * grace_s else "cancelled"
        connection.execute(END[done], {"pid": row["pid"], "query_start": row["query_start"]})
        say(f"{done} a statement of `{row['application_name']}` after {row['seconds']:.0f} s (PostgreSQL process {row['pid']})")


@contextlib.contextmanager
def _connected(addresses: Sequence[URL]) -> Iterator[list[Engine]]:
    """An engine for each login of the addresses; without its role, as only the login may signal its own connections."""
    logins = dict.fromkeys(address.difference_update_query(["lode_role"]) for address in addresses)
    made = [engines.engine(login, "lode watchdog", AWAY_S, pool_size=1, alone=True) for login in logins]
    try:
        yield made
    finally:
        for one in made:
            one.dispose()
