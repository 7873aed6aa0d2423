"""Runs the shell blocks of the pages in docs/operate, in order, as an operator would.

A test runs a page with ``run_page("backup", environment, folder)``; ``operating_environment`` makes the environment.
Fences of a page:

``sh``             run by ``sh -eu``; exported variables and the working directory carry over to the next block
``sh background``  a command that runs until Ctrl-C, such as ``lode serve``: started, waited for at PORT, ended at the next
                   such block or at the end of the page
``sh untested``    only checked for syntax; each line begins with a program of UNTESTED
anything else      not run: ``console`` for a session with its output, ``text``, ``ini``, ``sql`` ...
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "operate"
UNTESTED = {
    "sudo": "changes the machine that the tests run on",
    "systemctl": "needs systemd as the first process, which a container does not have",
    "journalctl": "needs the journal of systemd",
    "docker": "needs a container engine",
    "git": "needs the remote repository",
    "apt-get": "changes the machine that the tests run on",
    "ssh": "needs a second machine",
    "rsync": "needs a second machine",
    "promtool": "not on every machine; tests/flows/operate/test_deploy.py runs it where it is",
}
"""Programs that the tests do not run, each with its reason."""
OTHER_SYSTEMS = {
    "run-in-containers": "needs a container engine; tests/flows/operate/test_containers.py reads what it names",
    "run-on-kubernetes": "needs a cluster; tests/flows/operate/test_kubernetes.py renders and checks its chart",
    "use-your-own-postgis": "needs a server of others; tests/lodebase/backup/test_backup.py has its roles",
    "send-mail": "needs a mail server; tests/lodebase/subscriptions sends to one of its own",
    "sign-in-by-a-provider": "needs an identity provider; tests/flows/pages/test_provider.py has one of its own",
}
"""Pages whose commands need a system that is not Lode's, each with its reason."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: its info string, text and first line."""

    info: str
    text: str
    line: int

    @property
    def is_shell(self) -> bool:
        """Whether it holds shell commands."""
        return self.info.split()[:1] == ["sh"]

    @property
    def is_run(self) -> bool:
        """Whether a test has to run it."""
        return self.is_shell and self.info != "sh untested"

    def commands(self) -> list[str]:
        """The command lines: continued lines joined, without comments, empty lines and here-documents."""
        text = re.sub(r"<<-?\s*['\"]?(\w+)['\"]?(.*)\n(?:.*\n)*?\s*\1\n", r"\2\n", self.text.replace("\\\n", " "))
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    return [Block(match[1].strip(), match[2], text.count("\n", 0, match.start()) + 1) for match in found]


def operating_environment(home: Path, port: int, **more: str) -> dict[str, str]:
    """Return an environment in which ``lode`` is this checkout's, with a data folder and a port of the test's own."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LODE_") and name != "PORT"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{bare.get('PATH', os.defpath)}"
    return {**bare, "PATH": path, "LODE_HOME": str(home), "PORT": str(port), "LC_ALL": "C.UTF-8", **more}


def run_page(
    name: str,
    environment: Mapping[str, str],
    folder: Path,
    replace: Mapping[str, str] | None = None,
    seconds: float = 240,
) -> str:
    """Run the blocks of docs/operate/NAME.md in a folder and return their output.

    ``replace`` maps texts of the page, such as a host name or a port, to those of the test. Raises AssertionError with the
    block and its output when one fails or takes longer than ``seconds``.
    """
    page = FOLDER / f"{name}.md"
    made = [block for block in blocks(page) if block.is_run]
    assert made, f"{page.name} has no sh block"
    return run_blocks(made, environment, folder, replace, seconds)


def run_blocks(
    made: Sequence[Block],
    environment: Mapping[str, str],
    folder: Path,
    replace: Mapping[str, str] | None = None,
    seconds: float = 240,
) -> str:
    """Run shell blocks in order and return their output; see ``run_page``."""
    shell = _Shell(dict(environment), folder, seconds)
    try:
        for block in made:
            text = block.text
            for old, new in (replace or {}).items():
                text = text.replace(old, new)
            if block.info == "sh background":
                shell.start(text, block.line)
            else:
                shell.run(text, block.line)
        shell.end()
        return shell.output()
    finally:
        shell.close()


class _Shell:
    """Runs blocks in sequence; the environment is stored in a file between them."""

    def __init__(self, environment: dict[str, str], folder: Path, seconds: float) -> None:
        self._environment, self._folder, self._seconds = environment, folder, seconds
        self._notes = Path(tempfile.mkdtemp(prefix="lode-page-"))
        self._state, self._log = self._notes / "state", self._notes / "log"
        self._state.write_text("")
        self._environment["OPERATE_FOLDER"] = str(folder)
        self._log.write_text("")
        self._background: subprocess.Popen[bytes] | None = None

    def output(self) -> str:
        """Return what all blocks wrote so far, on standard output and error."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def run(self, text: str, line: int) -> None:
        """Run a block to its end."""
        process = self._popen(f"{text}\nexport OPERATE_FOLDER=\"$(pwd)\"\nexport -p >'{self._state}'\n", line)
        try:
            status = process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            _end_group(process)
            raise AssertionError(f"the block at line {line} runs too long:\n{text}\n{self.output()}") from None
        assert status == 0, f"the block at line {line} ends with {status}:\n{text}\n{self.output()}"

    def start(self, text: str, line: int) -> None:
        """Start a block that runs until it is ended, and wait until the site responds at PORT."""
        self.end()
        self._background = self._popen(text, line)
        url, deadline = f"http://127.0.0.1:{self._environment['PORT']}/healthz", time.monotonic() + self._seconds
        while not _responds(url):
            running = self._background.poll() is None and time.monotonic() < deadline
            assert running, f"the block at line {line} does not serve {url}:\n{text}\n{self.output()}"
            time.sleep(0.1)

    def end(self) -> None:
        """End the block that runs in the background, if there is one, with all its processes."""
        if self._background is not None:
            _end_group(self._background)
            self._background = None

    def close(self) -> None:
        """End what still runs and remove the notes."""
        self.end()
        shutil.rmtree(self._notes, ignore_errors=True)

    def _popen(self, text: str, line: int) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            log.write(f"--- line {line}\n".encode())
            log.flush()
            return subprocess.Popen(
                ["sh", "-eu", "-c", f". '{self._state}'\ncd \"$OPERATE_FOLDER\"\n{text}"],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def _responds(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _end_group(process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """End all processes of a process group: SIGTERM first, SIGKILL for those that are left after a while."""
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
        if not _signal_group(process, number):
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not _signal_group(process, 0):
                return
            time.sleep(0.1)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> bool:
    """Send a signal to a process group; return whether it still has a process."""
    process.poll()
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True
