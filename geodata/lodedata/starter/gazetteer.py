"""Where the register has the great deposits and sites, by name: a second opinion on a position."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from lodedata.starter import folder
from lodedata.vocab import fold, vocabulary

SHORTEST_NAME = 5
LONGEST_NAME_WORDS = 4
_KIND_WORDS = frozenset(
    [
        "mine",
        "mines",
        "deposit",
        "deposits",
        "project",
        "smelter",
        "refinery",
        "plant",
        "plants",
        "concentrator",
        "open",
        "underground",
        "complex",
        "group",
        "district",
        "area",
        "hpal",
        "sx",
        "and",
    ]
)
"""Words after a name that say what kind of thing it is, and not that it is another."""
_CHINESE_KIND = re.compile(r"(铜|锂|镍|钴|锡|铝土|多金属)?(矿床|矿区|矿山|矿)$")


_WORDS = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Known:
    """A record of the register: its name, country, commodity groups and place."""

    name_en: str
    name_zh: str
    country: str
    groups: frozenset[str]
    lon: float
    lat: float
    accuracy_m: float


def namesakes(name: str) -> list[Known]:
    """The register's records whose whole name a name is, but for a word of its kind after it."""
    known, first_words = _by_name()
    named = name.partition(",")[0]
    # folding is left to the few names that may be known
    folded = named.casefold() if named.isascii() else fold(_CHINESE_KIND.sub("", named))
    first = _WORDS.search(folded)
    if first is None or first.group() not in first_words:
        return []
    words = _WORDS.findall(folded)
    for count in range(min(len(words), LONGEST_NAME_WORDS), 0, -1):
        there = known.get(" ".join(words[:count]))
        if there:
            return there if count == len(words) or words[count] in _KIND_WORDS else []
    return []


@lru_cache(maxsize=1)
def _by_name() -> tuple[dict[str, list[Known]], frozenset[str]]:
    """The records by name, and the first words of all names."""
    groups = {term.code: term.extra["group"] for term in vocabulary("commodity")}
    found: dict[str, list[Known]] = {}
    for file in sorted(folder().glob("*.yml")):
        with file.open(encoding="utf-8") as stream:
            records = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["records"]
        for entry in records:
            if not entry.get("position"):
                continue
            known = Known(
                entry["name_en"],
                entry["name_zh"],
                entry["country"],
                frozenset(g for c in entry["commodities"] if (g := groups.get(c["code"]))),
                float(entry["position"]["lon"]),
                float(entry["position"]["lat"]),
                float(entry["position"]["accuracy_m"]),
            )
            for name in {entry["name_en"], entry["name_zh"]}:
                key = " ".join(_WORDS.findall(fold(_CHINESE_KIND.sub("", name))))
                if len(key) >= SHORTEST_NAME or not key.isascii():
                    found.setdefault(key, []).append(known)
    return found, frozenset(key.partition(" ")[0] for key in found)
