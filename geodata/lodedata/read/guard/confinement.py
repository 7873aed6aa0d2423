"""Resource limits of a process that reads an untrusted file, enforced by the kernel."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass

MIB = 2**20
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_NO_NEW_PRIVS = 38
OPEN_FILES = 64
STACK_BYTES = 4 * MIB
"""Less than the client has, so that the client can parse whatever this process parsed without an overflow."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of one reading process; ``wall_s`` is the time until its next frame, and its whole time if ``once``."""

    memory_bytes: int
    cpu_s: int | None
    wall_s: int
    once: bool

    @property
    def memory_mb(self) -> int:
        """The memory in megabytes, as messages name it."""
        return self.memory_bytes // MIB


UPLOAD = Confinement(512 * MIB, 10, 10, once=True)
"""For a file that anybody may upload to the site."""
IMPORT = Confinement(768 * MIB, None, 60, once=False)
"""For a file that an operator imports: any length of file, but never a minute without a row."""


def confine(bounds: Confinement) -> None:
    """Apply the bounds to this process. Called by the process that reads, after it was forked and before it opens anything.

    Files can't be written (RLIMIT_FSIZE), programs gain no rights (PR_SET_NO_NEW_PRIVS), and there is no network where
    the kernel allows a namespace: root needs none of a user, others take one of their own.
    """
    # the default action of these signals ends the process, whatever code it is in
    for number in (signal.SIGALRM, signal.SIGPIPE, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.alarm(bounds.wall_s)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, STACK_BYTES))
    # private writable memory; address space alone would count what libraries reserve and never use
    resource.setrlimit(resource.RLIMIT_DATA, (bounds.memory_bytes, bounds.memory_bytes))
    if bounds.cpu_s is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 1))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None, use_errno=True)
            libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER)


def progress(bounds: Confinement) -> None:
    """Restart the time limit until the next frame, unless the limit is for the complete job."""
    if not bounds.once:
        signal.alarm(bounds.wall_s)


def pause(bounds: Confinement) -> None:
    """Suspend that time limit while the process waits for its client."""
    if not bounds.once:
        signal.alarm(0)
