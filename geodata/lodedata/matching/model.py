"""The model that turns features into a probability: a logistic regression whose weights are a table beside this file."""

import csv
import hashlib
import math
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

INTERCEPT = "intercept"


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[str, float], str]:
    text = files("lodedata.matching").joinpath("weights.csv").read_text(encoding="utf-8")
    rows = {row["feature"]: float(row["weight"]) for row in csv.DictReader(text.splitlines())}
    return rows, hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def model_version() -> str:
    """A name of the weights in use; it changes with them."""
    return _table()[1]


def probability(features: Mapping[str, float]) -> float:
    """How likely two records with these features belong together, between 0 and 1; features without a weight don't count."""
    weights = _table()[0]
    total = weights[INTERCEPT] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
