"""The typeface that a printed report is set in: one with Chinese, embedded where the machine has it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

EMBEDDED = "WenQuanYiMicroHei"
NAMED = "STSong-Light"
"""What a reader of PDF brings or puts a font of its system in place of; nothing of it is in the file."""
PLACES = tuple(
    Path("/usr/share/fonts") / place / "wqy-microhei.ttc"
    for place in ("truetype/wqy", "wqy-microhei-fonts", "wqy-microhei", "wenquanyi/wqy-microhei")
)
"""Where Debian and Ubuntu, Fedora, Arch and Gentoo put it."""


@cache
def typeface(places: Sequence[Path] = PLACES) -> str:
    """The name of the typeface, made known to ReportLab: of the first file that can be read, else the one only named."""
    for place in places:
        if not place.is_file():
            continue
        try:
            pdfmetrics.registerFont(TTFont(EMBEDDED, str(place), subfontIndex=0))
        except (TTFError, OSError):
            continue
        return EMBEDDED
    pdfmetrics.registerFont(UnicodeCIDFont(NAMED))
    return NAMED
