"""Which of the waiting jobs is run next: those of a client that had few come before those of one that had many."""

from datetime import date

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.jobs import job_store, job_worker
from lodebase.jobs.processes import ProcessServices
from lodebase.layout.rulebook import rulebook
from lodebase.settings import Settings
from lodebase.statistics.figures import Known

FIRM = {"name": "Nobody Ltd", "date": date(2020, 1, 1).isoformat()}


def test_a_client_with_many_jobs_delays_another_by_one(store: Store) -> None:
    desk = engines.engine(store.addresses.desk, "tests", pool_size=1)
    site = engines.engine(store.addresses.site, "tests", pool_size=1)
    services = ProcessServices(site, Known(), lambda: rulebook(Settings()))
    try:
        greedy = [job_store.accept(desk, "list-check", FIRM, "raw", "greedy") for _ in range(4)]
        other = job_store.accept(desk, "list-check", FIRM, "raw", "other")
        for _ in range(2):
            assert job_worker.run_next(store.importer, services)
        assert job_store.find(desk, other.id).finished_at is not None
        assert sum(job_store.find(desk, job.id).finished_at is not None for job in greedy) == 1
        while job_worker.run_next(store.importer, services):
            pass
    finally:
        desk.dispose()
        site.dispose()
