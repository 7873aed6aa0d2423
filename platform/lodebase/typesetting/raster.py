"""SVG drawings as PNG and PDF, by Typst."""

import typst

from lodebase.typesetting import typefaces

POINTS_PER_INCH = 72
"""Typst sets a unit of a drawing as a point of 1/72 inch."""
USUAL_SCALE = 2
_PAGE = """
#set page(width: auto, height: auto, margin: 0pt)
#set document(title: sys.inputs.title, date: none)
#set text(lang: sys.inputs.language)
#image(bytes(sys.inputs.drawing), format: "svg", width: %dpt, alt: sys.inputs.title)
"""


def render_png(drawing: str, width: int, scale: int = USUAL_SCALE) -> bytes:
    """Return an SVG drawing as PNG, with ``scale`` dots for each unit of its width; text needs an installed typeface."""
    png: bytes = typst.compile(
        _build_page(width),
        format="png",
        ppi=POINTS_PER_INCH * scale,
        sys_inputs={"drawing": drawing, "title": "", "language": "en"},
        font_paths=typefaces.find_installed_typefaces(),
    )
    return png


def render_pdf(drawing: str, width: int, title: str, language: str) -> bytes:
    """Return an SVG drawing as a PDF of one page that is as large, with a title, which describes it for who does not see it."""
    pdf: bytes = typst.compile(
        _build_page(width),
        sys_inputs={"drawing": drawing, "title": title, "language": language},
        font_paths=typefaces.find_installed_typefaces(),
        pdf_standards="ua-1",
    )
    return pdf


def _build_page(width: int) -> bytes:
    return (_PAGE % width).encode()
