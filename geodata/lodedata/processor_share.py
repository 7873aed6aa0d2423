"""The share of the processor that this process and those it starts take while others want it too."""

import contextlib
import os
from pathlib import Path

BACKGROUND = 10
"""Steps for work that nobody waits for within seconds: about a tenth of what a request takes (sched(7))."""
FILES = 5
"""Steps for the reading of foreign files and the writing of downloads: about a third."""


def lower_priority(steps: int) -> None:
    """Lower the priority by steps of nice(2), for the process and for the session that Linux groups it with (sched(7)).

    An idle processor is used as before.
    """
    with contextlib.suppress(OSError):
        lowered = os.nice(steps)
        # sessions share the processor first and processes after that, where the kernel groups by session
        Path("/proc/self/autogroup").write_text(str(min(lowered, 19)), encoding="ascii")
