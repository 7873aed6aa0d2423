"""Detection of a file's format by its content, not its name."""

import codecs
import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read import packed
from lodedata.read.encodings import (
    TEXT_ENCODINGS,
    EncodingChoice,
    choose_encoding,
    choose_sample_lines,
    detect_escaped_encoding,
)
from lodedata.read.formats import dbf
from lodedata.read.header import find_header
from lodedata.read.table import LIMITS, DetectedFormat, Hints, Limits

SAMPLE_BYTES = 256 * 1024
FORMATS = "CSV, XLSX, XLS, XLSB, ODS, DBF, GeoPackage, shapefile, GeoJSON, JSON, JSON lines, KML, KMZ, FlatGeobuf, Parquet"
SHOWN_CHARACTERS = 80
"""Characters of a path that is too long to be one, in the message on it."""
DELIMITERS = ",;\t|"
MAGIC = {
    b"SQLite format 3\x00": "gpkg",
    b"PAR1": "parquet",
    b"fgb\x03fgb": "fgb",
    b"\x00\x00\x27\x0a": "shapefile",
}
_KML = re.compile(r"<(\w+:)?kml[\s/>]")
_GEOJSON = re.compile(
    r'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(Multi)?(Point|LineString|Polygon))"|"features"\s*:'
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def detect_format(path: Path, limits: Limits = LIMITS) -> DetectedFormat:
    """Return the format of a file; its kind is ``csv`` or one of PARSERS. Raises FileRefused."""
    name = path.name
    if not exists(path):
        raise FileRefused(msg("%(path)s: there is no such file", path=path))
    if path.is_dir():
        raise FileRefused(msg("%(path)s: is a folder; name a file", path=path))
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(msg("%(name)s: the file is empty", name=name))
    if size > limits.file_bytes:
        raise FileRefused(
            msg(
                "%(name)s: %(size)s GiB is more than the %(limit)s GiB that are read",
                name=name,
                size=f"{size / 2**30:.1f}",
                limit=f"{limits.file_bytes / 2**30:.0f}",
            )
        )
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return DetectedFormat(_detect_zip_kind(path, limits))
    if head.startswith(b"\x1f\x8b"):
        return DetectedFormat("gzip")
    if head.startswith(_OLE):
        return DetectedFormat(_detect_ole_kind(path))
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return DetectedFormat(kind)
    if dbf.is_dbf(head):
        return DetectedFormat("dbf")
    return _detect_text_format(path, head, limits)


def exists(path: Path) -> bool:
    """Return whether there is a file or folder. Raises FileRefused for a name that the system can't look up."""
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        shown = f"{str(path)[:SHOWN_CHARACTERS]}…"
        raise FileRefused(
            msg("%(path)s: can't be opened (%(reason)s); give the file a shorter name", path=shown, reason=reason)
        ) from None


def _detect_text_format(path: Path, head: bytes, limits: Limits) -> DetectedFormat:
    """Return the format of a text file: delimited text, GeoJSON or KML. Raises FileRefused."""
    name, size = path.name, path.stat().st_size
    choice = detect_text_encoding(path)
    encoding = choice.encoding
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    begin = text[:4000].lstrip().casefold()
    if begin.startswith(("{", "[")):
        if not _GEOJSON.search(text):
            return DetectedFormat("jsonl" if _is_json_lines(text) else "json", encoding=encoding)
        if size > limits.geojson_bytes:
            raise FileRefused(
                msg(
                    "%(name)s: a GeoJSON of %(size)s GiB is read whole; give it as GeoPackage or FlatGeobuf",
                    name=name,
                    size=f"{size / 2**30:.1f}",
                )
            )
        if not encoding.startswith("utf-8"):
            raise FileRefused(msg("%(name)s: the text is not UTF-8, which GeoJSON must be (RFC 8259, 8.1)", name=name))
        return DetectedFormat("geojson", encoding=encoding)
    if begin.startswith("<") and "<html" in begin:
        raise FileRefused(msg("%(name)s: is a web page (perhaps an error page), not a table", name=name))
    if _KML.match(_skip_to_root(begin)):
        return DetectedFormat("kml")
    if begin.startswith("<?xml"):
        raise FileRefused(
            msg(
                "%(name)s: is an XML document, which is not one of the formats that are read: %(formats)s",
                name=name,
                formats=FORMATS,
            )
        )
    return DetectedFormat("csv", encoding, detect_delimiter(text), detect_header_row(text), choice if choice.open else None)


def _is_json_lines(text: str) -> bool:
    """Return whether the first filled line is a JSON object, and the next begins another."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    try:
        first = json.loads(lines[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and len(lines) == 2 and lines[1].lstrip().startswith("{")


def _skip_to_root(text: str) -> str:
    """Return an XML document from its root, or from its document type, which is not read as it may define entities."""
    for begin, end in (("<?", "?>"), *[("<!--", "-->")] * 100):
        if text.startswith(begin):
            text = text.partition(end)[2].lstrip()
    return text


def detect_text_encoding(path: Path) -> EncodingChoice:
    """Return the encoding of a text file: UTF-8 if most of it is valid, else the most plausible of the others."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
        # the byte order mark of UTF-32 begins with that of UTF-16
        wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE)
        chunk = head
        while chunk:
            if b"\x00" in chunk and not wide:
                raise FileRefused(
                    msg("%(file)s: contains NUL bytes, so it is neither text nor another format that is read", file=path.name)
                )
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            chunk = stream.read(1 << 20)
    if head.startswith(codecs.BOM_UTF8):
        return EncodingChoice("utf-8-sig")
    if wide:
        return EncodingChoice("utf-16")
    escaped = detect_escaped_encoding(head) if head.isascii() else None
    if escaped is not None:
        return escaped
    if utf8:
        return EncodingChoice("utf-8")
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if controls > len(head) // 100:
        raise FileRefused(
            msg("%(file)s: is neither text nor one of the formats that are read: %(formats)s", file=path.name, formats=FORMATS)
        )
    return _detect_legacy_encoding(path)


