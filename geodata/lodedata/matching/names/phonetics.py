"""The sound of a word regardless of its spelling."""

import re
from functools import lru_cache

_DOUBLED = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "x": "s", "w": "v", "f": "v", "b": "p", "d": "t", "g": "k", "j": "s"})
_SILENT = re.compile(r"[aeiouyh]")


@lru_cache(maxsize=200_000)
def derive_consonant_skeleton(word: str) -> str:
    """Return the consonants of a word by sound: `Lupoto` and `Lupato` both give ``lpt``."""
    first, rest = word[:1], word[1:]
    return _DOUBLED.sub(r"\1", first.translate(_SOUNDS) + _SILENT.sub("", rest).translate(_SOUNDS))
