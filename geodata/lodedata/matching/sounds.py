"""What a word sounds like, in whatever spelling."""

import re
from functools import lru_cache

_DOUBLED = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "x": "s", "w": "v", "f": "v", "b": "p", "d": "t", "g": "k", "j": "s"})
_SILENT = re.compile(r"[aeiouyh]")


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The consonants of a word as they sound in any spelling of it: `Lupoto` and `Lupato` are both ``lpt``."""
    first, rest = word[:1], word[1:]
    return _DOUBLED.sub(r"\1", first.translate(_SOUNDS) + _SILENT.sub("", rest).translate(_SOUNDS))
