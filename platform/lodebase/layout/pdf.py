"""A report as PDF on A4, in English or Chinese.

Chinese is set in a font that every reader of PDF brings or replaces by its system's (Adobe-GB1), so no font is shipped.
"""

import io
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from lodebase.layout.words import COLUMNS, TITLES, asked, of, tables, told

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
FONT = "STSong-Light"
MOST_ROWS = 60
"""Rows of a table that are printed; the workbook has all."""
WEIGHTS = {
    "clause": 3.0,
    "reason": 2.5,
    "citation": 2.0,
    "note": 2.0,
    "name": 1.8,
    "capacity": 2.0,
    "measure": 2.0,
    "rule": 1.6,
}
"""How wide a column is beside the others."""


def write(report: Mapping[str, Any], language: str) -> bytes:
    """The bytes of the document; the same report gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    made = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=told(TITLES["report"], language),
        author="Lode",
        invariant=1,
    )
    foot = partial(_foot, text=f"{of(report['summary'], 'disclaimer', language)}  SHA-256 {report['checksum'][:16]}…")
    made.build(list(_story(report, language)), onFirstPage=foot, onLaterPages=foot)
    return stream.getvalue()


def _style(size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK", alignment=TA_LEFT, **more
    )


def _story(report: Mapping[str, Any], language: str) -> Iterator[Flowable]:
    head = f"{told(TITLES['report'], language)}: {of(report['summary'], 'label', language)}"
    yield _text(head, _style(16, spaceAfter=4 * mm))
    yield _text(of(report["summary"], "disclaimer", language), _style(9, spaceAfter=3 * mm))
    yield _table([[title, value] for title, value in asked(report, language)], [1.0, 3.0])
    for part, columns, rows in tables(report, language):
        yield Spacer(1, 5 * mm)
        yield _text(told(TITLES[part], language), _style(12, spaceAfter=2 * mm))
        if not rows:
            yield _text(told(("none", "无"), language), _style(8))
            continue
        titles = [told(COLUMNS[one], language) for one in columns]
        yield _table([titles, *rows[:MOST_ROWS]], [WEIGHTS.get(one, 1.0) for one in columns], headed=True)
        if len(rows) > MOST_ROWS:
            rest = len(rows) - MOST_ROWS
            yield _text(told((f"{rest} more rows are in the workbook.", f"其余 {rest} 行见工作簿。"), language), _style(8))


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph that breaks between words; between any two characters where it is Chinese or one long word."""
    chinese = any(character >= "\u3000" for character in text)
    broken = style if chinese or " " not in text else style.clone(f"{style.name}-words", wordWrap=None)
    return Paragraph(escape(text), broken)


def _table(rows: list[list[Any]], weights: list[float], headed: bool = False) -> Table:
    small = _style(7)
    cells = [[_text(_shown(value), small) for value in row] for row in rows]
    made = Table(cells, [WIDTH * weight / sum(weights) for weight in weights], repeatRows=1 if headed else 0)
    lines: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        *((name, (0, 0), (-1, -1), 2) for name in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")),
    ]
    if headed:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke))
    made.setStyle(TableStyle(lines))
    return made


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _foot(canvas: Canvas, document: SimpleDocTemplate, text: str) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 6)
    canvas.drawString(MARGIN, 8 * mm, text)
    canvas.drawRightString(A4[0] - MARGIN, 8 * mm, str(document.page))
    canvas.restoreState()
