"""The trace of a drill hole from its survey stations by minimum curvature, in metres east, north and up of the collar.

Between two stations the hole is an arc of a circle that is tangent to both directions (Sawaryn and Thorogood 2005, SPE 84246).
Azimuths are clockwise from north, dips negative downward, both in degrees; depths are along the hole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALL_ANGLE = 1e-6
"""Radians between two directions below which their arc is a straight line to the precision of a double."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Station:
    """A survey station: its depth in metres along the hole, its azimuth and its dip in degrees."""

    depth_m: float
    azimuth_deg: float
    dip_deg: float


@dataclass(frozen=True, slots=True)
class Trace:
    """A hole as arcs between stations. Depths increase; a row of the other arrays is a station.

    ``directions`` are unit vectors and ``points`` metres east, north and up of the collar.
    """

    depths: Floats
    directions: Floats
    points: Floats

    def at(self, depths_m: Sequence[float] | Floats) -> Floats:
        """Return the points at depths along the hole, one row each; below the last station the hole is straight."""
        wanted = np.asarray(depths_m, dtype=float)
        above = np.clip(np.searchsorted(self.depths, wanted, side="right") - 1, 0, None)
        length = (wanted - self.depths[above])[:, None]
        start, first = self.points[above], self.directions[above]
        below = np.minimum(above + 1, len(self.depths) - 1)
        second, whole = self.directions[below], (self.depths[below] - self.depths[above])[:, None]
        angle = _measure_angles(first, second)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = angle * length / whole
            # the integral of the direction, which turns evenly from the first to the second; differences of cosines as
            # products, which keep their digits for small angles
            half = np.sin(part / 2)
            turned = 2 * half * (first * np.sin(angle - part / 2) + second * half)
            bent = turned / (np.sin(angle) * angle) * whole
        return start + np.where((angle < SMALL_ANGLE) | (whole <= 0), first * length, bent)


def compute_direction(azimuth_deg: float, dip_deg: float) -> Floats:
    """Return the unit vector east, north, up of an azimuth and a dip."""
    azimuth, dip = np.radians(azimuth_deg), np.radians(dip_deg)
    return np.array([np.sin(azimuth) * np.cos(dip), np.cos(azimuth) * np.cos(dip), np.sin(dip)])


def compute_trace(stations: Sequence[Station]) -> Trace:
    """Return the trace through one or more stations in any order; above the first one the hole has its direction.

    Of stations at one depth the last one counts. Raise ValueError without a station, or for two opposite directions in
    a row, between which no arc is determined.
    """
    if not stations:
        raise ValueError("no station")
    by_depth = {station.depth_m: station for station in stations}
    ordered = [by_depth[depth] for depth in sorted(by_depth)]
    if ordered[0].depth_m > 0:
        ordered.insert(0, Station(0.0, ordered[0].azimuth_deg, ordered[0].dip_deg))
    depths = np.array([station.depth_m for station in ordered])
    directions = np.array([compute_direction(station.azimuth_deg, station.dip_deg) for station in ordered])
    angles = _measure_angles(directions[:-1], directions[1:])
    if np.any(angles > np.pi - SMALL_ANGLE):
        raise ValueError("two stations in a row have opposite directions")
    lengths = np.diff(depths)
    steps = (directions[:-1] + directions[1:]) * (lengths / 2 * _compute_ratio_factor(angles))[:, None]
    points = np.vstack([np.zeros(3), np.cumsum(steps, axis=0)]) if len(ordered) > 1 else np.zeros((1, 3))
    return Trace(depths, directions, points)


def _compute_ratio_factor(angles: Floats) -> Floats:
    """Return 2/a tan(a/2) of dogleg angles in radians, 1 for a straight line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(angles < SMALL_ANGLE, 1.0, 2 / angles * np.tan(angles / 2))


def _measure_angles(first: Floats, second: Floats) -> Floats:
    """Return the angles in radians between unit vectors; by half the chord, which is exact for small ones too."""
    chords = np.linalg.norm(second - first, axis=-1)
    return np.asarray(2 * np.arcsin(np.clip(chords / 2, 0, 1)))
