"""Typeface of printed reports: one with Chinese characters, embedded if it is installed on this machine."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

EMBEDDED = "WenQuanYiMicroHei"
NAMED = "STSong-Light"
"""A font that PDF readers supply or substitute with a system font; it is not embedded."""
PLACES = tuple(
    Path("/usr/share/fonts") / place / "wqy-microhei.ttc"
    for place in ("truetype/wqy", "wqy-microhei-fonts", "wqy-microhei", "wenquanyi/wqy-microhei")
)
"""Font paths on Debian and Ubuntu, Fedora, Arch and Gentoo."""


@cache
def typeface(places: Sequence[Path] = PLACES) -> str:
    """Return the name of the typeface registered with ReportLab: from the first readable file, else the font that is not
    embedded.
    """
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
