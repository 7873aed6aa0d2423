"""SVG drawings as PNG, by Typst."""

import typst

from lodebase.typesetting import typefaces

DOTS_PER_INCH = 144
"""Two dots for a unit of the drawing, as Typst sets one as a point of 1/72 inch."""
_PAGE = (
    b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.at("drawing")), format: "svg", width: %dpt)'
)


def render_png(drawing: str, width: int) -> bytes:
    """Return an SVG drawing as PNG, with twice as many dots across as its width in units; text needs an installed typeface."""
    png: bytes = typst.compile(
        _PAGE % width,
        format="png",
        ppi=DOTS_PER_INCH,
        sys_inputs={"drawing": drawing},
        font_paths=typefaces.find_installed_typefaces(),
    )
    return png
