"""Documents as blocks of plain text, and their PDF."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import typst

from lodebase.typesetting import typefaces
from lodedata.messages import msg

TEMPLATE = Path(__file__).with_name("document.typ")
REGIONS = {"en": "GB", "zh": "CN"}
NO_TYPEFACE = msg(
    "This file was made without a Chinese typeface, so Chinese text is missing in it. The operator of the site can install "
    "fonts-wqy-microhei."
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; in Chinese it is numbered 一、, （一） and 1. (GB/T 9704-2012, 7.3.3)."""

    text: str
    level: int = 1
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph in small print."""

    text: str
    kind: str = field(default="note", init=False)


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and their values, a row for each."""

    rows: Sequence[tuple[str, str]]
    weights: Sequence[float] = (1.0, 3.0)
    kind: str = field(default="fields", init=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: the first row has the titles of the columns and is repeated on each page; the weights are relative widths."""

    rows: Sequence[Sequence[str]]
    weights: Sequence[float]
    kind: str = field(default="rows", init=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, with a description for readers who do not see it."""

    svg: str
    description: str
    kind: str = field(default="picture", init=False)


Block = Heading | Paragraph | Note | Fields | Rows | Picture


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A text file that a PDF carries, with its name, media type, and a description for readers."""

    name: str
    media_type: str
    text: str
    description: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The number of a document, its day, and the body that issues it (GB/T 9704-2012, 7.2.4, 7.2.5, 7.3.5)."""

    number: str
    day: date
    issuer: str | None = None

    def day_in(self, language: str) -> str:
        """Return the day as official documents write it, without leading zeros in Chinese."""
        return f"{self.day.year}年{self.day.month}月{self.day.day}日" if language == "zh" else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """A document in a language ("en" or "zh"); each page has its foot and its number."""

    title: str
    language: str
    foot: str
    blocks: Sequence[Block]
    letterhead: Letterhead | None = None
    attached: Sequence[AttachedFile] = ()
    """Files that the PDF carries; a Word file has none."""


def _build_letterhead(head: Letterhead, language: str) -> dict[str, str | None]:
    return {"number": head.number, "issuer": head.issuer, "day": head.day_in(language)}


def typeset(document: PrintedDocument) -> bytes:
    """Return the document as PDF/UA-1 on A4; the bytes are the same for the same document and typefaces."""
    fonts = typefaces.find_installed_typefaces()
    families = fonts.families()
    body, head = typefaces.choose_typeface(typefaces.BODY, families), typefaces.choose_typeface(typefaces.HEAD, families)
    blocks = list(document.blocks)
    if body is None and head is None:
        blocks.insert(0, Note(NO_TYPEFACE.in_language("en")))
    data = {
        "title": document.title,
        "language": document.language,
        "region": REGIONS[document.language],
        "foot": document.foot,
        "latin": typefaces.LATIN,
        "body": body or head or typefaces.LATIN,
        "head": head or body or typefaces.LATIN,
        "second": typefaces.choose_typeface(typefaces.SECOND, families) or body or head or typefaces.LATIN,
        "blocks": [asdict(block) for block in blocks],
        "letterhead": None if document.letterhead is None else _build_letterhead(document.letterhead, document.language),
        "attached": [asdict(attached_file) for attached_file in document.attached],
    }
    inputs = {"document": json.dumps(data, ensure_ascii=False)}
    pdf: bytes = typst.compile(str(TEMPLATE), sys_inputs=inputs, font_paths=fonts, pdf_standards="ua-1")
    return pdf
