"""Files that may be attached to an act, recognised by their content."""

import io
import re
import struct
import zipfile
from pathlib import PurePosixPath

MAX_FILE_BYTES = 16 << 20
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt",),
}
"""The media types that are accepted, each with the suffixes of its files."""
NAMES = "PDF, PNG, JPEG, DOCX, XLSX, TXT"
_SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_PARTS = (("word/document.xml", ".docx"), ("xl/workbook.xml", ".xlsx"))
_END_OF_ZIP = b"PK\x05\x06"
_MAX_ENTRIES = 5_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def detect_media_type(content: bytes) -> str | None:
    """Return the media type of a file by its content, None if such files are not accepted."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _detect_office_type(content)
    return "text/plain" if _is_text(content) else None


def name_for(media: str, name: str) -> str:
    """Return a file name that ends as files of a media type do."""
    suffixes = SUFFIXES[media]
    return name if PurePosixPath(name).suffix.lower() in suffixes else f"{name}{suffixes[0]}"


def _detect_office_type(content: bytes) -> str | None:
    """Return the media type of a document or workbook without macros; no part of it is unpacked."""
    end = content.rfind(_END_OF_ZIP)
    # the number of entries is read before the list of them, which may be long
    if end < 0 or len(content) < end + 12 or struct.unpack_from("<H", content, end + 10)[0] > _MAX_ENTRIES:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    suffix = next((suffix for part, suffix in _PARTS if part in names), None)
    return next((media for media, suffixes in SUFFIXES.items() if suffix in suffixes), None)


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return bool(content) and _CONTROL.search(content.decode(encoding)) is None
        except UnicodeDecodeError:
            continue
    return False
