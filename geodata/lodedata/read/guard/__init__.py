"""Read foreign files in a process of their own, with bounds on memory, time and files, and without a network."""

from lodedata.read.guard.client import ReaderEnded, ask, tables
from lodedata.read.guard.confinement import IMPORT, UPLOAD, Confinement

__all__ = ["IMPORT", "UPLOAD", "Confinement", "ReaderEnded", "ask", "tables"]
