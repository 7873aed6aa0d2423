"""Workers of a what-if run: processes on this machine, or the workers of a Dask scheduler."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol

from lodebase.errors import WhatIfWrong
from lodebase.process.process_pool import create_process_pool
from lodedata.messages import msg

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
"""Environment of workers: one thread each, so that workers do not compete for cores."""

PRELOAD = "lodebase.layout.grid.piece"


class Workers(Protocol):
    """Workers that process pieces."""

    @property
    def count(self) -> int:
        """Return the number of pieces processed at a time."""

    def executor(self) -> Executor:
        """Return the current executor, or a new one if the last was lost."""

    def lost(self) -> bool:
        """Record a loss of workers; return whether they can be replaced."""


class Processes:
    """Worker processes on this machine."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    @property
    def count(self) -> int:
        """Return the number of processes."""
        return self._count

    def executor(self) -> Executor:
        """Return the process pool, a new one after a loss."""
        if self._pool is None:
            self._pool = create_process_pool(self._count, PRELOAD)
        return self._pool

    def lost(self) -> bool:
        """Close the pool that lost a process; return True, as a new pool can be started."""
        self.close()
        return True

    def close(self) -> None:
        """Stop the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


@contextmanager
def start_worker_processes(count: int) -> Iterator[Workers]:
    """Yield processes that are stopped at the end of the block."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    processes = Processes(count)
    try:
        yield processes
    finally:
        processes.close()
        _restore(before)


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def connect_scheduler_workers(address: str) -> Iterator[Workers]:
    """Yield the workers of a Dask scheduler. Raises WhatIfWrong if Dask is not installed or the scheduler does not respond."""
    try:
        dask = import_module("lodebase.layout.grid.dask_")
    except ImportError:
        sentence = msg(
            "--scheduler needs Dask here and on its workers: in each clone run .venv/bin/uv pip install -e '.[dask]'"
        )
        raise WhatIfWrong(sentence) from None
    with dask.connect_dask_workers(address) as dask_workers:
        yield dask_workers
