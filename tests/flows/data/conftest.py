"""One store with all real files, for the tests of the group ``real_data``."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lodebase.db.private_cluster.cluster import Cluster

LODE = str(Path(sys.executable).with_name("lode"))


@dataclass(frozen=True, slots=True)
class Imported:
    """A store with the real files, and what the command said of the first and the second run."""

    home: Path
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]

    def runs(self, again: bool = False) -> dict[str, dict[str, Any]]:
        """The runs by their source."""
        return {run["source"]: run for run in json.loads((self.second if again else self.first).stdout)}

    def lode(self, *command: str) -> None:
        """Run a command on the store; it must succeed."""
        result = _lode(self.home, *command)
        assert result.returncode == 0, result.stderr


@pytest.fixture(scope="session")
def imported(real_data: Path) -> Iterator[Imported]:
    # pytest's own folders are closed to other users, and root's cluster runs as one
    home = Path(tempfile.mkdtemp(prefix="lode-real-"))
    home.chmod(0o755)
    cluster = Cluster(home)
    cluster.hold()
    try:
        cluster.ensure()
        first, second = (_lode(home, "import", "--all", str(real_data), "--json") for _ in range(2))
        yield Imported(home, first, second)
    finally:
        cluster.let_go()
        shutil.rmtree(cluster.base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _lode(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODE_")}
    environment["LODE_HOME"] = str(home)
    return subprocess.run(
        [LODE, *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
