"""Reports as PDF on A4, in English or Chinese, with the glyphs in use embedded."""

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from lodebase.layout.reports.formats.line_breaks import lines
from lodebase.layout.reports.formats.typeface import NAMED, typeface
from lodebase.layout.reports.report_inputs import input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_tables import tables
from lodebase.layout.reports.report_text import localized
from lodedata.messages import msg

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN - 12
"""Width between the margins, less the padding of six points on each side that ReportLab adds."""
PADDING = 2
SLACK = 0.1
"""Tolerance in points, so that a measured line is not broken again."""
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
NOT_EMBEDDED = msg(
    "This file was made without a Chinese font, so Chinese text is shown in a font of your device. The operator of the site "
    "can install fonts-wqy-microhei."
)
MOST_ROWS = 60
"""Upper limit of the rows printed of a table; the workbook has all rows."""
WEIGHTS = {
    "clause": 3.0,
    "reason": 2.5,
    "citation": 2.0,
    "note": 2.0,
    "name": 1.8,
    "text": 4.0,
    "basis": 2.0,
    "title": 1.5,
    "source": 1.5,
    "capacity": 2.0,
    "measure": 2.0,
    "rule": 1.6,
}
"""Relative widths of columns."""


def write(report: Mapping[str, Any], language: str) -> bytes:
    """Return the document as bytes, which are the same for the same report."""
    foot = f"{localized(report['summary'], 'disclaimer', language)}  SHA-256 {report['checksum'][:16]}…"
    return document(TITLES["report"].in_language(language), language, _story(report, language), foot)


def document(title: str, language: str, story: Iterable[Flowable], foot: str) -> bytes:
    """Return a document as bytes, which are the same for the same story; each page has its foot and number."""
    stream = io.BytesIO()
    made = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="Lode",
        # ReportLab would otherwise refer to Helvetica in every file without embedding it
        initialFontName=typeface(),
        lang=LANGUAGES[language],
        invariant=1,
    )
    footed = partial(_foot, text=foot)
    made.build(list(story), onFirstPage=footed, onLaterPages=footed)
    return stream.getvalue()


def text_style(size: float, **more: Any) -> ParagraphStyle:
    """Return the style of text of a size in points."""
    return ParagraphStyle(f"s{size}", fontName=typeface(), fontSize=size, leading=size * 1.4, bulletFontName=typeface(), **more)


def _story(report: Mapping[str, Any], language: str) -> Iterator[Flowable]:
    product = localized(report["summary"], "label", language)
    head = msg("%(title)s: %(product)s", title=TITLES["report"], product=product).in_language(language)
    yield paragraph(head, text_style(16, spaceAfter=4 * mm))
    yield paragraph(localized(report["summary"], "disclaimer", language), text_style(9, spaceAfter=3 * mm))
    if typeface() == NAMED:
        yield paragraph(NOT_EMBEDDED.in_language(language), text_style(8, spaceAfter=3 * mm))
    yield table([[title, value] for title, value in input_rows(report, language)], [1.0, 3.0])
    for part, columns, rows in tables(report, language):
        yield Spacer(1, 5 * mm)
        # avoid a heading at the foot of a page
        yield CondPageBreak(25 * mm)
        yield paragraph(TITLES[part].in_language(language), text_style(12, spaceAfter=2 * mm))
        if not rows:
            yield paragraph(msg("none").in_language(language), text_style(8))
            continue
        titles = [COLUMNS[one].in_language(language) for one in columns]
        yield table([titles, *rows[:MOST_ROWS]], [WEIGHTS.get(one, 1.0) for one in columns], headed=True)
        if len(rows) > MOST_ROWS:
            rest = msg("The workbook has %(count)s more rows.", count=len(rows) - MOST_ROWS)
            yield paragraph(rest.in_language(language), text_style(8))


def paragraph(text: str, style: ParagraphStyle, width: float = WIDTH - SLACK) -> Paragraph:
    """Return a paragraph with the line breaks that its language allows."""
    return Paragraph("<br/>".join(map(escape, lines(text, width, style.fontName, style.fontSize))), style)


def table(rows: list[list[Any]], weights: list[float], headed: bool = False) -> Table:
    """Return a table with columns of relative widths; if ``headed``, its first row is repeated on each page."""
    small = text_style(7)
    widths = [WIDTH * weight / sum(weights) for weight in weights]
    inside = [width - 2 * PADDING - SLACK for width in widths]
    cells = [[paragraph(_shown(value), small, width) for value, width in zip(row, inside, strict=True)] for row in rows]
    made = Table(cells, widths, repeatRows=1 if headed else 0)
    lines: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONTNAME", (0, 0), (-1, -1), small.fontName),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        *((name, (0, 0), (-1, -1), PADDING) for name in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")),
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
    canvas.setFont(typeface(), 6)
    canvas.drawString(MARGIN, 8 * mm, text)
    canvas.drawRightString(A4[0] - MARGIN, 8 * mm, str(document.page))
    canvas.restoreState()
