"""Delimited text: rows without interpretation; a row of the wrong width is marked as a defect."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.bad_byte import describe_bad_byte
from lodedata.read.header import SAMPLE_LINES, find_header
from lodedata.read.sniff import check_encoding, open_encoding
from lodedata.read.table import LIMITS, DetectedFormat, Hints, InputRow, InputTable, check_header


def tables(path: Path, detected: DetectedFormat, hints: Hints) -> list[InputTable]:
    """Return the only table of a delimited text file. Raises FileRefused."""
    delimiter = hints.delimiter or detected.delimiter
    encoding = hints.encoding or detected.encoding
    if hints.encoding is None and detected.choice is not None:
        raise open_encoding(path.name, detected.choice)
    if hints.encoding is not None:
        check_encoding(path, hints.encoding, detected.encoding)
    if encoding.replace("-", "").replace("_", "").casefold() in ("utf8", "utf8sig"):
        encoding = "utf-8-sig"
    rows = _read_numbered_rows(path, encoding, delimiter)
    header_at = hints.header_row or detected.header_row
    sample = [row for row in islice(rows, SAMPLE_LINES + header_at) if row[0] >= header_at and any(map(str.strip, row[1]))]
    header = find_header([cells for _, cells in sample], (), 0, hints.header_lines)
    if header is None:
        raise FileRefused(msg("%(file)s: there is no header in row %(header_at)s", file=path.name, header_at=header_at))
    names = check_header(path.name, header.names)
    return [InputTable(path.name, "", names, _read_data_rows(chain(sample[header.lines :], rows), names))]


def _read_data_rows(rows: Iterator[tuple[int, list[str]]], header: tuple[str, ...]) -> Iterator[InputRow]:
    width = len(header)
    for number, cells in rows:
        if len(cells) == width:
            yield InputRow(number, cells)
        elif not cells:
            continue
        elif len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            yield InputRow(number, cells[:width])
        else:
            yield InputRow(number, cells, defect="wrong-cell-count")


def _read_numbered_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line, counted from 1."""
    # the limit is global to the module, and its default is smaller than ours
    csv.field_size_limit(LIMITS.cell_characters)
    begins = 1
    lines: list[str] = []
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(_note_lines(stream, lines), delimiter=delimiter, strict=False)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileRefused(
                    msg("%(file)s, row %(begins)s: %(reason)s", file=path.name, begins=begins, reason=_describe_reason(error))
                ) from None
            except UnicodeError:
                raise describe_bad_byte(path, encoding, delimiter) from None
            if len(lines) > 1 or (lines and lines[0].count('"') % 2):
                _require_closed_quotes(path, begins, lines, delimiter)
            lines.clear()
            yield begins, cells
            begins = reader.line_num + 1


def _note_lines(stream: Iterable[str], lines: list[str]) -> Iterator[str]:
    """Yield the lines of a stream, and add each to a list."""
    for at, line in enumerate(stream):
        # some programs put a second byte order mark before the first
        noted = line if at else line.lstrip("\ufeff")
        lines.append(noted)
        yield noted


def _require_closed_quotes(path: Path, begins: int, lines: Sequence[str], delimiter: str) -> None:
    """Raise FileRefused if a row runs to the end of the file, or over several lines, as a quotation mark was left open."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if len(lines) == 1 and "end of data" not in str(error):
            return
        raise FileRefused(
            msg(
                "%(file)s, row %(begins)s: a quotation mark is left open, so that the row runs to line %(ends)s; close it, or "
                "write it twice within a text",
                file=path.name,
                begins=begins,
                ends=begins + len(lines) - 1,
            )
        ) from None


def _describe_reason(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell is longer than {LIMITS.cell_characters} characters; is a quotation mark left open?"
    return f"the row can't be read ({error})"
