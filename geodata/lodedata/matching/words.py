"""What the words of a name do there, and at how many places names of mines and deposits have them."""

import csv
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

COMMON, RARE = 40, 2
"""A word in the names of so many places tells as good as nothing; one of so few all that a word can."""
LEAST = 0.25


@lru_cache(maxsize=1)
def roles() -> Mapping[str, tuple[str, str]]:
    """Each word with a role of its own: the role, and for directions and numbers which one it is."""
    return {row["word"]: (row["role"], row["value"]) for row in _table("name-words.csv") if row["role"] != "zh"}


@lru_cache(maxsize=1)
def chinese_endings() -> re.Pattern[str]:
    """What Chinese names of mines and plants end with that tells a kind, not which one."""
    endings = sorted((row["word"] for row in _table("name-words.csv") if row["role"] == "zh"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, endings))})$")


@lru_cache(maxsize=1)
def _counts() -> Mapping[str, int]:
    return {row["word"]: int(row["places"]) for row in _table("word-counts.csv")}


@lru_cache(maxsize=200_000)
def rarity(word: str) -> float:
    """How much a word tells one name from others: little for one of many places, 1 for one of a single place or two."""
    count = max(RARE, _counts().get(word, RARE))
    return max(LEAST, 1 - (1 - LEAST) * math.log(count / RARE) / math.log(COMMON / RARE))


def _table(name: str) -> list[dict[str, str]]:
    text = files("lodedata.matching").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
