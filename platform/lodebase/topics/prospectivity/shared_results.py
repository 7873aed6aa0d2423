"""Results that one process of a site computes and the others read, in a folder of finished files."""

import contextlib
import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

MAX_RESULT_FILES = 32
"""Results that the folder has, of about two megabytes each; the oldest are removed first."""
SUFFIX = ".result"
Result = TypeVar("Result")


def read_or_compute(folder: Path, key: str, compute: Callable[[], Result]) -> Result:
    """Return the result of a key from its file; the first process computes it, and others wait until it is written.

    Where the folder can't be written each process computes its own. What ``compute`` raises is raised and not stored. The
    files are pickles: the folder must be one that only the site's own user can write.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / f"{key}.lock").open("ab")
    except OSError:
        return compute()
    path = folder / f"{key}{SUFFIX}"
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # a file of an earlier release may not fit
        with contextlib.suppress(OSError, pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError):
            stored: Result = pickle.loads(path.read_bytes())
            return stored
        result = compute()
        with contextlib.suppress(OSError):
            _write(path, result)
    return result


def _write(path: Path, result: Any) -> None:
    """Write the file at once, and remove the oldest of too many."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        pickle.dump(result, stream)
    os.replace(stream.name, path)
    finished = sorted(path.parent.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in finished[MAX_RESULT_FILES:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".lock").unlink(missing_ok=True)
