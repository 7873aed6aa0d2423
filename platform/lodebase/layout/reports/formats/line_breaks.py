"""Line breaking of Chinese, English and mixed text, which keeps punctuation and numbers together.

ReportLab's own line breaking of Chinese splits English terms and lets a line begin with a full-width comma, which
GB/T 15834-2011, 5.1.10, forbids.
"""

import re
from collections.abc import Iterator

from reportlab.pdfbase.pdfmetrics import stringWidth

OPENING, CLOSING = "（《〈“‘「『【〔(", "，。、；：！？）》〉”’」』】〕…—％℃·),.;:!?%"
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
PIECE = re.compile(rf"\s+|[{OPENING}]*(?:[{WIDE}]|(?:[^\s{WIDE}{OPENING}-]|-(?=\d))+-*|-+)?[{CLOSING}]*")
"""Matches white space, or one wide character or one part of a word up to its hyphen, with adjacent punctuation.

Dates are not split.
"""


def lines(text: str, width: float, font: str, size: float) -> list[str]:
    """Return the text as lines of at most a width in points; a single piece that is wider is split."""
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
