"""A file of `lode export` is there when it is complete; what prevents it is a sentence."""

from pathlib import Path

import pytest

from lodebase.errors import ExportFailed
from lodebase.export.files import complete_file


def test_a_file_has_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "deposits.pmtiles"
    with complete_file(path) as part:
        part.write_bytes(b"half")
        assert not path.exists() and part.suffix == ".pmtiles"
    assert path.read_bytes() == b"half" and list(tmp_path.iterdir()) == [path]


def test_an_error_keeps_the_older_file_and_removes_the_part(tmp_path: Path) -> None:
    path = tmp_path / "deposits.pmtiles"
    path.write_bytes(b"older")
    with pytest.raises(ExportFailed, match="No space left"), complete_file(path) as part:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")
    assert path.read_bytes() == b"older" and list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ExportFailed, match="missing/file.pmtiles"),
        complete_file(tmp_path / "missing" / "file.pmtiles") as part,
    ):
        part.write_bytes(b"")
