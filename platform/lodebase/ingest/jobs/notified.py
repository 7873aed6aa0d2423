"""Background work that begins when the store notifies of it, and is looked for now and then besides."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from lodebase.db.failures import take_first_error_line

CHECK_S = 0.5
"""Seconds at most until the end of the site is noticed."""
RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class NotifiedWork:
    """Work by the channel that notifies of it, its name in messages, and the seconds between looks without a notification."""

    channel: str
    name: str
    poll_s: float
    run: Callable[[], None]

    def watch(self, address: str, stop: threading.Event, report: Callable[[str], None]) -> None:
        """Run the work whenever there may be some, until ``stop`` is set."""
        while not stop.is_set():
            try:
                self._watch(address, stop)
            except psycopg.OperationalError as error:
                report(f"{self.name} wait: the database is away ({take_first_error_line(error)})")
                stop.wait(RETRY_S)

    def _watch(self, address: str, stop: threading.Event) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {self.channel}")
            while not stop.is_set():
                self.run()
                for _ in range(int(self.poll_s / CHECK_S)):
                    if stop.is_set() or any(True for _ in connection.notifies(timeout=CHECK_S, stop_after=1)):
                        break
