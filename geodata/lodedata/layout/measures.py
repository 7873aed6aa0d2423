"""Measures of concentration and specialisation, and geodesics. Amounts are of any one unit; distances are kilometres."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from pyproj import Geod

GEOD = Geod(ellps="WGS84")

Points = Sequence[tuple[float, float]]


def hhi(amounts: Iterable[float]) -> float | None:
    """The Herfindahl-Hirschman index, 0 to 10,000, of amounts by holder; None where there is nothing to share.

    Sum of the squared percentage shares (U.S. Department of Justice and Federal Trade Commission, Merger Guidelines 2023,
    guideline 1). Raises ValueError for an amount below nought.
    """
    held = np.asarray(list(amounts), dtype=float)
    if (held < 0).any():
        raise ValueError("an amount below nought has no share")
    total = float(held.sum())
    if total == 0:
        return None
    return float(((held / total * 100) ** 2).sum())


def location_quotient(here: float, all_here: float, whole: float, all_whole: float) -> float | None:
    """How many times more of a thing a region has than its share of all would give it; None where a share has no base.

    ``(here / all_here) / (whole / all_whole)``; above 1 the region is specialised in it (U.S. Bureau of Economic Analysis).
    """
    if all_here == 0 or all_whole == 0 or whole == 0:
        return None
    return (here / all_here) / (whole / all_whole)


def geodesic_km(first: Points, second: Points) -> npt.NDArray[np.float64]:
    """Kilometres on the WGS 84 ellipsoid from each of the first points (longitude, latitude) to each of the second.

    The shape is (first, second); without points it is empty (Karney 2013).
    """
    a, b = np.asarray(first, dtype=float).reshape(-1, 2), np.asarray(second, dtype=float).reshape(-1, 2)
    if not len(a) or not len(b):
        return np.empty((len(a), len(b)))
    lon0, lat0 = np.repeat(a, len(b), axis=0).T
    lon1, lat1 = np.tile(b, (len(a), 1)).T
    _, _, metres = GEOD.inv(lon0, lat0, lon1, lat1)
    return np.asarray(metres, dtype=float).reshape(len(a), len(b)) / 1000
