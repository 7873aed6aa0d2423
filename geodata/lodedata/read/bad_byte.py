"""Location of the first byte of a text that its encoding does not allow."""

import csv
from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.messages import msg

ASCII_LINES = frozenset({"utf8", "utf8sig", "gb18030", "gbk", "gb2312", "cp1252", "cp1251"})
"""Encodings in which a line ends with the same byte as in ASCII."""


def describe_bad_byte(path: Path, encoding: str, delimiter: str) -> FileRefused:
    """Return the error of a text that is not of its encoding, with the row, the column and the byte where they are known."""
    shown = encoding.removesuffix("-sig")
    if encoding.replace("-", "").replace("_", "").casefold() in ASCII_LINES:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    line.decode(encoding)
                except UnicodeDecodeError as error:
                    column = _count_columns(line[: error.start].decode(encoding, "replace"), delimiter)
                    return _describe_place(path, number, column, line[error.start], shown)
    return FileRefused(
        msg(
            "%(file)s: the text is not %(shown)s; name its encoding: utf-8, gb18030, cp1252 or cp1251",
            file=path.name,
            shown=shown,
        )
    )


def _describe_place(path: Path, number: int, column: int, byte: int, shown: str) -> FileRefused:
    return FileRefused(
        msg(
            "%(file)s, row %(number)s, column %(column)s: the byte 0x%(byte)s is not %(shown)s; correct it, or name the "
            "encoding: utf-8, gb18030, cp1252 or cp1251",
            file=path.name,
            number=number,
            column=column,
            byte=f"{byte:02x}",
            shown=shown,
        )
    )


def _count_columns(before: str, delimiter: str) -> int:
    """Return the number of the column that a line has reached, from 1."""
    try:
        return len(next(csv.reader([before], delimiter=delimiter), [""]))
    except csv.Error:
        return 1
