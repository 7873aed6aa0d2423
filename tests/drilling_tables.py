"""The synthetic tables of drill holes of the tests, as files and as a workbook."""

import csv
from pathlib import Path

import openpyxl

FOLDER = Path(__file__).parent / "lodedata" / "mapping" / "data" / "drilling"
SHEETS = ("collar", "survey", "assay", "lithology")


def write_workbook(path: Path) -> Path:
    """Write the tables as the sheets of a workbook, with a sheet of notes."""
    book = openpyxl.Workbook(write_only=True)
    for name in SHEETS:
        sheet = book.create_sheet(name)
        for row in csv.reader((FOLDER / f"{name}.csv").read_text("utf-8").splitlines()):
            sheet.append([float(cell) if cell.replace(".", "", 1).lstrip("-").isdigit() else cell or None for cell in row])
    notes = book.create_sheet("notes")
    for text in ("note", "made for a test"):
        notes.append([text])
    book.save(path)
    return path
