"""Condition lists: the state of entries on a day, and whether an organisation is on a list; no database."""

from lodedata.lists.check import STATUSES, Checker, ListResult
from lodedata.lists.matching import EntryMatch, ListIndex, Subject
from lodedata.lists.register import Batch, Coverage, EntryHistory, Event, ListEntry, Register
from lodedata.lists.states import EntryState

__all__ = [
    "STATUSES",
    "Batch",
    "Checker",
    "Coverage",
    "ListEntry",
    "EntryHistory",
    "EntryState",
    "Event",
    "ListIndex",
    "ListResult",
    "EntryMatch",
    "Register",
    "Subject",
]
