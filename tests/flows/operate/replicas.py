"""A streaming replica of a private cluster, made by pg_basebackup on the same machine."""

import contextlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.errors import SerializationFailure

from lodebase.db.private_cluster import programs
from lodebase.db.private_cluster.cluster import ADMIN, Cluster

PORT = 5433
SETTINGS = "wal_level = replica\nmax_wal_senders = 4\nmax_replication_slots = 4\nhot_standby_feedback = off\n"
"""What a cluster needs before a replica can be made of it."""


class Replica:
    """The replica of a cluster, in a folder of its own with its socket."""

    def __init__(self, primary: Cluster, folder: Path) -> None:
        self._primary, self.folder, self.data = primary, folder, folder / "data"
        self._user = programs.choose_unprivileged_user()
        self._bin = programs.choose_newest_programs().bin

    def address(self, user: str = "lode_site") -> str:
        """Where it is reached by a role."""
        return f"postgresql://{user}@/lode?host={self.folder}&port={PORT}"

    def make(self, settings: Mapping[str, str] | None = None) -> None:
        """Copy the primary as it is now, and write how the copy follows it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            shutil.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        source = ["-h", str(self._primary.socket_folder), "-U", ADMIN]
        self._call("pg_basebackup", *source, "-D", str(self.data), "-R", "-c", "fast")
        own = {"port": str(PORT), "unix_socket_directories": f"'{self.folder}'", **(settings or {})}
        with (self.data / "postgresql.auto.conf").open("a") as stream:
            stream.writelines(f"{name} = {value}\n" for name, value in own.items())

    def start(self) -> None:
        """Start it and wait until it can be read."""
        self._call("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "start", quiet=True)

    def stop(self, mode: str = "fast") -> None:
        """End it with its connections; ``immediate`` as if it had crashed."""
        if (self.data / "postmaster.pid").exists():
            self._call("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def value_of(self, statement: str) -> object:
        """Return the only value of a statement; it is repeated if the replay cancels it for a conflict."""
        while True:
            with contextlib.suppress(SerializationFailure), psycopg.connect(self.address(ADMIN), autocommit=True) as connection:
                row = connection.execute(statement).fetchone()
                return row and row[0]

    def _call(self, program: str, *arguments: str, quiet: bool = False) -> None:
        identity = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        sink = subprocess.DEVNULL if quiet else subprocess.PIPE
        result = subprocess.run(  # type: ignore[call-overload]
            [str(self._bin / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            text=True,
            cwd="/",
            start_new_session=True,
            check=False,
            **identity,
        )
        log = self.folder / "log"
        assert result.returncode == 0, result.stderr or (log.read_text() if log.exists() else program)
