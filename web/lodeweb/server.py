"""Gunicorn's settings that the command line can't say."""

import ctypes
import gc
import signal
import sys
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

server_software = "lode"
limit_request_line = 8_190
limit_request_fields = 60
keepalive = 5
# loaded once: the workers share its memory, and start at once
preload_app = True
worker_class = "lodeweb.worker.Worker"
# fewer than the files a process may have open on most systems, with some for the database
worker_connections = 900
# a file goes the way of all answers, which waits for no client
sendfile = False
PR_SET_PDEATHSIG = 1
# folium loads pandas where it can, for tables that nobody here gives it: 70 MB of each process. Gunicorn alone reads this
# module, before it loads the site.
sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]


def on_starting(server: Any) -> None:
    """End with the command that started the site, also when that was killed and could end nothing itself: prctl(2)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def when_ready(server: Any) -> None:
    """Leave what was loaded alone, so that no worker copies its pages only to look for garbage."""
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Take what a dead worker had in flight out of the figures."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_exit(server: Any, worker: Any) -> None:
    """Close a worker's connections with it."""
    app = worker.app.callable if worker.app is not None else None
    if app is not None and "lode" in app.extensions:
        app.extensions["lode"].dispose()