def _detect_legacy_encoding(path: Path) -> EncodingChoice:
    with path.open("rb") as stream:
        lines = choose_sample_lines(stream)
    # hardly any line of another encoding is valid UTF-8: with a few damaged lines the text is still UTF-8
    if sum(map(_is_utf8, lines)) > len(lines) / 2:
        return EncodingChoice("utf-8")
    return choose_encoding(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def fill_best_encoding(path: Path, hints: Hints) -> Hints:
    """Return hints that name the most plausible encoding where the bytes don't decide it, to look at a file."""
    if hints.encoding is not None or not path.is_file():
        return hints
    detected_format = detect_format(path)
    return hints if detected_format.choice is None else replace(hints, encoding=detected_format.encoding)


def open_encoding(name: str, choice: EncodingChoice) -> FileRefused:
    """Return the error of a text whose bytes don't decide its encoding: what each possible one reads."""
    shown = "; ".join(f"{reading.encoding}: {', '.join(map(repr, reading.cells))}" for reading in choice.open)
    return FileRefused(
        msg(
            "%(file)s: the bytes do not decide the encoding. Choose the reading that is right (%(readings)s) and name it as "
            "`encoding` in the mapping, or another one such as %(names)s",
            file=name,
            readings=shown,
            names=", ".join(TEXT_ENCODINGS),
        )
    )


MIN_CHARACTERS = 10
"""Fewer characters beyond ASCII may be valid in another encoding by chance."""
_LATIN = frozenset({"cp1252", "iso8859-1", "iso8859-15"})


def check_encoding(path: Path, declared: str, detected_encoding: str) -> None:
    """Raise FileRefused for an unknown encoding, and for one that would silently decode to wrong characters.

    Valid UTF-8 is hardly ever another encoding, and pairs of bytes of common Chinese characters are not Latin letters.
    """
    try:
        codec = codecs.lookup(declared)
        "".encode(declared)
    except LookupError:
        names = ", ".join(TEXT_ENCODINGS)
        raise FileRefused(
            msg(
                "%(file)s: %(declared)r is not a known encoding of text; use one of %(names)s",
                file=path.name,
                declared=declared,
                names=names,
            )
        ) from None
    suspect = codec.name not in ("utf-8", "utf-8-sig") if detected_encoding.startswith("utf-8") else codec.name in _LATIN
    if not suspect or not detected_encoding.startswith(("utf-8", "gb18030")):
        return
    with path.open(encoding=detected_encoding, errors="replace", newline="") as stream:
        foreign = sum(not c.isascii() for c in stream.read(SAMPLE_BYTES))
    if foreign >= MIN_CHARACTERS:
        shown = detected_encoding.removesuffix("-sig")
        raise FileRefused(
            msg(
                "%(file)s: the text is %(shown)s and not %(declared)s as the mapping says; correct `encoding` there",
                file=path.name,
                shown=shown,
                declared=declared,
            )
        )


def detect_delimiter(text: str) -> str:
    """Return the delimiter that divides most lines of a sample into the same number of cells, at least two; else the comma."""
    lines = [line for line in text.splitlines()[:50] if line.strip()][:-1] or text.splitlines()[:1]
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=candidate)]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) * min(usual, 20) if usual > 1 else 0.0
        if score > best_score:
            best, best_score = candidate, score
    return best


