"""Rotation of log files by size and by age, while their writer continues to write.

The content is copied and the file emptied, as logrotate's copytruncate does, since PostgreSQL keeps the file of its standard
error open. Lines written between the two steps are lost. The writer must append, as pg_ctl does.
"""

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

MAX_LOG_BYTES = 10 * 2**20
"""The size in bytes above which a file is rotated."""
ROTATED_AFTER_S = 7 * 86_400.0
"""The time after the previous rotation, or the first check, after which a file is rotated whatever its size."""
FILES = 4
"""The number of rotated files: NAME.1 is the latest."""
DELETED_AFTER_S = 30 * 86_400.0
"""The time after its last line when a rotated file is deleted."""
EVERY_S = 30.0


def rotate(path: Path, most_bytes: int = MAX_LOG_BYTES) -> bool:
    """Rotate a log file that is large or old, and delete old rotated files; return True if it was rotated. Raise OSError."""
    now = time.time()
    for number in range(1, FILES + 1):
        older = _build_numbered_path(path, number)
        if older.exists() and now - older.stat().st_mtime > DELETED_AFTER_S:
            older.unlink()
    size = path.stat().st_size if path.exists() else 0
    mark = path.with_name(f"{path.name}.rotated")
    if not mark.exists():
        mark.touch()
    if size <= most_bytes and (not size or now - mark.stat().st_mtime <= ROTATED_AFTER_S):
        return False
    _build_numbered_path(path, FILES).unlink(missing_ok=True)
    for number in range(FILES - 1, 0, -1):
        if _build_numbered_path(path, number).exists():
            _build_numbered_path(path, number).replace(_build_numbered_path(path, number + 1))
    _move_content(path, _build_numbered_path(path, 1), most_bytes)
    mark.touch()
    return True


def end_of(path: Path, size: int) -> str:
    """Return the last bytes of a log, including those of the most recently rotated file."""
    content = b""
    for log_path in (path, _build_numbered_path(path, 1)):
        if len(content) < size and log_path.exists():
            with log_path.open("rb") as stream:
                stream.seek(max(log_path.stat().st_size - (size - len(content)), 0))
                content = stream.read() + content
    return content.decode(errors="replace")


def watch(paths: Sequence[Path], over: threading.Event, say: Callable[[str], None]) -> None:
    """Rotate the files until ``over`` is set; a repeated error is logged once."""
    is_reported = False
    while not over.wait(EVERY_S):
        for path in paths:
            try:
                rotate(path)
                is_reported = False
            except OSError as error:
                if not is_reported:
                    say(f"logs: {path} can't be rotated: {error.strerror}")
                is_reported = True


def _move_content(path: Path, target: Path, most_bytes: int) -> None:
    """Move the end of a file, up to twice the maximum size, into another, which only its owner may read."""
    target.touch(mode=0o600)
    with path.open("rb") as source, target.open("wb") as stream:
        source.seek(max(path.stat().st_size - 2 * most_bytes, 0))
        shutil.copyfileobj(source, stream)
    with path.open("r+b") as source:
        source.truncate(0)


def _build_numbered_path(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
