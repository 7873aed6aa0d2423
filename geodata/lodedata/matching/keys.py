"""The keys by which records meet to be compared: whoever shares none, and lies nowhere near, is not the same thing."""

from collections.abc import Iterator

from lodedata.matching.holding import company_words
from lodedata.matching.names import all_names
from lodedata.matching.side import Side
from lodedata.matching.sounds import skeleton

LEAST_LETTERS = 3
BEGINNING = 4
LEAST_SKELETON = 3


def keys(side: Side) -> frozenset[str]:
    """A record's keys: its names' words and whole names in its country, what they sound like and how words begin.

    The whole name is a key without the country too, as sources err there. Rows that a source names as its origin are
    keys as well.
    """
    return frozenset(_keys(side))


def _keys(side: Side) -> Iterator[str]:
    country = side.country or ""
    for name, _ in all_names(side.names, side.aliases):
        joined = name.joined
        yield f"{country}:={joined}"
        yield f"*:={joined}"
        yield f"{country}:~{skeleton(joined)}"
        for word in name.core:
            if len(word) < LEAST_LETTERS:
                continue
            yield f"{country}:{word}"
            # a number begins like many others and sounds like none
            if not word.isdigit():
                yield f"{country}:^{word[:BEGINNING]}"
                sound = skeleton(word)
                if len(sound) >= LEAST_SKELETON:
                    yield f"{country}:~{sound}"
    for owner in side.owners:
        yield from (f"{country}:{word}" for word in company_words(owner))
    yield from (f"{source}#{key}" for source, key in side.own | side.refers_to)
