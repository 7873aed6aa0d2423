"""A mapping applied by a confined process gives the same readings, and one that never ends is ended."""

import time
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from tests.lodebase.conftest import COLUMNS, MAPPING

from lodedata.mapping import Source, confined
from lodedata.mapping.confined import preview_confined, read_confined
from lodedata.mapping.preview import preview_table
from lodedata.mapping.reading import Tally
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused
from lodedata.read.guard import ReaderEnded, client

ROW = {"kind": "deposit", "metal": "copper", "lon": "10.1", "lat": "20.4"}
ROWS = [
    *({**ROW, "id": f"r{number}", "name": f"Name {number}", "date": "2001-05"} for number in range(1_200)),
    {**ROW, "id": "unknown", "name": "Unknown metal", "metal": "unobtainium"},
    {**ROW, "id": "off", "name": "Off the globe", "lat": "123"},
    {**ROW, "id": "gold", "name": "Out of scope", "metal": "gold"},
]


def table(folder: Path, kind: str) -> Path:
    """Return a file of the rows."""
    cells = [list(COLUMNS), *([row.get(column, "") for column in COLUMNS] for row in ROWS)]
    text = "\n".join(",".join(line) for line in cells) + "\n"
    path = folder / f"table.{kind}"
    match kind:
        case "csv":
            path.write_text(text, encoding="utf-8")
        case "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("inner.csv", text)
        case "xlsx":
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("rows")
            for line in cells:
                sheet.append(line)
            book.save(path)
    return path


def counts(tally: Tally) -> dict[str, Any]:
    """Return what a tally counted, as values that can be compared."""
    counted = {field.name: getattr(tally, field.name) for field in fields(Tally) if field.name not in ("usage", "decided")}
    return counted | {"usage": {name: [c.as_data() for c in usage.columns] for name, usage in tally.usage.items()}}


@pytest.mark.parametrize("kind", ["csv", "zip", "xlsx"])
def test_readings_counts_and_preview_are_the_same_in_a_confined_process(tmp_path: Path, kind: str) -> None:
    source, path = Source.model_validate(yaml.safe_load(MAPPING)), table(tmp_path, kind)
    here, there = Tally(), Tally()
    assert list(read_confined(source, path, there)) == list(read_mapped(source, path, here))
    assert counts(there) == counts(here) and counts(here)["unknown"]
    assert preview_confined(source, path) == preview_table(source, path)


def test_a_reading_that_is_left_unfinished_ends_its_process(tmp_path: Path) -> None:
    source, path = Source.model_validate(yaml.safe_load(MAPPING)), table(tmp_path, "csv")
    readings = read_confined(source, path, Tally())
    assert next(readings).rows[0].key == "r0"
    server = client._SERVER._process
    assert server is not None
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    del readings
    deadline = time.monotonic() + 30
    while children.read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children.read_text().strip() == ""


def test_a_refused_file_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    source, path = Source.model_validate(yaml.safe_load(MAPPING)), tmp_path / "table.csv"
    path.write_text("id,other\n1,2\n")
    with pytest.raises(FileRefused) as here:
        list(read_mapped(source, path, Tally()))
    with pytest.raises(FileRefused) as there:
        list(read_confined(source, path, Tally()))
    assert str(here.value) == str(there.value)


@pytest.mark.parametrize("pattern", ["((a+)+)$", "(a|aa)+$", "(a*)*$"])
def test_a_regular_expression_that_never_ends_is_stopped(tmp_path: Path, pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "MAPPING", replace(confined.MAPPING, wall_s=4))
    monkeypatch.setattr(confined, "PREVIEW", replace(confined.PREVIEW, wall_s=4))
    described = yaml.safe_load(MAPPING)
    described["tables"][0]["name_en"] = {"column": "name", "pattern": pattern}
    path = tmp_path / "table.csv"
    row = {**ROW, "id": "1", "name": "a" * 60 + "!"}
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(row.get(column, "") for column in COLUMNS) + "\n")
    begun = time.monotonic()
    with pytest.raises(ReaderEnded, match="Simplify the regular expressions of the mapping"):
        list(read_confined(Source.model_validate(described), path, Tally()))
    with pytest.raises(ReaderEnded):
        preview_confined(Source.model_validate(described), path)
    assert time.monotonic() - begun < 60


def test_what_a_reader_sends_is_never_a_call() -> None:
    import pickle  # noqa: PLC0415

    class Call:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return eval, ("1 + 1",)

    for value in (Call(), Path("/"), [print]):
        with pytest.raises(pickle.UnpicklingError, match="is not part of a reading"):
            confined._load_value(confined._dump_value(value))
