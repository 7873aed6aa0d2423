"""What a file is, told by its content and not by its name."""

import codecs
import csv
import io
import zipfile
from pathlib import Path, PurePosixPath

from charset_normalizer import from_bytes

from lodedata.read.table import LIMITS, FileRefused, Limits, Told

SAMPLE_BYTES = 256 * 1024
FORMATS = "CSV, XLSX, GeoPackage, shapefile, GeoJSON, FlatGeobuf, Parquet"
DELIMITERS = ",;\t|"
TEXT_ENCODINGS = ("utf-8", "gb18030", "cp1252")
MAGIC = {
    b"SQLite format 3\x00": "gpkg",
    b"PAR1": "parquet",
    b"fgb\x03fgb": "fgb",
    b"\x00\x00\x27\x0a": "shapefile",
}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def told(path: Path, limits: Limits = LIMITS) -> Told:
    """The kind of a file: csv, xlsx, geojson, gpkg, fgb, parquet, shapefile or shapefile-zip. Raises FileRefused."""
    name = path.name
    if not path.exists():
        raise FileRefused(f"{path}: there is no such file")
    if path.is_dir():
        raise FileRefused(f"{path}: is a folder; name a file")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(f"{name}: the file is empty")
    if size > limits.file_bytes:
        raise FileRefused(f"{name}: {size / 2**30:.1f} GiB is more than the {limits.file_bytes / 2**30:.0f} GiB that are read")
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Told(_kind_of_zip(path, limits))
    if head.startswith(_OLE):
        raise FileRefused(f"{name}: {_ole_reason(path)}")
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return Told(kind)
    encoding = text_encoding(path)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        if size > limits.geojson_bytes:
            raise FileRefused(f"{name}: a GeoJSON of {size / 2**30:.1f} GiB is read whole; give it as GeoPackage or FlatGeobuf")
        return Told("geojson", encoding=encoding)
    if text.startswith("<") and "<html" in text[:2000].casefold():
        raise FileRefused(f"{name}: is a web page (perhaps an error page), not a table")
    return Told("csv", encoding=encoding, delimiter=delimiter(text), header_row=header_row(text))


def text_encoding(path: Path) -> str:
    """The encoding of a whole text file: UTF-8 if every byte agrees, else GB18030 or Windows-1252 by likelihood."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
        chunk = head
        while chunk:
            if b"\x00" in chunk and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise FileRefused(f"{path.name}: holds NUL bytes, so it is no text and no format that is read")
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            chunk = stream.read(1 << 20)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if utf8:
        return "utf-8"
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if controls > len(head) // 100:
        raise FileRefused(f"{path.name}: is neither text nor one of the formats that are read: {FORMATS}")
    return _legacy_encoding(path)


def _legacy_encoding(path: Path) -> str:
    """GB18030 where the non-ASCII lines read as Chinese, else Windows-1252."""
    with path.open("rb") as stream:
        lines = [line for line in stream.readlines(8 * SAMPLE_BYTES) if not line.isascii()]
    sample = b"".join(lines[:2000])
    best = from_bytes(sample, cp_isolation=["gb18030", "cp1252"], enable_fallback=False).best()
    if best is not None and best.encoding == "gb18030":
        return "gb18030"
    try:
        text = sample.decode("gb18030")
    except UnicodeDecodeError:
        return "cp1252"
    ideographs = sum("\u4e00" <= c <= "\u9fff" for c in text)
    foreign = sum(not c.isascii() for c in text)
    # pairs of accented Latin letters do decode as rare ideographs; common Chinese text keeps to GB2312's first level
    common = sum(1 for c in text if "\u4e00" <= c <= "\u9fff" and c.encode("gb18030")[0] in range(0xB0, 0xD8))
    return "gb18030" if ideographs > 0.6 * foreign and common > 0.7 * ideographs and ideographs > 1 else "cp1252"


def delimiter(text: str) -> str:
    """The delimiter that divides most lines of a sample into the same number of cells, two at least; else the comma."""
    lines = [line for line in text.splitlines()[:50] if line.strip()][:-1] or text.splitlines()[:1]
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=candidate)]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) * min(usual, 20) if usual > 1 else 0.0
        if score > best_score:
            best, best_score = candidate, score
    return best


def header_row(text: str) -> int:
    """The number of the header row: the first row as wide as most of the rows after it, with no number among its cells."""
    lines = text.splitlines()[:60]
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter(text)))
    except csv.Error:
        return 1
    return header_among(rows)


def header_among(rows: list[list[str]]) -> int:
    """The number (from 1) of the header among the first rows of a sheet; 1 where nothing speaks for another."""
    filled = [sum(1 for cell in row if str(cell).strip()) for row in rows]
    if not filled:
        return 1
    usual = sorted(filled)[len(filled) // 2]
    for index, row in enumerate(rows[:30]):
        words = [str(cell).strip() for cell in row if str(cell).strip()]
        if len(words) >= max(2, 0.6 * usual) and not any(_is_number(word) for word in words):
            return index + 1
    return 1


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _ole_reason(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(4 * 2**20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "the workbook is protected by a password; save it without one"
    return "is a workbook of the old .xls format; save it as .xlsx"


def check_zip(path: Path, limits: Limits = LIMITS) -> list[zipfile.ZipInfo]:
    """The entries of a zip that is safe to unpack: bounded in number, size and ratio, with no path that climbs out."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused(f"{name}: the zip is damaged or cut short ({error})") from None
    if len(entries) > limits.zip_entries:
        raise FileRefused(f"{name}: the zip claims {len(entries)} entries, more than the {limits.zip_entries} that are read")
    claimed = sum(entry.file_size for entry in entries)
    if claimed > limits.unpacked_bytes:
        raise FileRefused(
            f"{name}: the zip claims to unpack to {claimed / 2**30:.1f} GiB, more than the "
            f"{limits.unpacked_bytes / 2**30:.0f} GiB that are read"
        )
    for entry in entries:
        if entry.file_size > 10 * 2**20 and entry.file_size > limits.unpack_ratio * max(entry.compress_size, 1):
            raise FileRefused(
                f"{name}: {entry.filename!r} is packed more than {limits.unpack_ratio} to 1, which no honest table is"
            )
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in entry.filename.split("/")[0]:
            raise FileRefused(f"{name}: the zip holds the path {entry.filename!r}, which climbs out of its folder")
        if entry.flag_bits & 0x1:
            raise FileRefused(f"{name}: {entry.filename!r} is protected by a password; pack it without one")
    return entries


def _kind_of_zip(path: Path, limits: Limits) -> str:
    names = [entry.filename for entry in check_zip(path, limits)]
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        raise FileRefused(f"{path.name}: is an Office document without a workbook")
    if any(name.casefold().endswith(".shp") for name in names):
        return "shapefile-zip"
    raise FileRefused(f"{path.name}: the zip holds neither a workbook nor a shapefile")
