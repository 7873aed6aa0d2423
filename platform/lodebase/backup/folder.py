"""A folder of backups: a new one under a name with the time, and the oldest removed."""

import re
from datetime import UTC, datetime
from pathlib import Path

NAME = re.compile(r"lode-\d{8}T\d{6}Z\.zip")


def build_backup_path(folder: Path, moment: datetime | None = None) -> Path:
    """Return the path of a new backup in a folder, such as ``lode-20260131T020000Z.zip``."""
    return folder / f"lode-{(moment or datetime.now(UTC)).astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"


def remove_old(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups of a folder and return them; files with other names are left alone."""
    backups = sorted((path for path in folder.iterdir() if NAME.fullmatch(path.name)), key=lambda path: path.name)
    old = backups[:-keep] if keep > 0 else []
    for path in old:
        path.unlink()
    return old