def detect_header_row(text: str) -> int:
    """Return the line of the header: the first row as wide as most rows after it, without a number among its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text))
    rows: list[list[str]] = []
    begins = [1]
    try:
        for row in islice(reader, 60):
            rows.append(row)
            begins.append(reader.line_num + 1)
    except csv.Error:
        return 1
    header = find_header(rows)
    return begins[header.first] if header is not None else 1


def _detect_ole_kind(path: Path) -> str:
    """Return the kind of an OLE compound file, which an old workbook is. Raises FileRefused."""
    with path.open("rb") as stream:
        content = stream.read(4 * 2**20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused(msg("%(name)s: the workbook is protected by a password; save it without one", name=path.name))
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise FileRefused(msg("%(file)s: is an Office document without a workbook", file=path.name))
    return "xls"


def check_zip(path: Path, limits: Limits = LIMITS) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip after checking their number, size, ratio and paths. Raises FileRefused."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused(msg("%(name)s: the zip is damaged or cut short (%(error)s)", name=name, error=error)) from None
    if len(entries) > limits.zip_entries:
        raise FileRefused(
            msg(
                "%(name)s: the zip claims %(number)s entries, more than the %(zip_entries)s that are read",
                name=name,
                number=len(entries),
                zip_entries=limits.zip_entries,
            )
        )
    claimed = sum(entry.file_size for entry in entries)
    if claimed > limits.unpacked_bytes:
        raise FileRefused(
            msg(
                "%(name)s: the zip claims to unpack to %(claimed)s GiB, more than the %(limit)s GiB that are read",
                name=name,
                claimed=f"{claimed / 2**30:.1f}",
                limit=f"{limits.unpacked_bytes / 2**30:.0f}",
            )
        )
    for entry in entries:
        if entry.file_size > 10 * 2**20 and entry.file_size > limits.unpack_ratio * max(entry.compress_size, 1):
            raise FileRefused(
                msg(
                    "%(name)s: %(filename)r is compressed more than %(unpack_ratio)s to 1, "
                    "far more than a table can be; unpack it and check its content",
                    name=name,
                    filename=entry.filename,
                    unpack_ratio=limits.unpack_ratio,
                )
            )
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in entry.filename.split("/")[0]:
            raise FileRefused(
                msg(
                    "%(name)s: the zip contains the path %(filename)r, which leads out of its folder",
                    name=name,
                    filename=entry.filename,
                )
            )
        if entry.flag_bits & 0x1:
            raise FileRefused(
                msg(
                    "%(name)s: %(filename)r is protected by a password; pack it without one", name=name, filename=entry.filename
                )
            )
    return entries


def _detect_zip_kind(path: Path, limits: Limits) -> str:
    names = [entry.filename for entry in check_zip(path, limits)]
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:
            return "xlsb"
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        raise FileRefused(msg("%(file)s: is an Office document without a workbook", file=path.name))
    if "mimetype" in names and _begins(path, "mimetype").startswith(_OPEN_DOCUMENT):
        return "ods"
    if any(name.casefold().endswith(".shp") for name in names):
        return "shapefile-zip"
    if choose_kml_entry(names) is not None:
        return "kmz"
    if packed.choose_packed_tables(names):
        return "zip"
    raise FileRefused(msg("%(file)s: the zip holds neither a workbook, a shapefile nor another table", file=path.name))


def choose_kml_entry(names: list[str]) -> str | None:
    """Return the entry of a KMZ that is shown first: ``doc.kml``, else the only KML (OGC 07-147r2, annex C.3)."""
    entries = [name for name in names if name.casefold().endswith(".kml")]
    return next((name for name in entries if name.casefold() == "doc.kml"), entries[0] if len(entries) == 1 else None)


def _begins(path: Path, entry: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
            return stream.read(200)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused(msg("%(name)s: the zip is damaged or cut short (%(error)s)", name=path.name, error=error)) from None
