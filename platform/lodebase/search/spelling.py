"""Correction of misspelt tokens, by the tokens that occur in names.

An error leaves one end of a token unchanged: the intended token begins with the first half of the typed one, or ends with
its second half; for a long token with two errors, a third. So the index gives few candidates, and only they are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from lodebase.search import search_vocabulary

MIN_WORD_LENGTH = 4
LONG = 8
MAX_SPELLING_CANDIDATES = 3_000
"""The maximum number of candidates at each end of a word."""

HEADS = """
SELECT c.word FROM unnest(%(heads)s::text[]) h (head) CROSS JOIN LATERAL (
  SELECT word FROM lode.search_word
  WHERE word >= head AND word < head || %(highest)s AND octet_length(word) >= %(low)s LIMIT %(most)s
) c
"""
TAILS = """
SELECT word FROM lode.search_word
WHERE reverse(word) >= %(tail)s AND reverse(word) < %(tail)s || %(highest)s
  AND octet_length(word) BETWEEN %(low)s AND %(high)s LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates for a misspelt word: those with the same start, of any greater length, and those with the same end."""

    begin: Sequence[str]
    end: Sequence[str]

    def __contains__(self, word: str) -> bool:
        return word in self.begin


def count_allowed_errors(word: str) -> int:
    """Return the number of spelling errors allowed in a word."""
    return 0 if len(word) < MIN_WORD_LENGTH else 1 if len(word) < LONG else 2


def find_spelling_candidates(connection: Connection, word: str, size: int | None = None) -> Candidates:
    """Return the tokens that share a start or end with a token, as long as few errors leave it, or of ``size`` letters."""
    if size is None:
        size = max(2, len(word) // 2) if len(word) < LONG else max(3, len(word) // 3)
    # the second covers two transposed letters at the point where the word is split
    heads, tail = dict.fromkeys((word[:size], word[: size - 1] + word[size : size + 1])), word[-size:]
    values = {
        "heads": list(heads),
        "tail": tail[::-1],
        "low": len(word) - 2,
        "high": len(word.encode()) + 2,
        "highest": search_vocabulary.HIGHEST,
        "most": MAX_SPELLING_CANDIDATES,
    }
    begin = [row[0] for row in connection.exec_driver_sql(HEADS, values)]
    end = [row[0] for row in connection.exec_driver_sql(TAILS, values)]
    for head in heads:
        beginning, ending = search_vocabulary.find_matching_tokens(head, tail)
        begin += beginning
    end += ending
    return Candidates(begin, end)


def find_closest_tokens(word: str, among: Candidates, most: int = 3) -> list[str]:
    """Return the closest tokens, or starts of tokens, to a misspelt token; nearest first, none if all are too far."""
    allowed = count_allowed_errors(word)
    if not allowed:
        return []
    return _extract(word, (*among.begin, *among.end), allowed, most) or _extract(
        word, _list_beginnings(word, among), allowed, most
    )


def find_similar_tokens(word: str, among: Candidates, most: int = 3) -> list[str]:
    """Return the complete tokens most similar to a token, at greater distances than :func:`nearest` allows."""
    return _extract(word, (*among.begin, *among.end), max(2, round(len(word) * 0.4)), most)


def _extract(word: str, among: Sequence[str], allowed: int, most: int) -> list[str]:
    # a word may be listed twice
    matches = process.extract(word, among, scorer=OSA.distance, processor=None, score_cutoff=allowed, limit=2 * most)
    # of equally near ones, the word with the same first letter comes first, as most errors occur later
    ranked = sorted(matches, key=lambda match: (match[1], match[0][0] != word[0], match[0]))
    return list(dict.fromkeys(match[0] for match in ranked if match[0] != word))[:most]


def _list_beginnings(word: str, among: Candidates) -> list[str]:
    sizes = (len(word), len(word) + 1, len(word) - 1)
    return list(dict.fromkeys(token[:size] for size in sizes for token in among.begin if len(token) > size))
