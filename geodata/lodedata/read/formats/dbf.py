"""dBASE tables: recognition, and the encoding of their texts where the file does not state it.

The header is that of dBASE III and later: the year, month and day of the last change in bytes 1 to 3, the numbers of
records, bytes of the header and bytes of a record in bytes 4 to 11, the code page in byte 29, and 32 bytes for each field.
"""

import struct
from collections.abc import Iterator
from typing import IO

VERSIONS = frozenset({0x03, 0x30, 0x31, 0x43, 0x83, 0x8B, 0xF5})
UNSTATED = frozenset({0x00, 0x57})
"""Code pages that say nothing: none, and the system's own (ANSI), which differs by country."""
SAMPLE_RECORDS = 2_000


def is_dbf(head: bytes) -> bool:
    """Return whether a file begins with the header of a dBASE table."""
    if len(head) < 65 or head[0] not in VERSIONS or not (1 <= head[2] <= 12 and 1 <= head[3] <= 31):
        return False
    header_bytes, record_bytes = struct.unpack("<HH", head[8:12])
    fields = (header_bytes - 33) // 32
    return fields > 0 and record_bytes > 1 and header_bytes <= len(head) and 0x0D in head[header_bytes - 1 : header_bytes + 1]


def read_unstated_texts(stream: IO[bytes]) -> bytes | None:
    """Return texts of a table beyond ASCII, one in a line, if its header states no code page; None if it states one."""
    head = stream.read(32)
    if len(head) < 32 or head[29] not in UNSTATED:
        return None
    header_bytes, record_bytes = struct.unpack("<HH", head[8:12])
    described = stream.read(max(header_bytes - 32, 0))
    widths = [(described[at + 11 : at + 12], described[at + 16]) for at in range(0, len(described) - 31, 32)]
    texts: dict[bytes, None] = {}
    for _ in range(SAMPLE_RECORDS):
        record = stream.read(record_bytes)
        if len(record) < record_bytes:
            break
        texts.update(dict.fromkeys(text for text in _read_texts(record, widths) if not text.isascii()))
    return b"\n".join(texts)


def find_number_overflows(stream: IO[bytes]) -> dict[int, dict[str, str]]:
    """Return the texts of numbers that were too long for their field, which a writer fills with asterisks.

    By the number of the row, from 0 without deleted rows, and the name of the field in ASCII. A reader takes them for no data.
    """
    head = stream.read(32)
    if len(head) < 32:
        return {}
    header_bytes, record_bytes = struct.unpack("<HH", head[8:12])
    described = stream.read(max(header_bytes - 32, 0))
    fields, at = [], 1
    for begin in range(0, len(described) - 31, 32):
        name, kind, width = described[begin : begin + 11], described[begin + 11 : begin + 12], described[begin + 16]
        if kind in (b"N", b"F"):
            fields.append((name.partition(b"\0")[0].decode("ascii", "replace").strip(), at, at + width))
        at += width
    number_overflows: dict[int, dict[str, str]] = {}
    row = 0
    while record_bytes > 1 and len(record := stream.read(record_bytes)) == record_bytes:
        if record[:1] == b"*":
            continue
        if b"*" in record:
            cells = {name: record[start:end].strip() for name, start, end in fields}
            filled = {name: cell.decode("ascii") for name, cell in cells.items() if cell and not cell.strip(b"*")}
            if filled:
                number_overflows[row] = filled
        row += 1
    return number_overflows


def _read_texts(record: bytes, widths: list[tuple[bytes, int]]) -> Iterator[bytes]:
    at = 1
    for kind, width in widths:
        if kind == b"C":
            yield record[at : at + width].rstrip(b" \x00")
        at += width
