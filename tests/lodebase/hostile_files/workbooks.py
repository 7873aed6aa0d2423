"""Hostile workbooks."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
from tests.lodebase.hostile_files.case import Case, Target, write_content, zip_entries


def list_xlsx_cases(target: Target) -> Iterator[Case]:
    sheet = "xl/worksheets/sheet1.xml"
    head = '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    cell = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{target.secret}">]>'

    def rows(content: str, before: str = "") -> str:
        return head.format(before) + content + "</sheetData></worksheet>"

    first = f'<row r="1">{cell.format(1, "id")}</row>'
    changes: dict[str, dict[str, bytes | str]] = {
        "entity": {sheet: rows(f'{first}<row r="2">{cell.format(2, "&e;")}</row>', entity)},
        "entity-in-workbook": {"xl/workbook.xml": entity + "<workbook>&e;</workbook>"},
        "entity-in-relations": {"xl/_rels/workbook.xml.rels": entity + "<Relationships>&e;</Relationships>"},
        "entity-in-types": {"[Content_Types].xml": entity + "<Types>&e;</Types>"},
        "entity-in-styles": {"xl/styles.xml": entity + "<styleSheet>&e;</styleSheet>"},
        "row-numbers": {sheet: rows(first + '<row r="999999999"><c r="A999999999"><v>1</v></c></row>')},
        "row-back": {sheet: rows(first + '<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>')},
        "row-words": {sheet: rows(first + '<row r="two"><c r="A2"><v>1</v></c></row>')},
        "column-far": {sheet: rows(first + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>')},
        "cell-words": {sheet: rows(first + '<row r="2"><c r="11"><v>1</v></c><c r=""><v>1</v></c></row>')},
        "deep": {sheet: "<a>" * 200_000},
        "shared-missing": {sheet: rows(first + '<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>')},
        "date-far": {sheet: rows(first + '<row r="2"><c r="A2" s="14"><v>1e308</v></c></row>')},
        "error-cells": {sheet: rows(first + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="zz"><v>1</v></c></row>')},
        "long-cell": {sheet: rows(first + f'<row r="2">{cell.format(2, "x" * 3_000_000)}</row>')},
        "merged-all": {sheet: rows(first).replace("</sheetData>", '</sheetData><mergeCell ref="A1:XFD1048576"/>')},
        "dimension": {sheet: rows(first).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')},
        "formula": {sheet: rows(first + f'<row r="2"><c r="A2"><f>WEBSERVICE("{target.address}")</f></c></row>')},
        "dde": {sheet: rows(first + '<row r="2"><c r="A2"><f>cmd|\'/C calc\'!A0</f><v>1</v></c></row>')},
        "external": {
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships><Relationship Id="r" TargetMode="External" '
            f'Target="{target.address}/book.xlsx"/></Relationships>',
        },
        "sheet-outside": {
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
            'Target="/../../../../etc/passwd"/></Relationships>'
        },
        "nul": {sheet: b"\0" * 100},
        "utf16": {sheet: rows(first).encode("utf-16")},
        "many-rows": {sheet: rows(first + "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(2, 20_000)))},
        "many-cells": {sheet: rows(first + '<row r="2">' + "<c><v>1</v></c>" * 100_000 + "</row>")},
        "many-empty-rows": {sheet: rows(first + "<row/>" * 200_000)},
        "no-sheet": {"xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'},
    }
    for name, change in changes.items():
        yield f"xlsx-{name}.xlsx", write_content(_book(change))
    strings = "<sst>" + "<si><t>" + "x" * 9_000_000 + "</t></si></sst>"
    yield "xlsx-strings.xlsx", write_content(_book({f"xl/sharedStrings{i or ''}.xml": strings for i in range(20)}))
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + "<si><t>ab</t></si>" * 500_000 + "</sst>"
    )
    yield "xlsx-many-strings.xlsx", write_content(_book({"xl/sharedStrings.xml": shared}))
    yield "xlsx-200-sheets.xlsx", _many_sheets
    yield "xlsx-macro.xlsx", write_content(_book({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    yield "xlsx-encrypted.xlsx", write_content(bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le") * 9)


def _book(change: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["id", "name"], ["1", "a"]):
        book["Sheet"].append(row)
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return zip_entries(parts | change)


def _many_sheets(path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(200):
        sheet = book.create_sheet(f"s{number}")
        for row in range(50):
            sheet.append([f"{row}", "x" * 500])
    book.save(path)


def write_sheets(path: Path, sheets: int, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    for number in range(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in range(rows):
            sheet.append([f"k{row}", "name", 1.5, 2.5] if row else ["id", "name", "lon", "lat"])
    book.save(path)


def write_workbook(path: Path, rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("s")
    for row in rows:
        sheet.append(list(row))
    book.save(path)
