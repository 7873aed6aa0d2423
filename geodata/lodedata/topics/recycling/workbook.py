"""The table in which an operator collects the streams of its plants: an empty workbook, and its mapping."""

import io
from pathlib import Path

import xlsxwriter

from lodedata.kinds import KINDS, Field
from lodedata.mapping.model import TableSpec
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary

KIND = KINDS["plant_stream"]
SHEET = "streams"
TERMS = "terms"
KEY = "key"
SEPARATORS = ["、", "，", ",", "；", ";"]
NOTES: tuple[Message, ...] = (
    msg("One row is one metal of one stream of a plant, by design or in one year. Import: lode import recycling-plants FILE."),
    msg("Every row has its own key, such as plant/stream/year/metal; a row that is left out is marked as gone."),
    msg("Recovery is between two points: of pack to powder, powder to salt, scrap to ingot. State both."),
    msg("Gross weight and metal content are different: state the basis of every amount, and the grade of gross amounts."),
)


def list_stream_columns() -> tuple[Field, ...]:
    """Return the fields that the table has columns for, in order."""
    return tuple(field for field in KIND.fields if field.imported)


def format_stream_header(field: Field) -> str:
    """Return the title of a field's column, in both languages."""
    return f"{field.title_zh} {field.title_en}"


def build_stream_spec(path: Path) -> TableSpec:
    """Return the mapping of a file: of the sheet of a workbook, or of a CSV with the same columns."""
    cells: dict[str, object] = {
        field.name: {"column": format_stream_header(field), **({"split": SEPARATORS} if field.type == "array" else {})}
        for field in list_stream_columns()
    }
    settings = {"key": f"{{{KEY}}}", "kind": {"const": KIND.name}, "header_row": 1, "header_lines": 1, "nulls": ("",)}
    part = {"part": SHEET} if path.suffix.lower() == ".xlsx" else {}
    return TableSpec.model_validate({**settings, **part, **cells})


def write_stream_template(language: str) -> bytes:
    """Return an empty workbook with notes and the terms of its code lists."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(list_stream_columns()), 18)
        sheet.write_row(0, 0, (KEY, *map(format_stream_header, list_stream_columns())), bold)
        terms = book.add_worksheet(TERMS)
        terms.set_column(0, 8, 32)
        for row, text in enumerate(NOTES):
            terms.write_string(row, 0, text.in_language(language))
        for place, field in enumerate(column for column in list_stream_columns() if column.vocabulary in LISTED):
            terms.write_string(len(NOTES) + 1, place, format_stream_header(field), bold)
            for row, term in enumerate(load_vocabulary(str(field.vocabulary)), len(NOTES) + 2):
                terms.write_string(row, place, term.label(language))
    return stream.getvalue()


LISTED = frozenset({"stream", "process-route", "recovery-point", "quantity-basis"})
"""The code lists whose terms the workbook shows."""
