"""The catchment of plants by Huff's model: which share of demand turns to each, and what a new plant takes from each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodedata.layout.arcs import Spots, arcs_m
from lodedata.layout.measures import Points

NEAREST_KM = 1.0
"""Nearer than this a plant is as near as can be: the model has a pole at no distance."""
BETAS = (1, 2, 3)
AT_ONCE = 32
Array = npt.NDArray[np.float64]


def huff(distances_km: npt.ArrayLike, attraction: npt.ArrayLike, beta: float) -> Array:
    """The probability that each demand turns to each plant: ``A_j d_ij**-beta / sum_k A_k d_ik**-beta`` (Huff 1963).

    The shape is that of the distances, (demands, plants); each row adds up to 1, or to 0 where nothing attracts. Distances
    under NEAREST_KM count as NEAREST_KM. Raises ValueError for an attraction below nought.
    """
    drawn = _attraction(attraction) * _away(distances_km) ** -float(beta)
    return _shares(drawn, drawn.sum(axis=1))


def _attraction(told: npt.ArrayLike) -> Array:
    pull = np.asarray(told, dtype=float)
    if (pull < 0).any():
        raise ValueError("an attraction below nought draws nobody")
    return pull


def _away(distances_km: npt.ArrayLike) -> Array:
    return np.asarray(np.maximum(distances_km, NEAREST_KM), dtype=float)


def _shares(drawn: Array, total: Array) -> Array:
    """What is drawn as a part of the total of its row, nought where nothing draws."""
    whole = np.broadcast_to(total[:, None], drawn.shape)
    return np.divide(drawn, whole, out=np.zeros(drawn.shape), where=whole > 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a new plant draws at one beta: its share of all demand, and what of each plant's share it takes, in order."""

    beta: float
    share: float
    before: tuple[float, ...]
    after: tuple[float, ...]


def taken(
    new: tuple[float, float], capacity: float, plants: Points, capacities: Sequence[float], demands: Points
) -> list[Taken]:
    """The shares of demand, each place of demand counted once, before and after a new plant, for each of BETAS.

    Nothing where there is no demand.
    """
    if not demands:
        return []
    places, sites = _spots(demands), _spots([*plants, new])
    drawn = np.broadcast_to(_attraction([*capacities, capacity]), (len(demands), len(plants) + 1))
    # so many at a time that they stay at hand of the processor
    some = (places[start : start + AT_ONCE, None] for start in range(0, len(demands), AT_ONCE))
    nearer = 1 / _away(np.concatenate([arcs_m(one, sites[None]) for one in some]) / 1000)
    found = []
    # each beta draws by one distance more
    for beta in BETAS:
        drawn = drawn * nearer
        others = drawn[:, :-1].sum(axis=1)
        before = _shares(drawn[:, :-1], others).mean(axis=0)
        after = _shares(drawn, others + drawn[:, -1]).mean(axis=0)
        found.append(Taken(float(beta), float(after[-1]), tuple(before.tolist()), tuple(after[:-1].tolist())))
    return found


def _spots(points: Points) -> Spots:
    return Spots.of(*np.asarray(points, dtype=float).reshape(-1, 2).T)
