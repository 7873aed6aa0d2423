"""The searchable vocabulary terms: countries, divisions, commodities and deposit models, under every name."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lodedata.normal_form import normalise_search_text
from lodedata.search_terms import transcribe_to_pinyin
from lodedata.vocab import Term, load_vocabulary

HIGHEST = "\U0010ffff"
CHINA = "CHN"
CHINESE = re.compile(r"[\u3400-\u9fff]+")

RANKS = {"country": 0, "commodity": 0, "division": 7, "deposit-model": 7}
"""The ranks of terms among records: a country comes before a large deposit, a division after all records."""
KIND_DIGIT = {"country": "0", "commodity": "1", "division": "6", "deposit-model": "7"}
NAME, WORD, PINYIN, INITIALS = "1", "2", "3", "4"
"""How a term matches, best first."""


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A matching term and the name that matched."""

    key: str
    kind: str
    term: Term
    name: str


def split_searchable_parts(name: str) -> Iterator[tuple[str, str]]:
    """Yield the searchable parts of a name and their match types: the name, its parts from each word on, pinyin, initials."""
    line = normalise_search_text(name)
    tokens = line.split()
    yield NAME, line
    for i in range(1, len(tokens)):
        if tokens[i].strip("0123456789"):
            yield WORD, " ".join(tokens[i:])
    for run in CHINESE.finditer(line):
        for i in range(run.start() + (run.start() == 0), run.end() - 1):
            yield WORD, line[i:]
        whole, initials = transcribe_to_pinyin(run.group())
        yield PINYIN, whole
        yield INITIALS, initials


def prepare() -> None:
    """Sort all names in advance: it takes half a second of CPU time, which each thread that finds them unsorted repeats."""
    _sort_tokens()


@lru_cache(maxsize=1)
def _index_names() -> dict[str, list[tuple[str, str, str, str]]]:
    """Return the sorted names by match type, rank and kind, each with kind, code and original spelling."""
    index: dict[str, set[tuple[str, str, str, str]]] = {}
    for kind, rank in RANKS.items():
        for term in load_vocabulary(kind):
            for number, name in enumerate((term.label_en, term.label_zh, *term.aliases)):
                for match, part in split_searchable_parts(name):
                    if match == INITIALS and term.extra.get("country", CHINA) != CHINA:
                        # nobody types the initials of the pinyin of a region abroad
                        continue
                    place = match + str(rank + (number > 1)) + KIND_DIGIT[kind]
                    index.setdefault(place, set()).add((part, kind, term.code, name))
    return {place: sorted(names) for place, names in sorted(index.items())}


def find(text: str, kinds: frozenset[str], most: int) -> list[NamedTerm]:
    """Return the terms of some kinds with a name that begins with a normalised text, by key; each once, under its best name."""
    named_terms: dict[tuple[str, str], NamedTerm] = {}
    for place, names in _index_names().items():
        i = bisect_left(names, (text,))
        taken = 0
        while i < len(names) and names[i][0].startswith(text) and taken < most:
            part, kind, code, name = names[i]
            if kind in kinds and (kind, code) not in named_terms:
                named_terms[kind, code] = NamedTerm(place + part, kind, load_vocabulary(kind)[code], name)
                taken += 1
            i += 1
    return sorted(
        named_terms.values(), key=lambda named_term: (named_term.key[3:] != text or named_term.key[0] != NAME, named_term.key)
    )


def find_matching_tokens(head: str, tail: str) -> tuple[list[str], list[str]]:
    """Return the tokens in names of terms, for spelling: those that begin with one text, and those that end with another."""
    tokens, reversed_tokens = _sort_tokens()
    return _find_beginning(tokens, head), [word[::-1] for word in _find_beginning(reversed_tokens, tail[::-1])]


def _find_beginning(tokens: Sequence[str], head: str) -> list[str]:
    return list(tokens[bisect_left(tokens, head) : bisect_left(tokens, head + HIGHEST)])


@lru_cache(maxsize=1)
def _sort_tokens() -> tuple[Sequence[str], Sequence[str]]:
    """Return the tokens in names of terms, sorted, and the same tokens reversed, sorted."""
    named = (part for names in _index_names().values() for part, *_ in names)
    tokens = {word for part in named for word in part.split() if len(word) >= 4 and not CHINESE.search(word)}
    return sorted(tokens), sorted(word[::-1] for word in tokens)
