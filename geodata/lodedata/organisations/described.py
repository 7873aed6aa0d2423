"""The organisations that Lode describes itself, with cited facts, found by any of their names."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from lodedata.organisations.names import derive_comparable_name

NAMES = ("name_en", "name_zh", "aliases", "former_names", "short_names")


@cache
def index_body_keys() -> Mapping[str, str]:
    """Return the keys of the described organisations by the comparable form of each name that only one of them has."""
    keys_by_name: dict[str, set[str]] = defaultdict(set)
    path = files("lodedata.sources") / "lode_organisations" / "data" / "organisations.csv"
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        for name in (name for column in NAMES for name in row[column].split("|") if name):
            keys_by_name[derive_comparable_name(name)].add(row["key"])
    return {name: next(iter(keys)) for name, keys in keys_by_name.items() if len(keys) == 1}


def find_body_of_name(name: str) -> str | None:
    """Return the key of the described organisation of a name, None for a name that none or several of them have."""
    return index_body_keys().get(derive_comparable_name(name))
