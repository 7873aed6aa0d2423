"""Names whose letters were lost when a source was encoded: repaired where the word is known from elsewhere, else marked.

U+FFFD, or ? between letters, replaces one letter that is not in ASCII.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LOST = "\ufffd"
_LOST_LETTER = re.compile(rf"{LOST}|(?<=[^\W\d_])\?(?=[^\W\d_])")
_WORD = re.compile(rf"[^\W\d_{LOST}]*(?:(?:{LOST}|(?<=[^\W\d_])\?(?=[^\W\d_]))[^\W\d_{LOST}]*)+")


def is_damaged(text: str) -> bool:
    """Return whether a letter of a text is lost."""
    return _LOST_LETTER.search(text) is not None


def repair_name(text: str) -> str:
    """Return a text with the terms repaired that ``repaired-terms.csv`` has; a word of two readings stays as it is."""
    return _WORD.sub(_repair_word, text) if is_damaged(text) else text


def _repair_word(match: re.Match[str]) -> str:
    damaged = match.group().replace("?", LOST)
    terms = _index_terms().get(damaged.casefold(), frozenset())
    if len(terms) != 1:
        return match.group()
    word = next(iter(terms))
    return "".join(
        letter.upper() if printed.isupper() or (printed == LOST and damaged.isupper()) else letter
        for printed, letter in zip(damaged, word, strict=True)
    )


@cache
def _index_terms() -> Mapping[str, frozenset[str]]:
    """Return the terms by their damaged forms, in which each letter that is not in ASCII is lost."""
    terms_by_form: dict[str, set[str]] = defaultdict(set)
    text = (files(__package__) / "repaired-terms.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        word = row["word"].casefold()
        terms_by_form["".join(letter if letter.isascii() else LOST for letter in word)].add(word)
    return {damaged: frozenset(terms) for damaged, terms in terms_by_form.items()}
