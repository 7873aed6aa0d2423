"""A pool of processes for CPU-bound work."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def create_process_pool(count: int, preload: str) -> ProcessPoolExecutor:
    """Return a pool of this many processes, each with a module imported, that end when this process ends."""
    # a fork of this process would share its database connections; this fork server has imported what they need
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([preload])
    return ProcessPoolExecutor(count, server, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this process when its parent is killed: otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
