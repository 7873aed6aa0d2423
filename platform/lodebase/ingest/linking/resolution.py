"""Comparing and grouping without an import: of all records, or of judgements only."""

from dataclasses import dataclass
from typing import Any

import psycopg

from lodebase.ingest import staging
from lodebase.ingest.entered import entered_baselines, holder_names, listed_projects
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking import doubtful_capacities, organisations, recovery_links, regroup
from lodebase.ingest.linking.regroup import RegroupResult
from lodebase.resolve.pairs import ResolutionProgress

# Reported figures are changed by imports only; regrouping serves imported values.
AS_IMPORT = "SELECT set_config('lode.run', 'resolve', true)"
TRY_AGAIN = "UPDATE unserved SET trouble = NULL WHERE trouble IS NOT NULL"
FINISH = """
UPDATE dataset_version SET committed_at = clock_timestamp()
WHERE version = nullif(current_setting('lode.version', true), '')::integer
"""


@dataclass(frozen=True, slots=True)
class ResolutionOptions:
    """Whether to compare all records again, the probability from which pairs match, and how long to wait for the lock."""

    compare: bool
    accept: float
    wait_s: float


def resolve(address: str, options: ResolutionOptions, progress: ResolutionProgress | None = None) -> RegroupResult:
    """Regroup all records in one transaction and return the result.

    Raises ImportBusy if an import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        acquire_import_lock(connection, options.wait_s)
        connection.execute(AS_IMPORT)
        staging.create(connection)
        connection.execute(TRY_AGAIN)
        if options.compare:
            regroup.compare_all(connection, progress)
            connection.execute("TRUNCATE uncompared")
        done = regroup.settle(connection, options.accept)
        finish(connection)
    return done


def finish(connection: psycopg.Connection[Any]) -> None:
    """Derive what follows from the served records, and end the version of the data that a regrouping made."""
    holder_names.apply(connection)
    entered_baselines.apply(connection)
    organisations.derive(connection)
    recovery_links.link(connection)
    listed_projects.apply(connection)
    doubtful_capacities.mark(connection)
    connection.execute(FINISH)
