"""Documents as Word files (DOCX) with the measures of GB/T 9704-2012: edges, typefaces, sizes, headings, page numbers."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typst
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from lodebase.typesetting import typefaces
from lodebase.typesetting.document import Heading, PrintedDocument

MARGINS_MM = {"zh": (37, 35, 28, 26), "en": (20, 20, 20, 20)}
"""Top, bottom, left and right edge (GB/T 9704-2012, 5.2.1)."""
TITLE_PT, BODY_PT = {"zh": 22, "en": 18}, {"zh": 16, "en": 11}
"""Sizes 2 and 3 (5.2.2, 7.3)."""
LINE_PT, SMALL_PT, PAGE_NUMBER_PT = 28, 9, 14
MARK_PT, ENGLISH_HEADING_PT = {"zh": 26, "en": 16}, (13, 12, 11)
TITLE_FACE, BODY_FACE, HEAD_FACE, SECOND_FACE = "方正小标宋简体", "仿宋", "黑体", "楷体"
LATIN_FACE = "Times New Roman"
RED, BLACK = RGBColor(0xC0, 0, 0), RGBColor(0, 0, 0)
NUMERALS = "一二三四五六七八九十"
PICTURE_MM = 130
EPOCH = datetime(2026, 1, 1)
"""Date of the file's properties, so that they do not depend on when it was written."""


def write_word(document: PrintedDocument) -> bytes:
    """Return the document as DOCX; text is never read as markup or as a field."""
    word_document = Document()
    properties = word_document.core_properties
    properties.title, properties.author, properties.created, properties.modified = document.title, "Lode", EPOCH, EPOCH
    _set_page(word_document, document)
    _write_letterhead(word_document, document)
    _append_paragraph(word_document, document.title, TITLE_FACE, TITLE_PT[document.language], centred=True)
    writers: Mapping[str, Callable[..., None]] = {
        "paragraph": _write_paragraph,
        "note": _write_note,
        "fields": _write_fields,
        "rows": _write_rows,
        "picture": _write_picture,
    }
    numbers = [0, 0, 0]
    for block in document.blocks:
        if isinstance(block, Heading):
            numbers[block.level - 1 :] = [numbers[block.level - 1] + 1, *[0] * (len(numbers) - block.level)]
            _write_heading(word_document, block, document.language, numbers[block.level - 1])
        else:
            writers[block.kind](word_document, block, document.language)
    _write_signature(word_document, document)
    stream = io.BytesIO()
    word_document.save(stream)
    return stream.getvalue()


def _set_page(word_document: WordDocument, document: PrintedDocument) -> None:
    section = word_document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = MARGINS_MM[document.language]
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, (top, bottom, left, right))
    foot = section.footer.paragraphs[0]
    _run(foot, document.foot, HEAD_FACE, 7)
    number = section.footer.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER if document.language == "zh" else WD_ALIGN_PARAGRAPH.RIGHT
    dash = "— " if document.language == "zh" else ""
    _run(number, dash, BODY_FACE, PAGE_NUMBER_PT)
    _write_page_number(_run(number, "", BODY_FACE, PAGE_NUMBER_PT))
    _run(number, dash[::-1], BODY_FACE, PAGE_NUMBER_PT)


def _write_page_number(run: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _run(paragraph: Any, text: str, face: str, size: float, bold: bool = False) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = LATIN_FACE, Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return run


def _append_paragraph(
    word_document: Any, text: str, face: str, size: float, centred: bool = False, indent: bool = False
) -> Any:
    paragraph = word_document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0 if size >= BODY_PT["zh"] else 3)
    if size >= BODY_PT["zh"]:
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(LINE_PT + (size - BODY_PT["zh"]))
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, face, size)
    return paragraph


