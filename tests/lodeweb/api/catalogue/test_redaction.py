"""A decision on a person changes what caches and finished files have: tags, downloads, versions, feeds; made-up names."""

import gzip
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from flask import Flask
from sqlalchemy import text
from tests.lodebase.ingest.entered import test_person_everywhere
from tests.lodebase.ingest.entered.test_holder_names import Desk
from tests.lodebase.ingest.entered.test_person_everywhere import ABOUT, PERSON, load
from tests.lodeweb.conftest import closed, settings, settings_of
from tests.lodeweb.mcp.test_mcp import call, within

from lodebase.cli.operation import tasks
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import ExportFailed
from lodebase.export import snapshots
from lodebase.history import dataset_state
from lodebase.query.collections_ import find_collection
from lodebase.release.writing import ReleaseOptions, write_release
from lodeweb.app import create_app
from lodeweb.snapshot.folder import write

ADDRESSES = (
    *("/api/collections/projects/items?f=json", "/api/collections/projects/items?f=json&as_of=1"),
    *("/api/collections/mining-rights/items?f=json&as_of=2", "/updates", "/api/changes?f=atom"),
    *("/api/collections/projects/download/csv", "/api/collections/projects/download/csv?as_of=1"),
    *("/api/collections/mining-rights/download/csv?as_of=2", "/api/collections/organisations/items?f=json&as_of=2"),
    *(f"/api/search?q={word}" for word in ("aurora", "blanco")),
    # rows of sources, organisations, and names that other programs look up
    *(f"/api/sources/own-{key}" for key in ("projects/records/P1", "projects/records/P3", "rights/records/T1")),
    *("/api/sources/own-projects/records/P1?f=html", "/api/collections/organisations/items?f=json"),
    *("/reconcile?queries=" + quote(json.dumps({"q0": {"query": PERSON}})), "/reconcile/suggest/entity?prefix=aurora+blanco"),
    *("/api/collections/projects/items?f=html", "/api/collections/projects/download/geojson", "/updates?f=json"),
)


@pytest.fixture
def person_store(store: Store, tmp_path: Path) -> Store:
    load(store, tmp_path, "projects", operator=PERSON)
    load(store, tmp_path, "rights")
    return store


