"""The catchment of plants by Huff's model: the share of demand of each, before and after a new plant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodedata.layout.arcs import GeodeticPoints, measure_arcs_m
from lodedata.layout.measures import Points

NEAREST_KM = 1.0
"""Shorter distances count as this: the model has a pole at distance 0."""
BETAS = (1, 2, 3)
BATCH = 32
Array = npt.NDArray[np.float64]


def compute_huff_probabilities(distances_km: npt.ArrayLike, attraction: npt.ArrayLike, beta: float) -> Array:
    """Return the probability that each demand chooses each plant: ``A_j d_ij**-beta / sum_k A_k d_ik**-beta`` (Huff 1963).

    The shape is that of the distances, (demands, plants); each row adds up to 1, or to 0 without attraction. Distances below
    NEAREST_KM count as NEAREST_KM. Raises ValueError for a negative attraction.
    """
    drawn = _compute_attraction(attraction) * _clip_km(distances_km) ** -float(beta)
    return _compute_shares(drawn, drawn.sum(axis=1))


def _compute_attraction(values: npt.ArrayLike) -> Array:
    attraction = np.asarray(values, dtype=float)
    if (attraction < 0).any():
        raise ValueError("an attraction below nought draws nobody")
    return attraction


def _clip_km(distances_km: npt.ArrayLike) -> Array:
    return np.asarray(np.maximum(distances_km, NEAREST_KM), dtype=float)


def _compute_shares(drawn: Array, total: Array) -> Array:
    """Return the shares of each row's total, 0 where that is 0."""
    totals = np.broadcast_to(total[:, None], drawn.shape)
    return np.divide(drawn, totals, out=np.zeros(drawn.shape), where=totals > 0)


@dataclass(frozen=True, slots=True)
class MarketShares:
    """Shares of all demand at one beta: of the new plant, and of each existing plant before and after it, in order."""

    beta: float
    share: float
    before: tuple[float, ...]
    after: tuple[float, ...]


def compute_market_shares(
    new: tuple[float, float], capacity: float, plants: Points, capacities: Sequence[float], demands: Points
) -> list[MarketShares]:
    """Return the shares of demand before and after a new plant for each of BETAS, each demand point with equal weight.

    Points are longitude and latitude in degrees. The list is empty without demand.
    """
    if not demands:
        return []
    places, sites = _build_geodetic_points(demands), _build_geodetic_points([*plants, new])
    drawn = np.broadcast_to(_compute_attraction([*capacities, capacity]), (len(demands), len(plants) + 1))
    # batches that fit the processor's cache
    some = (places[start : start + BATCH, None] for start in range(0, len(demands), BATCH))
    nearer = 1 / _clip_km(np.concatenate([measure_arcs_m(batch, sites[None]) for batch in some]) / 1000)
    market_shares = []
    # each beta is one more power of the distance
    for beta in BETAS:
        drawn = drawn * nearer
        others = drawn[:, :-1].sum(axis=1)
        before = _compute_shares(drawn[:, :-1], others).mean(axis=0)
        after = _compute_shares(drawn, others + drawn[:, -1]).mean(axis=0)
        market_shares.append(MarketShares(float(beta), float(after[-1]), tuple(before.tolist()), tuple(after[:-1].tolist())))
    return market_shares


def _build_geodetic_points(points: Points) -> GeodeticPoints:
    return GeodeticPoints.of(*np.asarray(points, dtype=float).reshape(-1, 2).T)
