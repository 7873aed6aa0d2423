"""Drawing of the surroundings of a planned plant: the radii, the sites and the places of ore, as SVG.

Directions and distances from the plant are those on the ellipsoid (azimuthal equidistant); no boundary is drawn.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import shapely

from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_text import format_km_range, record_name
from lodebase.layout.statement_parameters import LIVE
from lodedata.layout.measures import GEOD
from lodedata.messages import Message, msg, wrap_foreign_text

SIZE = 520.0
"""Width and height of the drawing, and the diameter of its largest radius with the margin, in points."""
MARGIN = 22.0
NUMBERED = 12
"""Upper limit of the sites that are numbered and listed, the nearest first."""
DESCRIPTION = msg(
    "Drawing of the surroundings, north at the top: the planned plant in the middle, circles at %(radii)s km, %(sites)s "
    "sites of the product, %(ores)s places of ore."
)
LISTED = msg("%(number)s. %(name)s (%(km)s km)")
DESCRIPTION_OF_AREA = msg(
    "Drawing of the surroundings, north at the top: the outline of the area, the sites of the product (%(sites)s listed) and "
    "the places of ore (%(ores)s listed)."
)
LEGEND: Sequence[tuple[str, Message]] = (
    ("plant", msg("planned plant")),
    ("live", msg("site that operates, is built or is planned")),
    ("other", msg("site that is idle, closed or without a status")),
    ("ore", msg("mine or deposit")),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The SVG, its description, and the lines that name the numbered sites."""

    svg: str
    description: str
    listed: tuple[str, ...]


def draw_report(report: LayoutReport, language: str) -> Drawing:
    """Return the drawing of a report in a language."""
    inputs, sites, ores = report.inputs, report.neighbours.sites, report.feedstock.places
    radii = inputs.radii_km
    text = DESCRIPTION_OF_AREA if inputs.place else DESCRIPTION
    description = text.filled(radii=", ".join(f"{km:g}" for km in radii), sites=len(sites), ores=len(ores))
    middle = [_draw_outline(report)] if inputs.place else []
    circles = [] if middle else _draw_circles(radii)
    plant = [] if middle else [_draw_symbol("plant", SIZE / 2, SIZE / 2)]
    parts = [*circles, *middle, *_draw_ores(report), *_draw_sites(report), *plant, *_scale(_compute_farthest_km(report))]
    parts += _draw_legend(language)
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE:g} {SIZE + 4 * 18:g}" font-size="13"'
    listed = tuple(
        LISTED.filled(
            number=number, name=wrap_foreign_text(record_name(site, language)), km=_format_km(site, language)
        ).in_language(language)
        for number, site in enumerate(sites[:NUMBERED], 1)
    )
    return Drawing(f"<svg {frame}>{''.join(parts)}</svg>", description.in_language(language), listed)


def _format_km(site: NeighbourSite, language: str) -> str:
    km = format_km_range(site, language)
    return km if isinstance(km, str) else f"{km:,g}"


def _draw_circles(radii: Sequence[float]) -> Iterator[str]:
    for km in radii:
        radius = _scale_to_points(km, radii)
        yield f'<circle cx="{SIZE / 2:g}" cy="{SIZE / 2:g}" r="{radius:.1f}" fill="none" stroke="#999" stroke-width="0.6"/>'
        yield f'<text x="{SIZE / 2:g}" y="{SIZE / 2 - radius - 2:.1f}" text-anchor="middle" fill="#666">{km:g} km</text>'


def _draw_ores(report: LayoutReport) -> Iterator[str]:
    for place in report.feedstock.places:
        if (at := _locate_point(report, place.lon, place.lat)) is not None:
            yield _draw_symbol("ore", *at)


def _draw_sites(report: LayoutReport) -> Iterator[str]:
    # the nearest are drawn last, above the others
    for number, site in reversed(list(enumerate(report.neighbours.sites, 1))):
        if (at := _locate_point(report, site.lon, site.lat)) is not None:
            yield _draw_symbol("live" if set(site.groups) & set(LIVE) else "other", *at)
            if number <= NUMBERED:
                yield f'<text x="{at[0] + 6:.1f}" y="{at[1] - 4:.1f}" fill="#111">{number}</text>'


def _draw_symbol(name: str, x: float, y: float) -> str:
    match name:
        case "plant":
            return f'<path d="M{x - 7:.1f} {y:.1f}h14M{x:.1f} {y - 7:.1f}v14" stroke="#b00020" stroke-width="2.4"/>'
        case "live":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0b5c5c" stroke="#fff" stroke-width="0.8"/>'
        case "other":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="#fff" stroke="#666" stroke-width="1.2"/>'
        case _:
            return f'<path d="M{x:.1f} {y - 4:.1f}l4 7h-8z" fill="#c9a227" stroke="#fff" stroke-width="0.6"/>'


def _scale(farthest_km: float) -> Iterator[str]:
    km = 10 ** math.floor(math.log10(farthest_km))
    length = _scale_to_points(km, [farthest_km])
    y = SIZE - 8
    yield f'<path d="M8 {y - 4:g}v4h{length:.1f}v-4" fill="none" stroke="#111"/><text x="12" y="{y - 7:g}">{km:g} km</text>'
    yield f'<path d="M{SIZE - 16:g} 30v-18l-4 8M{SIZE - 16:g} 12l4 8" fill="none" stroke="#111"/>'
    yield f'<text x="{SIZE - 16:g}" y="46" text-anchor="middle">N</text>'


def _draw_legend(language: str) -> Iterator[str]:
    for line, (name, label) in enumerate(LEGEND):
        y = SIZE + 18 * line + 6
        yield _draw_symbol(name, 14, y)
        yield f'<text x="28" y="{y + 5:g}">{escape(label.in_language(language))}</text>'


def _locate_point(report: LayoutReport, lon: float, lat: float) -> tuple[float, float] | None:
    """Return the point of a place in the drawing, None if it lies outside of the largest radius."""
    inputs = report.inputs
    azimuth, _, metres = GEOD.inv(inputs.lon, inputs.lat, lon, lat)
    farthest_km = _compute_farthest_km(report)
    if metres > farthest_km * 1000:
        return None
    radius, angle = _scale_to_points(metres / 1000, [farthest_km]), math.radians(azimuth)
    return SIZE / 2 + radius * math.sin(angle), SIZE / 2 - radius * math.cos(angle)


def _compute_farthest_km(report: LayoutReport) -> float:
    """Return the radius of the drawing in kilometres; that around an area shows its surroundings within the first radius."""
    inputs = report.inputs
    radii: Sequence[float] = inputs.radii_km
    return radii[0] + float(inputs.reach_m) / 1000 if inputs.place else radii[-1]


def _draw_outline(report: LayoutReport) -> str:
    """Return the outline of the area that the plant lies in."""
    inputs = report.inputs
    lines = []
    for ring in shapely.get_parts(shapely.boundary(shapely.from_wkt(inputs.wkt))):
        corners = shapely.get_coordinates(ring)
        points = (_locate_point(report, lon, lat) for lon, lat in corners.tolist())
        lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in filter(None, points)) + "z")
    return f'<path d="{"".join(lines)}" fill="#b0002010" stroke="#b00020" stroke-width="1.2"/>'


def _scale_to_points(km: float, radii: Sequence[float]) -> float:
    return km / radii[-1] * (SIZE / 2 - MARGIN)
