"""Background work begins when the store notifies of it, in whichever table it is."""

import threading

import psycopg
import pytest

from lodebase.db.background_work import BackgroundWork, WorkTable
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.jobs import requested
from lodebase.jobs import job_worker

JOB = "INSERT INTO lode.process_job (id, process, inputs, response, client) VALUES (%s, 'list-check', '{}', 'raw', 'tests')"
REQUEST = "INSERT INTO lode.import_request (account, file_name, bytes) VALUES ('tests', 'a.csv', 1) RETURNING number"
ORDER = "UPDATE lode.import_request SET state = 'dry-run' WHERE number = %s"
WAIT_S = 60.0


@pytest.mark.parametrize("channel", [job_worker.CHANNEL, requested.CHANNEL])
def test_an_order_wakes_the_work_of_its_channel(store: Store, channel: str) -> None:
    looks, stop = threading.Semaphore(0), threading.Event()

    def look() -> bool:
        looks.release()
        return False

    work = BackgroundWork("tests", channel, 10 * WAIT_S, look)
    worker = threading.Thread(target=work.watch, args=(store.importer, stop, pytest.fail))
    with psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True) as owner:
        row = owner.execute(REQUEST).fetchone()
        worker.start()
        try:
            assert looks.acquire(timeout=WAIT_S), "it looks at its start"
            if channel == job_worker.CHANNEL:
                owner.execute(JOB, ("0" * 32,))
            else:
                owner.execute(ORDER, row)
            assert looks.acquire(timeout=WAIT_S)
        finally:
            stop.set()
            worker.join()
            owner.execute("DELETE FROM lode.process_job")
            owner.execute("DELETE FROM lode.import_request WHERE number = %s", row)


def test_progress_of_a_job_wakes_nobody(store: Store) -> None:
    with (
        psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True) as owner,
        psycopg.connect(store.importer, autocommit=True) as listener,
    ):
        owner.execute(JOB, ("1" * 32,))
        listener.execute(f"LISTEN {job_worker.CHANNEL}")
        owner.execute("UPDATE lode.process_job SET progress = 5")
        # a notification of the progress would come before this one
        owner.execute(f"NOTIFY {job_worker.CHANNEL}, 'end'")
        assert [notification.payload for notification in listener.notifies(timeout=WAIT_S, stop_after=1)] == ["end"]
        owner.execute("DELETE FROM lode.process_job")


@pytest.mark.parametrize("table", [job_worker.JOBS, requested.REQUESTS], ids=lambda table: table.table)
def test_a_look_at_an_empty_table_wakes_nobody(store: Store, table: WorkTable) -> None:
    channel = {"process_job": job_worker.CHANNEL, "import_request": requested.CHANNEL}[table.table]
    with psycopg.connect(store.importer, autocommit=True) as listener:
        listener.execute(f"LISTEN {channel}")
        with table.take(store.importer) as row:
            assert row is None
        table.put_back_abandoned(store.importer)
        # a notification of the look would come before this one
        listener.execute(f"NOTIFY {channel}, 'end'")
        assert [notification.payload for notification in listener.notifies(timeout=WAIT_S, stop_after=1)] == ["end"]
