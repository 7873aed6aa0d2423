"""Backup and restore: everything comes back, a failure changes nothing, what can't be used is refused in one sentence."""

import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from tests.lodebase import full_store
from tests.lodebase.full_store import objects, states, strange_owners

from lodebase.backup import Archive, StepProgress, TableState, client_programs, make_backup, restore, table_states
from lodebase.backup.archive import DUMP, MANIFEST
from lodebase.backup.folder import build_backup_path, remove_old
from lodebase.backup.restore import describe_state_differences
from lodebase.db import revision, upgrade
from lodebase.db.store import Store, connect_store, write_conninfo
from lodebase.errors import (
    BackupFailed,
    BackupUnusable,
    BadSetting,
    DatabaseUnfit,
    DiskFull,
    NotFound,
    RestoreFailed,
)
from lodebase.settings import Settings
from lodedata.messages import Message

if TYPE_CHECKING:
    from tests.lodebase.conftest import Elsewhere, OwnTable

LODE = str(Path(sys.executable).with_name("lode"))
RECORD = "lode.backup"
AUDIT = "lode.audit"
RESTORING = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE a.datname = current_database() AND a.application_name = 'lode restore' AND l.mode = 'AccessExclusiveLock' AND l.granted
"""


@pytest.fixture
def full(own_table: "OwnTable") -> Store:
    """A store with rows in every table."""
    full_store.fill(own_table)
    assert [name for name, state in states(own_table.store).items() if state.rows == 0] == []
    return own_table.store


@pytest.fixture(scope="module")
def small(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    """A store that holds the vocabularies alone, for tests that change nothing in it."""
    with own_store("backup") as store:
        yield store


@pytest.fixture(scope="module")
def small_backup(small: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("backup") / "small.zip"
    make_backup(small, path, StepProgress())
    return path


def wreck(store: Store) -> None:
    """Drop every schema of the store."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        schemas = table_states.read_schema_names(connection)
        assert len(schemas) > 2
        connection.execute(SQL("DROP SCHEMA {} CASCADE").format(SQL(", ").join(map(Identifier, schemas))))


def load(store: Store, path: Path) -> None:
    with Archive(path) as archive:
        restore(store, archive, StepProgress())


def without_record(of: Mapping[str, TableState]) -> dict[str, TableState]:
    """The states without the table of backups, to which a backup adds itself after its snapshot."""
    return {name: state for name, state in of.items() if name != RECORD}


def changed_archive(path: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write the archive anew with its members changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as zip_file:
        for name in source.namelist():
            zip_file.writestr(name, change(name, source.read(name)))
    return target


# --- the drill -------------------------------------------------------------------------------------------------------


def test_every_schema_that_the_migrations_make_is_backed_up(small: Store, small_backup: Path) -> None:
    with psycopg.connect(write_conninfo(small.addresses.owner)) as connection:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace n WHERE nspname !~ '^(pg_|information_schema$|public$)' AND NOT EXISTS"
            " (SELECT FROM pg_depend d WHERE d.objid = n.oid AND d.deptype = 'e') ORDER BY 1"
        )
        assert list(Archive(small_backup).manifest.schemas) == [row[0] for row in rows]


