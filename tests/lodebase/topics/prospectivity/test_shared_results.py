"""Results that one process computes and the others read."""

import multiprocessing
import os
from functools import partial
from pathlib import Path

import pytest

from lodebase.errors import BadQuery
from lodebase.topics.prospectivity import shared_results
from lodebase.topics.prospectivity.shared_results import read_or_compute
from lodedata.messages import msg


def compute(marks: Path) -> tuple[int, str]:
    """The result of this process, with a mark that it was computed."""
    (marks / f"{os.getpid()}").touch()
    return os.getpid(), "result"


def request(folder: Path, marks: Path, ready: Path, replies: Path) -> None:
    ready.touch()
    replies.write_text(repr(read_or_compute(folder, "key", lambda: compute(marks))))


def test_two_processes_at_once_compute_one_result(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=request, args=(tmp_path / "shared", marks, tmp_path / f"ready-{n}", tmp_path / f"answer-{n}"))
        for n in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert len(list(marks.iterdir())) == 1
    assert len({(tmp_path / f"answer-{n}").read_text() for n in range(3)}) == 1


def test_a_refusal_is_raised_and_not_stored_and_a_broken_file_is_computed_again(tmp_path: Path) -> None:
    def refuse() -> int:
        raise BadQuery("within", "", msg("The tract has no area."))

    with pytest.raises(BadQuery):
        read_or_compute(tmp_path, "key", refuse)
    assert read_or_compute(tmp_path, "key", lambda: 1) == 1 == read_or_compute(tmp_path, "key", lambda: 2)
    (tmp_path / "key.result").write_bytes(b"broken")
    assert read_or_compute(tmp_path, "key", lambda: 3) == 3


def test_the_oldest_results_are_removed_and_a_folder_that_is_none_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_results, "MAX_RESULT_FILES", 2)
    for n in range(4):
        read_or_compute(tmp_path, f"key-{n}", partial(int, n))
        os.utime(tmp_path / f"key-{n}.result", (n, n))
    assert len(list(tmp_path.glob("*.result"))) == 2
    (tmp_path / "file").touch()
    assert read_or_compute(tmp_path / "file", "key", lambda: 5) == 5
