"""Condition lists: the state of entries on a day, and whether an organisation is on a list; no database."""

from lodedata.lists.check import STATUSES, Checker, ListResult, check, check_all
from lodedata.lists.matching import EntryMatch, ListIndex, Subject
from lodedata.lists.register import Batch, Coverage, Entry, EntryHistory, Event, Register
from lodedata.lists.states import EntryState

__all__ = [
    "STATUSES",
    "Batch",
    "Checker",
    "Coverage",
    "Entry",
    "EntryHistory",
    "EntryState",
    "Event",
    "ListIndex",
    "ListResult",
    "EntryMatch",
    "Register",
    "Subject",
    "check",
    "check_all",
]
