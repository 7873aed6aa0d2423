"""Tables to suggest a mapping for, and their rows as it reads them."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from lodedata.mapping import Reading, Tally, load
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.tables import read_mapped
from lodedata.records import Deposit

USER_VALUES = {
    "publisher": "An office",
    "licence": '{id: internal, name: "internal use"}',
    "citation": "An office, 2024",
    "version": "2024",
    "as_of": "2024",
}
"""Values that only the user knows of any table."""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def table_of(text: str) -> dict[str, Any]:
    """Return the only table of a suggested mapping."""
    (table,) = yaml.load(text, Loader=yaml.BaseLoader)["tables"]
    assert isinstance(table, dict)
    return table


def read_as_suggested(path: Path, *replacements: tuple[str, str]) -> list[Reading]:
    """Return the readings of a table by its suggested mapping after replacing pairs of old and new text."""
    text = write_mapping_suggestion(path)
    for name, value in USER_VALUES.items():
        text, count = re.subn(rf"^{name}: .*\?.*$", f"{name}: {value}", text, flags=re.MULTILINE)
        assert count == 1, name
    for old, new in replacements:
        assert old in text, f"not left open: {old}\n{text}"
        text = text.replace(old, new, 1)
    mapping = written(path.parent / "suggested.yml", text)
    tally = Tally()
    readings = list(read_mapped(load(mapping), path, tally))
    assert tally.unmapped_columns == {}
    return readings


def deposits(readings: list[Reading]) -> list[Deposit]:
    found = [record for reading in readings for record in reading.records if isinstance(record, Deposit)]
    assert len(found) == len(readings), [p.sentence() for reading in readings for p in reading.problems]
    return found
