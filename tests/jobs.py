"""Runs the jobs that a test ordered, as the background task does."""

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.jobs import job_worker
from lodebase.jobs.processes import ProcessServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known


def run_jobs(store: Store) -> int:
    """Run all jobs that wait, and return their number."""
    site = engines.create_checked_engine(store.addresses.site, "tests", pool_size=1)
    services = ProcessServices(site, Known(), Settings())
    number = 0
    try:
        while job_worker.run_next(store.importer, services):
            number += 1
    finally:
        site.dispose()
    return number
