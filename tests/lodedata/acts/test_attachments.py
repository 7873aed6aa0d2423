"""Files of acts are recognised by their content, not by their names."""

import io
import zipfile

import pytest

from lodedata.acts.attachments import detect_media_type, name_for

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def packed(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (packed("[Content_Types].xml", "word/document.xml"), DOCX),
        (packed("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        ("第一条\r\n第二条".encode(), "text/plain"),
        ("第一条".encode("gb18030"), "text/plain"),
        (b"", None),
        (b"MZ\x90\x00", None),
        (b"GIF89a\x01\x00", None),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), None),
        (packed("word/document.xml"), None),
        (b"PK\x03\x04 cut off", None),
        (packed("[Content_Types].xml", "word/document.xml", *map(str, range(6_000))), None),
    ],
    ids=range(15),
)
def test_a_type_is_that_of_the_content(content: bytes, expected: str | None) -> None:
    assert detect_media_type(content) == expected


def test_a_name_ends_as_its_type_does() -> None:
    assert name_for("application/pdf", "notice.PDF") == "notice.PDF"
    assert name_for("image/jpeg", "page.jpeg") == "page.jpeg"
    assert name_for("text/plain", "notice.html") == "notice.html.txt"
