"""Processes beside this one, for what keeps a core busy."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def pool(count: int, preload: str) -> ProcessPoolExecutor:
    """So many processes, each with a module imported, that end when this one does."""
    # a fork of this process would share its connections to the database; this server has imported what they need
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([preload])
    return ProcessPoolExecutor(count, server, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Let this process end when the one that began it was killed: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
