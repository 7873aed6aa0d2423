"""An import killed at ten points of its run leaves nothing half-done, and the next one works."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from lodebase.db.store import write_conninfo
from lodebase.errors import DatabaseAway
from lodebase.ingest import run
from lodebase.ingest.jobs.import_lock import IMPORT_LOCK
from lodebase.ingest.linking import lineage
from lodebase.ingest.run import ImportJob
from lodedata.mapping import Reading, Tally

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

pytestmark = pytest.mark.slow
LODE = str(Path(sys.executable).with_name("lode"))
POINTS = range(10)
BEFORE = 200
AFTER = 2_000
CONSISTENT = {
    "records without a leading row": """
        SELECT id FROM (SELECT id FROM deposit UNION ALL SELECT id FROM discovery UNION ALL SELECT id FROM project) t
        WHERE NOT EXISTS (SELECT FROM member m WHERE m.record_id = t.id AND m.leads)""",
    "members without a record": """
        SELECT record_id FROM member m WHERE NOT EXISTS (SELECT FROM deposit WHERE id = m.record_id)
        AND NOT EXISTS (SELECT FROM discovery WHERE id = m.record_id)
        AND NOT EXISTS (SELECT FROM project WHERE id = m.record_id)
        AND NOT EXISTS (SELECT FROM reported_record WHERE record_id = m.record_id)""",
    "reported records of nothing that is served": """
        SELECT record_id FROM reported_record t WHERE NOT EXISTS (SELECT FROM deposit WHERE id = t.served_id)
        AND NOT EXISTS (SELECT FROM discovery WHERE id = t.served_id)
        AND NOT EXISTS (SELECT FROM project WHERE id = t.served_id)""",
    "reported records that are served by themselves too": """
        SELECT record_id FROM reported_record t WHERE served_id <> record_id AND EXISTS (
          SELECT id FROM deposit WHERE id = t.record_id UNION ALL SELECT id FROM discovery WHERE id = t.record_id
          UNION ALL SELECT id FROM project WHERE id = t.record_id)""",
    "reported records alone": "SELECT served_id FROM reported_record GROUP BY 1 HAVING count(*) = 1 AND count(given) = 0",
    "rows in scope that became nothing": """
        SELECT id FROM source_record o WHERE in_scope AND NOT EXISTS (SELECT FROM member WHERE source_record_id = o.id)""",
    "rows of a run that is not there": """
        SELECT id FROM source_record WHERE changed_run NOT IN (SELECT id FROM import_run)""",
    "versions with a gap": "SELECT 1 FROM dataset_version HAVING count(*) <> max(version)",
    "rows of a version that is not there": """
        SELECT id FROM deposit WHERE since_version > (SELECT max(version) FROM dataset_version)""",
    "runs that do not add up": """
        SELECT id FROM import_run WHERE read <> loaded + updated + unchanged + out_of_scope + quarantined""",
}


def before() -> list[dict[str, object]]:
    return [{"id": f"k{n}", "kind": ("deposit", "project", "discovery")[n % 3]} for n in range(BEFORE)]


def after() -> Iterator[dict[str, object]]:
    """A newer table: some rows vanished, some changed, most are new, some refused, some out of scope."""
    for n in range(1, AFTER):
        yield {
            "id": f"k{n}",
            "name": f"New {n}",
            "kind": ("deposit", "project", "discovery")[n % 3],
            "metal": "gold" if n % 17 == 0 else "copper,cobalt",
            "lat": "20.5",
            **({"category": "inferred", "ore_mt": n, "cu_pct": 1.5} if n % 3 != 1 else {"product": "x", "status": "operating"}),
            **({"category": "inferred", "ore_mt": -3} if n % 101 == 0 else {}),
        }


def expect_whole(own_table: "OwnTable", state: Mapping[str, object]) -> None:
    """Nothing changed, nothing is half-done, and no run says that it was done."""
    assert own_table.state() == state
    for wrong, statement in CONSISTENT.items():
        assert own_table.all(statement) == [], wrong
    assert own_table.one("SELECT count(*) FROM import_run WHERE state = 'done'") == 1
    assert own_table.one("SELECT max(version) FROM dataset_version") == 1


def expect_next_works(own_table: "OwnTable") -> None:
    summary = own_table.load(after())
    assert summary.read == AFTER - 1
    assert (summary.gone, summary.dataset_version) == (1, 2)
    for wrong, statement in CONSISTENT.items():
        assert own_table.all(statement) == [], wrong
    again = own_table.load(after())
    assert (again.loaded, again.updated, again.dataset_version) == (0, 0, 2)


@pytest.fixture
def hung(own_table: "OwnTable") -> Iterator[psycopg.Connection]:
    """An import can't end: the row that its last step marks as gone is held by another until the test lets go."""
    with psycopg.connect(own_table.store.importer) as other:
        own_table.load(before())
        other.execute("SELECT * FROM source_record WHERE key = 'k0' FOR UPDATE")
        yield other
        other.rollback()


