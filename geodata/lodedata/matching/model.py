"""The model that turns features into a probability: a logistic regression with its weights in ``weights.csv``.

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
class ModelFeature:
    """A feature's description, and whether its weight is positive (1), negative (-1) or unconstrained (0)."""

    direction: int
    description: str


FEATURES: Mapping[str, ModelFeature] = {
    INTERCEPT: ModelFeature(0, "two records of which nothing is known"),
    "name": ModelFeature(1, "how alike the most alike names are"),
    "name_high": ModelFeature(1, "the same, of names that are nearly the same"),
    "name_exact": ModelFeature(1, "the same naming words, or such as sound the same"),
    "name_whole": ModelFeature(1, "the same full names"),
    "name_inside": ModelFeature(0, "one name's words are among the other's"),
    "name_rare": ModelFeature(1, "how rare the shared words are"),
    "rare_inside": ModelFeature(1, "the same, by how rare the words are"),
    "own_name": ModelFeature(1, "how alike the own names are, whatever the aliases"),
    "own_unlike": ModelFeature(-1, "how much more alike they are by aliases"),
    "both_more": ModelFeature(-1, "each name has words of its own"),
    "names_agree": ModelFeature(1, "several names agree"),
    "brackets_apart": ModelFeature(-1, "both names have brackets with other words in them"),
    "one_alias": ModelFeature(-1, "one of the two names is an alias"),
    "both_aliases": ModelFeature(-1, "both names are aliases"),
    "unnamed": ModelFeature(-1, "one has no name"),
    "apart": ModelFeature(-1, "directions or numbers that differ"),
    "apart_one": ModelFeature(-1, "a direction or number that only one has"),
    "apart_only": ModelFeature(-1, "the same, where nothing else differs"),
    "tailings_one": ModelFeature(-1, "only one is of tailings"),
    "near": ModelFeature(1, "how near, against what both accuracies allow"),
    "touching": ModelFeature(1, "less than a kilometre apart"),
    "far": ModelFeature(-1, "how far beyond what both accuracies allow"),
    "very_far": ModelFeature(-1, "more than a hundred kilometres beyond"),
    "slip": ModelFeature(1, "apart by whole degrees, a lost sign, or latitude for longitude"),
    "rare_far": ModelFeature(1, "far apart and of one rare name"),
    "common_far": ModelFeature(-1, "far apart and of common names"),
    "alias_far": ModelFeature(-1, "far apart and alike by an alias"),
    "unlike_near": ModelFeature(-1, "near and of other names"),
    "name_near": ModelFeature(1, "near and of like names"),
    "rare_near": ModelFeature(1, "near and of one rare name"),
    "plants_far": ModelFeature(-1, "two projects far apart"),
    "other_country": ModelFeature(-1, "other countries"),
    "same_division": ModelFeature(1, "the same division of the country"),
    "other_division": ModelFeature(-1, "other divisions of the country"),
    "same_main": ModelFeature(1, "the same main commodity"),
    "shared": ModelFeature(1, "the share of commodities in common"),
    "main_shared": ModelFeature(1, "the main commodity of one is among the other's"),
    "companions": ModelFeature(1, "commodities of one kind of ore"),
    "no_shared": ModelFeature(-1, "commodities that don't go together"),
    "same_work": ModelFeature(1, "plants of one kind"),
    "related_work": ModelFeature(-1, "plants that go together"),
    "other_work": ModelFeature(-1, "plants of different kinds"),
    "other_metal": ModelFeature(-1, "plants, not mines, of different metals"),
    "metals_in_common": ModelFeature(-1, "the same, with metals in common"),
    "works_apart": ModelFeature(-1, "plants of different kinds that are not at one place"),
    "ore_near": ModelFeature(1, "a plant that need not stand at the deposit, and does"),
    "far_from_ore": ModelFeature(-1, "a plant that need not stand at the deposit"),
    "far_other": ModelFeature(-1, "the same, of another metal"),
    "same_size": ModelFeature(1, "amounts agree"),
    "other_size": ModelFeature(-1, "amounts differ by more than three times"),
    "same_owner": ModelFeature(1, "the same owner, of like names"),
    "other_owner": ModelFeature(-1, "other owners, of like names"),
    "owner_named": ModelFeature(1, "the same owner, name and place"),
    "named_for_owner": ModelFeature(1, "one is named for the other's owner"),
    "referred": ModelFeature(1, "one's source names the other's row"),
    "referred_alike": ModelFeature(1, "both sources name one row"),
    "one_number": ModelFeature(1, "one source gives both rows one number"),
    "other_number": ModelFeature(-1, "a source that numbers things gives them two numbers"),
    "refers_elsewhere": ModelFeature(-1, "the source of one record names another row of the other source"),
    "one_source": ModelFeature(-1, "two rows of one table"),
    "one_source_twice": ModelFeature(1, "two rows of one table with the same name and place"),
    "works": ModelFeature(0, "a deposit and a project"),
    "prospect": ModelFeature(0, "a deposit and a discovery"),
    "prospect_mine": ModelFeature(0, "a discovery and a project"),
}
"""Every feature of the model."""


@lru_cache(maxsize=1)
def _load_table() -> tuple[Mapping[str, float], str]:
    text = files("lodedata.matching").joinpath("weights.csv").read_text(encoding="utf-8")
    rows = {row["feature"]: float(row["weight"]) for row in csv.DictReader(text.splitlines())}
    return rows, hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def get_model_version() -> str:
    """Return a hash of the weights."""
    return _load_table()[1]


def load_model_weights() -> Mapping[str, float]:
    """Return the weight of each feature."""
    return _load_table()[0]


def estimate_probability(features: Mapping[str, float]) -> float:
    """Return the probability (0 to 1) that two records with these features are related."""
    table = _load_table()[0]
    total = table[INTERCEPT] + sum(table[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
