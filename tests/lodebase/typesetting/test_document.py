"""Documents as PDF: text is never markup, Chinese lines break as GB/T 15834 has it, and a missing typeface is named."""

import io
import re

import pytest
from pypdf import PdfReader

from lodebase.typesetting import typefaces
from lodebase.typesetting.document import Block, Fields, Heading, Note, Paragraph, Picture, PrintedDocument, Rows, typeset

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
    made = PrintedDocument("标题", "zh", "脚注", [Paragraph("正文")])
    assert typeset(made) == typeset(made)
    printed = read(made)
    assert printed.metadata is not None and printed.metadata.title == "标题"
    assert str(printed.root_object["/Lang"]) == "zh-CN"


def test_a_document_without_a_chinese_typeface_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "BODY", ("Missing Song",))
    monkeypatch.setattr(typefaces, "HEAD", ("Missing Hei",))
    assert "install fonts-wqy-microhei" in " ".join(text_of(read(PrintedDocument("Title", "en", "foot", [Note("x")]))).split())


def test_the_first_installed_typeface_of_an_order_is_chosen() -> None:
    assert typefaces.chosen(("a", "b", "c"), {"c", "b"}) == "b"
    assert typefaces.chosen(("a",), {"c"}) is None
