"""Distances on a record's page to highways, railways, ports, power and settlements, where ground layers hold them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lodebase.ground.distances import measure_all
from lodebase.settings import Settings
from lodeweb.i18n import quantities
from lodeweb.i18n.language import language, translate_message

METRES = 1000


@dataclass(frozen=True, slots=True)
class GroundLines:
    """The distances that are known, each with its kind and the periods of its layers, and the kinds that no layer holds."""

    known: list[tuple[str, str, str]]
    missing: list[str]


def measure_ground_lines(settings: Settings, point: Sequence[float]) -> GroundLines | None:
    """Return the distances from a point, None where no layer is held."""
    measured = measure_all(settings, point[0], point[1])
    if not any(one.held for one in measured):
        return None
    return GroundLines(
        [
            (translate_message(one.title), quantities.format_kilometres(one.km * METRES, language()), ", ".join(one.as_of))
            for one in measured
            if one.km is not None
        ],
        [translate_message(one.title) for one in measured if not one.held],
    )
