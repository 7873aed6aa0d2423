"""What the words of a name do there, and how common they are among names of mines and deposits."""

import csv
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

NAMES_COUNTED = 28_000
RAREST = math.log(NAMES_COUNTED / 2)


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
    return {row["word"]: int(row["names"]) for row in _table("word-counts.csv")}


@lru_cache(maxsize=200_000)
def rarity(word: str) -> float:
    """How much a word tells one name from others: 0 for one in every name, 1 for one that stands in hardly any."""
    return min(1.0, math.log(NAMES_COUNTED / (1 + _counts().get(word, 1))) / RAREST)


def _table(name: str) -> list[dict[str, str]]:
    text = files("lodedata.matching").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
