"""Elements of SVG drawings that a page shows inline and a file holds alone, and even scales."""

import math
from collections.abc import Sequence
from html import escape

INK, PAPER = "#1f2328", "#ffffff"
CLASS_COLOURS = ("#c9d6df", "#f6c667", "#ee8f3d", "#d9542b", "#a8232a", "#6d1245", "#3d0c4e", "#14062e")
"""Colours of classes of grades from low to high; their lightness falls from class to class."""
ROCK_COLOURS = ("#d9c8a9", "#a9c1d9", "#c5d9a9", "#d9a9b5", "#b9a9d9", "#a9d9cd", "#e0b78a", "#9fb3a5")


def choose_even_step(length: float, most: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten, so that a length has no more than so many."""
    if length <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(length / most))
    return next(power * factor for factor in (1, 2, 5, 10) if length / (power * factor) <= most)


def list_even_ticks(low: float, high: float, most: int) -> list[float]:
    """Return even values from a lower to an upper end."""
    step = choose_even_step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.10g}") for number in range(first, last + 1)]


def number_text(value: float) -> str:
    """Return a number with up to four digits."""
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def label(x: float, y: float, text: str, anchor: str = "start", size: int = 12, bold: bool = False) -> str:
    """Return a text at a point."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def draw_svg_rule(x1: float, y1: float, x2: float, y2: float, opacity: float = 1.0, dash: str = "") -> str:
    """Return a straight line in the colour of the text."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" '
        f'stroke-opacity="{opacity:g}"{dashed}/>'
    )


def draw_svg_box(x: float, y: float, width: float, height: float, colour: str, title: str = "", fill: bool = True) -> str:
    """Return a rectangle with a title that a pointer shows."""
    shown = f"<title>{escape(title)}</title>" if title else ""
    ink = f'fill="{colour}" stroke="currentColor" stroke-opacity="0.5" stroke-width="0.5"'
    paint = ink if fill else f'fill="none" stroke="{colour}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" {paint}>{shown}</rect>'


def draw_svg_path(points: Sequence[tuple[float, float]], colour: str, width: float, title: str = "", dash: str = "") -> str:
    """Return a line through points with a title that a pointer shows."""
    shown = f"<title>{escape(title)}</title>" if title else ""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}>{shown}</polyline>'


def build_svg_drawing(width: float, height: float, title: str, parts: Sequence[str], is_file: bool) -> str:
    """Return the drawing; a file has its own colours and paper, a page gives them to an inline one."""
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>' if is_file else ""
    own = f' width="{width:.0f}" height="{height:.0f}" color="{INK}"' if is_file else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"{own} role="img" '
        f'font-family="sans-serif" fill="currentColor"><title>{escape(title)}</title>{paper}{"".join(parts)}</svg>'
    )
