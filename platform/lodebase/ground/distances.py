"""Distances from a place to the nearest port and railway of the ground."""

from collections.abc import Sequence
from pathlib import Path

from lodebase.ground.packs import ServedLayer, layers
from lodebase.settings import Settings
from lodedata.ground import nearness
from lodedata.ground.manifest import Kind


def measured_layers(settings: Settings, kind: Kind) -> list[ServedLayer]:
    """Return the layers of a kind whose features can be measured to; layers of tiles alone are left out."""
    return [one for one in layers(settings) if one.layer.kind == kind and _features(one).is_file()]


def nearest_km(measured: Sequence[ServedLayer], lon: float, lat: float) -> float | None:
    """Return the distance in kilometres, to a tenth, to the nearest feature of layers; None without one."""
    found = [km for one in measured if (km := nearness.nearest_km(_features(one), lon, lat)) is not None]
    return round(min(found), 1) if found else None


def _features(served: ServedLayer) -> Path:
    return served.archive.with_suffix(nearness.SUFFIX)
