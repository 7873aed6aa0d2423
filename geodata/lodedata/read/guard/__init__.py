"""Reading of untrusted files in a separate process with limits on memory, time and files, and without a network."""

from lodedata.read.guard.client import JobStream, ReaderEnded, decode_frame_message, run_task, start_job, tables, unconfined
from lodedata.read.guard.confinement import IMPORT, UPLOAD, Confinement, list_missing_restrictions

__all__ = [
    "IMPORT",
    "UPLOAD",
    "Confinement",
    "JobStream",
    "ReaderEnded",
    "decode_frame_message",
    "list_missing_restrictions",
    "run_task",
    "start_job",
    "tables",
    "unconfined",
]
