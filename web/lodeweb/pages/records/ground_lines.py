"""Distances on a record's page to highways, railways, ports, power and settlements, where ground layers hold them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lodebase.ground.distances import measure_all
from lodebase.settings import Settings
from lodeweb.i18n import quantities
from lodeweb.i18n.language import get_language, translate_message

METRES = 1000


@dataclass(frozen=True, slots=True)
class GroundLines:
    """The distances that are known, each with its kind and the periods of its layers, and the kinds that no layer holds."""

    known: list[tuple[str, str, str]]
    missing: list[str]


def measure_ground_lines(settings: Settings, point: Sequence[float]) -> GroundLines | None:
    """Return the distances from a point, None where no layer is held."""
    measured = measure_all(settings, point[0], point[1])
    if not any(ground_distance.held for ground_distance in measured):
        return None
    return GroundLines(
        [
            (
                translate_message(ground_distance.title),
                quantities.format_kilometres(ground_distance.km * METRES, get_language()),
                ", ".join(ground_distance.as_of),
            )
            for ground_distance in measured
            if ground_distance.km is not None
        ],
        [translate_message(ground_distance.title) for ground_distance in measured if not ground_distance.held],
    )
