"""Condition lists: the state of entries on a day, and whether an organisation is on a list; no database."""

from lodedata.topics.lists.check import ON_LIST, STATUSES, Checker, ListResult
from lodedata.topics.lists.entry_line import EntryStep, list_entry_steps
from lodedata.topics.lists.matching import EntryMatch, ListIndex, Subject
from lodedata.topics.lists.register import Batch, Coverage, EntryHistory, Event, ListEntry, Register
from lodedata.topics.lists.states import EntryState

__all__ = [
    "ON_LIST",
    "STATUSES",
    "Batch",
    "Checker",
    "Coverage",
    "ListEntry",
    "EntryHistory",
    "EntryState",
    "EntryStep",
    "Event",
    "ListIndex",
    "ListResult",
    "EntryMatch",
    "Register",
    "Subject",
    "list_entry_steps",
]
