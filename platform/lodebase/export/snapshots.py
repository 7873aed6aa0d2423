"""The static snapshots that were written on this machine, so that a redaction removes their files.

A file in LODE_HOME lists their folders. Only files that the checksums of a snapshot list are removed, and no other file.
"""

import contextlib
from pathlib import Path

import orjson

from lodebase.errors import ExportFailed
from lodedata.messages import msg

REGISTER = "snapshots.json"
CHECKSUMS = "SHA256SUMS"


def register(home: Path, folder: Path, redactions: int) -> None:
    """Note a snapshot, and how often names had left the data when it was written."""
    path = home / REGISTER
    fresh = path.with_suffix(".part")
    fresh.write_bytes(orjson.dumps({**_read_register(path), str(folder.absolute()): redactions}))
    fresh.replace(path)


def remove_redacted(home: Path, redactions: int) -> list[Path]:
    """Remove the files of the snapshots that were written before the latest redaction, and return their folders."""
    path = home / REGISTER
    redactions_by_folder = _read_register(path)
    removed = [Path(name) for name, number in redactions_by_folder.items() if number < redactions]
    for folder in removed:
        remove_files(folder)
    if removed:
        valid = {name: number for name, number in redactions_by_folder.items() if number >= redactions}
        path.write_bytes(orjson.dumps(valid))
    return removed


def remove_files(folder: Path) -> None:
    """Remove the files of a snapshot and the folders that are empty then."""
    with contextlib.suppress(OSError):
        for line in (folder / CHECKSUMS).read_text("utf-8").splitlines():
            path = folder / line[66:]
            if path.resolve().is_relative_to(folder.resolve()):
                path.unlink(missing_ok=True)
        (folder / CHECKSUMS).unlink()
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            path.rmdir()


def require_snapshot(folder: Path) -> None:
    """Raise ExportFailed if a folder that has files is no snapshot."""
    if folder.exists() and any(folder.iterdir()) and not (folder / CHECKSUMS).is_file():
        raise ExportFailed(
            msg("%(folder)s has files and is not a snapshot, so it is not replaced. Name another folder.", folder=folder)
        )


def _read_register(path: Path) -> dict[str, int]:
    try:
        document: dict[str, int] = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document
