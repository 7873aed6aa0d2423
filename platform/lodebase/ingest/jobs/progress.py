"""Progress of an import."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class ImportProgress:
    """The rows read so far, counted by the import and shown by the command."""

    rows: int = 0
    began: float = field(default_factory=time.monotonic)

    def per_second(self) -> float:
        """Return the rows read per second since the beginning."""
        return self.rows / max(time.monotonic() - self.began, 1e-9)