def _write_heading(word_document: WordDocument, block: Heading, language: str, number: int) -> None:
    """Write a heading: in Hei, Kai or the typeface of the text, by its level (7.3.3)."""
    forms = (f"{_format_numeral(number)}、", f"（{_format_numeral(number)}）", f"{number}. ")
    numbered = f"{forms[block.level - 1]}{block.text}" if language == "zh" else block.text
    paragraph = word_document.add_heading(level=block.level)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(8), Pt(4)
    face = (HEAD_FACE, SECOND_FACE, BODY_FACE)[block.level - 1]
    size = BODY_PT[language] if language == "zh" else ENGLISH_HEADING_PT[block.level - 1]
    _run(paragraph, numbered, face, size, bold=language == "en").font.color.rgb = BLACK


def _write_letterhead(word_document: WordDocument, document: PrintedDocument) -> None:
    """Write the issuing body in red with a red rule, and the number of the document (7.2.4, 7.2.5, 7.2.7)."""
    head = document.letterhead
    if head is None:
        return
    if head.issuer is not None:
        mark = _append_paragraph(word_document, head.issuer, TITLE_FACE, MARK_PT[document.language], centred=True)
        mark.runs[0].font.color.rgb = RED
    number = _append_paragraph(word_document, head.number, BODY_FACE, BODY_PT[document.language], centred=True)
    if head.issuer is not None:
        borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "8"), ("space", "8"), ("color", str(RED))):
            bottom.set(qn(f"w:{name}"), value)
        borders.append(bottom)
        number._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _write_signature(word_document: WordDocument, document: PrintedDocument) -> None:
    """Write the issuing body and the day at the end (7.3.5)."""
    head = document.letterhead
    if head is None:
        return
    for text in (head.issuer, head.day_in(document.language)):
        if text is not None:
            paragraph = _append_paragraph(word_document, text, BODY_FACE, BODY_PT[document.language])
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if document.language == "zh":
                paragraph.paragraph_format.right_indent = Pt(4 * BODY_PT["zh"])


def _format_numeral(number: int) -> str:
    """Return a number up to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens - 1] + "十"
    return head + (NUMERALS[ones - 1] if ones else "")


def _write_paragraph(word_document: WordDocument, block: Any, language: str) -> None:
    _append_paragraph(word_document, block.text, BODY_FACE, BODY_PT[language], indent=language == "zh")


def _write_note(word_document: WordDocument, block: Any, language: str) -> None:
    _append_paragraph(word_document, block.text, BODY_FACE, 12 if language == "zh" else SMALL_PT)


def _write_fields(word_document: WordDocument, block: Any, language: str) -> None:
    _write_table(word_document, [list(row) for row in block.rows], first_is_head=False)


def _write_rows(word_document: WordDocument, block: Any, language: str) -> None:
    _write_table(word_document, block.rows, first_is_head=True)


def _write_table(word_document: WordDocument, rows: Sequence[Sequence[str]], first_is_head: bool) -> None:
    table = word_document.add_table(rows=len(rows), cols=max(map(len, rows), default=1))
    table.style = "Table Grid"
    for number, row in enumerate(rows):
        # cells by row: the library looks the whole table up for each cell otherwise
        cells = table.rows[number].cells
        for cell, text in zip(cells, row, strict=False):
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            _run(cell.paragraphs[0], text, HEAD_FACE if first_is_head and number == 0 else BODY_FACE, SMALL_PT)
    if first_is_head and rows:
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))


def _write_picture(word_document: WordDocument, block: Any, language: str) -> None:
    paragraph = word_document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(io.BytesIO(_render_png(block.svg)), width=Mm(PICTURE_MM))
    shape._inline.docPr.set("descr", block.description)


def _render_png(svg: str) -> bytes:
    """Return a drawing as PNG at 200 points an inch."""
    template = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 130mm)'
    png: bytes = typst.compile(
        template, format="png", ppi=200.0, sys_inputs={"svg": svg}, font_paths=typefaces.find_installed_typefaces()
    )
    return png
