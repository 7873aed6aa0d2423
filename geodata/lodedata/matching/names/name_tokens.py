"""Roles and rarity of the tokens in names of mines, plants and deposits."""

import csv
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

COMMON, RARE = 40, 2
"""Numbers of places from which a token has the least rarity, and up to which it has the rarity 1."""
MIN_RARITY = 0.25
COMMON_ROLES = frozenset({"landform", "commodity", "generic"})


@lru_cache(maxsize=1)
def load_token_roles() -> Mapping[str, tuple[str, str]]:
    """Return the role of each token that has one, and its value for a direction or number."""
    return {row["token"]: (row["role"], row["value"]) for row in _load_table("token-roles.csv") if row["role"] != "zh"}


@lru_cache(maxsize=1)
def compile_chinese_endings() -> re.Pattern[str]:
    """Return the pattern of generic endings of Chinese names of mines and plants."""
    endings = sorted((row["token"] for row in _load_table("token-roles.csv") if row["role"] == "zh"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, endings))})$")


@lru_cache(maxsize=1)
def _counts() -> Mapping[str, int]:
    return {row["token"]: int(row["places"]) for row in _load_table("token-counts.csv")}


@lru_cache(maxsize=200_000)
def measure_rarity(token: str) -> float:
    """Return how distinctive a token is: MIN_RARITY if many places have it, 1 if one or two have it.

    A landform, a metal or a word such as mine is common, even as the only word of a name.
    """
    if load_token_roles().get(token, ("", ""))[0] in COMMON_ROLES:
        return MIN_RARITY
    count = max(RARE, _counts().get(token, RARE))
    return max(MIN_RARITY, 1 - (1 - MIN_RARITY) * math.log(count / RARE) / math.log(COMMON / RARE))


def _load_table(name: str) -> list[dict[str, str]]:
    text = files("lodedata.matching").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
