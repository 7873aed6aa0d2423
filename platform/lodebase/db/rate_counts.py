"""Rate-limit counters in PostgreSQL, shared by all processes and instances of a site: storage for the library ``limits``."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import psycopg
from limits.storage import Storage
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

SCHEME = "lode-postgresql"
URI = f"{SCHEME}://"
# a window begins with its first request, and the first request after its end begins a new one
COUNT = """
INSERT INTO lode.rate_count AS c (key, hits, expires_at) VALUES (%(key)s, %(hits)s, now() + make_interval(secs => %(window)s))
ON CONFLICT (key) DO UPDATE SET
  hits = CASE WHEN c.expires_at > now() THEN c.hits ELSE 0 END + excluded.hits,
  expires_at = CASE WHEN c.expires_at > now() THEN c.expires_at ELSE excluded.expires_at END
RETURNING hits, extract(epoch FROM expires_at - now())::float8
"""
READ = """
SELECT hits, extract(epoch FROM expires_at - now())::float8 FROM lode.rate_count WHERE key = %(key)s AND expires_at > now()
"""
CLEAR = "DELETE FROM lode.rate_count WHERE key = %(key)s"
RESET = "DELETE FROM lode.rate_count"
SWEEP = """
DELETE FROM lode.rate_count WHERE key IN (
  SELECT key FROM lode.rate_count WHERE expires_at < now() LIMIT 10000 FOR UPDATE SKIP LOCKED)
"""
SWEEP_EVERY_S = 60.0
REMEMBERED = 8
"""The number of recent windows that a thread remembers."""


class PostgresRateCounts(Storage):
    """A fixed window per key, counted by one statement.

    ``get`` and ``get_expiry`` return what the last ``incr`` of the same thread returned, so that the headers of a response
    need no further statement. The clock is the server's, so instances need not be synchronised.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, engine: Engine, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._engine = engine
        self._of_thread = threading.local()
        self._sweep_at = time.monotonic() + SWEEP_EVERY_S

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Return the exceptions of a failing database."""
        return (SQLAlchemyError, psycopg.Error)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add hits and return the number in the window."""
        now = time.monotonic()
        with self._take_driver_connection() as connection:
            row = connection.execute(COUNT, {"key": key, "hits": amount, "window": expiry}).fetchone()
            if now > self._sweep_at:
                self._sweep_at = now + SWEEP_EVERY_S
                connection.execute(SWEEP)
        assert row is not None
        windows = self._list_windows()
        if len(windows) >= REMEMBERED:
            windows.clear()
        windows[key] = (int(row[0]), time.time() + float(row[1]))
        return int(row[0])

    def get(self, key: str) -> int:
        """Return the hits in the window."""
        return self._find_window(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, by this machine's clock."""
        return self._find_window(key)[1]

    def check(self) -> bool:
        """Return whether the database is available."""
        try:
            with self._take_driver_connection() as connection:
                connection.execute("SELECT 1")
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int:
        """Remove all counts and return how many there were."""
        return self._run(RESET)

    def clear(self, key: str) -> None:
        """Remove the count of a key."""
        self._list_windows().pop(key, None)
        self._run(CLEAR, {"key": key})

    def _list_windows(self) -> dict[str, tuple[int, float]]:
        windows: dict[str, tuple[int, float]] = vars(self._of_thread).setdefault("windows", {})
        return windows

    def _find_window(self, key: str) -> tuple[int, float]:
        seen = self._list_windows().get(key)
        if seen is not None and seen[1] > time.time():
            return seen
        with self._take_driver_connection() as connection:
            row = connection.execute(READ, {"key": key}).fetchone()
        return (0, time.time()) if row is None else (int(row[0]), time.time() + float(row[1]))

    def _run(self, statement: LiteralString, values: dict[str, str] | None = None) -> int:
        with self._take_driver_connection() as connection:
            return connection.execute(statement, values).rowcount

    @contextmanager
    def _take_driver_connection(self) -> Iterator[psycopg.Connection]:
        """Yield a pooled connection of the driver itself: SQLAlchemy's own execution costs more than the statement."""
        pooled = self._engine.raw_connection()
        try:
            yield cast(psycopg.Connection, pooled.driver_connection)
        except psycopg.Error as error:
            pooled.invalidate(error)
            raise
        finally:
            pooled.close()
