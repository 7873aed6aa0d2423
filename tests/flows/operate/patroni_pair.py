"""Two PostgreSQL servers that Patroni manages, with etcd, on one machine and with the file of deploy/."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import requests
from tests.flows.conftest import _free_port, _until

from lodebase.db.private_cluster import programs

CONFIGURATION = Path(__file__).parents[3] / "deploy/patroni.yml"
PASSWORD = "of-the-tests"
WAIT_S = 90


class PatroniPair:
    """The servers ``a`` and ``b``, and the store of Patroni's decisions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: _free_port() for name in "ab"}
        self._rest = {name: _free_port() for name in "ab"}
        self._etcd = _free_port()
        self._peer = _free_port()
        self._user = programs.choose_unprivileged_user()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        folder.chmod(0o755)
        if self._user is not None:
            shutil.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def address(self, user: str, database: str, password: str = PASSWORD) -> str:
        """Return the address of the server that takes writes, whichever it is."""
        listed = ",".join(str(port) for port in self.ports.values())
        return f"postgresql://{user}:{password}@/{database}?host=127.0.0.1,127.0.0.1&port={listed}&target_session_attrs=primary"

    def start(self) -> None:
        """Start all, and wait until the second server follows the first."""
        urls = f"http://127.0.0.1:{self._etcd}"
        peer = f"http://127.0.0.1:{self._peer}"
        self._run(
            "etcd",
            *("etcd", "--data-dir", str(self.folder / "etcd"), "--name", "tests", "--log-level", "error"),
            *("--listen-client-urls", urls, "--advertise-client-urls", urls, "--listen-peer-urls", peer),
            *("--initial-advertise-peer-urls", peer, "--initial-cluster", f"tests={peer}"),
        )
        for name in "ab":
            self.start_server(name)
            _until(lambda: self.leader() is not None, WAIT_S)
        self.require_pair()

    def start_server(self, name: str) -> None:
        """Start Patroni for a server, which starts PostgreSQL."""
        path = self.folder / f"{name}.yml"
        path.write_text(self._configuration(name), encoding="utf-8")
        self._run(name, "patroni", str(path))

    def require_pair(self) -> None:
        """Wait until the server that takes no writes has each that is confirmed."""
        _until(lambda: any(one["role"] == "sync_standby" and one["state"] == "streaming" for one in self.members()), WAIT_S)

    def members(self) -> list[dict[str, Any]]:
        """Return the servers with their roles, as Patroni states them."""
        for port in self._rest.values():
            with contextlib.suppress(requests.RequestException, ValueError):
                listed: list[dict[str, Any]] = requests.get(f"http://127.0.0.1:{port}/cluster", timeout=5).json()["members"]
                return listed
        return []

    def leader(self) -> str | None:
        """Return the name of the server that takes writes, None without one."""
        running = (one["name"] for one in self.members() if one["role"] == "leader" and one["state"] == "running")
        return next(running, None)

    def switch_over(self) -> str:
        """Let the other server take the writes, as an operator does, and return its name."""
        before = self.leader()
        after = "b" if before == "a" else "a"
        command = ["patronictl", "-c", str(self.folder / "a.yml"), "switchover", "lode", "--force"]
        done = subprocess.run(
            [*command, "--leader", str(before), "--candidate", after],
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
            env=self._environment(),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        _until(lambda: self.leader() == after, WAIT_S)
        return after

    def kill(self, name: str) -> None:
        """End a server and its Patroni as if its machine had lost power."""
        process = self._processes.pop(name)
        postmaster = int((self.folder / name / "postmaster.pid").read_text().splitlines()[0])
        for pid in (process.pid, postmaster):
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def output(self) -> str:
        """Return the logs."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """End all."""
        for name in reversed(list(self._processes)):
            process = self._processes.pop(name)
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()

    def run_statements(self, statements: list[str], database: str = "postgres") -> None:
        """Run statements as the administrator."""
        with psycopg.connect(self.address("postgres", database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _configuration(self, name: str) -> str:
        content = CONFIGURATION.read_text(encoding="utf-8")
        replaced = {
            "name: a": f"name: {name}",
            "10.0.0.1:8008": f"127.0.0.1:{self._rest[name]}",
            "10.0.0.1:2379,10.0.0.2:2379,10.0.0.3:2379": f"127.0.0.1:{self._etcd}",
            "10.0.0.1:5432": f"127.0.0.1:{self.ports[name]}",
            "/usr/lib/postgresql/17/bin": str(programs.choose_newest_programs().bin),
            "/var/lib/postgresql/lode": str(self.folder / name),
            "/var/lib/postgresql/.pgpass-patroni": str(self.folder / f"{name}.pgpass"),
            "/var/run/postgresql": str(self.folder),
            "10.0.0.0/24": "127.0.0.0/8",
        }
        for old, new in replaced.items():
            assert old in content, f"{CONFIGURATION.name} has no {old!r}"
            content = content.replace(old, new)
        return content

    def _environment(self) -> dict[str, str]:
        names = {"PATRONI_SUPERUSER_PASSWORD": PASSWORD, "PATRONI_REPLICATION_PASSWORD": PASSWORD}
        return {"PATH": os.defpath + ":/usr/sbin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder), **names}

    def _run(self, name: str, *command: str) -> None:
        identity = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(  # type: ignore[call-overload]
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=self._environment(), **identity
            )


@contextlib.contextmanager
def patroni_pair() -> Iterator[PatroniPair]:
    """Yield a pair of servers that run, with the second following the first."""
    # a short path, since that of a socket may have 107 bytes
    folder = Path(tempfile.mkdtemp(prefix="lode-pair-"))
    pair = PatroniPair(folder)
    try:
        pair.start()
        yield pair
    except BaseException:
        print(pair.output())
        raise
    finally:
        pair.end()
        shutil.rmtree(folder, ignore_errors=True)
