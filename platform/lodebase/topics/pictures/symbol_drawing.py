"""Symbols of records and rings of counts as SVG, as the page of the map draws them."""

import math
from collections.abc import Mapping
from html import escape

from babel.numbers import format_compact_decimal

from lodebase.topics.pictures.marks import RecordSymbol
from lodebase.topics.pictures.polygons import PolygonSymbol
from lodedata.maps.map_symbols import choose_paint, load_map_symbols
from lodedata.messages import list_locales
from lodedata.vocab import load_vocabulary

INK = "#1f2430"
BOX = 24
"""Side of the box that outlines of symbols are declared in."""
COMPACT_FROM = 10_000
"""Count from which a ring shows it rounded."""
MAX_COUNT_DIGITS = 3
ROUND = 2 * math.pi


def draw_symbol(symbol: RecordSymbol) -> str:
    """Return a symbol in a box of 24 by 24, with an edge of white that separates it from the ground and from others."""
    declared = load_map_symbols()
    paint = choose_paint(symbol.group, symbol.fill, symbol.is_old)
    outline = declared["shapes"][symbol.shape]
    edge = "none" if symbol.fill == "working" else paint.edge
    dash = ' stroke-dasharray="3.2 2"' if symbol.fill == "planned" else ""
    slash = f'<path d="{declared["slash"]}" stroke="{paint.edge}" stroke-width="1.9"/>' if paint.slash else ""
    y = 15.6 + declared["letterDrop"].get(symbol.shape, 0)
    return (
        f'<path d="{outline}" fill="none" stroke="#ffffff" stroke-opacity="0.9" stroke-width="4.2" stroke-linejoin="round"/>'
        f'<path d="{outline}" fill="{paint.body}" stroke="{edge}" stroke-width="1.9" stroke-linejoin="round"{dash}/>{slash}'
        f'<text x="12" y="{y:g}" text-anchor="middle" font-size="10" font-weight="700" fill="{paint.text}">'
        f"{escape(paint.letter)}</text>"
    )


def draw_polygons(paths: str, symbol: PolygonSymbol) -> str:
    """Return polygons as the layers of the map have them: the ground is seen through them, and is filled once by several.

    Rights that are not in force have no fill, and those that end within a year are hatched as `draw_hatching` defines it.
    """
    declared = load_map_symbols()
    if symbol.right_kind is None:
        colour, style = declared["plain"], declared["polygons"]
        opacity, width = style["fillOpacity"], style["width"]
    else:
        style = declared["rights"]
        colour = _choose_right_colour(symbol)
        opacity, width = style["fillOpacity"][0], style["width"]
    if symbol.state != "ended":
        fill = f'fill="{colour}" fill-opacity="{opacity}" stroke-width="{width}"'
    else:
        fill = f'fill="none" stroke-width="{style["endedWidth"]}" stroke-dasharray="{" ".join(map(str, style["endedDash"]))}"'
    drawn = f'<path d="{paths}" stroke="{colour}" stroke-linejoin="round" {fill}/>'
    return f'{drawn}<path d="{paths}" fill="url(#{_name_hatching(symbol)})"/>' if symbol.state == "soon" else drawn


def draw_hatching(symbol: PolygonSymbol) -> str:
    """Return the definition of the oblique lines of rights of a kind that end within a year."""
    style = load_map_symbols()["rights"]
    pitch, width = style["hatchPitch"], style["hatchWidth"]
    # the lines of the corners belong to the neighbours, so that the pattern has no seams
    lines = "".join(f"M{shift - 1} {pitch + 1}L{shift + pitch + 1} -1" for shift in (-pitch, 0, pitch))
    return (
        f'<pattern id="{_name_hatching(symbol)}" patternUnits="userSpaceOnUse" width="{pitch}" height="{pitch}">'
        f'<path d="{lines}" fill="none" stroke="{_choose_right_colour(symbol)}" stroke-width="{width}"/></pattern>'
    )


def _choose_right_colour(symbol: PolygonSymbol) -> str:
    style = load_map_symbols()["rights"]
    colour: str = style["colours"].get(symbol.right_kind, style["otherColours"])[0]
    return colour


def _name_hatching(symbol: PolygonSymbol) -> str:
    return f"hatching-{symbol.right_kind}"


def place_symbol(symbol: RecordSymbol, names: Mapping[RecordSymbol, str], x: float, y: float) -> str:
    """Return a symbol that is defined under a name, with its middle at a place."""
    corner = f"translate({x - symbol.side / 2:.1f} {y - symbol.side / 2:.1f}) scale({symbol.side / BOX:.4g})"
    return f'<use href="#{names[symbol]}" transform="{corner}"/>'


def compute_ring_radius(n: int) -> float:
    """Return the radius of the ring of a count in pixels."""
    return min(25.0, 11.5 + 2.9 * math.log10(n))


def draw_ring(x: float, y: float, n: int, mix: Mapping[str, int], language: str) -> str:
    """Return a count in a ring that shows the shares of commodity groups."""
    radius = compute_ring_radius(n)
    parts = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + 1.5:.1f}" fill="#ffffff" fill-opacity="0.9"/>']
    turned = -math.pi / 2
    for term in load_vocabulary("commodity-group"):
        turn = mix.get(term.code, 0) / n * ROUND
        if turn:
            arc = _draw_arc(x, y, radius - 2.4, turned, turn)
            parts.append(f'{arc} fill="none" stroke="{term.extra["colour"]}" stroke-width="4.8"/>')
            turned += turn
    text = shorten_count(n, language)
    size = 9.5 if len(text) > 4 else 11
    parts.append(
        f'<text x="{x:.1f}" y="{y + size * 0.36:.1f}" text-anchor="middle" font-size="{size:g}" font-weight="600" fill="{INK}">'
        f"{text}</text>"
    )
    return "".join(parts)


def _draw_arc(x: float, y: float, radius: float, begin: float, turn: float) -> str:
    """Return the beginning of an element that is an arc, a circle for a complete turn."""
    if turn > ROUND - 1e-3:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}"'
    ends = [f"{x + radius * math.cos(at):.2f} {y + radius * math.sin(at):.2f}" for at in (begin, begin + turn)]
    return f'<path d="M{ends[0]}A{radius:.2f} {radius:.2f} 0 {int(turn > math.pi)} 1 {ends[1]}"'


def shorten_count(n: int, language: str) -> str:
    """Return a count that fits a ring: complete up to 9,999, else with up to three digits in the notation of the language."""
    if n < COMPACT_FROM:
        return f"{n:,}"
    locale = list_locales().get(language, language)
    texts = [format_compact_decimal(n, locale=locale, fraction_digits=digits) for digits in (2, 1, 0)]
    return next((text for text in texts if sum(map(str.isdigit, text)) <= MAX_COUNT_DIGITS), texts[-1])
