"""Whether a streaming replica may serve reads: a thread measures it against the primary once a second.

How far the replica is behind is measured in positions of the write-ahead log. Each check notes the primary's position and
the time; the lag is the age of the oldest noted position that the replica has not replayed. That needs no synchronised
clocks, and it measures an idle primary, a paused replay and a broken connection between the two correctly. While the
primary is unreachable no new position is noted, so a replica that had replayed everything continues to serve.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from lodebase.db import revision
from lodebase.db.failures import take_first_error_line

CHECK_S = 1.0
STALE_S = 10.0
"""The age in seconds from which the result of a check no longer counts: the check itself hangs."""
MAX_NOTES = 4096

OF_REPLICA = """
SELECT pg_is_in_recovery() AS standby, (pg_last_wal_replay_lsn() - '0/0')::bigint AS position,
       (SELECT system_identifier FROM pg_control_system()) AS cluster,
       (SELECT version_num FROM lode.alembic_version) AS revision,
       (SELECT coalesce(max(version), 0) FROM lode.dataset_version) AS version
"""
OF_PRIMARY = """
SELECT (pg_current_wal_lsn() - '0/0')::bigint AS position, (SELECT system_identifier FROM pg_control_system()) AS cluster
"""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """The result of the last check; ``reason`` says why the replica is not used, ``lag_s`` is None if it is unknown.

    ``error`` is only for the log, as it may name machines.
    """

    reason: str | None
    lag_s: float | None = None
    version: int = 0
    error: str | None = None


class ReplicaLag:
    """Positions of the primary's log with their times, those that the replica has not replayed yet."""

    def __init__(self) -> None:
        self._notes: deque[tuple[int, float]] = deque()
        self._replayed = 0
        self._reached = False

    def record_replayed(self, position: int) -> None:
        """Record the position that the replica has replayed."""
        self._replayed = position
        while self._notes and self._notes[0][0] <= position:
            self._notes.popleft()
            self._reached = True

    def written(self, position: int, now: float) -> bool:
        """Record the primary's position, read after the replica's; return False if the replica is already past it.

        Such a replica is on another timeline, for example after the primary was recovered to an earlier point in time. It
        counts as unsynchronised until it replays a position recorded from now on.
        """
        if position < self._replayed:
            self._notes.clear()
            self._reached = False
            return False
        if position == self._replayed:
            self._reached = True
        elif not self._notes or position > self._notes[-1][0]:
            self._notes.append((position, now))
            if len(self._notes) > MAX_NOTES:
                self._notes = deque(list(self._notes)[::2])
        return True

    def seconds(self, now: float) -> float | None:
        """Return the lag in seconds, None until the replica has reached a position recorded since the first check."""
        if not self._reached:
            return None
        return now - self._notes[0][1] if self._notes else 0.0


class ReplicaMonitor:
    """Measures a replica against its primary, in a thread that starts with the first use in a process."""

    def __init__(self, primary: Engine, replica: Engine, most_lag_s: float) -> None:
        self._primary, self._replica, self.most_lag_s = primary, replica, most_lag_s
        self.checked: Callable[[ReplicaState], None] = lambda state: None
        """Called with the result of each check."""
        self.state = ReplicaState("it has not been looked at yet")
        self._checked_at = 0.0
        self._served = 0
        self._lag = ReplicaLag()
        self._wanted: str | None = None
        self._pid = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def is_usable(self) -> bool:
        """Return whether reads may go to the replica now; never waits."""
        if self._pid != os.getpid():
            self._start()
        state = self.state
        return state.reason is None and state.version >= self._served and time.monotonic() - self._checked_at < STALE_S

    def served(self, version: int) -> None:
        """Record a version that the primary served; the replica is not used until it has it too."""
        self._served = max(self._served, version)

    def failed(self) -> None:
        """Stop using the replica until the next check, as a read from it has failed."""
        self.state = ReplicaState("a read from it failed", self.state.lag_s, self.state.version)

    def close(self) -> None:
        """End the thread and close the connections."""
        self._closed.set()
        self._primary.dispose()
        self._replica.dispose()

    def check(self) -> ReplicaState:
        """Measure the replica once."""
        self.state = self._measure_state()
        self._checked_at = time.monotonic()
        self.checked(self.state)
        return self.state

    def _start(self) -> None:
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="replica", daemon=True).start()

    def _run(self) -> None:
        while not self._closed.is_set():
            self.check()
            self._closed.wait(CHECK_S)

    def _measure_state(self) -> ReplicaState:
        try:
            with self._replica.connect() as connection:
                standby, position, cluster, revision, version = connection.execute(text(OF_REPLICA)).one()
        except SQLAlchemyError as error:
            return ReplicaState(
                f"it can't be read: {take_first_error_line(error)}", self._lag.seconds(time.monotonic()), self.state.version
            )
        if not standby:
            return ReplicaState("it is not a streaming replica", None, version)
        self._lag.record_replayed(position)
        diverged = not self._note_primary(cluster)
        lag_s = self._lag.seconds(time.monotonic())
        return ReplicaState(self._reason(diverged, revision, lag_s), lag_s, version)

    def _reason(self, diverged: bool, revision: str, lag_s: float | None) -> str | None:
        if diverged:
            return "it does not follow this primary"
        if revision != self._read_revision():
            return f"its store is at {revision}, this code wants {self._read_revision()}"
        if lag_s is None:
            return "it has not caught up with the primary yet"
        if lag_s > self.most_lag_s:
            return f"it is {lag_s:.0f} s behind, more than the {self.most_lag_s:g} s of LODE_READ_LAG_S"
        return None

    def _note_primary(self, cluster: int) -> bool:
        try:
            with self._primary.connect() as connection:
                position, own = connection.execute(text(OF_PRIMARY)).one()
        except SQLAlchemyError:
            return True
        return own == cluster and self._lag.written(position, time.monotonic())

    def _read_revision(self) -> str:
        if self._wanted is None:
            self._wanted = revision.read_wanted_revision()
        return self._wanted
