"""Tables of firms to check: a workbook, a CSV in UTF-8 or GB 18030, or lines, with English or Chinese headers."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lodebase.errors import BadQuery
from lodedata.messages import msg
from lodedata.read import FileRefused, open_tables
from lodedata.vocab import fold, load_vocabulary

CSV_TYPE = "text/csv"
MAX_TABLE_ROWS = 10_000
MAX_TABLE_BYTES = 1 << 20
INPUT = ("name", "uscc", "project", "province", "date", "list")
"""The fields of a row."""
Row = Mapping[str, str]
"""A firm of a table: a text for each field, empty where none is given."""
WORKBOOK = b"PK"
"""The first bytes of a workbook."""
HEADERS: Mapping[str, str] = {
    **{name: name for name in INPUT},
    **dict.fromkeys(
        ("企业名称", "企业", "名称", "公司名称", "公司", "单位名称", "firm", "company", "enterprise", "firm name"), "name"
    ),
    **dict.fromkeys(
        ("统一社会信用代码", "社会信用代码", "信用代码", "代码", "code", "credit code", "unified social credit code"), "uscc"
    ),
    **dict.fromkeys(("项目", "项目编号"), "project"),
    **dict.fromkeys(("省份", "省", "所在省份", "所在地"), "province"),
    **dict.fromkeys(("日期", "查询日期", "day"), "date"),
    **dict.fromkeys(("名单", "名单代码"), "list"),
}
"""Headers and the fields that they name."""
_CODE = re.compile(r"[0-9A-Z]{18}", re.IGNORECASE)
SEPARATORS = ",\t;，；"


def parse_firm_rows(content: bytes) -> tuple[Row, ...]:
    """Return the rows of a table of firms. Raises BadQuery.

    A table has a header with at least one of name, uscc and project; without a header each line is a name or a code, which a
    province may follow after a comma.
    """
    if not content.strip():
        raise BadQuery("body", "", msg("The table is empty. Enter one firm a line, or send a workbook or a CSV."))
    lines = _read_workbook(content) if content.startswith(WORKBOOK) else _parse_text(decode_table(content))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    fields = [HEADERS.get(fold(cell)) for cell in lines[0]] if lines else []
    rows: list[Row]
    if {"name", "uscc", "project"} & set(fields):
        rows = [{name: cell.strip() for name, cell in zip(fields, line, strict=False) if name} for line in lines[1:]]
    elif not any(fields) and (line := _find_false_province(lines)) is not None:
        number, province = line
        raise BadQuery(
            "body",
            province[:40],
            msg(
                '"%(value)s" in line %(number)s is not a province. Enter a province after the firm or nothing, or name the '
                "columns in the first row.",
                number=number,
            ),
        )
    elif any(fields) or not all(map(_is_line, lines)):
        raise BadQuery(
            "body",
            "",
            msg("The table needs a column name (企业名称), uscc (统一社会信用代码) or project. Name it in the first row."),
        )
    else:
        rows = [_parse_line(line) for line in lines]
    if len(rows) > MAX_TABLE_ROWS:
        raise BadQuery("body", "", msg("The table has more than %(most)s rows. Divide it.", most=MAX_TABLE_ROWS))
    if not rows:
        no_rows = msg(
            "The table has no row below its header. Add the firms. A cell with a formula is read only if the workbook was "
            "saved with its result."
        )
        raise BadQuery("body", "", no_rows)
    return tuple({name: row.get(name, "") for name in INPUT} for row in rows)


def fill_rows(rows: Sequence[Row], filled: Mapping[str, str]) -> list[Row]:
    """Return rows with values for all of them in their empty cells."""
    return [{name: value or filled.get(name, "") for name, value in row.items()} for row in rows]


def decode_table(content: bytes) -> str:
    """Return the text of a CSV in UTF-8 or GB 18030. Raises BadQuery for what is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    if "\0" in text:
        raise BadQuery("body", "", msg("This is not a CSV. Save the workbook as CSV (UTF-8), and send that."))
    return text


def write_rows(rows: Sequence[Row]) -> str:
    """Return rows as a CSV, as jobs take them."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, INPUT, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _is_line(line: Sequence[str]) -> bool:
    """Return whether a line is a firm, which its province may follow."""
    rest = [cell.strip() for cell in line[1:] if cell.strip()]
    return not rest or (len(rest) == 1 and load_vocabulary("division").find(rest[0], "CHN") is not None)


def _find_false_province(lines: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """Return the number of the first line of a firm and a text that is no province, with the text; None without one."""
    for number, line in enumerate(lines, 1):
        rest = [cell.strip() for cell in line[1:] if cell.strip()]
        if len(rest) == 1 and not _is_line(line):
            return number, rest[0]
    return None


def _parse_line(line: Sequence[str]) -> Row:
    first = line[0].strip()
    field = "uscc" if _CODE.fullmatch(first) else "name"
    return {field: first, "province": line[1].strip() if len(line) > 1 else ""}


def _parse_text(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(SEPARATORS, key=first.count) if any(separator in first for separator in SEPARATORS) else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        wrong = msg("The CSV can't be read: a quotation mark is left open, or a cell is too long. Correct it.")
        raise BadQuery("body", "", wrong) from None


def _read_workbook(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet, read by a guarded process."""
    with tempfile.TemporaryDirectory(prefix="lode-firms-") as folder:
        path = Path(folder) / "firms.xlsx"
        path.write_bytes(content)
        try:
            return list(_read_sheet(path))
        except FileRefused as refused:
            raise BadQuery("body", "", refused.message) from None


def _read_sheet(path: Path) -> Iterator[list[str]]:
    table = open_tables(path)[0]
    yield [str(column) for column in table.columns]
    for number, row in enumerate(table.rows):
        if number > MAX_TABLE_ROWS:
            return
        yield ["" if cell is None else str(cell) for cell in row.cells]
