"""The folder of a running site in memory: metrics, heartbeats of its processes and the announcement that it will stop.

It is not on the disk of the data, so that a full disk stops none of them.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "LODE_RUN_FOLDER"
"""Environment variable of the processes of a site that names the folder."""
MEMORY = Path("/dev/shm")
PREFIX = "lode-run-"
TEMPORARY = re.compile(r"lode-(?:run|desk|area|import|unpacked)-(?P<process>\d+)-.*")
"""Names of temporary files and folders, with the process that made them."""


@dataclass(frozen=True, slots=True)
class RuntimeFolder:
    """The folder and the paths in it."""

    path: Path

    @property
    def metrics(self) -> Path:
        """Return the folder of the metrics."""
        return self.path / "metrics"

    @property
    def beats(self) -> Path:
        """Return the folder of the heartbeats."""
        return self.path / "beats"

    @property
    def stopping(self) -> Path:
        """Return the path of a file that exists as soon as the site will stop."""
        return self.path / "stopping"


@contextmanager
def create_runtime_folder() -> Iterator[RuntimeFolder]:
    """Yield a new runtime folder, removed at the end; what ended processes have left is removed before."""
    remove_abandoned()
    parent = _find_parent()
    with tempfile.TemporaryDirectory(prefix=build_temporary_prefix("run"), dir=parent, ignore_cleanup_errors=True) as name:
        folder = RuntimeFolder(Path(name))
        folder.metrics.mkdir()
        folder.beats.mkdir()
        yield folder


def find_runtime_folder() -> RuntimeFolder | None:
    """Return the runtime folder of the site that this process belongs to."""
    path = os.environ.get(VARIABLE)
    return RuntimeFolder(Path(path)) if path is not None else None


def stop_announced() -> bool:
    """Return whether this site will stop."""
    folder = find_runtime_folder()
    return folder is not None and folder.stopping.exists()


def build_temporary_prefix(purpose: str) -> str:
    """Return the prefix of a temporary name of this process, by which it is removed when the process was killed."""
    return f"lode-{purpose}-{os.getpid()}-"


def remove_abandoned() -> None:
    """Remove temporary folders of this user whose process has ended: a killed process leaves the file that it read."""
    for parent in {_find_parent(), Path(tempfile.gettempdir())}:
        for path in parent.glob("lode-*"):
            match = TEMPORARY.fullmatch(path.name)
            with contextlib.suppress(OSError):
                if match is not None and path.lstat().st_uid == os.geteuid() and not _is_running(int(match["process"])):
                    shutil.rmtree(path, ignore_errors=True)


def _find_parent() -> Path:
    return MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
