"""Gunicorn's settings that the command line can't say."""

from typing import Any

server_software = "lode"
limit_request_line = 8_190
limit_request_fields = 60
keepalive = 5
preload_app = False


def worker_exit(server: Any, worker: Any) -> None:
    """Close a worker's connections with it."""
    app = worker.app.callable if worker.app is not None else None
    if app is not None and "lode" in app.extensions:
        app.extensions["lode"].engine.dispose()
