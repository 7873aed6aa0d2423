"""``lode import`` and hostile files: each is read or refused in a sentence, in bounded time and memory, with no side effect.

``make test-all`` tries every fourth file, ``make test`` those of CSV, ``make fuzz-files`` all of them.
"""

import contextlib
import os
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.lodebase.cli.command import Reported, address, lode
from tests.lodebase.cut_files import ROWS
from tests.lodebase.hostile_files.case import MIB, SECRET, Case, Target
from tests.lodebase.hostile_files.corpus import corpus
from tests.quick import mostly_slow
from tests.recording_server import RecordingServer, recording_server

from lodedata.read import FileRefused, open_tables

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

EVERY = 1 if os.environ.get("LODE_FUZZ_FILES") == "all" else 8
MAX_S = 60
MAX_BYTES = 1024 * MIB
"""Of memory: of a process that reads, and by which the command grows."""
FORMATS = ("disguised", "csv", "zip", "gpkg", "geojson", "kml", "xlsx", "parquet", "fgb", "shp", "dbf", "gz", "json", "kmz")
MAPPING = """
name: hostile
title_en: Hostile
title_zh: 恶意文件
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    commodities: [{const: copper}]
    position: {lon: lon, lat: lat, accuracy_m: 100}
"""


@dataclass
class Watch:
    """The most memory that this process and the processes that read for it have had."""

    own: int = 0
    reading: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look every hundredth of a second until it is over."""
        while not self.over.wait(0.01):
            self.own = max(self.own, _resident(os.getpid()))
            for server in _children(os.getpid()):
                for child in _children(server):
                    self.reading = max(self.reading, _resident(child))


def _children(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def _resident(process: int) -> int:
    with contextlib.suppress(OSError, AttributeError):
        match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        return int(match[1]) * 1024 if match else 0
    return 0


def read_to_the_end(path: Path) -> str:
    """Everything that a file yields, or the sentence that refuses it; what else is raised fails the test.

    A damaged copy of a sound file is read in full or refused.
    """
    found: list[str] = []
    rows = 0
    try:
        for table in open_tables(path):
            for row in table.rows:
                rows += 1
                if len(found) < 1_000:
                    found.append(repr(row.cells)[:10_000])
    except FileRefused as refusal:
        sentence = str(refusal)
        assert "\n" not in sentence and str(path.parent) not in sentence, sentence
        assert path.name.removesuffix(".gz") in sentence, sentence
        found.append(sentence)
    else:
        assert rows == ROWS or not re.search("-(cut|flip)-", path.name), f"{rows} rows of {ROWS}"
    return "".join(found)


def require_plain(reported: Reported, path: Path) -> None:
    """A command ends well or with one sentence, and never with a traceback or another file's content."""
    assert reported.status in (0, 2), reported.err[-2_000:]
    assert "Traceback" not in reported.err and SECRET not in reported.out + reported.err
    if reported.status == 2:
        assert reported.err.splitlines()[-1].startswith("lode: "), reported.err[-500:]


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", mostly_slow(FORMATS, quick=("csv",)))
def test_hostile_files_are_refused(own_table: "OwnTable", tmp_path: Path, kind: str) -> None:
    with recording_server() as server:
        failures = failures_of(own_table, tmp_path, kind, server)
    assert not failures, "\n".join(failures)


def failures_of(own_table: "OwnTable", tmp_path: Path, kind: str, server: RecordingServer) -> list[str]:
    """What went wrong with the files of a format."""
    guarded, folder = tmp_path / "guarded", tmp_path / "files"
    guarded.mkdir()
    folder.mkdir()
    secret = guarded / "secret.csv"
    secret.write_text(f"id,name,lon,lat\n{SECRET},{SECRET},1,2\n")
    mapping = tmp_path / "hostile.yml"
    mapping.write_text(MAPPING, encoding="utf-8")
    database = {"LODE_DATABASE_URL": address(own_table)}
    cases = [case for case in corpus(Target(secret, server.address)) if case[0].startswith(f"{kind}-")]
    assert len(cases) >= 20
    failures = []
    for name, write in cases[::EVERY]:
        path = folder / name
        try:
            write(path)
            tried(path, mapping, database)
            assert sorted(file.name for file in guarded.iterdir()) == ["secret.csv"]
            assert sorted(file.name for file in folder.iterdir()) == [name]
            assert server.seen == []
        except AssertionError as failure:
            failures.append(f"{name}: {str(failure)[:600]}")
        finally:
            path.unlink(missing_ok=True)
    return failures


def tried(path: Path, mapping: Path, database: dict[str, str]) -> None:
    """Read a file, suggest a mapping for it, and import it without changing anything."""
    before = _resident(os.getpid())
    watch = Watch()
    thread = threading.Thread(target=watch.run)
    thread.start()
    began = time.monotonic()
    try:
        assert SECRET not in read_to_the_end(path)
        require_plain(lode("import", "--suggest", path), path)
        require_plain(lode("import", "--mapping", mapping, path, "--dry-run", **database), path)
    finally:
        watch.over.set()
        thread.join()
    seconds = time.monotonic() - began
    assert seconds < 3 * MAX_S, f"{seconds:.0f} s"
    assert watch.reading < MAX_BYTES, f"reading took {watch.reading / MIB:.0f} MB"
    assert watch.own - before < MAX_BYTES, f"the command grew by {(watch.own - before) / MIB:.0f} MB"


@pytest.mark.slow
def test_the_corpus_is_large_enough() -> None:
    cases: list[Case] = list(corpus(Target(Path("/nowhere/secret.csv"), "http://127.0.0.1:9")))
    assert len(cases) == len({name for name, _ in cases}) >= 700
