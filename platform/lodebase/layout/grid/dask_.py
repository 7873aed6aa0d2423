"""The workers of a Dask scheduler that somebody else runs; imported only where one is named, as Dask is an extra."""

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
"""How often a piece is given to another worker after its worker has gone."""
LARGE = "1 GiB"
"""A piece carries what lies around it, so that a worker needs no database and none is lost with a worker."""


class DaskCluster:
    """The workers that a scheduler has."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False, retries=RETRIES)

    @property
    def count(self) -> int:
        """How many threads the workers have now."""
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1)

    def executor(self) -> Executor:
        """Dask's own executor: a piece whose worker goes is given to another by the scheduler."""
        held: Executor = self._executor
        return held

    def lost(self) -> bool:
        """No new scheduler can be had."""
        return False


@contextmanager
def workers(address: str) -> Iterator[DaskCluster]:
    """The workers of a scheduler. Raises WhatIfWrong where it does not answer or its workers lack this package."""
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
    """Raises WhatIfWrong where a worker has another version of this package, or none."""
    try:
        found = set(client.run(_version).values())
    except Exception as error:  # what a worker raises is not known here
        raise WhatIfWrong(
            msg(
                "--scheduler %(address)s: its workers can't load Lode (%(error)s); install the same version there",
                address=address,
                error=error,
            )
        ) from None
    if not found:
        raise WhatIfWrong(
            msg("--scheduler %(address)s: it has no workers; start some with `dask worker %(address)s`", address=address)
        )
    if found != {_version()}:
        raise WhatIfWrong(
            msg(
                "--scheduler %(address)s: its workers have Lode %(choices)s and this is %(version)s",
                address=address,
                choices=", ".join(sorted(found)),
                version=_version(),
            )
        )


def _version() -> str:
    return version("lode")
