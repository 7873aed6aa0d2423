"""The reading server: a small process that forks a confined child for each file, so that libraries are loaded once.

Run as ``python -m lodedata.read.guard.server`` with a socket as standard input. A message on it holds a job as JSON and
the file descriptor that the child writes its frames to, and may hold one that it reads. The server ends when the socket
is closed.
"""

import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from lodedata.processor_share import FILES, lower_priority
from lodedata.read.guard import frames, in_process
from lodedata.read.guard.confinement import Confinement, Unconfined, confine

MAX_JOB = 1 << 16
TASKS = {
    "tables": ("lodedata.read.guard.rows", "send_tables"),
    "outline": ("lodedata.geography.outline", "read_outline_in_guard"),
    "mapping": ("lodedata.mapping.confined", "read_in_confinement"),
}
"""Tasks of a child, each a function of a module."""
Task = Callable[[IO[bytes], Confinement, dict[str, Any]], None]


def serve(jobs: socket.socket) -> None:
    """Fork a child for each job until the other side closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(jobs, MAX_JOB, 2)
        if not message:
            return
        job = json.loads(message)
        module_name, function = TASKS[job["task"]]
        task: Task = getattr(importlib.import_module(module_name), function)
        for module in job["modules"]:
            importlib.import_module(module)
        if os.fork() == 0:
            jobs.close()
            _work(task, {**job, "input": descriptors[-1]}, descriptors[0])
        for descriptor in descriptors:
            os.close(descriptor)


def _work(task: Task, job: dict[str, Any], descriptor: int) -> None:
    """Do one job and end the process."""
    status = 1
    try:
        bounds = Confinement(**job["bounds"])
        with os.fdopen(descriptor, "wb") as stream:
            try:
                confine(bounds, Path(job["path"]), Path(job["folder"]) if "folder" in job else None)
                in_process.begin(bounds, job.get("folder"))
                task(stream, bounds, job)
                status = 0
            except Unconfined as error:
                frames.write(stream, "unconfined", str(error))
            # any error of a parser on hostile content is reported as a message
            except Exception as error:
                if isinstance(error, MemoryError) or "bad_alloc" in str(error):
                    frames.write(stream, "memory", bounds.memory_mb)
                else:
                    frames.write(stream, "failed", type(error).__name__)
    finally:
        os._exit(status)


if __name__ == "__main__":
    # neither is needed to read, and each is slow to load
    sys.modules["pandas"] = sys.modules["geopandas"] = None  # type: ignore[assignment]
    lower_priority(FILES)
    serve(socket.socket(fileno=0))