class Importing:
    """`lode import` of the newer table in a process of its own, and what its backend is about."""

    def __init__(self, own_table: "OwnTable", rows: Iterable[Mapping[str, object]] | None = None) -> None:
        assert own_table.store.addresses.admin is not None
        self._admin = psycopg.connect(write_conninfo(own_table.store.addresses.admin), autocommit=True)
        url = own_table.store.addresses.owner.render_as_string().replace("postgresql+psycopg", "postgresql")
        self._environment = {**os.environ, "LODE_DATABASE_URL": url, "LODE_BOUNDARIES": "/nowhere"}
        self._command = [
            LODE,
            "import",
            "--mapping",
            str(own_table.mapping()),
            str(own_table.write(after() if rows is None else rows)),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it and wait until it has its turn."""
        self.process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_until("busy", "waits for a lock")

    def wait_until(self, *wanted: str) -> None:
        deadline = time.monotonic() + 240
        while self._about() not in wanted:
            assert time.monotonic() < deadline
            # an import that has ended would be waited for in vain
            ended = self.process is not None and self.process.poll() is not None and "nothing" not in wanted
            assert not ended, self.process is not None and self.process.communicate()
            time.sleep(0.002)

    def kill(self) -> int:
        """`kill -9` of the process, and the end of its backend; the process's exit status."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()
        # a backend that waits for a lock would learn of its client's death only when it had the lock
        self._admin.execute(f"SELECT pg_terminate_backend(pid) FROM ({BACKEND}) t WHERE wait_event_type = 'Lock'")
        self.wait_until("nothing")
        return self.process.returncode

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._admin.close()

    def _about(self) -> str:
        row = self._admin.execute(BACKEND).fetchone()
        return "nothing" if row is None else "waits for a lock" if row[1] == "Lock" else "busy"


BACKEND = f"""
SELECT a.pid, a.wait_event_type FROM pg_stat_activity a JOIN pg_locks l USING (pid)
WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.objid = {IMPORT_LOCK} AND l.granted
"""


@pytest.fixture
def importing(own_table: "OwnTable") -> Iterator[Importing]:
    made = Importing(own_table)
    yield made
    made.close()


def test_kill_9_at_ten_moments_leaves_nothing_half_done(
    own_table: "OwnTable", hung: psycopg.Connection, importing: Importing
) -> None:
    state = own_table.state()
    importing.begin()
    began = time.monotonic()
    importing.wait_until("waits for a lock")
    takes = time.monotonic() - began
    assert lineage.read_import_runs(own_table.store.importer)[0]["state"] == "running"
    assert importing.kill() == -signal.SIGKILL
    assert lineage.read_import_runs(own_table.store.importer)[0]["state"] == "interrupted"
    for point in POINTS:
        importing.begin()
        time.sleep(takes * point / len(POINTS))
        assert importing.kill() == -signal.SIGKILL
        expect_whole(own_table, state)
    hung.rollback()
    expect_next_works(own_table)
    # the next import marked what nobody had looked at
    runs = dict(own_table.all("SELECT state, count(*) FROM import_run GROUP BY state"))
    # one that was killed at once had not begun
    assert runs.keys() == {"done", "interrupted"} and runs["done"] == 3 and runs["interrupted"] >= len(POINTS) // 2


NAMES = ("Zarzuela", "Quebrada Honda", "Mount Ferris", "Kolwezi", "Bolshoy")


def twins() -> list[dict[str, object]]:
    """Deposits far from one another, which another source reports too."""
    return [{"id": f"t{n}", "name": name, "lon": f"{10 * n}.1234"} for n, name in enumerate(NAMES)]


@pytest.mark.parametrize("table", ["match_side", "match_pair", "reported_record", "link"])
def test_kill_9_while_records_are_joined_loses_nothing(own_table: "OwnTable", table: str) -> None:
    own_table.load(twins(), own_table.source().model_copy(update={"name": "other"}))
    state = own_table.state()
    importing = Importing(own_table, twins())
    try:
        # whoever joins writes there, and waits
        with psycopg.connect(own_table.store.importer) as other:
            other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            importing.begin()
            importing.wait_until("waits for a lock")
            assert importing.kill() == -signal.SIGKILL
            other.rollback()
    finally:
        importing.close()
    expect_whole(own_table, state)
    assert own_table.one("SELECT count(*) FROM reported_record") == 0
    own_table.load(twins())
    assert own_table.one("SELECT count(*) FROM reported_record") == 2 * len(NAMES)
    assert own_table.one("SELECT count(*) FROM deposit") == len(NAMES)
    for wrong, statement in CONSISTENT.items():
        assert own_table.all(statement) == [], wrong


@pytest.mark.parametrize("point", POINTS)
def test_a_backend_ended_at_any_point_leaves_nothing_half_done(
    own_table: "OwnTable", point: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK_READINGS", 250)
    monkeypatch.setattr(run, "CHUNKS_MERGED", 1)
    own_table.load(before())
    state = own_table.state()
    job = own_table.job(after())
    at = 1 + point * (AFTER - 2) // (len(POINTS) - 1)

    def read(tally: Tally) -> Iterator[Reading]:
        for number, reading in enumerate(job.read(tally), start=1):
            yield reading
            if number == min(at, AFTER - 1):
                own_table.all(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objid = %s"
                    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                    IMPORT_LOCK,
                )

    with pytest.raises(DatabaseAway, match="^The connection to the database was lost during the import; nothing was changed"):
        run.run(own_table.store.importer, ImportJob(job.source, job.path, read, job.boundaries))
    expect_whole(own_table, state)
    expect_next_works(own_table)
