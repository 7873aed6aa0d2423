"""Child processes: their memory settings, and their end with the parent."""

import ctypes
import signal
import sys
from collections.abc import Mapping

MEMORY: Mapping[str, str] = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(32 << 20)}
"""The bytes that a process keeps allocated for its next response, as variables of glibc (mallopt(3)).

If they were returned, the kernel would provide them anew each time, and page faults for a response of a megabyte would
cost more than the rest of it: joining a thousand features to one text takes 3.5 ms instead of 0.6.
"""
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Make the kernel end this process when its parent ends, even if the parent was killed: prctl(2)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
