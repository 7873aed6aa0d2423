"""Whether judgements and proposed values are served yet."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

State = Literal["served", "waiting", "refused"]
UNSERVED = text("SELECT subject, max(trouble) AS trouble FROM lode.unserved GROUP BY subject")
LATE = text("SELECT count(DISTINCT subject) FROM lode.unserved WHERE at < now() - make_interval(secs => :late)")
LATE_S = 60.0
"""Seconds after which a waiting judgement is late: an import runs, or the site is read-only."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unserved judgements by subject, each with the store's error if it was rejected."""

    troubles: dict[str, str | None]

    def state(self, subject: object) -> State:
        """Return the state of a judgement."""
        if str(subject) not in self.troubles:
            return "served"
        return "waiting" if self.troubles[str(subject)] is None else "refused"


def list_waiting(connection: Connection) -> Waiting:
    """Return all unserved judgements."""
    return Waiting({row.subject: row.trouble for row in connection.execute(UNSERVED)})


def count_late(connection: Connection) -> int:
    """Return the number of late judgements."""
    return int(connection.scalar(LATE, {"late": LATE_S}) or 0)
