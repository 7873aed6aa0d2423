"""Template workbooks: filled with their own example, each is read without a mapping into a record without a problem."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from lodedata.mapping import Tally, parse
from lodedata.mapping.confined import preview_confined
from lodedata.mapping.suggestion import suggest
from lodedata.mapping.suggestion.placeholders import filled_in, placeholders
from lodedata.mapping.tables import read_mapped
from lodedata.mapping.templates import CODE, SHEETS, TEMPLATES, write_template

VALUE = "2026"


def fill(content: bytes, language: str) -> openpyxl.Workbook:
    """Return a workbook with its example as its only row of data, and its open values."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    data, example, about = (book[SHEETS[name].in_language(language)] for name in ("data", "example", "about"))
    data.append([cell.value for cell in example[2]])
    for row in about.iter_rows(min_row=2):
        if row[2].value and not row[1].value:
            row[1].value = VALUE
    return book


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_filled_template_is_read_without_a_mapping(name: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "填报表.xlsx"
    fill(write_template(TEMPLATES[name], language), language).save(path)
    text = suggest(path).text
    assert placeholders(text) == []
    (reading,) = read_mapped(parse(text, "mapping"), path, Tally())
    assert [p.rule for p in reading.problems if p.rule != "figure-not-exact"] == []
    (record,) = reading.records
    assert (record.kind, reading.rows[0].key) == (TEMPLATES[name].kind, "X-1")
    # the confirmation at the desk shows it, as a confined process read it
    (shown,) = preview_confined(parse(text, "mapping"), path)
    assert (shown["kind"], shown["problems"]) == (record.kind, [] if not reading.problems else shown["problems"])


def test_empty_template_leaves_its_open_values_open(tmp_path: Path) -> None:
    path = tmp_path / "plants.xlsx"
    path.write_bytes(write_template(TEMPLATES["plants"], "zh"))
    text = suggest(path).text
    assert [one.key for one in placeholders(text)] == ["publisher", "citation", "version", "as_of"]
    assert placeholders(filled_in(text, dict.fromkeys(range(4), VALUE))) == []


def test_template_has_lists_of_terms_and_headings_with_units() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(TEMPLATES["plants"], "zh")))
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    assert "产能(吨/年)" in heads and heads[0] == "编号"
    listed = {str(rule.sqref).split(":")[0].rstrip("0123456789") for rule in sheet.data_validations.dataValidation}
    assert get_column_letter(heads.index("状态") + 1) in listed
    assert book["说明"]["C1"].value == CODE


def test_files_with_chinese_names_are_sources_of_their_own(tmp_path: Path) -> None:
    names = set()
    for stem in ("江西", "湖南"):
        path = tmp_path / f"{stem}.csv"
        path.write_text("id,name,metal\n1,a,copper\n2,b,tin\n", "utf-8")
        names.add(suggest(path).text.split("name: ")[1].split("\n")[0])
    assert len(names) == 2
