"""The names of countries and cities on a picture of the map, as far as they hide no record and no other name."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.legend import measure_text
from lodebase.topics.pictures.marks import Mark
from lodebase.topics.pictures.symbol_drawing import compute_ring_radius
from lodebase.topics.pictures.topology import CountryName
from lodedata.maps.map_symbols import load_map_symbols
from lodedata.vocab import load_vocabulary_rows

SIZE = 11
DOT_PX, GAP_PX = 1.8, 4.0
MAX_NAMES = 60
MAX_COUNTRY_ZOOM = 9.0
"""The zoom of web maps up to which countries have names."""
MIN_NAME_WIDTHS = 1.1
"""How much wider than its name a country is at least, as the name would be that of its neighbours."""
COUNTRY_SHIFTS_PX = (0, 17, -17, 30, -30)
"""Where a name is by the middle of its country, the first free place."""


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


Candidate = tuple[str, list[Area], tuple[float, float] | None]
"""A name, the areas that it may have, and the place of its dot."""


def draw_place_names(
    frame: Frame, countries: Sequence[CountryName], marks: Sequence[Mark], controls: Sequence[Area], language: str
) -> Iterator[str]:
    """Yield the names of countries, then cities as dots with their names, that a web map has at the zoom of a frame.

    The largest and the most important are first; one that would be under a mark, a control or another name is left out.
    """
    taken = [*controls, *map(_find_mark_area, marks)]
    first = len(taken)
    for candidates in (_list_country_areas(frame, countries, language), _list_city_areas(frame, language)):
        for name, areas, dot in candidates:
            area = next((area for area in areas if _is_free(area, frame, taken)), None)
            if area is not None and len(taken) - first < MAX_NAMES:
                taken.append(area)
                yield _write_name(name, area, dot)


def _list_country_areas(frame: Frame, countries: Sequence[CountryName], language: str) -> Iterator[Candidate]:
    """Yield the countries that are wider than their names, at their middle and a line or two above and below."""
    if frame.zoom > MAX_COUNTRY_ZOOM:
        return
    for country in countries:
        name = country.name_zh if language == "zh" else country.name_en
        half = measure_text(name, SIZE) / 2
        across = math.radians(math.sqrt(country.square_degrees)) * frame.pixels
        if across < 2 * half * MIN_NAME_WIDTHS:
            continue
        x, y = _place(frame, country.lon, country.lat)
        shifts = [shift for shift in COUNTRY_SHIFTS_PX if abs(shift) < across / 2.5]
        yield name, [Area(x - half, y + shift - SIZE / 2, x + half, y + shift + SIZE / 2) for shift in shifts], None


def _list_city_areas(frame: Frame, language: str) -> Iterator[Candidate]:
    for row in sorted(load_vocabulary_rows("place"), key=lambda row: float(row["zoom"])):
        if float(row["zoom"]) <= frame.zoom:
            x, y = _place(frame, float(row["lon"]), float(row["lat"]))
            name = row[f"name_{language}"]
            yield name, [Area(x - GAP_PX, y - SIZE / 2, x + GAP_PX + measure_text(name, SIZE), y + SIZE / 2)], (x, y)


def _place(frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    return frame.offset + math.radians((lon - frame.start) % 360) * frame.pixels, frame.y(lat)


def _is_free(area: Area, frame: Frame, taken: Sequence[Area]) -> bool:
    inside = area.left >= 0 and area.upper >= 0 and area.right <= frame.width and area.lower <= frame.height
    return inside and not any(area.overlaps(other) for other in taken)


def _write_name(name: str, area: Area, dot: tuple[float, float] | None) -> str:
    """Return a name with a halo in the colour of the land: next to its dot, or in the middle of its area."""
    colours = load_map_symbols()["base"]["light"]
    x, anchor = ((area.left + area.right) / 2, "middle") if dot is None else (dot[0] + GAP_PX, "start")
    text = f'x="{x:.1f}" y="{area.upper + SIZE * 0.85:.1f}" font-size="{SIZE}" text-anchor="{anchor}"'
    halo = f'fill="none" stroke="{colours["land"]}" stroke-width="2.5" stroke-linejoin="round"'
    circle = "" if dot is None else f'<circle cx="{dot[0]:.1f}" cy="{dot[1]:.1f}" r="{DOT_PX}" fill="{colours["name"]}"/>'
    return f'{circle}<text {text} {halo}>{escape(name)}</text><text {text} fill="{colours["name"]}">{escape(name)}</text>'


def _find_mark_area(mark: Mark) -> Area:
    half = compute_ring_radius(mark.n) if mark.symbol is None else mark.symbol.side / 2
    return Area(mark.x - half, mark.y - half, mark.x + half, mark.y + half)