@pytest.fixture
def app(person_store: Store, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(settings_of(person_store.addresses, LODE_SPOOL=str(tmp_path / "spool")))
    yield made
    closed(made)


def test_no_cache_and_no_file_keeps_a_person(person_store: Store, app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    tags, before = {}, []
    for address in ADDRESSES:
        response = client.get(address, follow_redirects=True)
        if PERSON.casefold() in response.get_data(as_text=True).casefold():
            before.append(address)
        if "ETag" in response.headers:
            tags[address] = response.headers["ETag"]
    assert len(before) > 6, before
    ready = tmp_path / "spool" / "ready"
    assert any(PERSON.encode() in path.read_bytes() for path in ready.iterdir())
    assert len(tags) > 6
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304, address

    desk = Desk(person_store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()

    for address in ADDRESSES:
        response = client.get(address, follow_redirects=True, headers={"If-None-Match": tags.get(address, '"none"')})
        assert response.status_code == 200, address
        assert PERSON.casefold() not in response.get_data(as_text=True).casefold(), address
    assert not any(PERSON.encode() in path.read_bytes() for path in ready.iterdir())


def test_finished_downloads_leave_the_spool_without_a_request(person_store: Store, app: Flask, tmp_path: Path) -> None:
    assert app.test_client().get("/api/collections/projects/download/csv").get_data()
    ready = tmp_path / "spool" / "ready"
    assert list(ready.iterdir())
    with app.app_context():
        own = app.extensions["lode"].settings
        with tasks.serve_new_judgements(person_store, own):
            desk = engines.create_checked_engine(person_store.addresses.desk, "tests", pool_size=1)
            with desk.begin() as connection:
                connection.execute(
                    text(
                        "INSERT INTO lode.decision (kind, subject, decision, detail, reason, account)"
                        " VALUES ('holder_decision', jsonb_build_object('key', CAST(:key AS text)), 'natural-person',"
                        " jsonb_build_object('name', CAST(:name AS text)), 'a register', 'expert')"
                    ),
                    {"key": PERSON.casefold(), "name": PERSON},
                )
            desk.dispose()
            assert _empty_within(ready, seconds=30)


# an export is a process of its own, whose end closes its connections
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_redaction_removes_the_files_of_snapshots_and_no_other(person_store: Store, tmp_path: Path) -> None:
    engine = engines.create_checked_engine(person_store.addresses.owner, "tests", pool_size=1)
    home, folder, foreign = tmp_path, tmp_path / "site", tmp_path / "site" / "own.txt"
    chosen = [find_collection("projects"), find_collection("mining-rights")]
    write(engine, folder, "http://localhost", chosen)
    snapshots.register(home, folder, dataset_state.count_redactions(engine))
    assert snapshots.remove_redacted(home, dataset_state.count_redactions(engine)) == [] and having(folder)
    foreign.write_text("kept", "utf-8")
    desk = Desk(person_store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()
    tasks.remove_redacted(person_store, settings(LODE_HOME=str(home), LODE_SPOOL=str(home / "spool")))
    assert [path.name for path in folder.rglob("*")] == ["own.txt"]

    with pytest.raises(ExportFailed):
        write(engine, folder, "http://localhost", chosen, replaced=True)
    foreign.unlink()
    write(engine, folder, "http://localhost", chosen, replaced=True)
    old = folder / "en" / "projects" / "gone.html"
    old.write_text("a record that left", "utf-8")
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text() + "0" * 64 + "  en/projects/gone.html\n", "utf-8")
    write(engine, folder, "http://localhost", chosen, replaced=True)
    assert having(folder) == [] and not old.exists() and (folder / "en" / "index.html").is_file()
    engine.dispose()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_redaction_removes_the_files_of_a_release_and_the_next_one_has_no_name(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mirror is made from the state files of a release."""
    # a release has what may be passed on
    monkeypatch.setattr(
        test_person_everywhere, "ABOUT", ABOUT.replace("id: internal, name: Internal", "id: CC0-1.0, name: CC0")
    )
    load(store, tmp_path, "projects", operator=PERSON)
    load(store, tmp_path, "rights")
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    target = tmp_path / "releases"
    first = write_release(engine, str(target), ReleaseOptions("http://localhost"))
    before = _released_with_name(target / first.folder)
    assert {Path(name).suffix for name in before} >= {".parquet", ".csv", ".gz"}, before
    snapshots.register(tmp_path, target / first.folder, dataset_state.count_redactions(engine))
    desk = Desk(store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()
    tasks.remove_redacted(store, settings(LODE_HOME=str(tmp_path), LODE_SPOOL=str(tmp_path / "spool")))
    assert _released_with_name(target / first.folder) == []
    second = write_release(engine, str(target), ReleaseOptions("http://localhost"))
    engine.dispose()
    assert second.version > first.version and not _released_with_name(target / second.folder)


def _released_with_name(folder: Path) -> list[str]:
    """Return the files of a release that have the name of the person, compressed ones too."""
    found = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            content = str(pq.read_table(path).to_pylist())
        elif path.suffix == ".gz":
            content = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                content = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        elif path.is_file():
            content = path.read_bytes().decode("utf-8", "replace")
        else:
            continue
        if PERSON.casefold() in content.casefold():
            found.append(path.name)
    return found


def test_an_assistant_gets_no_name_of_a_person(person_store: Store, app: Flask) -> None:
    before = call(within(app), "search", q="Aurora Blanco", limit=5)
    desk = Desk(person_store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()
    after = call(within(app), "search", q="Aurora Blanco", limit=5)
    assert PERSON in str(before.structured_content) and PERSON.casefold() not in str(after.structured_content).casefold()


def having(folder: Path) -> list[Path]:
    """Return the files with the name of the person."""
    return [path for path in folder.rglob("*") if path.is_file() and PERSON.encode() in path.read_bytes()]


def _empty_within(folder: Path, seconds: float) -> bool:

    end = monotonic() + seconds
    while any(folder.iterdir()) and monotonic() < end:
        sleep(0.05)
    return not any(folder.iterdir())
