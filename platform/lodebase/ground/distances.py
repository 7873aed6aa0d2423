"""Distances from a place to the nearest highway, railway, port, power plant and town of the ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lodebase.ground.packs import ServedLayer, list_layers
from lodebase.settings import Settings
from lodedata.ground import nearness
from lodedata.ground.manifest import Kind
from lodedata.messages import Label, Message, msg

TITLES: Mapping[Kind, Message] = {
    "roads": msg("Highway"),
    "railways": msg("Railway"),
    "ports": msg("Port"),
    "power-plants": msg("Power plant"),
    "towns": msg("Larger town"),
}
"""What is measured to, by the kind of its layers, in the order of pages."""


@dataclass(frozen=True, slots=True)
class GroundDistance:
    """The distance to the nearest feature of a kind in kilometres; None where no layer of the kind is held."""

    kind: str
    title: Message
    km: float | None
    held: bool
    layers: tuple[Label, ...]
    as_of: tuple[str, ...]
    """The periods of the layers, as far as they are stated."""


def measure_all(settings: Settings, lon: float, lat: float) -> tuple[GroundDistance, ...]:
    """Return the distance from a place to each kind, those without a layer too."""
    return tuple(_measure(find_measured_layers(settings, kind), kind, title, lon, lat) for kind, title in TITLES.items())


def _measure(measured: Sequence[ServedLayer], kind: Kind, title: Message, lon: float, lat: float) -> GroundDistance:
    layers_ = tuple(Label(served_layer.layer.title_en, served_layer.layer.title_zh) for served_layer in measured)
    periods = tuple(served_layer.layer.as_of for served_layer in measured if served_layer.layer.as_of is not None)
    return GroundDistance(kind, title, measure_nearest_km(measured, lon, lat), bool(measured), layers_, periods)


def find_measured_layers(settings: Settings, kind: Kind) -> list[ServedLayer]:
    """Return the layers of a kind whose features can be measured to; layers of tiles alone are left out."""
    return [layer for layer in list_layers(settings) if layer.layer.kind == kind and _find_features_path(layer).is_file()]


def measure_nearest_km(measured: Sequence[ServedLayer], lon: float, lat: float) -> float | None:
    """Return the distance in kilometres, to a tenth, to the nearest feature of layers; None without one."""
    distances = [
        km
        for served_layer in measured
        if (km := nearness.measure_nearest_km(_find_features_path(served_layer), lon, lat)) is not None
    ]
    return round(min(distances), 1) if distances else None


def _find_features_path(served: ServedLayer) -> Path:
    return served.archive.with_suffix(nearness.SUFFIX)
