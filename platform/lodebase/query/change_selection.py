"""The changes that are requested: those of records of some queries, and those of statistics."""

from dataclasses import dataclass

from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.query import Query

STATISTICS = "statistics"
"""The name of releases of statistics among the collections of changes; no collection of records has it."""
CHANGING = (*COLLECTIONS, STATISTICS)
"""The names of all that changes, in the order in which the changes of a version are listed."""


@dataclass(frozen=True, slots=True)
class ChangeSelection:
    """A query for each collection whose changes are requested, and whether those of statistics are."""

    queries: tuple[Query, ...]
    statistics: bool = False
