"""Whether what people judged is served yet."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

State = Literal["served", "waiting", "refused"]
ASKED = text("SELECT subject, max(trouble) AS trouble FROM lode.unserved GROUP BY subject")
LATE = text("SELECT count(DISTINCT subject) FROM lode.unserved WHERE at < now() - make_interval(secs => :late)")
LATE_S = 60.0
"""What has waited for so long waits for an import, or for a site that does nothing but read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not served yet, by what was judged: each with the store's words where it refused."""

    troubles: dict[str, str | None]

    def state(self, subject: object) -> State:
        """Whether a judgement is served."""
        if str(subject) not in self.troubles:
            return "served"
        return "waiting" if self.troubles[str(subject)] is None else "refused"


def waiting(connection: Connection) -> Waiting:
    """All that is not served yet."""
    return Waiting({row.subject: row.trouble for row in connection.execute(ASKED)})


def late(connection: Connection) -> int:
    """How many have waited for longer than it takes."""
    return int(connection.scalar(LATE, {"late": LATE_S}) or 0)
