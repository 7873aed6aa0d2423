"""The names of cities on a picture of the map, as far as they hide no record and no other name."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.legend import measure_text
from lodebase.topics.pictures.marks import Mark
from lodebase.topics.pictures.symbol_drawing import compute_ring_radius
from lodedata.maps.map_symbols import load_map_symbols
from lodedata.vocab import load_vocabulary_rows

SIZE = 11
DOT_PX, GAP_PX = 1.8, 4.0
MAX_PLACE_NAMES = 60


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the map in pixels."""

    left: float
    upper: float
    right: float
    lower: float

    def overlaps(self, other: "Area") -> bool:
        """Return whether the two have a part in common."""
        return self.left < other.right and other.left < self.right and self.upper < other.lower and other.upper < self.lower


def draw_place_names(frame: Frame, marks: Sequence[Mark], controls: Sequence[Area], language: str) -> Iterator[str]:
    """Yield the cities that a web map has at the zoom of a frame, the most important first, each as a dot with its name.

    One that would be under a mark, a control or another name is left out.
    """
    colours = load_map_symbols()["base"]["light"]
    taken = [*controls, *map(_find_mark_area, marks)]
    first = len(taken)
    for row in sorted(load_vocabulary_rows("place"), key=lambda row: float(row["zoom"])):
        if float(row["zoom"]) > frame.zoom or len(taken) - first == MAX_PLACE_NAMES:
            return
        x = frame.offset + math.radians((float(row["lon"]) - frame.start) % 360) * frame.pixels
        y, name = frame.y(float(row["lat"])), row[f"name_{language}"]
        area = Area(x - GAP_PX, y - SIZE / 2, x + GAP_PX + measure_text(name, SIZE), y + SIZE / 2)
        if area.left < 0 or area.upper < 0 or area.right > frame.width or area.lower > frame.height:
            continue
        if any(area.overlaps(other) for other in taken):
            continue
        taken.append(area)
        text = f'x="{x + GAP_PX:.1f}" y="{y + SIZE * 0.35:.1f}" font-size="{SIZE}"'
        halo = f'fill="none" stroke="{colours["land"]}" stroke-width="2.5" stroke-linejoin="round"'
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT_PX}" fill="{colours["name"]}"/>'
            f'<text {text} {halo}>{escape(name)}</text><text {text} fill="{colours["name"]}">{escape(name)}</text>'
        )


def _find_mark_area(mark: Mark) -> Area:
    half = compute_ring_radius(mark.n) if mark.symbol is None else mark.symbol.side / 2
    return Area(mark.x - half, mark.y - half, mark.x + half, mark.y + half)
