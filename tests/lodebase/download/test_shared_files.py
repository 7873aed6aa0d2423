"""Finished files of several machines in a folder or an object store."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyarrow import fs
from tests.flows.operate.object_storage import ACCESS, serve_s3

from lodebase.download.shared_files import SharedFiles, open_store
from lodebase.download.spool import Spool
from lodebase.download.task import Outcome
from lodebase.errors import BadSetting

MB = 1 << 20
CONTENT = b"id,name\n1,one\n" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a folder, and of a bucket of a real server."""
    if request.param == "folder":
        yield f"file://{tmp_path}/shared"
        return
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    with serve_s3(tmp_path, "lode") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        yield "s3://lode/downloads"


Machine = Callable[[str], Spool]


@pytest.fixture
def machine(address: str, tmp_path: Path) -> Machine:
    """Makes the spool of a machine."""
    return lambda name: Spool(tmp_path / name, 8 * MB, 2, 2, SharedFiles(address, reports.append))


reports: list[str] = []


@pytest.fixture(autouse=True)
def no_reports() -> None:
    reports.clear()


def make(spool: Spool, name: str, content: bytes = CONTENT) -> None:
    """Store a file as the process that writes downloads does."""
    spool.folder.mkdir(exist_ok=True)
    path = spool.folder / "new"
    path.write_bytes(content)
    spool.store(path, name, Outcome({"deposits": 1000}, hashlib.sha256(content).hexdigest()))
    assert spool.shared is not None
    spool.shared.wait()


def test_a_file_of_one_machine_is_there_on_another(machine: Machine) -> None:
    first, second = machine("first"), machine("second")
    assert second.ready("0-key", ".csv.gz") is None
    make(first, "0-key.csv.gz")
    found = second.ready("0-key", ".csv.gz")
    assert found is not None
    assert (found.path.read_bytes(), found.sha256, found.rows) == (CONTENT, SHA256, {"deposits": 1000})
    assert found.path.is_relative_to(second.folder) and second.size("0-key", ".csv.gz") == len(CONTENT)
    assert list((second.folder / "making").iterdir()) == [] and reports == []


def test_a_damaged_file_is_not_served(machine: Machine, address: str) -> None:
    first, second = machine("first"), machine("second")
    make(first, "0-key.csv")
    store, folder = open_store(address)
    with store.open_output_stream(f"{folder}/0-key.csv") as stream:
        stream.write(CONTENT[:-1])
    assert second.ready("0-key", ".csv") is None
    assert len(reports) == 1 and "damaged" in reports[0]
    with store.open_output_stream(f"{folder}/0-key.csv.about") as stream:
        stream.write(b"[]")
    assert machine("third").ready("0-key", ".csv") is None


def test_files_from_before_a_redaction_are_removed_and_come_not_back(machine: Machine, address: str) -> None:
    first, second = machine("first"), machine("second")
    make(first, "0-key.csv")
    make(first, "1-key.csv")
    second.remove_redacted(1)
    store, folder = open_store(address)
    assert {info.base_name for info in store.get_file_info(fs.FileSelector(folder))} == {"1-key.csv", "1-key.csv.about"}
    # a file that was being made meanwhile
    make(second, "0-late.csv")
    assert {info.base_name for info in store.get_file_info(fs.FileSelector(folder))} == {"1-key.csv", "1-key.csv.about"}
    assert machine("third").ready("0-key", ".csv") is None and reports == []


def test_without_the_store_each_machine_makes_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    spool = Spool(tmp_path / "own", 8 * MB, 2, 2, SharedFiles(f"file://{tmp_path}/taken/folder", reports.append))
    make(spool, "0-key.csv")
    assert spool.ready("0-key", ".csv") is not None
    assert len(reports) == 1 and "can't be written" in reports[0]


def test_a_store_that_is_away_is_left_alone_for_a_while(address: str, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "own", 8 * MB, 2, 2, shared := SharedFiles(address, reports.append))
    store, folder = open_store(address)
    if isinstance(store, fs.LocalFileSystem):
        store.create_dir(folder)
    with store.open_output_stream(f"{folder}/0-key.csv.about") as stream:
        stream.write(json.dumps({"sha256": SHA256, "rows": {}}).encode())
    # the file itself is missing, as when the store breaks off
    assert spool.ready("0-key", ".csv") is None and len(reports) == 1
    begun = time.monotonic()
    make(machine_of(address, tmp_path), "0-key.csv")
    assert spool.ready("0-key", ".csv") is None and len(reports) == 1
    shared._retry_at = begun
    assert spool.ready("0-key", ".csv") is not None


def machine_of(address: str, tmp_path: Path) -> Spool:
    return Spool(tmp_path / "other", 8 * MB, 2, 2, SharedFiles(address, reports.append))


def test_an_address_that_is_none_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadSetting, match="LODE_FILES_URL: .* is no address of files"):
        open_store("s3:/lode")
