"""Work during the site: threads that watch, and the process of the background tasks, which is started again when it ends."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from lodebase.cli.output import say

JOIN_S = 3.0
"""Seconds for which the end of a thread is waited for; it ends with this process."""
END_S = 1.0
"""Seconds that the process of the background tasks has to end before it is killed; what it had begun is begun anew."""
AGAIN_S = 2.0
COMMAND = (sys.executable, "-m", "lodebase.cli.main", "tasks")


@contextmanager
def run_watch_thread(name: str, watch: Callable[..., None], *arguments: object) -> Iterator[threading.Event]:
    """Run a watch in a thread and yield the event that ends it, which also the end of the block sets.

    After its arguments the watch gets the event, and the function that writes its lines.
    """
    over = threading.Event()
    worker = threading.Thread(target=watch, args=(*arguments, over, say), name=name, daemon=True)
    worker.start()
    try:
        yield over
    finally:
        over.set()
        worker.join(JOIN_S)


@contextmanager
def run_background_tasks(environment: Mapping[str, str]) -> Iterator[threading.Event]:
    """Run ``lode tasks`` meanwhile, and start it again whenever it has ended; yield the event that ends it sooner.

    It has a process of its own, so that an import or a job that hangs delays neither the supervision nor the end of the site.
    """
    with run_watch_thread("tasks", _keep_running, environment) as over:
        yield over


def _keep_running(environment: Mapping[str, str], over: threading.Event, say: Callable[[str], None]) -> None:
    while not over.is_set():
        process = subprocess.Popen(
            COMMAND, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            while process.poll() is None and not over.wait(0.1):
                pass
        finally:
            _end(process)
        if not over.wait(AGAIN_S):
            say(f"the background tasks ended (status {process.returncode}); starting them again")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
    if process.poll() is None:
        process.kill()
        process.wait()
