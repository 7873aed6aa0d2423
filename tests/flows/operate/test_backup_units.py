"""The systemd units of the nightly backup: valid, and with a command that Lode has."""

import configparser
import shutil
import subprocess
from pathlib import Path

from click.testing import CliRunner

from lodebase.cli.main import cli

DEPLOY = Path(__file__).parents[3] / "deploy"
SERVICE, TIMER = DEPLOY / "lode-backup.service", DEPLOY / "lode-backup.timer"


def unit(path: Path) -> configparser.ConfigParser:
    """Return the sections of a unit file."""
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


def test_the_service_runs_a_command_of_lode_that_removes_old_backups() -> None:
    program, command, *options = unit(SERVICE)["Service"]["ExecStart"].split()
    assert (program, command) == ("/opt/lode/.venv/bin/lode", "backup")
    shown = CliRunner().invoke(cli, [command, "--help"]).output
    assert [option for option in options if option.startswith("--") and option not in shown] == []
    assert "--keep" in options
    folder = options[options.index("--into") + 1]
    assert unit(SERVICE)["Service"]["ReadWritePaths"] == folder


def test_the_timer_starts_the_service_daily_and_after_a_time_off() -> None:
    timer = unit(TIMER)["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 02:00:00", "true")
    assert TIMER.stem == SERVICE.stem


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Without systemd-analyze the tests above, which parse the files, are what is checked."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    # the program of the unit is there on the machine that it is installed on
    text = SERVICE.read_text(encoding="utf-8").replace("/opt/lode/.venv/bin/lode", "/bin/true")
    (tmp_path / SERVICE.name).write_text(text, encoding="utf-8")
    shutil.copy(TIMER, tmp_path)
    for name in (SERVICE.name, TIMER.name):
        done = subprocess.run([analyze, "verify", str(tmp_path / name)], capture_output=True, text=True, check=False)
        complaints = [line for line in done.stderr.splitlines() if "lode-backup" in line]
        assert (done.returncode, complaints) == (0, []), done.stderr
