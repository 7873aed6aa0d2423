"""The model that turns features into a probability: a logistic regression whose weights are a table beside this file.

The weights are fitted to labelled pairs by ``scripts/fit_matches.py``.
"""

import csv
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a feature means, and whether it may speak for (1), against (-1) or either way (0)."""

    direction: int
    words: str


MEANINGS: Mapping[str, Meaning] = {
    INTERCEPT: Meaning(0, "two records of which nothing is known"),
    "name": Meaning(1, "how alike the most alike names are"),
    "name_high": Meaning(1, "the same, of names that are nearly the same"),
    "name_exact": Meaning(1, "the same naming words"),
    "name_inside": Meaning(0, "one name's words are among the other's"),
    "name_rare": Meaning(1, "how rare the shared words are"),
    "rare_inside": Meaning(1, "the same, by how rare the words are"),
    "own_name": Meaning(1, "how alike the own names are, whatever the aliases"),
    "own_unlike": Meaning(-1, "how much more alike they are by aliases"),
    "both_more": Meaning(-1, "each name has words of its own"),
    "names_agree": Meaning(1, "several names agree"),
    "brackets_apart": Meaning(-1, "both names have brackets with other words in them"),
    "one_alias": Meaning(-1, "one of the two names is an alias"),
    "both_aliases": Meaning(-1, "both names are aliases"),
    "unnamed": Meaning(-1, "one has no name"),
    "apart": Meaning(-1, "directions or numbers that differ"),
    "apart_one": Meaning(-1, "a direction or number that only one has"),
    "apart_only": Meaning(-1, "the same, where nothing else differs"),
    "tailings_one": Meaning(-1, "only one is of tailings"),
    "near": Meaning(1, "how near, against what both accuracies allow"),
    "touching": Meaning(1, "less than a kilometre apart"),
    "far": Meaning(-1, "how far beyond what both accuracies allow"),
    "very_far": Meaning(-1, "more than a hundred kilometres beyond"),
    "slip": Meaning(1, "apart by whole degrees, a lost sign, or latitude for longitude"),
    "rare_far": Meaning(1, "far apart and of one rare name"),
    "common_far": Meaning(-1, "far apart and of common names"),
    "alias_far": Meaning(-1, "far apart and alike by an alias"),
    "unlike_near": Meaning(-1, "near and of other names"),
    "name_near": Meaning(1, "near and of like names"),
    "rare_near": Meaning(1, "near and of one rare name"),
    "plants_far": Meaning(-1, "two projects far apart"),
    "other_country": Meaning(-1, "other countries"),
    "same_division": Meaning(1, "the same division of the country"),
    "other_division": Meaning(-1, "other divisions of the country"),
    "same_main": Meaning(1, "the same main commodity"),
    "shared": Meaning(1, "the share of commodities in common"),
    "main_shared": Meaning(1, "the main commodity of one is among the other's"),
    "companions": Meaning(1, "commodities of one kind of ore"),
    "no_shared": Meaning(-1, "commodities that don't go together"),
    "same_work": Meaning(1, "plants of one kind"),
    "related_work": Meaning(-1, "plants that go together"),
    "other_work": Meaning(-1, "plants of different kinds"),
    "other_metal": Meaning(-1, "plants, not mines, of different metals"),
    "metals_in_common": Meaning(-1, "the same, with metals in common"),
    "works_apart": Meaning(-1, "plants of different kinds that are not at one place"),
    "ore_near": Meaning(1, "a plant that need not stand at the deposit, and does"),
    "far_from_ore": Meaning(-1, "a plant that need not stand at the deposit"),
    "far_other": Meaning(-1, "the same, of another metal"),
    "same_size": Meaning(1, "amounts agree"),
    "other_size": Meaning(-1, "amounts differ by more than three times"),
    "same_owner": Meaning(1, "the same owner, of like names"),
    "other_owner": Meaning(-1, "other owners, of like names"),
    "owner_named": Meaning(1, "the same owner, name and place"),
    "named_for_owner": Meaning(1, "one is named for the other's owner"),
    "referred": Meaning(1, "one's source names the other's row"),
    "referred_alike": Meaning(1, "both sources name one row"),
    "one_number": Meaning(1, "one source gives both rows one number"),
    "other_number": Meaning(-1, "a source that numbers things gives them two numbers"),
    "refers_elsewhere": Meaning(-1, "one's source names another row of the other's"),
    "one_source": Meaning(-1, "two rows of one table"),
    "one_source_twice": Meaning(1, "two rows of one table with the same name and place"),
    "works": Meaning(0, "a deposit and a project"),
    "prospect": Meaning(0, "a deposit and a discovery"),
    "prospect_mine": Meaning(0, "a discovery and a project"),
}
"""Every feature of the model."""


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[str, float], str]:
    text = files("lodedata.matching").joinpath("weights.csv").read_text(encoding="utf-8")
    rows = {row["feature"]: float(row["weight"]) for row in csv.DictReader(text.splitlines())}
    return rows, hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def model_version() -> str:
    """A name of the weights in use; it changes with them."""
    return _table()[1]


def weights() -> Mapping[str, float]:
    """The weight of each feature."""
    return _table()[0]


def probability(features: Mapping[str, float]) -> float:
    """How likely two records with these features belong together, between 0 and 1."""
    table = _table()[0]
    total = table[INTERCEPT] + sum(table[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
