"""Measures of concentration and specialisation, and the ellipsoid of all distances. Amounts are in any one unit."""

from collections.abc import Iterable, Sequence

import numpy as np
from pyproj import Geod

GEOD = Geod(ellps="WGS84")

Points = Sequence[tuple[float, float]]


def compute_hhi(amounts: Iterable[float]) -> float | None:
    """Return the Herfindahl-Hirschman index (0 to 10,000) of amounts by holder; None if their sum is 0.

    Sum of the squared percentage shares (U.S. Department of Justice and Federal Trade Commission, Merger Guidelines 2023,
    guideline 1). Raises ValueError for a negative amount.
    """
    values = np.asarray(list(amounts), dtype=float)
    if (values < 0).any():
        raise ValueError("an amount below nought has no share")
    total = float(values.sum())
    if total == 0:
        return None
    return float(((values / total * 100) ** 2).sum())


def compute_location_quotient(region: float, region_total: float, nation: float, nation_total: float) -> float | None:
    """Return the location quotient of a region; None if a denominator is 0.

    ``(region / region_total) / (nation / nation_total)``; above 1 the region is specialised
    (U.S. Bureau of Economic Analysis).
    """
    if region_total == 0 or nation_total == 0 or nation == 0:
        return None
    return (region / region_total) / (nation / nation_total)
