"""The operator's files next to the private cluster: they survive restarts, and a bad line ends the start with a sentence."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.errors import ClusterTrouble

FAST = {"fsync": "off", "shared_buffers": "64MB"}
REPLICATION = "# for a replica\nwal_level = replica\nmax_wal_senders = 4\nwork_mem = '48MB'\n"


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A home with a cluster that was made and stopped; others are copied from it."""
    folder = Path(tempfile.mkdtemp(prefix="lode-made-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, options=FAST)
    cluster.ensure()
    cluster.stop()
    yield folder
    shutil.rmtree(cluster.base, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(home: Path, made: Path) -> Cluster:
    subprocess.run(["cp", "-a", str(made / "cluster"), str(home)], check=True)
    return Cluster(home, options=FAST)


def ask(cluster: Cluster, statement: str) -> object:
    address = cluster.url(ADMIN, "postgres").replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        row = connection.execute(statement).fetchone()
    return row and row[0]


def test_settings_of_the_operator_win_and_survive_restarts(cluster: Cluster) -> None:
    cluster.ensure()
    assert ask(cluster, "SHOW wal_level") == "minimal"
    cluster.stop()
    (cluster.home / "postgresql.extra.conf").write_text(REPLICATION)
    for _ in range(2):
        assert cluster.ensure()
        assert ask(cluster, "SHOW wal_level") == "replica"
        assert ask(cluster, "SHOW max_wal_senders") == "4"
        assert ask(cluster, "SHOW work_mem") == "48MB"
        assert ask(cluster, "SHOW port") == "5432"
        cluster.stop()
    (cluster.home / "postgresql.extra.conf").unlink()
    cluster.ensure()
    assert ask(cluster, "SHOW wal_level") == "minimal"


def test_a_replica_on_the_same_machine_may_use_the_socket(cluster: Cluster) -> None:
    (cluster.home / "postgresql.extra.conf").write_text(REPLICATION)
    cluster.ensure()
    address = cluster.url(ADMIN, "postgres").replace("+psycopg", "")
    with psycopg.connect(f"{address}&replication=true", autocommit=True) as connection:
        row = connection.cursor(binary=False).execute("IDENTIFY_SYSTEM").fetchone()
    assert row is not None
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry for replication"):
        psycopg.connect(f"{cluster.url('lode_site', 'postgres').replace('+psycopg', '')}&replication=true")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wal_levle = replica", 'unrecognized configuration parameter "wal_levle"'),
        ("work_mem = lots", 'invalid value for parameter "work_mem": "lots"'),
        ("work_mem 4 5", "syntax error"),
        ("Port = 5433", "Lode sets Port itself; remove the line"),
    ],
)
def test_a_bad_setting_ends_the_start_with_file_and_line(cluster: Cluster, line: str, said: str) -> None:
    (cluster.home / "postgresql.extra.conf").write_text(f"# first\nwal_level = replica\n{line}\n")
    with pytest.raises(ClusterTrouble) as failure:
        cluster.ensure()
    assert str(failure.value).startswith(f"{cluster.home}/postgresql.extra.conf, line 3: ")
    assert said in str(failure.value)
    assert not cluster.running()


def test_settings_that_do_not_go_together_end_the_start_with_a_sentence(cluster: Cluster) -> None:
    (cluster.home / "postgresql.extra.conf").write_text("archive_mode = on\n")
    with pytest.raises(ClusterTrouble, match='WAL archival cannot be enabled when "?wal_level"? is "minimal"'):
        cluster.ensure()


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("pg_hba.extra.conf", "host replication lode_replica 10.0.0.0/8 scram", "invalid authentication method"),
        ("pg_ident.extra.conf", "lode /bad( lode_site", "invalid regular expression"),
        ("pg_ident.extra.conf", "lode somebody", "end-of-line|missing entry"),
    ],
)
def test_a_bad_line_of_who_may_connect_ends_the_start(cluster: Cluster, name: str, line: str, said: str) -> None:
    (cluster.home / name).write_text(f"# first\n{line}\n")
    with pytest.raises(ClusterTrouble, match=f"{name}, line 2: .*({said})"):
        cluster.ensure()
    assert not cluster.running()
    (cluster.home / name).unlink()
    assert cluster.ensure()


def test_who_may_connect_is_extended_while_the_server_runs(cluster: Cluster) -> None:
    cluster.ensure()
    (cluster.home / "pg_hba.extra.conf").write_text("local postgres guest trust\n")
    with psycopg.connect(cluster.url(ADMIN, "postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    assert not cluster.ensure()
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(cluster.url("guest", "postgres").replace("+psycopg", "")).close()
            return
        except psycopg.OperationalError:
            # the server reads its files anew in a moment
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_extra_access_rules_do_not_lock_lode_out(cluster: Cluster) -> None:
    (cluster.home / "pg_hba.extra.conf").write_text("local all all reject\n")
    cluster.ensure()
    assert ask(cluster, "SELECT 1") == 1


def test_a_replica_is_not_started_as_the_private_cluster(cluster: Cluster) -> None:
    cluster.ensure()
    cluster.stop()
    (cluster.data / "standby.signal").touch()
    with pytest.raises(ClusterTrouble, match="is a replica"):
        cluster.ensure()


def test_a_point_in_time_that_is_not_reached_ends_the_start_with_a_sentence(cluster: Cluster) -> None:
    settings = "wal_level = replica\n"
    (cluster.home / "postgresql.extra.conf").write_text(settings)
    # recovery needs a log that was written at this level
    cluster.ensure()
    cluster.stop()
    settings += "restore_command = 'false'\nrecovery_target_name = 'nowhere'\n"
    (cluster.home / "postgresql.extra.conf").write_text(settings)
    (cluster.data / "recovery.signal").touch()
    with pytest.raises(ClusterTrouble, match="recovery ended before configured recovery target was reached"):
        cluster.ensure()
    assert not cluster.running()
