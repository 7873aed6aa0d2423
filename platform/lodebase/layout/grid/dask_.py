"""Workers of an external Dask scheduler. Imported only if a scheduler is named, because Dask is an optional dependency."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.metadata import version

import dask
from distributed import Client

from lodebase.errors import WhatIfWrong
from lodedata.messages import msg

PATIENCE_S = 10
RETRIES = 3
"""How often a piece is submitted again after its worker was lost."""
LARGE = "1 GiB"
"""Graph size above which Dask warns: a piece includes its surroundings, so that workers need no database."""


class DaskCluster:
    """The workers of a Dask scheduler."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False, retries=RETRIES)

    @property
    def count(self) -> int:
        """Return the current number of worker threads."""
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1)

    def executor(self) -> Executor:
        """Return the executor of Dask, whose scheduler reassigns the pieces of a lost worker."""
        held: Executor = self._executor
        return held

    def lost(self) -> bool:
        """Return False: a lost scheduler can't be replaced."""
        return False


@contextmanager
def connect_dask_workers(address: str) -> Iterator[DaskCluster]:
    """Yield the workers of a scheduler. Raises WhatIfWrong if it does not respond or its workers lack this package."""
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
        try:
            client = Client(address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WhatIfWrong(
                msg("--scheduler %(address)s: no Dask scheduler responds there (%(error)s)", address=address, error=error)
            ) from None
        with client:
            _require_package(client, address)
            yield DaskCluster(client)


def _require_package(client: Client, address: str) -> None:
    """Raise WhatIfWrong if a worker has another version of this package, or none."""
    try:
        versions = set(client.run(_read_version).values())
    except Exception as error:  # workers may raise any exception
        raise WhatIfWrong(
            msg(
                "--scheduler %(address)s: its workers can't load Lode (%(error)s); install the same version there",
                address=address,
                error=error,
            )
        ) from None
    if not versions:
        raise WhatIfWrong(
            msg("--scheduler %(address)s: it has no workers; start some with `dask worker %(address)s`", address=address)
        )
    if versions != {_read_version()}:
        raise WhatIfWrong(
            msg(
                "--scheduler %(address)s: its workers have Lode %(choices)s and this is %(version)s",
                address=address,
                choices=", ".join(sorted(versions)),
                version=_read_version(),
            )
        )


def _read_version() -> str:
    return version("lode")
