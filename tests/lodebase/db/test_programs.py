"""Which PostgreSQL is taken: the newest with PostGIS, or the one that is requested."""

import os
from pathlib import Path

import pytest

from lodebase.db.private_cluster import programs
from lodebase.errors import ClusterTrouble


def install(root: Path, major: int, postgis: bool = True) -> Path:
    """A folder that looks like an installation: a program that reports its version, and PostGIS next to it."""
    folder = root / str(major) / "bin"
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.4 (Debian)'\n")
    program.chmod(0o755)
    if postgis:
        control = root / str(major) / "share/postgresql/extension/postgis.control"
        control.parent.mkdir(parents=True)
        control.touch()
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with only the installations that a test makes; their numbers are none that a machine has."""
    monkeypatch.setattr(programs, "DEBIAN_ROOT", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def test_the_newest_with_postgis_is_taken(root: Path) -> None:
    install(root, 98)
    newest = install(root, 100)
    install(root, 99)
    install(root, 101, postgis=False)
    install(root, 12)
    assert [installed_program.major for installed_program in programs.find_installed_programs()] == [100, 99, 98]
    assert programs.choose_newest_programs() == programs.Programs(newest, 100)
    assert programs.choose_newest_programs().path("initdb") == str(newest / "initdb")


def test_one_on_the_path_is_found_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(root / "elsewhere", 99)
    (folder / "initdb").write_text("#!/bin/sh\n")
    (folder / "initdb").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    assert [installed_program.major for installed_program in programs.find_installed_programs()] == [99]


def test_the_requested_one_is_used_and_no_other(root: Path) -> None:
    old = install(root, 98)
    install(root, 99)
    assert programs.choose_newest_programs(old).major == 98


@pytest.mark.parametrize("postgis", [True, False])
def test_a_requested_one_that_is_unfit_is_one_sentence(root: Path, postgis: bool) -> None:
    folder = install(root, 14 if postgis else 99, postgis=postgis)
    with pytest.raises(ClusterTrouble, match=f"^There is no PostgreSQL 15 or newer with PostGIS in {folder}; "):
        programs.choose_newest_programs(folder)


def test_a_machine_without_any_is_one_sentence_that_says_what_to_do(root: Path) -> None:
    with pytest.raises(ClusterTrouble) as caught:
        programs.choose_newest_programs()
    assert str(caught.value) == (
        "There is no PostgreSQL 15 or newer with PostGIS on this machine; `make serve` installs it, "
        "or set LODE_DATABASE_URL to a PostGIS that runs elsewhere."
    )


def test_a_program_that_does_not_run_is_no_installation(root: Path) -> None:
    folder = install(root, 99)
    (folder / "postgres").write_text("#!/bin/sh\nexit 1\n")
    assert programs.find_installed_programs() == []


def test_only_root_needs_another_user() -> None:
    user = programs.choose_unprivileged_user()
    assert (user is None) == (os.geteuid() != 0)
    assert user is None or user.pw_uid != 0


def test_root_without_such_a_user_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(programs, "UNPRIVILEGED_USERS", ("no-such-user",))
    with pytest.raises(ClusterTrouble, match="^PostgreSQL refuses to run as root and there is no user postgres"):
        programs.choose_unprivileged_user()
