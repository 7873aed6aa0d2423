"""Documents as PDF: text is never markup, Chinese lines break as GB/T 15834 has it, and a missing typeface is named."""

import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from lodebase.typesetting import typefaces
from lodebase.typesetting.document import (
    Block,
    Fields,
    Heading,
    Letterhead,
    Note,
    Paragraph,
    Picture,
    PrintedDocument,
    Rows,
    typeset,
)
from lodebase.typesetting.word import write_word

HOSTILE = '#panic("x") = $x$ *b* _i_ @ref <label> \\ `raw` // comment ' + "a" * 200


def read(document: PrintedDocument) -> PdfReader:
    return PdfReader(io.BytesIO(typeset(document)))


def text_of(printed: PdfReader) -> str:
    return "".join(page.extract_text() for page in printed.pages)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_text_is_set_as_it_is(language: str) -> None:
    picture = Picture('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>', HOSTILE)
    blocks: list[Block] = [Heading(HOSTILE), Paragraph(HOSTILE), Note(HOSTILE), Fields([(HOSTILE, HOSTILE)]), picture]
    blocks.append(Rows([["a", "b"], [HOSTILE, ""]], [1.0, 1.0]))
    found = "".join(text_of(read(PrintedDocument(HOSTILE, language, HOSTILE, blocks))).split())
    assert found.count('#panic("x")=$x$*b*_i_@ref<label>\\`raw`//comment') >= 7


def test_no_line_begins_or_ends_with_forbidden_punctuation() -> None:
    text = "氧化铝（alumina）项目，应当符合《铝行业规范条件》第三条；能耗不高于 13,000 kWh/t：见附件。" * 12
    for width in range(4, 12):
        rows = Rows([["a", "b"], [text, ""]], [float(width), 12.0])
        (page,) = read(PrintedDocument("标题", "zh", "脚注", [rows])).pages[:1]
        lines = [line for line in page.extract_text().splitlines() if re.search("[\u4e00-\u9fff]", line)]
        assert len(lines) > 10
        assert not [line for line in lines if line.strip()[0] in "，。、；：！？）》」" or line.strip()[-1] in "（《「"]


def test_the_same_document_has_the_same_bytes_and_a_title_and_language() -> None:
    printed_document = PrintedDocument("标题", "zh", "脚注", [Paragraph("正文")])
    assert typeset(printed_document) == typeset(printed_document)
    printed = read(printed_document)
    assert printed.metadata is not None and printed.metadata.title == "标题"
    assert str(printed.root_object["/Lang"]) == "zh-CN"


def test_a_document_without_a_chinese_typeface_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "BODY", ("Missing Song",))
    monkeypatch.setattr(typefaces, "HEAD", ("Missing Hei",))
    assert "install fonts-wqy-microhei" in " ".join(text_of(read(PrintedDocument("Title", "en", "foot", [Note("x")]))).split())


def test_the_first_installed_typeface_of_an_order_is_chosen() -> None:
    assert typefaces.choose_typeface(("a", "b", "c"), {"c", "b"}) == "b"
    assert typefaces.choose_typeface(("a",), {"c"}) is None


HEADED: list[Block] = [
    Heading("概要"),
    Heading("逐条判断"),
    *(Heading("未满足（2）", 2), Heading("甲条", 3), Heading("乙条", 3), Heading("满足（1）", 2), Heading("丙条", 3)),
    Heading("资料来源与注释"),
]
NUMBERED = (
    "一、概要",
    "二、逐条判断",
    "（一）未满足（2）",
    "1.甲条",
    "2.乙条",
    "（二）满足（1）",
    "1.丙条",
    "三、资料来源与注释",
)
ISSUER = "某省工业和信息化厅"


def text_of_word(document: PrintedDocument) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(write_word(document))).paragraphs)


@pytest.mark.parametrize("write", [lambda document: text_of(read(document)), text_of_word], ids=["pdf", "docx"])
def test_headings_are_numbered_as_official_documents_number_them(write: Callable[[PrintedDocument], str]) -> None:
    """GB/T 9704-2012, 7.3.3: 一、, （一）, 1."""
    made = write(PrintedDocument("标题", "zh", "脚注", HEADED))
    places = [re.sub(r"\s", "", made).index(one) for one in NUMBERED]
    assert places == sorted(places)


@pytest.mark.parametrize("write", [lambda document: text_of(read(document)), text_of_word], ids=["pdf", "docx"])
@pytest.mark.parametrize(("language", "day"), [("zh", "2026年12月1日"), ("en", "2026-12-01")])
def test_an_official_document_has_its_issuer_number_and_day(
    write: Callable[[PrintedDocument], str], language: str, day: str
) -> None:
    """GB/T 9704-2012, 7.2.4, 7.2.5 and 7.3.5: the issuing body and the number come first, the body and the day last."""
    for issuer in (ISSUER, None):
        letterhead = Letterhead("LODE-7-ABCDEF12", date(2026, 12, 1), issuer)
        made = write(PrintedDocument("标题", language, "脚注", [Paragraph("正文")], letterhead))
        # the foot of the page comes after the text of a page
        made = re.sub(r"\s", "", made)
        assert made.index("LODE-7-ABCDEF12") < made.index("标题") < made.index("正文") < made.index(day)
        assert made.count(ISSUER) == (2 if issuer else 0)
