"""A picture of the map as one SVG: ground, marks, scale, north, and below it title, legend, sources and licences."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from lodebase.topics.pictures.frame import Frame, choose_scale_bar
from lodebase.topics.pictures.legend import build_strip, draw_strip
from lodebase.topics.pictures.outlines import DrawnGround
from lodebase.topics.pictures.picture import MapPicture
from lodebase.topics.pictures.place_names import Area, draw_place_names
from lodebase.topics.pictures.symbol_drawing import INK, draw_hatching, draw_polygons, draw_ring, draw_symbol, place_symbol
from lodebase.typesetting import typefaces
from lodedata.maps.map_symbols import load_map_symbols
from lodedata.messages import msg

PAD = 12
MAX_BAR_PX = 140
ARROW_PX = 34


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """The SVG of a picture, its size in units of a pixel at scale 1, and its title."""

    svg: str
    width: int
    height: int
    title: str


def draw_map(picture: MapPicture, language: str) -> MapDrawing:
    """Return the drawing of a picture in a language."""
    frame = picture.frame
    strip = build_strip(picture, language)
    height = frame.height + strip.height
    symbols = dict.fromkeys([*(mark.symbol for mark in picture.marks if mark.symbol is not None), *strip.symbols])
    names = {symbol: f"symbol-{number}" for number, symbol in enumerate(symbols)}
    marks = (
        draw_ring(mark.x, mark.y, mark.n, mark.mix, language)
        if mark.symbol is None
        else place_symbol(mark.symbol, names, mark.x, mark.y)
        for mark in sorted(picture.marks, key=lambda mark: (mark.y, mark.x))
    )
    # below the marks, so that they hide no record
    polygon_symbols = dict.fromkeys(polygon.symbol for polygon in picture.polygons)
    polygons = (
        draw_polygons("".join(polygon.path for polygon in picture.polygons if polygon.symbol == symbol), symbol)
        for symbol in polygon_symbols
    )
    hatched = dict.fromkeys(symbol for symbol in (*polygon_symbols, *strip.polygons) if symbol.state == "soon")
    controls = (*_draw_scale(frame, language), _draw_north(frame, language))
    names_of_places = draw_place_names(frame, picture.ground.countries, picture.marks, _list_control_areas(frame), language)
    parts = [*_draw_ground(picture.ground, frame), *polygons, *_draw_veil(frame), *names_of_places, *controls, *marks]
    defined = "".join(f'<g id="{name}">{draw_symbol(symbol)}</g>' for symbol, name in names.items())
    defined += "".join(draw_hatching(symbol) for symbol in hatched)
    clip = f'<clipPath id="map"><rect width="{frame.width}" height="{frame.height}"/></clipPath>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {height}" width="{frame.width}" height="{height}" '
        f'xml:lang="{"zh-CN" if language == "zh" else "en"}" role="img" font-family="{_list_families()}" fill="{INK}">'
        f'<title>{escape(strip.title)}</title><defs>{clip}{defined}</defs><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<g clip-path="url(#map)">{"".join(parts)}</g>{draw_strip(strip, frame.height, names)}</svg>'
    )
    return MapDrawing(svg, frame.width, height, strip.title)


def _list_families() -> str:
    """Return the typefaces: one of this machine that has Chinese, which PNG and PDF are made with, then that of the reader."""
    family = typefaces.choose_typeface(typefaces.HEAD, typefaces.find_installed_typefaces().families())
    return "sans-serif" if family is None else f"{escape(family)}, sans-serif"


def _draw_ground(ground: DrawnGround, frame: Frame) -> Iterator[str]:
    symbols = load_map_symbols()
    colours = symbols["base"]["light"]
    yield f'<rect width="{frame.width}" height="{frame.height}" fill="{colours["sea"]}"/>'
    yield f'<path d="{ground.land}" fill="{colours["land"]}" fill-rule="evenodd"/>'
    for layer in ground.water:
        style = symbols["water"][layer.kind]
        fill, stroke = (style.get(part, "none").split()[0] for part in ("fill", "stroke"))
        yield (
            f'<path d="{layer.path}" fill="{fill}" fill-rule="evenodd" stroke="{stroke}" stroke-width="{style["width"]:g}" '
            'stroke-linejoin="round"/>'
        )
    yield f'<path d="{ground.borders}" fill="none" stroke="{colours["border"]}" stroke-width="0.9" stroke-linejoin="round"/>'


def _draw_veil(frame: Frame) -> Iterator[str]:
    """Yield a veil over what is outside of the box that the picture shows the records of."""
    if not frame.has_outside:
        return
    left, upper, right, lower = frame.list_box_pixels()
    outside = f"M0 0H{frame.width}V{frame.height}H0ZM{left:.1f} {upper:.1f}V{lower:.1f}H{right:.1f}V{upper:.1f}Z"
    yield f'<path d="{outside}" fill="#ffffff" fill-opacity="0.6" fill-rule="evenodd"/>'
    size = f'width="{right - left:.1f}" height="{lower - upper:.1f}"'
    yield f'<rect x="{left:.1f}" y="{upper:.1f}" {size} fill="none" stroke="{INK}" stroke-width="0.8" stroke-dasharray="5 3"/>'


def _draw_box(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="#ffffff" fill-opacity="0.85"/>'


def _list_control_areas(frame: Frame) -> tuple[Area, Area]:
    """Return where the bar of scale and the arrow to the north are."""
    bar = Area(0, frame.height - PAD - 28, PAD + MAX_BAR_PX + PAD, frame.height)
    return bar, Area(frame.width - ARROW_PX - 2 * PAD, 0, frame.width, PAD + ARROW_PX + 18)


def _draw_scale(frame: Frame, language: str) -> Iterator[str]:
    """Yield the bar of scale in the south-west."""
    metres, width = choose_scale_bar(frame, MAX_BAR_PX)
    text = msg("%(length)s km", length=f"{metres / 1000:,g}") if metres >= 1000 else msg("%(length)s m", length=f"{metres:g}")
    x, y = PAD, frame.height - PAD
    yield _draw_box(x - 4, y - 24, width + 8, 28)
    yield f'<text x="{x + 2}" y="{y - 10}" font-size="11">{escape(text.in_language(language))}</text>'
    yield f'<path d="M{x} {y - 7}V{y}H{x + width:.1f}V{y - 7}" fill="none" stroke="{INK}" stroke-width="1.6"/>'


def _draw_north(frame: Frame, language: str) -> str:
    """Return the arrow to the north in the north-east."""
    x, y = frame.width - PAD - ARROW_PX / 2, PAD
    return (
        f"{_draw_box(x - 14, y - 4, 28, ARROW_PX + 14)}"
        f'<path d="M{x:g} {y + 14}L{x - 7:g} {y + 40}L{x:g} {y + 34}Z" stroke="{INK}"/>'
        f'<path d="M{x:g} {y + 14}L{x + 7:g} {y + 40}L{x:g} {y + 34}Z" fill="none" stroke="{INK}"/>'
        f'<text x="{x:g}" y="{y + 10}" text-anchor="middle" font-size="11" font-weight="700">'
        f"{escape(msg('N').in_language(language))}</text>"
    )
