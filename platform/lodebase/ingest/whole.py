"""Comparing and grouping without an import: all records anew, or what people judged."""

from dataclasses import dataclass

import psycopg

from lodebase.ingest import regroup, staging
from lodebase.ingest.regroup import Regrouped
from lodebase.ingest.turn import wait_for_turn
from lodebase.resolve.pairs import Progress

# A reported figure is changed by an import only; what is served anew is what imports brought.
AS_IMPORT = "SELECT set_config('lode.run', 'resolve', true)"
TRY_AGAIN = "UPDATE unserved SET trouble = NULL WHERE trouble IS NOT NULL"
FINISH = """
UPDATE dataset_version SET committed_at = clock_timestamp()
WHERE version = nullif(current_setting('lode.version', true), '')::integer
"""


@dataclass(frozen=True, slots=True)
class How:
    """Whether all pairs are looked for anew, how likely those are that are taken for true, and how long to wait."""

    compare: bool
    accept: float
    wait_s: float


def resolve(address: str, how: How, progress: Progress | None = None) -> Regrouped:
    """Serve each thing as one record, in one transaction.

    Raises ImportBusy while an import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        wait_for_turn(connection, how.wait_s)
        connection.execute(AS_IMPORT)
        staging.create(connection)
        connection.execute(TRY_AGAIN)
        if how.compare:
            regroup.compare_all(connection, progress)
        connection.execute(regroup.ANALYZE)
        done = regroup.settle(connection, how.accept)
        connection.execute(FINISH)
    return done
