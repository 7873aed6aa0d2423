"""Who works out the pieces of a what-if: processes on this machine, or the workers of a Dask scheduler."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol

from lodebase.errors import WhatIfWrong
from lodebase.process.process_pool import pool
from lodedata.messages import msg

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
"""Set for workers: each is one thread, so that as many as there are cores do not stand in one another's way."""

PRELOAD = "lodebase.layout.grid.piece"


class Workers(Protocol):
    """Workers that pieces are given to."""

    @property
    def count(self) -> int:
        """How many pieces are worked out at a time."""

    def executor(self) -> Executor:
        """Those that work now; new ones when the last were lost."""

    def lost(self) -> bool:
        """Take note that workers were lost; whether new ones can be had."""


class Processes:
    """Processes on this machine."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    @property
    def count(self) -> int:
        """How many there are."""
        return self._count

    def executor(self) -> Executor:
        """The pool, a new one after a loss."""
        if self._pool is None:
            self._pool = pool(self._count, PRELOAD)
        return self._pool

    def lost(self) -> bool:
        """Drop the pool that lost a process."""
        self.close()
        return True

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


@contextmanager
def processes(count: int) -> Iterator[Workers]:
    """Processes that end with the block."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    made = Processes(count)
    try:
        yield made
    finally:
        made.close()
        _restore(before)


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def of_scheduler(address: str) -> Iterator[Workers]:
    """The workers of a Dask scheduler. Raises WhatIfWrong where Dask is not installed or the scheduler is not there."""
    try:
        dask = import_module("lodebase.layout.grid.dask_")
    except ImportError:
        raise WhatIfWrong(msg("--scheduler needs Dask on this machine and its workers: pip install 'lode[dask]'")) from None
    with dask.workers(address) as made:
        yield made
