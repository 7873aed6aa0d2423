"""Properties of each source from its source.yml: its rank, whether rows repeat, and whether joins have to be sure."""

from functools import lru_cache

from lodedata import sources
from lodedata.errors import UnknownSource
from lodedata.mapping import Source

FIRST_RANK = 1
"""The rank of the source whose values were reviewed one by one."""
LAST_RANK = 1_000
"""The rank of sources that declare none, such as a user's own table."""


def rank(source: str) -> int:
    """Return the rank of a source, 1 for the first; sources that declare none share the last rank."""
    described = _find_described(source)
    return LAST_RANK if described is None or described.rank is None else described.rank


def repeats_often(source: str) -> bool:
    """Return whether a source has several rows for one site: one per product, unit or page, or duplicates."""
    described = _find_described(source)
    return described is not None and described.repeats == "often"


def repeats_sometimes(source: str) -> bool:
    """Return whether a source has occasional duplicates: two of its rows are merged only if a match is very likely."""
    described = _find_described(source)
    return described is not None and described.repeats == "sometimes"


def joins_only_if_sure(source: str) -> bool:
    """Return whether rows of a source are joined with namesakes nearby only; other likely pairs wait for review."""
    described = _find_described(source)
    return described is not None and described.sure_joins


@lru_cache(maxsize=1_024)
def _find_described(source: str) -> Source | None:
    try:
        return sources.load_source(source)
    except UnknownSource:
        return None
