"""The server process of the site: granian, with the site loaded before its workers are forked."""

import gc
import importlib
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from prometheus_client.multiprocess import mark_process_dead

from lodebase import settings as settings_module
from lodebase.download.spool import SENT_AT_ONCE
from lodebase.process.child_process import end_with_parent
from lodeweb.http.access.body_limits import list_limits_by_path
from lodeweb.http.service import metrics
from lodeweb.http.service.bodies import BodyReader
from lodeweb.http.service.bridge import Bridge
from lodeweb.http.service.connections import ConnectionWatch, OpenRequests

APPLICATION = "lodeweb.app"
CREATE = "lodeweb.http.service.server:create"
HEAD_S = 10
"""Seconds a client may take to send the head of a request."""
BUFFER_BYTES = 128 << 10
"""Memory of one connection for the head of a request, and for data that its client has not taken."""
CONNECTIONS = 4_096
"""Connections of one process."""
MAX_CONNECTIONS_OF_ADDRESS = 512
"""Connections of one process that one address may have without a request at work."""
SPARE_THREADS = 8
"""Threads of one process besides those that use the database, wait for it or send files."""
SWITCH_S = 0.001
"""Seconds a thread may hold the interpreter while others wait; at the default 5 ms a costly filter delays all others more."""
LOGGING: dict[str, Any] = {
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "filters": ["own"]}},
    "filters": {"own": {"()": "lodeweb.http.service.server.AbortedFilter"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


class AbortedFilter:
    """Hides the tracebacks of responses that were cut off on purpose; the site has logged the reason."""

    def filter(self, record: Any) -> bool:
        """Return whether a record is logged."""
        return "ResponseAborted" not in record.getMessage()


def create() -> Bridge:
    """Return the ASGI application of one worker."""
    # until the server sets its own handler, the one inherited from its parent would ignore the end of the site
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    _forget_dead_workers()
    sys.setswitchinterval(SWITCH_S)
    app = importlib.import_module(APPLICATION).create_app()
    settings = app.extensions["lode"].settings
    threads = settings.threads + settings.queue + SPARE_THREADS + SENT_AT_ONCE
    bodies = BodyReader(app.config["MAX_CONTENT_LENGTH"], settings.body_timeout_s, list_limits_by_path(app))
    # behind a proxy all connections have its address
    max_of_address = None if settings.trusted_proxies else MAX_CONNECTIONS_OF_ADDRESS
    watch = ConnectionWatch(OpenRequests(), max_of_address)
    watch.start()
    return Bridge(app, threads, bodies, settings.slow_client_s, watch.requests)


def main() -> None:
    """Serve the site until it is stopped by a signal."""
    settings = settings_module.load()
    end_with_parent()
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    # folium imports pandas if it is installed, for tables that are not used here: 70 MB of each process
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    importlib.import_module(APPLICATION)
    # scikit-learn looks the module up to recognise its tables, and fails where it is blocked
    if sys.modules["pandas"] is None:
        del sys.modules["pandas"]
    server = Granian(
        CREATE,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        workers=settings.workers,
        websockets=False,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_S * 1_000, max_buffer_size=BUFFER_BYTES),
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=max(1, round(settings.drain_s)),
    )
    # what is loaded now stays in the memory that the workers share
    server.on_startup(gc.freeze)
    server.serve()


def _forget_dead_workers() -> None:
    """Remove the gauges of workers that have died; this is called when their replacement starts."""
    folder = os.environ.get(metrics.FOLDER)
    if folder is None:
        return
    for process in {int(file.stem.rpartition("_")[2]) for file in Path(folder).glob("gauge_live*_*.db")}:
        if not Path(f"/proc/{process}").exists():
            mark_process_dead(process, folder)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
