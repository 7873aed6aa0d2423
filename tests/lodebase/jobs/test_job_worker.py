"""Which of the waiting jobs is run next: those of a client that had few come before those of one that had many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.jobs import job_store, job_worker
from lodebase.jobs.processes import ProcessServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodedata.messages import parse_message_data

FIRM = {"name": "Nobody Ltd", "date": date(2020, 1, 1).isoformat()}


def test_a_client_with_many_jobs_delays_another_by_one(store: Store) -> None:
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    site = engines.create_checked_engine(store.addresses.site, "tests", pool_size=1)
    services = ProcessServices(site, Known(), Settings())
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


def test_a_job_whose_runs_end_with_their_process_is_given_up(store: Store) -> None:
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    try:
        job = job_store.accept(desk, "list-check", FIRM, "raw", "unlucky")
        for tried in range(job_worker.MAX_JOB_TRIES):
            assert job_store.find(desk, job.id).state == "accepted", tried
            with psycopg.connect(store.importer) as connection:
                # the process that began it is killed
                connection.execute(job_worker.JOBS.next_piece.encode())
            job_worker.JOBS.put_back_abandoned(store.importer)
        failed = job_store.find(desk, job.id)
        assert failed.state == "failed" and failed.problem is not None
        assert "begun 3 times" in parse_message_data(failed.problem).in_language("en")
    finally:
        desk.dispose()


def test_a_job_that_another_machine_runs_is_left_to_it(store: Store) -> None:
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    try:
        job = job_store.accept(desk, "list-check", FIRM, "raw", "somebody")
        with job_worker.JOBS.take(store.importer) as row:
            assert row is not None and row[0] == job.id
            # another machine begins, and looks again
            for _ in range(2):
                job_worker.JOBS.put_back_abandoned(store.importer)
                assert job_store.find(desk, job.id).state == "running"
        # the machine of the first is gone
        job_worker.JOBS.put_back_abandoned(store.importer)
        assert job_store.find(desk, job.id).state == "accepted"
    finally:
        desk.dispose()


def test_machines_run_each_job_once(store: Store) -> None:
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    site = engines.create_checked_engine(store.addresses.site, "tests", pool_size=4)
    services = ProcessServices(site, Known(), Settings())

    def work(_: int) -> int:
        ran = 0
        while job_worker.run_next(store.importer, services):
            ran += 1
            job_worker.JOBS.put_back_abandoned(store.importer)
        return ran

    try:
        jobs = [job_store.accept(desk, "list-check", FIRM, "raw", f"client {n}") for n in range(12)]
        with ThreadPoolExecutor(3) as machines:
            assert sum(machines.map(work, range(3))) == 12
        with psycopg.connect(store.importer) as connection:
            tries = connection.execute("SELECT state, tries, count(*) FROM lode.process_job GROUP BY 1, 2").fetchall()
        assert tries == [("successful", 1, len(jobs))]
    finally:
        desk.dispose()
        site.dispose()


def test_the_progress_of_a_job_is_stored_and_ends_a_dismissed_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_worker, "PROGRESS_S", 0.0)
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    try:
        job = job_store.accept(desk, "list-check", FIRM, "raw", "patient")
        with psycopg.connect(store.importer) as connection:
            connection.execute(job_worker.JOBS.next_piece.encode())
        report = job_worker.make_progress_writer(store.importer, job.id)
        report(1, 4)
        assert job_store.find(desk, job.id).progress == 25
        job_store.dismiss(desk, job.id)
        with pytest.raises(job_worker.JobDismissed):
            report(2, 4)
    finally:
        desk.dispose()
