"""The private cluster: made, started, mended and stopped by itself, and a sentence where it can't be."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lodebase.db.private_cluster import cluster as cluster_module
from lodebase.db.private_cluster import programs
from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.errors import ClusterTrouble, DiskFull

START = """
import sys
from pathlib import Path
from lodebase.db.private_cluster.cluster import Cluster
print(Cluster(Path(sys.argv[1])).ensure(), flush=True)
"""
FAST = {"fsync": "off"}


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A home with a cluster that was made and stopped; others are copied from it, since initdb waits for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="lode-made-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, options=FAST)
    cluster.ensure()
    cluster.stop()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own(home: Path, made: Path) -> Cluster:
    """A cluster of the test's own, made and not yet started."""
    subprocess.run(["cp", "-a", str(made / "cluster"), str(home)], check=True)
    return Cluster(home, options=FAST)


def connect(cluster: Cluster) -> psycopg.Connection:
    """A connection to the server as its administrator."""
    return psycopg.connect(cluster.url(ADMIN, "postgres").replace("postgresql+psycopg", "postgresql"))


def ask(cluster: Cluster, statement: str) -> object:
    """The only value of a statement."""
    with connect(cluster) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def keep_something(cluster: Cluster) -> None:
    with connect(cluster) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def kill_server(cluster: Cluster) -> None:
    """``kill -9`` of the postmaster, as a crash leaves it."""
    pid = server_pid(cluster)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not running(pid))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(met: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_cluster_is_made_and_started_and_then_used_as_it_is(home: Path) -> None:
    first, second = Cluster(home), Cluster(home)
    assert first.ensure()
    assert not second.ensure()
    assert second.running()
    assert ask(second, "SELECT 1") == 1


def test_what_is_in_it_outlives_a_stop(own: Cluster) -> None:
    own.ensure()
    keep_something(own)
    own.stop()
    assert not own.running()
    assert own.ensure()
    assert ask(own, "SELECT n FROM kept") == 7


def test_it_listens_on_a_socket_and_on_no_network_port(own: Cluster) -> None:
    own.ensure()
    assert ask(own, "SELECT current_setting('listen_addresses')") == ""
    held = {os.readlink(entry) for entry in Path(f"/proc/{server_pid(own)}/fd").iterdir()}
    network = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    assert not [row for row in network if f"socket:[{row[9]}]" in held]
    assert (own.socket_folder / ".s.PGSQL.5432").is_socket()


def test_folders_of_the_cluster_are_closed_to_other_users(own: Cluster) -> None:
    own.ensure()
    for folder in (own.base, own.data, own.socket_folder):
        assert folder.stat().st_mode & 0o077 == 0


def test_only_its_user_may_log_in(own: Cluster) -> None:
    own.ensure()
    rules = [line for line in (own.data / "pg_hba.conf").read_text().splitlines() if line]
    assert [rule.partition(" peer ")[2] for rule in rules] == ["map=lode"] * 3
    with pytest.raises(psycopg.OperationalError, match="[Pp]eer authentication failed"):
        psycopg.connect(f"postgresql://stranger@/postgres?host={own.socket_folder}")


def test_of_two_processes_that_start_it_at_once_one_does(home: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", START, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    reported = sorted(process.communicate(timeout=60)[0].strip() for process in started)
    assert reported == ["False", "True"]
    assert ask(Cluster(home), "SELECT 1") == 1


def test_a_lock_file_of_a_dead_process_is_mended(own: Cluster) -> None:
    own.ensure()
    left = (own.data / "postmaster.pid").read_text()
    own.stop()
    gone = subprocess.Popen(["true"])
    gone.wait()
    lines = [str(gone.pid), *left.splitlines()[1:]]
    (own.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert own.ensure()
    assert ask(own, "SELECT 1") == 1


@pytest.mark.parametrize("content", ["", "\n", "no number\n", "-1\n"])
def test_a_lock_file_cut_short_is_mended(own: Cluster, content: str) -> None:
    own.ensure()
    own.stop()
    (own.data / "postmaster.pid").write_text(content)
    assert own.ensure()


@pytest.fixture
def stranger() -> Iterator[int]:
    """A process of ours that is no server, under the server's user where we are root."""
    user = programs.choose_unprivileged_user()
    identity = {} if user is None else {"user": user.pw_uid}
    process = subprocess.Popen(["sleep", "300"], **identity)  # type: ignore[call-overload]
    yield process.pid
    process.kill()
    process.wait()


def test_a_lock_file_that_names_another_program_is_mended_and_the_program_left_alone(own: Cluster, stranger: int) -> None:
    own.ensure()
    left = (own.data / "postmaster.pid").read_text()
    own.stop()
    (own.data / "postmaster.pid").write_text("\n".join([str(stranger), *left.splitlines()[1:]]) + "\n")
    assert own.ensure()
    assert ask(own, "SELECT 1") == 1
    assert running(stranger)


def test_stopping_never_ends_a_program_that_a_stale_lock_file_names(own: Cluster, stranger: int) -> None:
    own.ensure()
    left = (own.data / "postmaster.pid").read_text()
    own.stop()
    (own.data / "postmaster.pid").write_text("\n".join([str(stranger), *left.splitlines()[1:]]) + "\n")
    own.stop()
    assert running(stranger)
    (own.data / "postmaster.pid").unlink()


@pytest.mark.slow
def test_after_kill_9_of_the_server_it_starts_again_with_what_was_committed(own: Cluster) -> None:
    own.ensure()
    keep_something(own)
    kill_server(own)
    assert own.ensure()
    assert ask(own, "SELECT n FROM kept") == 7


@pytest.mark.slow
def test_kill_9_while_a_statement_runs_is_mended_too(own: Cluster) -> None:
    """A backend goes on without its server until its statement ends, and no other server may start next to it."""
    own.ensure()
    with contextlib.suppress(psycopg.OperationalError), connect(own) as connection:
        backend = connection.info.backend_pid
        worker = threading.Thread(target=_busy, args=(connection,))
        worker.start()
        until(lambda: b"DO" in Path(f"/proc/{backend}/cmdline").read_bytes())
        kill_server(own)
        assert running(backend)
        assert own.ensure()
        worker.join()
    assert not running(backend)
    assert ask(own, "SELECT 1") == 1


def _busy(connection: psycopg.Connection) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        connection.execute("DO $$ BEGIN WHILE clock_timestamp() < now() + interval '3 s' LOOP END LOOP; END $$")


@pytest.mark.slow
def test_a_server_that_recovers_from_a_crash_is_waited_for(own: Cluster) -> None:
    """One backend killed makes the server end all others and read its log anew."""
    own.ensure()
    with contextlib.suppress(psycopg.OperationalError), connect(own) as connection:
        connection.execute("CREATE TABLE filled AS SELECT n FROM generate_series(1, 200000) n")
        connection.commit()
        server = server_pid(own)
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        until(lambda: not running(connection.info.backend_pid))
        assert not own.ensure()
    assert server_pid(own) == server
    assert ask(own, "SELECT count(*) FROM filled") == 200_000


def test_a_server_that_runs_and_does_not_respond_is_reported_and_left_alone(own: Cluster) -> None:
    own.ensure()
    pid = server_pid(own)
    (own.socket_folder / ".s.PGSQL.5432").rename(own.socket_folder / "away")
    with pytest.raises(ClusterTrouble, match=rf"process {pid}\) runs on .* but does not respond; end it"):
        own.ensure()
    (own.socket_folder / "away").rename(own.socket_folder / ".s.PGSQL.5432")
    assert running(pid)


def test_a_cluster_of_another_major_version_is_one_sentence(own: Cluster) -> None:
    own.ensure()
    own.stop()
    version = (own.data / "PG_VERSION").read_text()
    (own.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ClusterTrouble) as caught:
        own.ensure()
    (own.data / "PG_VERSION").write_text(version)
    assert str(own.home) in str(caught.value) and "\n" not in str(caught.value)
    assert "holds a cluster of PostgreSQL 12" in str(caught.value)
    assert f"versions with PostGIS here are: {version.strip()}" in str(caught.value)
    assert "Install postgresql-12-postgis-3, or set LODE_HOME" in str(caught.value)


def test_no_postgres_with_postgis_is_one_sentence(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ClusterTrouble, match="There is no PostgreSQL 15 or newer with PostGIS in .*LODE_DATABASE_URL"):
        Cluster(home, preferred_bin=tmp_path).ensure()


@pytest.fixture
def deep(home: Path) -> Path:
    """A home with a path longer than a socket's may be."""
    folder = home.joinpath(*["a-folder-with-a-name-of-its-own"] * 5)
    folder.mkdir(parents=True)
    return folder


def test_a_home_with_a_long_path_still_gets_a_socket(deep: Path, made: Path) -> None:
    subprocess.run(["cp", "-a", str(made / "cluster"), str(deep)], check=True)
    cluster = Cluster(deep, options=FAST)
    assert len(str(cluster.base / "run" / ".s.PGSQL.5432")) > 107
    try:
        cluster.ensure()
        assert ask(cluster, "SELECT 1") == 1
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0
    finally:
        cluster.stop()
        cluster.socket_folder.rmdir()


def test_a_short_socket_folder_that_somebody_else_laid_out_is_refused(deep: Path) -> None:
    cluster = Cluster(deep)
    cluster.socket_folder.symlink_to(deep)
    try:
        with pytest.raises(ClusterTrouble, match="belongs to another user; set LODE_HOME to a shorter path"):
            cluster.ensure()
    finally:
        cluster.socket_folder.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's cluster runs under another user")
def test_a_home_that_the_servers_user_can_not_enter_holds_a_link_to_one_that_it_can(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "FAR_ROOT", home / "far")
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "lode")
    try:
        cluster.ensure()
        assert ask(cluster, "SELECT 1") == 1
        assert (closed / "lode/cluster").is_symlink()
        assert cluster.base.is_relative_to(home / "far")
        assert closed.stat().st_mode & 0o077 == 0
        assert not Cluster(closed / "lode").ensure()
    finally:
        cluster.stop()


def test_a_home_that_can_not_be_made_is_one_sentence(home: Path) -> None:
    (home / "file").write_text("in the way")
    with pytest.raises(ClusterTrouble, match=r"^LODE_HOME=.*/file/lode: Not a directory"):
        Cluster(home / "file" / "lode").ensure()


def test_a_set_up_cut_short_before_its_last_step_is_made_anew(own: Cluster) -> None:
    own.data.rename(own.base / "data.new")
    assert own.ensure()
    assert ask(own, "SELECT 1") == 1
    assert not (own.base / "data.new").exists()


@pytest.mark.slow
def test_a_set_up_killed_in_its_midst_is_made_anew(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", START, str(home)], stdout=subprocess.PIPE)
    until(lambda: bool(list(home.glob("cluster/data.new*/base"))))
    process.kill()
    process.communicate()
    cluster = Cluster(home, options=FAST)
    assert not cluster.data.exists()
    assert cluster.ensure()
    assert ask(cluster, "SELECT 1") == 1


def test_the_last_user_to_let_go_stops_it(own: Cluster) -> None:
    other = Cluster(own.home)
    for user in (own, other):
        user.hold()
        user.ensure()
    assert not own.let_go()
    assert other.running()
    assert other.let_go()
    assert not other.running()


def test_a_user_that_died_holds_nothing(own: Cluster) -> None:
    waits = START + "c = Cluster(Path(sys.argv[1])); c.hold(); print('holds', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", waits, str(own.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["True\n", "holds\n"]
    own.hold()
    process.kill()
    process.communicate()
    assert own.running()
    assert own.let_go()


def test_a_user_that_comes_while_the_last_one_goes_finds_it_running(own: Cluster) -> None:
    """Who holds it before making sure that it runs can't have it stopped under his hands."""
    coming = Cluster(own.home)
    own.hold()
    own.ensure()
    coming.hold()
    assert not own.let_go()
    assert not coming.ensure()
    assert ask(coming, "SELECT 1") == 1
    assert coming.let_go()


@pytest.fixture
def small_disk(home: Path, mount: Callable[[Path, str], None]) -> Path:
    """A home on a disk of 30 MB, which initdb alone needs."""
    mount(home, "size=30m")
    return home


def test_a_disk_too_small_for_a_cluster_is_one_sentence(small_disk: Path) -> None:
    with pytest.raises(DiskFull, match=f"^The disk of {small_disk} is full; free some space and start again.$"):
        Cluster(small_disk).ensure()


def test_a_disk_with_no_space_at_all_is_the_same_sentence(small_disk: Path) -> None:
    with pytest.raises(OSError) as full, (small_disk / "filler").open("wb") as stream:
        for _ in range(10_000):
            stream.write(b"\0" * 4096)
    assert full.value.errno == errno.ENOSPC
    with pytest.raises(DiskFull, match=f"^The disk of {small_disk} is full; free some space and start again.$"):
        Cluster(small_disk).ensure()


def test_a_disk_without_space_for_one_more_name_is_the_same_sentence(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,nr_inodes=1", str(small_disk)], check=True)
    with pytest.raises(DiskFull, match=f"^The disk of {small_disk} is full; free some space and start again.$"):
        Cluster(small_disk).ensure()


def test_a_disk_that_fills_up_after_the_cluster_was_made_is_the_same_sentence(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    cluster = Cluster(small_disk)
    cluster.ensure()
    cluster.stop()
    with pytest.raises(OSError), (small_disk / "filler").open("wb") as stream:
        for _ in range(100_000):
            stream.write(b"\0" * 4096)
    with pytest.raises(DiskFull, match=f"^The disk of {small_disk} is full; free some space and start again.$"):
        cluster.ensure()
    (small_disk / "filler").unlink()
    assert cluster.ensure()
    cluster.stop()
