"""Favourability of cells by classes of evidence: weights of evidence, and logistic regression.

Both give each class of each kind of evidence one weight, and the sum of the weights of a cell is its score, so the reasons of
a score are its parts. Weights of evidence are those of Bonham-Carter (1994), Geographic information systems for geoscientists,
chapter 9, for several classes: the logarithm of the share of a class among cells with deposits over that among all cells. They
take the kinds of evidence as independent, which they are not; scores are therefore ranked and never read as probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import OneHotEncoder  # type: ignore[import-untyped]

from lodedata.topics.prospectivity.evidence import Evidence
from lodedata.topics.prospectivity.grid import Array

PRIOR_CELLS = 2.0
"""Cells with deposits, distributed as all cells are, that are added to those observed: a rare class has a small weight."""
MAX_ITERATIONS = 1_000
Mask = npt.NDArray[np.bool_]
ClassWeights = tuple[Array, ...]
"""Of each kind of evidence the weight of each class."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCells:
    """The cells that a model is fitted to: which have deposits, and which are used at all."""

    has_deposit: Mask
    used: Mask


def weigh_classes(evidence: Sequence[Evidence], cells: TrainingCells) -> ClassWeights:
    """Return weights of evidence; a class without any cell has a weight of zero."""
    return tuple(_compute_weights(evidence, cells) for evidence in evidence)


def _compute_weights(evidence: Evidence, cells: TrainingCells) -> Array:
    size = len(evidence.classes)
    all_cells = np.bincount(evidence.of_cell[cells.used], minlength=size).astype(np.float64)
    with_deposit = np.bincount(evidence.of_cell[cells.used & cells.has_deposit], minlength=size)
    share = all_cells / max(all_cells.sum(), 1)
    deposit_share = (with_deposit + PRIOR_CELLS * share) / (with_deposit.sum() + PRIOR_CELLS)
    return np.asarray(np.log(np.divide(deposit_share, share, out=np.ones(size), where=share > 0)), dtype=np.float64)


def regress_classes(evidence: Sequence[Evidence], cells: TrainingCells) -> ClassWeights:
    """Return the coefficients of a logistic regression on the classes, each kind's with a mean of zero over the cells used."""
    encoder = OneHotEncoder(categories=[np.arange(len(evidence.classes)) for evidence in evidence], dtype=np.float64)
    classes = encoder.fit_transform(np.column_stack([evidence.of_cell[cells.used] for evidence in evidence]))
    model = LogisticRegression(max_iter=MAX_ITERATIONS).fit(classes, cells.has_deposit[cells.used])
    coefficients, start = [], 0
    for layer in evidence:
        weights = np.asarray(model.coef_[0, start : start + len(layer.classes)], dtype=np.float64)
        coefficients.append(weights - weights[layer.of_cell[cells.used]].mean())
        start += len(layer.classes)
    return tuple(coefficients)


def score_cells(evidence: Sequence[Evidence], weights: ClassWeights) -> Array:
    """Return the sum of the weights of each cell."""
    parts = [weight[evidence.of_cell] for evidence, weight in zip(evidence, weights, strict=True)]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


METHODS = {"weights": weigh_classes, "logistic": regress_classes}
"""The models by their names."""
