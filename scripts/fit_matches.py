"""Fit the weights of `lodedata.matching` to the half of the labelled pairs that is for tuning, and write them.

Wants a store with all sources imported and compared (`lode import --all DIR`, `lode import lode-starter`, `lode resolve run`).
A weight that speaks for two records being one is never below nought, one that speaks against it never above: with some
hundred pairs a feature that happens to stand with others could else take the wrong sign.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import psycopg
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import GroupKFold

from lodebase import settings
from lodebase.db.store import open_upgraded_store
from lodebase.resolve.measure import Labelled, read_facts_by_row, read_labelled_pairs
from lodedata.matching import MatchRecord
from lodedata.matching.model import FEATURES, INTERCEPT
from lodedata.matching.result import compute_pair_features

WEIGHTS = Path(__file__).parents[1] / "geodata/lodedata/matching/weights.csv"
STRENGTH = 2.0
"""How much the pairs weigh against weights of nought; chosen by cross-validation on the tuning half."""


def fit(x: np.ndarray, y: np.ndarray, directions: list[int]) -> np.ndarray:
    """The weights, the intercept last, that make the pairs likeliest within the directions."""
    sign = np.where(y, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ w[:-1] + w[-1])
        pull = -sign / (1 + np.exp(np.clip(margin, -30, 30))) * STRENGTH
        value = np.logaddexp(0, -margin).sum() * STRENGTH + (w[:-1] ** 2).sum() / 2
        return value, np.append(x.T @ pull + w[:-1], pull.sum())

    bounds = [{1: (0, None), -1: (None, 0), 0: (None, None)}[direction] for direction in directions] + [(None, None)]
    return minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 3000}).x


def main() -> None:
    """Fit, print the results of cross-validation, and write the table."""
    with open_upgraded_store(settings.load()) as store, psycopg.connect(store.importer) as connection:
        sides = read_facts_by_row(connection)
    pairs = [pair for pair in read_labelled_pairs() if pair.half == "tune"]
    names = [name for name in FEATURES if name != INTERCEPT]
    x = np.array([_row(pair, sides, names) for pair in pairs])
    y = np.array([pair.is_related for pair in pairs])
    directions = [FEATURES[name].direction for name in names]
    _print_results(x, y, directions, _things(pairs))
    weights = fit(x, y, directions)
    with WEIGHTS.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("feature", "weight", "meaning"))
        rows = zip((INTERCEPT, *names), (weights[-1], *weights[:-1]), strict=True)
        writer.writerows((name, round(weight, 3), FEATURES[name].description) for name, weight in rows)


def _row(pair: Labelled, sides: Mapping[tuple[str, str], MatchRecord], names: list[str]) -> list[float]:
    pair_features = compute_pair_features(sides[pair.a], sides[pair.b])
    return [pair_features.get(name, 0.0) for name in names]


def _things(pairs: list[Labelled]) -> np.ndarray:
    """A number for each pair that it shares with all pairs of the same rows, so that no thing is on both sides of a fold."""
    rows = {row: number for number, row in enumerate({row for pair in pairs for row in (pair.a, pair.b)})}
    first, second = ([rows[end] for end in ends] for ends in zip(*((pair.a, pair.b) for pair in pairs), strict=True))
    joined = coo_array((np.ones(len(pairs)), (first, second)), shape=(len(rows), len(rows)))
    return connected_components(joined, directed=False)[1][first]


def _print_results(x: np.ndarray, y: np.ndarray, directions: list[int], things: np.ndarray) -> None:
    guessed = np.zeros(len(y))
    for train, held in GroupKFold(10).split(x, y, things):
        weights = fit(x[train], y[train], directions)
        guessed[held] = 1 / (1 + np.exp(-(x[held] @ weights[:-1] + weights[-1])))
    for threshold in (0.3, 0.5, 0.7, 0.8, 0.9):
        taken = guessed >= threshold
        print(f"from {threshold}: precision {precision_score(y, taken):.3f}, recall {recall_score(y, taken):.3f}")


if __name__ == "__main__":
    main()
