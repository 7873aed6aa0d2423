"""Heartbeats: each process of a site marks that it responds, and one that is silent for long is ended.

A process can be stuck where no signal handler of Python runs, for example in a regular expression that never ends.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lodebase.process import runtime_folder

EVERY_S = 0.5
SILENT_AT_STOP_S = 2.0
"""Seconds without a heartbeat after which a process is ended while the site stops: it has no request that could still end."""
CHECK_S = 2.0
CLEAN_EVERY_S = 60.0


def mark_heartbeat() -> None:
    """Mark that this process responds; do nothing outside a running site."""
    folder = runtime_folder.find_runtime_folder()
    if folder is not None:
        with contextlib.suppress(OSError):
            (folder.beats / str(os.getpid())).touch()


@contextmanager
def beat_from_thread() -> Iterator[None]:
    """Beat from a thread meanwhile."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(EVERY_S):
            mark_heartbeat()

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(EVERY_S * 2)


class HeartbeatMonitor:
    """Kills processes that are silent, by the time for which their heartbeats were seen unchanged.

    The clock of the files is not compared: it may be set, and after a machine has slept every heartbeat is old.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder, self._say = folder, say
        self._seen: dict[str, tuple[int, float]] = {}

    def end_silent(self, silent_s: float) -> None:
        """Kill the processes that have been silent for longer, and forget those that have ended."""
        now = time.monotonic()
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):
                beat_at = path.stat().st_mtime_ns
                last_beat, since = self._seen.get(path.name, (0, now))
                if beat_at != last_beat:
                    self._seen[path.name] = (beat_at, now)
                elif now - since > silent_s:
                    path.unlink()
                    os.kill(int(path.name), signal.SIGKILL)
                    self._say(f"ended process {path.name}, which had not responded for {now - since:.0f} s")


def watch(folder: Path, silent_s: float, over: threading.Event, say: Callable[[str], None]) -> None:
    """End silent processes, and remove what ended ones have left, until ``over`` is set."""
    monitor, clean_at = HeartbeatMonitor(folder, say), time.monotonic() + CLEAN_EVERY_S
    while not over.wait(CHECK_S):
        monitor.end_silent(silent_s)
        if time.monotonic() > clean_at:
            runtime_folder.remove_abandoned()
            clean_at = time.monotonic() + CLEAN_EVERY_S
