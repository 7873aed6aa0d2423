"""Template workbooks: filled with their own example, each is read without a mapping into a record without a problem."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from lodedata.mapping import Tally, parse
from lodedata.mapping.cell_problems import list_cell_problems
from lodedata.mapping.confined import preview_confined
from lodedata.mapping.suggestion import suggest
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.mapping.tables import read_mapped
from lodedata.mapping.templates import CODE, SHEETS, TEMPLATES, write_template
from lodedata.messages import Label
from lodedata.vocab import load_vocabulary

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
    assert find_open_values(text) == []
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
    assert [placeholder.key for placeholder in find_open_values(text)] == ["publisher", "citation", "version", "as_of"]
    assert find_open_values(fill_open_values(text, dict.fromkeys(range(4), VALUE))) == []


def test_template_has_lists_of_terms_and_headings_with_units() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(TEMPLATES["plants"], "zh")))
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    assert "产能(吨/年)" in heads and heads[0] == "编号"
    listed = {str(rule.sqref).split(":")[0].rstrip("0123456789") for rule in sheet.data_validations.dataValidation}
    assert get_column_letter(heads.index("状态") + 1) in listed
    assert book["说明"]["C1"].value == CODE


def test_chinese_workbook_offers_provinces_and_the_lists_of_the_store() -> None:
    lists = {"battery-recycling": Label("Battery recycling", "废旧动力电池综合利用")}
    book = openpyxl.load_workbook(io.BytesIO(write_template(TEMPLATES["list-entries"], "zh", {"list": lists})))
    sheet, terms = book["数据"], book["术语"]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        heading = sheet[f"{str(rule.sqref).split(':')[0].rstrip('0123456789')}1"].value
        cells = terms[rule.formula1.partition("!")[2].replace("$", "")]
        offered[heading] = [cell.value for (cell,) in cells]
    assert offered["名单代码"] == ["battery-recycling"] and offered["国家和地区"][0] == "中国"
    assert len(offered["一级行政区"]) == 34 and "江西省" in offered["一级行政区"]
    assert [cell.value for cell in terms["B"][:2]] == [None, "废旧动力电池综合利用"]


def test_files_with_chinese_names_are_sources_of_their_own(tmp_path: Path) -> None:
    names = set()
    for stem in ("江西", "湖南"):
        path = tmp_path / f"{stem}.csv"
        path.write_text("id,name,metal\n1,a,copper\n2,b,tin\n", "utf-8")
        names.add(suggest(path).text.split("name: ")[1].split("\n")[0])
    assert len(names) == 2


def test_wrong_terms_of_a_template_name_their_column_and_the_terms_to_choose(tmp_path: Path) -> None:
    book = fill(write_template(TEMPLATES["list-entries"], "zh"), "zh")
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    for heading, value in (("状态", "不知道"), ("省份(原文)", "江南省"), ("一级行政区", "江南省")):
        sheet.cell(2, heads.index(heading) + 1).value = value
    path = tmp_path / "名单.xlsx"
    book.save(path)
    cell_problems = list(list_cell_problems(read_mapped(parse(suggest(path).text, "mapping"), path, Tally())))
    assert {cell_problem.column for cell_problem in cell_problems} == {"状态", "一级行政区"}
    state, division = sorted(cell_problems, key=lambda cell_problem: cell_problem.column != "状态")
    assert "“名单企业状态”" in state.sentence.in_language("zh")
    assert [choice.in_language("zh") for choice in state.choices] == [
        term.label_zh for term in load_vocabulary("list-entry-state")
    ]
    assert division.choices or "术语" in str(division.enter and division.enter.in_language("zh"))
