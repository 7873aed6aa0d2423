"""The private PostGIS cluster under LODE_HOME: created, started, repaired and stopped by Lode alone.

It listens on a Unix socket only. The operating system decides who may connect: the socket's folder is closed to
other users, and ``peer`` authentication lets only its user (and root) in. As root it runs as an unprivileged user.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lodebase.db.private_cluster import programs
from lodebase.db.private_cluster.cluster_options import OPTIONS, compute_memory_options
from lodebase.db.private_cluster.operator_files import COPY, OperatorFiles
from lodebase.db.private_cluster.programs import Programs
from lodebase.errors import ClusterTrouble, DiskFull
from lodebase.process import log_files
from lodebase.process.child_process import MEMORY
from lodedata.messages import msg

PORT = 5432
"""The number in the socket's file name; the cluster listens on no network port."""

ADMIN = "lode_admin"
OWNER = "lode_owner"
IMPORTER = "lode_import"
SITE = "lode_site"
DESK = "lode_desk"
ROLES = (ADMIN, OWNER, IMPORTER, SITE, DESK)
DATABASE = "lode"

MAX_SOCKET_FOLDER_LENGTH = 80
"""The maximum length of the socket folder: a socket's path may have 107 bytes, its name in the folder up to 20 of them."""

END_OF_LOG_BYTES = 8_192
"""The number of bytes at the end of the log that are searched for the reason why a server has just stopped."""

FAR_ROOT = Path("/var/lib/lode")
"""Where root's cluster is placed if the unprivileged user cannot reach LODE_HOME."""

ORPHANS_S = 30.0
"""How long a start waits for the processes of a killed server to end; until then no other server may use the data."""

RECOVERY_S = 120.0
"""How long a running server may take to recover from a crash before it accepts connections."""

REJECTING = 1
"""The exit status of pg_isready for a running server that does not yet, or no longer, accept connections."""

ACCESS = (f"local all {','.join(ROLES)} peer map=lode\n", f"local replication {ADMIN} peer map=lode\n")
"""The rules of access that operator lines cannot override."""
OTHERS = ("local all all peer map=lode\n",)
"""The rules of access if no operator line applies."""


