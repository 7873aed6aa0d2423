"""Reading of untrusted files in a separate process with limits on memory, time and files, and without a network."""

from lodedata.read.guard.client import ReaderEnded, run_task, tables
from lodedata.read.guard.confinement import IMPORT, UPLOAD, Confinement

__all__ = ["IMPORT", "UPLOAD", "Confinement", "ReaderEnded", "run_task", "tables"]
