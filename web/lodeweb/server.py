"""Gunicorn's settings that the command line can't say."""

import ctypes
import signal
import sys
from typing import Any

server_software = "lode"
limit_request_line = 8_190
limit_request_fields = 60
keepalive = 5
preload_app = False
PR_SET_PDEATHSIG = 1


def on_starting(server: Any) -> None:
    """End with the command that started the site, also when that was killed and could end nothing itself: prctl(2)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def worker_exit(server: Any, worker: Any) -> None:
    """Close a worker's connections with it."""
    app = worker.app.callable if worker.app is not None else None
    if app is not None and "lode" in app.extensions:
        app.extensions["lode"].engine.dispose()
