"""Backup and restore of a store: one file that holds a dump and a manifest with a fingerprint of every table."""

from lodebase.backup.archive import Archive, Manifest, TableState
from lodebase.backup.dump import BackupResult, make_backup
from lodebase.backup.progress import StepProgress
from lodebase.backup.restore import RestoreResult, restore

__all__ = [
    "Archive",
    "BackupResult",
    "Manifest",
    "RestoreResult",
    "StepProgress",
    "TableState",
    "make_backup",
    "restore",
]
