"""Resource limits of a process that reads an untrusted file, enforced by the kernel."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lodedata.read.guard import kernel_filters

MIB = 2**20
CLONE_NEWNET = 0x40000000
OPEN_FILES = 64
STACK_BYTES = 4 * MIB
"""Less than the client has, so that the client can parse whatever this process parsed without an overflow."""


VARIABLE = "LODE_CONFINEMENT"
REQUIRED, AVAILABLE = "required", "available"
"""Values of that variable: refuse to read without what the kernel should forbid, or read with what it can."""
READER_USER = 64_317
"""Number of the user that a reader of root becomes; no account has it, so it has no login to the database."""
LIBRARIES = ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


class Unconfined(Exception):
    """The kernel does not restrict this process as required."""


WAITING = 10
"""How many times its limit of processor time a process may take by the clock until its next frame."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of one reading process.

    ``wall_s`` is its whole time if ``once``, else the processor time until its next frame: a busy machine is no reason to
    stop it. A process that waits is ended after ``WAITING`` times that.
    """

    memory_bytes: int
    cpu_s: int | None
    wall_s: int
    once: bool
    written_bytes: int = 0
    """The longest file that it may write, in the folder of its own; without one it writes none."""

    @property
    def alarm_s(self) -> int:
        """The seconds after which it is ended, whether it computes or waits."""
        return self.wall_s if self.once else self.wall_s * WAITING

    @property
    def memory_mb(self) -> int:
        """The memory in megabytes, as messages name it."""
        return self.memory_bytes // MIB


UPLOAD = Confinement(512 * MIB, 10, 10, once=True)
"""For a file that anybody may upload to the site."""
IMPORT = Confinement(768 * MIB, None, 60, once=False)
"""For a file that an operator imports: any length of file, but never a minute of processor time without a row."""


def confine(bounds: Confinement, source: Path | None = None, folder: Path | None = None) -> None:
    """Apply the bounds to this process. Called by the process that reads, after it was forked and before it opens anything.

    It reads the source and libraries and nothing else, writes in a folder of its own or nowhere, has no network, starts no
    program and signals no other process. Raises Unconfined where the kernel can't enforce that, unless LODE_CONFINEMENT is
    ``available``.
    """
    # the default action of these signals ends the process, whatever code it is in
    for number in (signal.SIGALRM, signal.SIGPIPE, signal.SIGPROF, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.alarm(bounds.alarm_s)
    restart_time_limit(bounds)
    _restrict(source, folder)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.written_bytes, bounds.written_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, STACK_BYTES))
    # private writable memory; address space alone would count what libraries reserve and never use
    resource.setrlimit(resource.RLIMIT_DATA, (bounds.memory_bytes, bounds.memory_bytes))
    if bounds.cpu_s is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 1))


def list_missing_restrictions() -> list[str]:
    """Return the names of required restrictions that this machine can't enforce; none if the operator accepts that."""
    return [] if os.environ.get(VARIABLE, REQUIRED) == AVAILABLE else kernel_filters.list_missing_filters()


def _restrict(source: Path | None, folder: Path | None) -> None:
    missing = kernel_filters.list_missing_filters()
    if list_missing_restrictions():
        raise Unconfined(", ".join(missing))
    if sys.platform != "linux":
        return
    try:
        kernel_filters.gain_no_rights()
        if os.geteuid() == 0:
            # a network of its own besides, which a container may forbid
            ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET)
        if "Landlock" not in missing:
            kernel_filters.allow_paths(_list_readable_paths(source), () if folder is None else (folder,))
        if os.geteuid() == 0:
            if folder is not None:
                os.chown(folder, READER_USER, READER_USER)
            kernel_filters.become(READER_USER)
        if "seccomp" not in missing:
            kernel_filters.refuse_calls()
    except OSError as error:
        if os.environ.get(VARIABLE, REQUIRED) != AVAILABLE:
            raise Unconfined(str(error)) from None


def _list_readable_paths(source: Path | None) -> Iterator[Path]:
    """Yield the folder of the source, as a format may have several files of one name, and the folders of libraries."""
    if source is not None:
        yield source if source.is_dir() else source.parent
    yield from map(Path, (*LIBRARIES, sys.prefix, sys.base_prefix, *filter(None, sys.path)))


def restart_time_limit(bounds: Confinement) -> None:
    """Restart the time limit until the next frame, unless the limit is for the complete job."""
    if not bounds.once:
        signal.alarm(bounds.alarm_s)
        signal.setitimer(signal.ITIMER_PROF, bounds.wall_s)


def pause(bounds: Confinement) -> None:
    """Suspend that time limit while the process waits for its client."""
    if not bounds.once:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