def test_drill_wrecked_and_restored_in_place(full: Store, tmp_path: Path) -> None:
    before, made_of = states(full), objects(full)
    path = tmp_path / "lode.zip"
    result = make_backup(full, path, StepProgress())
    assert result.rows == sum(state.rows for state in before.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Archive(path).manifest.tables == before
    wreck(full)
    load(full, path)
    assert states(full) == before
    assert objects(full) == made_of
    assert strange_owners(full) == []


@pytest.mark.slow
def test_drill_restored_into_a_new_home(full: Store, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "lode.zip"
    make_backup(full, path, StepProgress())
    environment = {**os.environ, "LODE_HOME": str(home)}
    environment.pop("LODE_DATABASE_URL", None)
    done = subprocess.run([LODE, "restore", str(path), "--json"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with connect_store(Settings.model_validate({"LODE_HOME": home}), prepare=False) as restored:
        before, after = without_record(states(full)), without_record(states(restored))
        # the command adds itself to the audit trail of the restored store
        assert after.pop(AUDIT).rows == before.pop(AUDIT).rows + 1
        assert after == before
        with psycopg.connect(write_conninfo(restored.addresses.site)) as site:
            assert site.execute("SELECT count(*) FROM deposit").fetchone() == (states(full)["lode.deposit"].rows,)
        assert strange_owners(restored) == []


@pytest.mark.slow
def test_drill_restored_into_a_postgis_of_somebody_else(full: Store, elsewhere: "Elsewhere", tmp_path: Path) -> None:
    """The login there has no rights but those that docs/operate/use-your-own-postgis.md names."""
    path = tmp_path / "lode.zip"
    make_backup(full, path, StepProgress())
    name = elsewhere.database("planner", "postgis")
    for role in ("lode_import", "lode_site", "lode_desk"):
        elsewhere.run(f"CREATE ROLE {role} NOLOGIN")
    elsewhere.run("GRANT lode_import, lode_site, lode_desk TO planner")
    settings = Settings.model_validate({"LODE_DATABASE_URL": elsewhere.url("planner", name)})
    with connect_store(settings, prepare=True) as restored:
        load(restored, path)
        assert without_record(states(restored)) == without_record(states(full))
        assert objects(restored) == objects(full)
        assert strange_owners(restored) == []
        # and back, from a database that somebody else runs
        again = tmp_path / "again.zip"
        make_backup(restored, again, StepProgress())
    wreck(full)
    load(full, again)
    assert states(full) == Archive(again).manifest.tables
    assert strange_owners(full) == []


@pytest.mark.slow
def test_an_older_store_is_restored_and_upgraded(full: Store, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    older = states(full)
    path = tmp_path / "older.zip"
    previous = make_backup(full, path, StepProgress()).revision
    later = request.getfixturevalue("later_migration")
    upgrade.upgrade(full.addresses)
    with Archive(path) as archive:
        result = restore(full, archive, StepProgress())
    assert (result.restored_revision, result.revision) == (previous, later)
    assert objects(full) == objects(full)
    found = states(full)
    changed = {"lode.alembic_version", "lode.link", "lode_history.link"}
    assert {name: found[name] for name in older.keys() - changed} == {name: older[name] for name in older.keys() - changed}


# --- a failure changes nothing ---------------------------------------------------------------------------------------


def test_a_newer_store_is_refused(small: Store, small_backup: Path, tmp_path: Path) -> None:
    newer = changed_archive(
        small_backup,
        tmp_path / "newer.zip",
        lambda name, content: content.replace(b'"revision": "', b'"revision": "9') if name == MANIFEST else content,
    )
    with pytest.raises(
        BackupUnusable, match=r"was written by a newer version of Lode .* Install the newer version and restore with it\.$"
    ):
        load(small, newer)


def test_a_store_of_a_development_version_is_refused(small: Store, small_backup: Path, tmp_path: Path) -> None:
    current = f'"revision": "{revision.read_wanted_revision()}"'.encode()
    older = changed_archive(
        small_backup,
        tmp_path / "older.zip",
        lambda name, content: content.replace(current, b'"revision": "0034"') if name == MANIFEST else content,
    )
    with pytest.raises(BackupUnusable, match=r"older\.zip: The store was made by a development version of Lode before 0\.1\.0"):
        load(small, older)


@pytest.mark.parametrize("damage", ["dump", "fingerprint", "cut"])
def test_a_damaged_backup_leaves_the_store_as_it_was(small: Store, small_backup: Path, tmp_path: Path, damage: str) -> None:
    before = states(small)
    if damage == "cut":
        path = tmp_path / "cut.zip"
        path.write_bytes(small_backup.read_bytes()[:-200])
    else:
        path = changed_archive(small_backup, tmp_path / "damaged.zip", DAMAGES[damage])
    with pytest.raises(BackupUnusable, match="is damaged|is not what was backed up|is not a complete backup"):
        load(small, path)
    assert states(small) == before


def _flip(name: str, content: bytes) -> bytes:
    middle = len(content) * 3 // 4
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :] if name == DUMP else content


def _other_fingerprint(name: str, content: bytes) -> bytes:
    return content.replace(b'"fingerprint": "', b'"fingerprint": "7') if name == MANIFEST else content


DAMAGES = {"dump": _flip, "fingerprint": _other_fingerprint}


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_store_as_it_was(full: Store, tmp_path: Path) -> None:
    path = tmp_path / "lode.zip"
    make_backup(full, path, StepProgress())
    before = states(full)
    assert full.addresses.admin is not None
    url = full.addresses.admin.render_as_string().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(write_conninfo(full.addresses.admin.set(database="postgres")), autocommit=True) as admin:
        statement = RESTORING.replace("current_database()", f"'{full.addresses.owner.database}'").encode()
        process = subprocess.Popen([LODE, "restore", str(path), "--force"], env={**os.environ, "LODE_DATABASE_URL": url})
        wait_for(lambda: admin.execute(statement).fetchone() != (0,))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        wait_for(lambda: admin.execute(statement).fetchone() == (0,))
    assert states(full) == before


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_store_in_use_is_not_replaced(small: Store, small_backup: Path) -> None:
    before = states(small)
    refused = pytest.raises(RestoreFailed, match=r"^The database is in use by lode site \(1\); stop the site")
    with psycopg.connect(write_conninfo(small.addresses.site), application_name="lode site"), refused:
        load(small, small_backup)
    assert states(small) == before


def test_a_version_of_the_data_is_not_used_twice(own_table: "OwnTable", tmp_path: Path) -> None:
    """Files and tags that were made of a later version, which the restore took back, would look right otherwise."""
    own_table.load([{"id": "a"}])
    path = tmp_path / "lode.zip"
    make_backup(own_table.store, path, StepProgress())
    own_table.load([{"id": "a"}, {"id": "b"}])
    load(own_table.store, path)
    assert own_table.all("SELECT version FROM dataset_version ORDER BY 1") == [(1,), (3,)]
    assert own_table.load([{"id": "a"}, {"id": "c"}]).dataset_version == 4


# --- the file --------------------------------------------------------------------------------------------------------


class WritingMeanwhile(StepProgress):
    """Commits a row, and empties a table, at every step of a backup."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def begin(self, step: Message) -> None:
        super().begin(step)
        with psycopg.connect(write_conninfo(self._store.addresses.owner)) as connection:
            connection.execute(
                "INSERT INTO source_record (source, key, raw, checksum, locator, in_scope, first_run, changed_run)"
                " SELECT 'x', gen_random_uuid()::text, '{}', '', '', true, 1, 1"
            )


@pytest.mark.slow
def test_a_backup_is_of_one_moment_while_others_write(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "lode.zip"
    make_backup(store, path, WritingMeanwhile(store))
    assert Archive(path).manifest.tables["lode.source_record"].rows <= 1
    assert states(store)["lode.source_record"].rows > 10
    load(store, path)


def test_a_file_that_exists_is_replaced_with_force_alone(small: Store, tmp_path: Path) -> None:
    path = tmp_path / "lode.zip"
    path.write_text("kept")
    with pytest.raises(BackupFailed, match="exists already; choose another name, or add --force"):
        make_backup(small, path, StepProgress())
    assert path.read_text() == "kept"
    make_backup(small, path, StepProgress(), force=True)
    assert Archive(path).manifest.revision == upgrade.list_code_revisions()[-1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["lode.zip"]


def test_what_a_killed_backup_left_is_removed_by_the_next(small: Store, tmp_path: Path) -> None:
    (tmp_path / ".lode-20260101T000000Z.zip.partial").write_bytes(b"half")
    make_backup(small, tmp_path / "lode.zip", StepProgress())
    assert [entry.name for entry in tmp_path.iterdir()] == ["lode.zip"]


def test_a_full_disk_leaves_no_file(small: Store, tmp_path: Path, mount: Callable[[Path, str], None]) -> None:
    mount(tmp_path, "size=64k")
    with pytest.raises(DiskFull, match=r" MB free and the backup may take .* or add --skip-space-check\.$"):
        make_backup(small, tmp_path / "lode.zip", StepProgress())
    with pytest.raises(DiskFull, match=r"^The disk of .* is full; no backup was written\."):
        make_backup(small, tmp_path / "lode.zip", StepProgress(), check_space=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_has_nothing_to_back_up(elsewhere: "Elsewhere", tmp_path: Path) -> None:
    url = elsewhere.url("keeper", elsewhere.database("keeper", "postgis"))
    settings = Settings.model_validate({"LODE_DATABASE_URL": url})
    with connect_store(settings, prepare=False) as empty, pytest.raises(NotFound, match="nothing to back up"):
        make_backup(empty, tmp_path / "lode.zip", StepProgress())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"not a zip"])
def test_another_file_is_no_backup(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    with pytest.raises(BackupUnusable, match=r"is not a complete backup of Lode; use another file"):
        Archive(path)
    with pytest.raises(BackupUnusable, match="there is no such file"):
        Archive(tmp_path / "nowhere.zip")


# --- the programs ----------------------------------------------------------------------------------------------------


def test_programs_that_are_missing_or_too_old_are_reported(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnfit, match=r"of PostgreSQL 17 or newer are needed, and none are installed\. Install"):
        client_programs.find(17, tmp_path)
    for name in ("pg_dump", "pg_restore"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 16.2'\n")
        program.chmod(0o755)
    with pytest.raises(DatabaseUnfit, match=r"and only those of version 16 are installed\. Install the package"):
        client_programs.find(17, tmp_path)
    assert client_programs.find(15, tmp_path).major == 16


def test_no_password_is_on_a_command_line() -> None:
    arguments, environment = client_programs.build_connection_arguments(
        "host=db.example.org user=planner password=hush dbname=minerals sslmode=require keepalives_idle=15"
    )
    assert arguments == ["--dbname=keepalives_idle=15"]
    assert (environment["PGPASSWORD"], environment["PGHOST"], environment["PGSSLMODE"]) == ("hush", "db.example.org", "require")
    with pytest.raises(BadSetting, match="^sslpassword in LODE_DATABASE_URL can't be passed to pg_dump safely"):
        client_programs.build_connection_arguments("host=db.example.org sslpassword=hush")


# --- folders and reports ---------------------------------------------------------------------------------------------


def test_the_oldest_backups_go_and_other_files_stay(tmp_path: Path) -> None:
    names = [build_backup_path(tmp_path, datetime(2026, 1, day, tzinfo=UTC)).name for day in (3, 1, 2, 4)]
    for name in (*names, "lode-before-upgrade.zip", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in remove_old(tmp_path, 2)] == ["lode-20260101T000000Z.zip", "lode-20260102T000000Z.zip"]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["lode-20260103T000000Z.zip", "lode-20260104T000000Z.zip", "lode-before-upgrade.zip", "notes.txt"]


def test_differences_of_two_states_are_named() -> None:
    one = {"a": TableState(1, "5"), "b": TableState(2, "6"), "c": TableState(0, "0")}
    two = {"a": TableState(1, "7"), "b": TableState(3, "6"), "d": TableState(0, "0")}
    assert describe_state_differences(one, one) == []
    assert describe_state_differences(one, two) == [
        "a has other content",
        "b has 3 rows instead of 2",
        "c is missing",
        "d is new",
    ]
