"""The systemd units of the nightly backup, the daily mail and the webhooks: valid, and with commands that Lode has."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodebase.cli.main import cli

DEPLOY = Path(__file__).parents[3] / "deploy"
BACKUP = "lode-backup"
STARTS = {BACKUP: "*-*-* 02:00:00", "lode-notify": "*-*-* 06:00:00", "lode-webhooks": "*-*-* *:00/5:00"}
COMMANDS = {BACKUP: "backup", "lode-notify": "notify", "lode-webhooks": "notify"}


def unit(path: Path) -> configparser.ConfigParser:
    """Return the sections of a unit file."""
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", STARTS)
def test_the_service_runs_a_command_of_lode(name: str) -> None:
    program, command, *options = unit(DEPLOY / f"{name}.service")["Service"]["ExecStart"].split()
    assert (program, command) == ("/opt/lode/.venv/bin/lode", COMMANDS[name])
    assert ("--webhooks" in options) == (name == "lode-webhooks")
    shown = CliRunner().invoke(cli, [command, "--help"]).output
    assert [option for option in options if option.startswith("--") and option not in shown] == []


def test_the_backup_writes_to_its_folder_and_removes_old_ones() -> None:
    service = unit(DEPLOY / f"{BACKUP}.service")["Service"]
    options = service["ExecStart"].split()
    assert "--keep" in options
    assert service["ReadWritePaths"] == options[options.index("--into") + 1]


@pytest.mark.parametrize(("name", "start"), STARTS.items())
def test_the_timer_starts_the_service_on_time_and_after_a_time_off(name: str, start: str) -> None:
    timer = unit(DEPLOY / f"{name}.timer")["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == (start, "true")


@pytest.mark.parametrize("name", STARTS)
def test_systemd_finds_nothing_wrong_with_the_units(name: str, tmp_path: Path) -> None:
    """Without systemd-analyze the tests above, which parse the files, are what is checked."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    # the program of the unit is there on the machine that it is installed on
    text = (DEPLOY / f"{name}.service").read_text(encoding="utf-8").replace("/opt/lode/.venv/bin/lode", "/bin/true")
    (tmp_path / f"{name}.service").write_text(text, encoding="utf-8")
    shutil.copy(DEPLOY / f"{name}.timer", tmp_path)
    for file in (f"{name}.service", f"{name}.timer"):
        done = subprocess.run([analyze, "verify", str(tmp_path / file)], capture_output=True, text=True, check=False)
        complaints = [line for line in done.stderr.splitlines() if name in line]
        assert (done.returncode, complaints) == (0, []), done.stderr
