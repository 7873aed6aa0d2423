"""Where lines of Chinese, English or both may break: before no closing mark, after no opening one, within no word or number.

ReportLab's own way with Chinese lets a line begin with a full-width comma and cuts words (GB/T 15834-2011, 5.1.10 forbids the
one).
"""

import re
from collections.abc import Iterator

from reportlab.pdfbase.pdfmetrics import stringWidth

OPENING, CLOSING = "（《〈“‘「『【〔(", "，。、；：！？）》〉”’」』】〕…—％℃·),.;:!?%"
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
PIECE = re.compile(rf"\s+|[{OPENING}]*(?:[{WIDE}]|(?:[^\s{WIDE}{OPENING}-]|-(?=\d))+-*|-+)?[{CLOSING}]*")
"""Blanks; or one wide character or one part of a word up to its hyphen, with the marks that must stay with it.

Dates stay whole.
"""


def lines(text: str, width: float, font: str, size: float) -> list[str]:
    """The text in lines of at most a width in points; a piece that is wider alone is cut where it has to be."""
    made = [""]
    for piece in _pieces(text, width, font, size):
        if piece.isspace():
            made[-1] += " " if made[-1] else ""
        elif not made[-1] or stringWidth(made[-1] + piece, font, size) <= width:
            made[-1] += piece
        else:
            made.append(piece)
    return [line.rstrip() for line in made]


def _pieces(text: str, width: float, font: str, size: float) -> Iterator[str]:
    for piece in PIECE.findall(text):
        rest = piece
        while stringWidth(rest, font, size) > width and len(rest) > 1:
            most = next((n for n in range(len(rest), 1, -1) if stringWidth(rest[:n], font, size) <= width), 1)
            yield rest[:most]
            rest = rest[most:]
        if rest:
            yield rest
