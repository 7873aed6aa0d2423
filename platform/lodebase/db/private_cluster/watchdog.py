"""Watch statements of the site from outside: cancel those past their time limit, and end their connection if that fails.

statement_timeout is a signal that a statement sees only when it checks. Planning, and some functions, check rarely or
catch it, and then a connection of the site is unavailable for as long as the statement runs.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from lodebase.db import engine as engines
from lodebase.settings import Settings

GRACE_S = 5.0
"""How long after its limit a statement is cancelled, and how long after that its connection is ended."""
EVERY_S = 2.0
AWAY_S = 5.0

OVERDUE = text("""
SELECT pid, query_start, extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND application_name = :application
  AND state = 'active' AND query_start < clock_timestamp() - make_interval(secs => :limit)
""")
END = {
    "cancelled": text("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND query_start = :query_start"),
    "ended": text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND query_start = :query_start"),
}
"""Each with the start time of the statement, so that no other statement of the connection is cancelled."""

Say = Callable[[str], None]


def list_statement_limits(settings: Settings) -> dict[str, float]:
    """Return the time limit in seconds of statements of each application name that is watched."""
    usual = settings.statement_timeout_s
    return {
        engines.SITE_APPLICATION: usual,
        engines.DESK_APPLICATION: usual,
        engines.DOWNLOAD_APPLICATION: settings.download_timeout_s,
    }


def watch(addresses: Sequence[URL], limits_s: Mapping[str, float], over: threading.Event, say: Say) -> None:
    """Cancel statements that run for longer than their limit and a grace period, until ``over`` is set."""
    with _connect_logins(addresses) as watched:
        while not over.wait(EVERY_S):
            for engine in watched:
                # the site itself reports that a database is unavailable, and its statements ended with it
                with contextlib.suppress(DBAPIError), engine.connect() as connection:
                    end_overdue(connection, limits_s, say)


def end_overdue(connection: Connection, limits_s: Mapping[str, float], say: Say, grace_s: float = GRACE_S) -> None:
    """Cancel statements past their limit and the grace period; end the connections of those that run for one more period."""
    for application, limit_s in limits_s.items():
        rows = connection.execute(OVERDUE, {"application": application, "limit": limit_s + grace_s}).mappings().all()
        for row in rows:
            done = "ended" if row["seconds"] > limit_s + 2 * grace_s else "cancelled"
            connection.execute(END[done], {"pid": row["pid"], "query_start": row["query_start"]})
            say(f"{done} a statement of `{application}` after {row['seconds']:.0f} s (PostgreSQL process {row['pid']})")


@contextlib.contextmanager
def _connect_logins(addresses: Sequence[URL]) -> Iterator[list[Engine]]:
    """Yield an engine for each login of the URLs; without its role, as only the login may signal its own connections."""
    logins = dict.fromkeys(address.difference_update_query(["lode_role"]) for address in addresses)
    checked_engines = [
        engines.create_checked_engine(login, "lode watchdog", AWAY_S, pool_size=1, alone=True) for login in logins
    ]
    try:
        yield checked_engines
    finally:
        for engine in checked_engines:
            engine.dispose()
