"""Restarts the private cluster when its server has died, for example when the kernel killed it for memory."""

import threading
from collections.abc import Callable

from lodebase.db.private_cluster.cluster import Cluster
from lodebase.errors import ClusterTrouble, DiskFull

EVERY_S = 2.0
FIRST_DELAY_S = 1.0
MAX_DELAY_S = 60.0
LASTED_S = 60.0
"""The seconds after which a restarted server counts as stable, and the next delay is the first again."""


def watch(cluster: Cluster | None, over: threading.Event, say: Callable[[str], None]) -> None:
    """Restart the server of a cluster whenever it has died, with growing delays, until ``over`` is set.

    A server that was stopped normally stays stopped. Do nothing for a database that somebody else runs (None).
    """
    delay_s, well_s = FIRST_DELAY_S, 0.0
    while cluster is not None and not over.wait(EVERY_S):
        try:
            if not cluster.has_died():
                well_s += EVERY_S
                delay_s = FIRST_DELAY_S if well_s >= LASTED_S else delay_s
                continue
            well_s = 0.0
            say("the database server has died; starting it again")
            cluster.ensure()
            say("the database server runs again")
        except (ClusterTrouble, DiskFull, OSError) as error:
            say(f"the database server could not be started: {error} Next try in {delay_s:g} s.")
        over.wait(delay_s)
        delay_s = min(delay_s * 2, MAX_DELAY_S)
