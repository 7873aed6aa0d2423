"""Background work: the loop that looks for it, and tables of work of which each piece is run by one process of several."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from lodebase.db.failures import take_first_error_line

CHECK_S = 30.0
"""Seconds between checks for work whose process has ended."""
STOP_S = 0.5
"""Seconds at most until the end of the site is noticed."""
RETRY_S = 5.0
# a machine that is switched off closes no connection, so the server checks that it is there
KEEPALIVES = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
KEY = "hashtextextended(%(kind)s || ' ' || {id}::text, 0)"
LOCK = f"SELECT pg_advisory_lock({KEY.format(id='%(id)s')})"
ABANDONED = (
    "WITH running AS MATERIALIZED (SELECT {id} FROM {table} WHERE state = 'running' FOR UPDATE SKIP LOCKED) "
    f"SELECT {{id}} FROM running WHERE pg_try_advisory_xact_lock({KEY})"
)


@dataclass(frozen=True, slots=True)
class WorkTable:
    """A table of work; who takes a piece holds a lock of its session, which ends with the process.

    ``next_piece`` takes a piece and returns its identifier first. The statements ``put_back`` get the identifiers of the
    pieces whose process has ended as ``%(ended)s``, and the further values by name.
    """

    kind: str
    table: str
    key: str
    next_piece: str
    put_back: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    @contextmanager
    def take(self, address: str) -> Iterator[tuple[Any, ...] | None]:
        """Yield the row of the next piece, None without any; it is locked until the end of the block."""
        connection = psycopg.connect(address, autocommit=True)
        try:
            connection.execute(KEEPALIVES)
            with connection.transaction():
                row = connection.execute(self.next_piece.encode()).fetchone()
                if row is not None:
                    connection.execute(LOCK, {"kind": self.kind, "id": str(row[0])})
            yield row
        finally:
            with suppress(psycopg.Error), connection:
                # the server notices a closed connection some time later
                connection.execute("SELECT pg_advisory_unlock_all()")

    def put_back_abandoned(self, address: str) -> None:
        """Put back the running pieces whose process has ended."""
        abandoned = ABANDONED.format(id=self.key, table=self.table)
        with psycopg.connect(address) as connection:
            ended = [row[0] for row in connection.execute(abandoned.encode(), {"kind": self.kind})]
            for statement in self.put_back:
                connection.execute(statement.encode(), {**self.values, "ended": ended})


@dataclass(frozen=True, slots=True)
class BackgroundWork:
    """Work that begins when the store notifies of it, and is looked for every ``poll_s`` seconds besides.

    ``run`` runs some of it, and returns whether there was any. Interrupted work of the table is put back.
    """

    name: str
    channel: str
    poll_s: float
    run: Callable[[], bool]
    table: WorkTable | None = None

    def watch(self, address: str, stop: threading.Event, report: Callable[[str], None]) -> None:
        """Run the work whenever there may be some, until ``stop`` is set."""
        while not stop.is_set():
            try:
                self._watch(address, stop)
            except psycopg.OperationalError as error:
                report(f"{self.name} wait: the database is away ({take_first_error_line(error)})")
                stop.wait(RETRY_S)

    def _watch(self, address: str, stop: threading.Event) -> None:
        checked = -math.inf
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {self.channel}")
            while not stop.is_set():
                if self.table is not None and time.monotonic() - checked > CHECK_S:
                    self.table.put_back_abandoned(address)
                    checked = time.monotonic()
                if not self.run():
                    self._wait(connection, stop)

    def _wait(self, connection: psycopg.Connection[Any], stop: threading.Event) -> None:
        """Wait for a notification, for ``stop``, or until the next look."""
        for _ in range(int(self.poll_s / STOP_S)):
            if stop.is_set() or any(True for _ in connection.notifies(timeout=STOP_S, stop_after=1)):
                return