class Cluster:
    """A private cluster; nothing happens before :meth:`ensure`."""

    def __init__(self, home: Path, preferred_bin: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self.home = home.absolute()
        self._preferred = preferred_bin
        self._options = {**OPTIONS, **compute_memory_options(), **(options or {})}
        self._user = programs.choose_unprivileged_user()
        self._in_use: IO[str] | None = None
        self._extra = OperatorFiles(self.home)

    @property
    def base(self) -> Path:
        """Return the folder of data, socket and log; resolved, since root's may be a link to a folder the server can reach."""
        return (self.home / "cluster").resolve()

    @property
    def data(self) -> Path:
        """Return PostgreSQL's data folder."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """Return the path of the server's log."""
        return self.base / "log"

    @property
    def socket_folder(self) -> Path:
        """Return the folder of the socket: next to the data, or a short path if that would be too long."""
        own_folder = self.base / "run"
        if len(os.fsencode(own_folder)) <= MAX_SOCKET_FOLDER_LENGTH:
            return own_folder
        digest = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:16]
        return Path("/tmp") / f"lode-{digest}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the URL of a database of this cluster for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket_folder}&port={PORT}"

    def ensure(self) -> bool:
        """Create and start the cluster if needed; return True if this call started it. Raise ClusterTrouble or DiskFull."""
        self._make_home()
        with self._hold_lock():
            self._make_base()
            installation = self._choose_programs()
            if not (self.data / "PG_VERSION").exists():
                self._run_initdb(installation)
            self._restore_data_owner()
            running = self._running(installation)
            self._allow_roles(installation, running)
            if running:
                return False
            self._remove_stale_lock()
            self._start(installation)
            return True

    def hold(self) -> None:
        """Register that this process uses the cluster, until it ends or calls :meth:`let_go`.

        If called before :meth:`ensure`, another process that calls :meth:`let_go` does not stop the cluster in between.
        """
        self._make_home()
        if self._in_use is None:
            self._in_use = (self.home / "in-use").open("a")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def let_go(self) -> bool:
        """Stop the cluster if no other process uses it; return True if it was stopped."""
        with self._hold_lock():
            if self._in_use is not None:
                self._in_use.close()
                self._in_use = None
            with (self.home / "in-use").open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                self.stop()
                return True

    def stop(self) -> None:
        """Stop the server and end its connections; do nothing if none runs."""
        installation = self._choose_programs()
        if self._running(installation):
            self._run([installation.path("pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop"])

    def running(self) -> bool:
        """Return whether the server runs."""
        return (self.data / "PG_VERSION").exists() and self._running(self._choose_programs())

    def has_died(self) -> bool:
        """Return whether the server has ended without having been stopped."""
        if not (self.data / "PG_VERSION").exists() or self._find_server_process() is not None:
            return False
        control_data = self._call([self._choose_programs().path("pg_controldata"), "-D", str(self.data)])
        state = next((line for line in control_data.stdout.splitlines() if line.startswith("Database cluster state:")), "")
        return bool(state) and "shut down" not in state

    def _find_server_process(self) -> int | None:
        """Return the process id of the server, None if it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(errors="replace").split(maxsplit=1)[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if self._is_our_server(pid) else None

    def _make_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            # checked here, where the cause can be reported
            (self.home / "lock").touch()
        except OSError as error:
            raise self._convert_error(error) from None

    def _make_base(self) -> None:
        try:
            if self._user is None:
                self.base.mkdir(mode=0o700, exist_ok=True)
                self._make_socket_folder()
                return
            link = self.home / "cluster"
            if not link.exists() and not link.is_symlink():
                self._place_for_other_user(link)
            self._give(self.base, 0o700)
            self._make_socket_folder()
        except OSError as error:
            raise self._convert_error(error) from None

    def _make_socket_folder(self) -> None:
        folder = self.socket_folder
        if folder.parent == self.base:
            self._give(folder, 0o700)
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), self._user.pw_uid if self._user else -1):
            raise ClusterTrouble(msg("%(folder)s belongs to another user; set LODE_HOME to a shorter path.", folder=folder))
        self._give(folder, 0o700)

    def _place_for_other_user(self, link: Path) -> None:
        """Put the cluster in LODE_HOME if the unprivileged user can reach it, otherwise elsewhere with a link."""
        assert self._user is not None
        if self.home.stat().st_uid == 0 and not self.home.stat().st_mode & 0o011:
            self.home.chmod(self.home.stat().st_mode | 0o011)
        if self._can_enter(self.home):
            link.mkdir(mode=0o700)
            return
        far = FAR_ROOT / hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        far.mkdir(mode=0o711, parents=True, exist_ok=True)
        link.symlink_to(far)

    def _can_enter(self, folder: Path) -> bool:
        assert self._user is not None
        result = subprocess.run(
            ["test", "-x", str(folder)],
            user=self._user.pw_uid,
            group=self._user.pw_gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
        return result.returncode == 0

    def _give(self, folder: Path, mode: int) -> None:
        folder.mkdir(mode=mode, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    @contextmanager
    def _hold_lock(self) -> Iterator[None]:
        """Hold the lock under which one process at a time creates, starts or stops the cluster."""
        with (self.home / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _choose_programs(self) -> Programs:
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            return programs.choose_newest_programs(self._preferred)
        major = int(version_file.read_text().strip())
        installed_programs = programs.find_installed_programs(self._preferred)
        for candidate in installed_programs:
            if candidate.major == major:
                return candidate
        there = ", ".join(str(candidate.major) for candidate in installed_programs) or "none"
        raise ClusterTrouble(
            msg(
                "%(home)s holds a cluster of PostgreSQL %(major)s, and the versions with PostGIS here are: "
                "%(there)s. Install postgresql-%(major)s-postgis-3, or set LODE_HOME to a new folder and "
                "import again.",
                home=self.home,
                major=major,
                there=there,
            )
        )

    def _run_initdb(self, installation: Programs) -> None:
        for left in self.base.glob("data.new*"):
            shutil.rmtree(left, ignore_errors=True)
        # a unique name: initdb may briefly outlive a killed process of ours
        fresh = self.base / f"data.new.{os.getpid()}"
        self._run(
            [
                installation.path("initdb"),
                "-D",
                str(fresh),
                "-U",
                ADMIN,
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--lc-collate=C",
            ]
            + ["--auth-local=peer", "--auth-host=reject", "--data-checksums"]
        )
        # renamed only when complete, so that an interrupted set-up starts again
        fresh.rename(self.data)

    def _restore_data_owner(self) -> None:
        """Give the data folder to the server's user if root has replaced it, for example by a base backup."""
        if self._user is None or self.data.stat().st_uid == self._user.pw_uid:
            return
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)

    def _allow_roles(self, installation: Programs, running: bool) -> None:
        """Allow every role to connect, including roles added later, and those that the operator allows."""
        wanted = {
            "pg_hba.conf": self._extra.access(ACCESS, OTHERS),
            "pg_ident.conf": self._extra.names(self._list_ident_lines()),
        }
        changed = [name for name, content in wanted.items() if (self.data / name).read_text() != content]
        for name in changed:
            self._write(self.data / name, wanted[name])
        if changed and running:
            self._run([installation.path("pg_ctl"), "-D", str(self.data), "reload"])

    def _list_ident_lines(self) -> Iterator[str]:
        names = {"root"} if self._user is not None else set()
        names.add(self._user.pw_name if self._user is not None else _find_own_name())
        for name in sorted(names):
            for role in ROLES:
                yield f"lode {name} {role}\n"

    def _write(self, path: Path, content: str) -> None:
        path.write_text(content)
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _start(self, installation: Programs) -> None:
        recovering = self._write_settings(installation)
        command = [installation.path("pg_ctl"), "-D", str(self.data), "-l", str(self.log), "-w", "-t", "120", "start"]
        with contextlib.suppress(OSError):
            # the server itself reports a full disk
            log_files.rotate(self.log)
        deadline = time.monotonic() + ORPHANS_S
        while True:
            begun = self.log.stat().st_size if self.log.exists() else 0
            try:
                self._run(command, quiet=True)
                if recovering:
                    self._wait_for_recovery(installation)
                return self._require_no_complaint(begun)
            except ClusterTrouble:
                self._require_no_complaint(begun)
                last = self._read_end_reason()
            if "No space left" in last:
                raise DiskFull(msg("The disk of %(home)s is full; free some space and start again.", home=self.home))
            if "shared memory block" not in last or time.monotonic() > deadline:
                raise ClusterTrouble(msg("PostgreSQL does not start: %(last)s (log: %(log)s).", last=last, log=self.log))
            time.sleep(0.2)

    def _write_settings(self, installation: Programs) -> bool:
        """Write the server's settings; return True if it will recover to a point in time. Raise ClusterTrouble if invalid."""
        if (self.data / "standby.signal").exists():
            raise ClusterTrouble(
                msg(
                    "%(data)s is a replica (it holds standby.signal), and Lode's own database can't be one. "
                    "Start the replica with pg_ctl and name it in LODE_DATABASE_READ_URL.",
                    data=self.data,
                )
            )
        recovering = (self.data / "recovery.signal").exists()
        # closed until the end of a recovery, so that the server accepts connections only when it can be written to
        required = {"unix_socket_directories": f"'{self.socket_folder}'", "port": str(PORT)}
        required |= {"hot_standby": "off"} if recovering else {}
        extra = self._extra.settings()
        ours, last = ("".join(f"{k} = {v}\n" for k, v in some.items()) for some in (self._options, required))
        self._write(self.data / COPY, extra or "")
        self._write(self.data / "postgresql.auto.conf", f"{ours}include '{COPY}'\n{last}")
        if extra is not None:
            checked = self._call([installation.path("postgres"), "-D", str(self.data), "-C", "data_directory"])
            if checked.returncode != 0:
                raise ClusterTrouble(
                    self._find_complaint(checked.stderr) or f"PostgreSQL does not start: {checked.stderr.strip()}"
                )
        return recovering

    def _wait_for_recovery(self, installation: Programs) -> None:
        """Wait until the server has recovered to a point in time, however long it takes. Raise ClusterTrouble if it fails.

        Meanwhile it rejects connections, and pg_ctl reports it as started.
        """
        while (self.data / "recovery.signal").exists():
            if self._call([installation.path("pg_ctl"), "-D", str(self.data), "status"]).returncode != 0:
                raise ClusterTrouble(msg("The recovery ended early."))
            time.sleep(0.2)
        if not self._running(installation):
            raise ClusterTrouble(msg("The server does not respond after its recovery."))

    def _require_no_complaint(self, begun: int) -> None:
        """Raise ClusterTrouble if the server logged, after that byte of its log, an error in an operator's line.

        With a bad line in its user name map it runs without the map, and would reject everybody.
        """
        with contextlib.suppress(OSError), self.log.open("rb") as stream:
            stream.seek(begun)
            complaint = self._find_complaint(stream.read().decode(errors="replace"))
            if complaint is not None:
                self.stop()
                raise ClusterTrouble(complaint)

    def _find_complaint(self, output: str) -> str | None:
        """Return the error in an operator's file, with its line there."""
        return self._extra.find_complaint(
            output, {"pg_hba.conf": len(ACCESS), "pg_ident.conf": len(list(self._list_ident_lines()))}
        )

    def _read_end_reason(self) -> str:
        """Return why the server ended, from its log."""
        lines = log_files.end_of(self.log, END_OF_LOG_BYTES).splitlines()
        reasons = [line for line in lines[-40:] if "FATAL" in line or "PANIC" in line or "No space" in line]
        # what a backend of the previous server logs as it ends
        reasons = [line for line in reasons if "unexpected postmaster exit" not in line]
        return reasons[-1].split(": ", 1)[-1].strip() if reasons else "see its log"

    def _running(self, installation: Programs) -> bool:
        result = self._call([installation.path("pg_ctl"), "-D", str(self.data), "status"])
        if result.returncode != 0:
            return False
        command = [
            installation.path("pg_isready"),
            "-q",
            "-h",
            str(self.socket_folder),
            "-p",
            str(PORT),
            "-t",
            "10",
            "-U",
            ADMIN,
            "-d",
            "postgres",
        ]
        deadline = time.monotonic() + RECOVERY_S
        while (ready := self._call(command).returncode) == REJECTING and time.monotonic() < deadline:
            time.sleep(0.1)
        return ready == 0

    def _remove_stale_lock(self) -> None:
        """Remove the lock file of a crashed server if the process it names is not a server of this folder."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        lines = pid_file.read_text(errors="replace").splitlines()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        if pid and self._is_our_server(pid):
            raise ClusterTrouble(
                msg(
                    "A PostgreSQL server (process %(pid)s) runs on %(data)s but does not respond; end it and start again.",
                    pid=pid,
                    data=self.data,
                )
            )
        pid_file.unlink()
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in command and b"postgres" in command[0]

    def _run(self, command: Sequence[str], quiet: bool = False) -> None:
        result = self._call(command, keep_output=not quiet)
        if result.returncode != 0:
            output = (result.stderr or result.stdout or "").strip()
            if "No space left" in output:
                raise DiskFull(msg("The disk of %(home)s is full; free some space and start again.", home=self.home))
            last = output.splitlines()[-1] if output else f"exit status {result.returncode}"
            raise ClusterTrouble(msg("%(program)s failed: %(last)s", program=Path(command[0]).name, last=last))

    def _call(self, command: Sequence[str], keep_output: bool = True) -> subprocess.CompletedProcess[str]:
        identity = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        # the server started by pg_ctl would keep a pipe open for ever, so its output goes only to its log
        sink = subprocess.PIPE if keep_output else subprocess.DEVNULL
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", **MEMORY},
            # its own session, so that Ctrl-C ends the site first and then Lode stops the server
            start_new_session=True,
            check=False,
            **identity,
        )

    def require_disk_space(self) -> None:
        """Raise DiskFull if, by its own log, the server stopped because there was no space for its write-ahead log."""
        with contextlib.suppress(OSError):
            if "No space left on device" in log_files.end_of(self.log, END_OF_LOG_BYTES):
                raise DiskFull(
                    msg("The disk of %(home)s is full, nothing was changed; free some space and start again.", home=self.home)
                )

    def _convert_error(self, error: OSError) -> ClusterTrouble | DiskFull:
        if error.errno == 28:
            return DiskFull(msg("The disk of %(home)s is full; free some space and start again.", home=self.home))
        return ClusterTrouble(
            msg(
                "LODE_HOME=%(home)s: %(reason)s (%(filename)s).", home=self.home, reason=error.strerror, filename=error.filename
            )
        )


def _find_own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise ClusterTrouble(
            msg("The user with the number %(value)s has no name; add it to /etc/passwd.", value=os.geteuid())
        ) from None
