"""Positions of the register's deposits and sites by name, to check the positions of other records."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from lodedata.starter import get_register_folder
from lodedata.vocab import fold, load_vocabulary

MIN_NAME_LENGTH = 5
MAX_NAME_TOKENS = 4
_KIND_TERMS = frozenset(
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
"""Terms after a name that state its kind and don't make it a different name."""
_CHINESE_KIND = re.compile(r"(铜|锂|镍|钴|锡|铝土|多金属)?(矿床|矿区|矿山|矿)$")


_TOKEN = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A record of the register: its name, country, commodity groups and position in WGS 84."""

    name_en: str
    name_zh: str
    country: str
    groups: frozenset[str]
    lon: float
    lat: float
    accuracy_m: float


def find_register_namesakes(name: str) -> list[KnownSite]:
    """Return the register's records with a name, which may be followed by a term of its kind."""
    sites_by_name, first_tokens = _index_by_name()
    named = name.partition(",")[0]
    # only the few names that may match are folded
    folded = named.casefold() if named.isascii() else fold(_CHINESE_KIND.sub("", named))
    first = _TOKEN.search(folded)
    if first is None or first.group() not in first_tokens:
        return []
    tokens = _TOKEN.findall(folded)
    for count in range(min(len(tokens), MAX_NAME_TOKENS), 0, -1):
        sites = sites_by_name.get(" ".join(tokens[:count]))
        if sites:
            return sites if count == len(tokens) or tokens[count] in _KIND_TERMS else []
    return []


@lru_cache(maxsize=1)
def _index_by_name() -> tuple[dict[str, list[KnownSite]], frozenset[str]]:
    """Return the records by name, and the first tokens of all names."""
    groups = {term.code: term.extra["group"] for term in load_vocabulary("commodity")}
    sites_by_name: dict[str, list[KnownSite]] = {}
    for file in sorted(get_register_folder().glob("*.yml")):
        with file.open(encoding="utf-8") as stream:
            records = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["records"]
        for entry in records:
            if not entry.get("position"):
                continue
            site = KnownSite(
                entry["name_en"],
                entry["name_zh"],
                entry["country"],
                frozenset(g for c in entry["commodities"] if (g := groups.get(c["code"]))),
                float(entry["position"]["lon"]),
                float(entry["position"]["lat"]),
                float(entry["position"]["accuracy_m"]),
            )
            for name in {entry["name_en"], entry["name_zh"]}:
                key = " ".join(_TOKEN.findall(fold(_CHINESE_KIND.sub("", name))))
                if len(key) >= MIN_NAME_LENGTH or not key.isascii():
                    sites_by_name.setdefault(key, []).append(site)
    return sites_by_name, frozenset(key.partition(" ")[0] for key in sites_by_name)
