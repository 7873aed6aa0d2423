"""Workbooks of condition lists: sheets and annexes as published, and what is wrong with them."""

from pathlib import Path

import pytest
from tests.column_counts import counts
from tests.list_workbook import ALPHA, LIST, SHEETS, Rows, write

from lodedata import sources
from lodedata.errors import FileRefused
from lodedata.mapping import Reading, Tally
from lodedata.records import GenericRecord
from lodedata.sources import readers

NAME = "condition-list-workbook"
ENTRIES = SHEETS["企业"]


def read(path: Path, tally: Tally | None = None) -> list[Reading]:
    """Return the readings of a workbook."""
    return list(readers.get_source_reader(NAME)(sources.load_source(NAME), path, Tally() if tally is None else tally))


def with_entries(folder: Path, *rows: list[object], batches: Rows | None = None) -> list[Reading]:
    """Return the readings of the workbook with other entries; batches state no counts unless given."""
    uncounted = [row[:5] for row in SHEETS["批次"]]
    more = {"企业": [ENTRIES[0], *rows], "批次": batches or uncounted}
    return read(write(folder / "lists.xlsx", **more))


def rules(readings: list[Reading]) -> list[str]:
    """Return the rules of the problems."""
    return [problem.rule for reading in readings for problem in reading.problems]


def test_every_sheet_and_an_annex_as_published_are_read(tmp_path: Path) -> None:
    readings = read(write(tmp_path / "lists.xlsx"))
    assert rules(readings) == []
    records = [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]
    assert [record.kind for record in records].count("list_entry") == 4
    annex = next(record.values for record in records if record.values.get("name_as_printed") == "湖北丁材料有限公司")
    assert (annex["list"], annex["batch"], annex["division"]) == (LIST, 2, "CN-HB")
    assert annex["entry_kind"] == ("battery-cascade", "battery-recycling")
    assert len({reading.rows[0].key for reading in readings}) == len(readings)


def test_a_name_that_is_refused_for_another_row_is_not_used(tmp_path: Path) -> None:
    rows = {"企业": [*ENTRIES, [*ENTRIES[1][:2], 3, *ENTRIES[1][3:]]], "批次": [row[:5] for row in SHEETS["批次"]]}
    tally = Tally()
    read(write(tmp_path / "lists.xlsx", **rows), tally)
    assert counts(tally, "企业", "企业名称") == counts(tally, "企业", "批次") == (3, 2, {"row-refused": 1})
    assert counts(tally, "变更", "公告文号") == (2, 2, {})


def test_a_batch_without_the_rows_that_its_act_states_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"Batch 1 of test-batteries has 1 rows; its act states 2\. Complete the rows"):
        with_entries(tmp_path, [LIST, 1, 1, ALPHA, "", "江西省", "梯次利用"], batches=SHEETS["批次"])


def test_a_firm_of_two_kinds_is_one_name_of_the_count(tmp_path: Path) -> None:
    rows = [[LIST, 1, 1, ALPHA, "", "江西省", "梯次利用"], [LIST, 1, 2, ALPHA, "", "江西省", "再生利用"]]
    batches = [SHEETS["批次"][0], [LIST, 1, "公告", "", "2018-09-03", 1], SHEETS["批次"][2]]
    assert rules(with_entries(tmp_path, *rows, batches=batches)) == []


def test_a_name_twice_in_a_batch_is_refused_and_in_a_later_one_marked(tmp_path: Path) -> None:
    row = [LIST, 1, 1, ALPHA, "", "江西省", "梯次利用"]
    again = [LIST, 1, 2, "江西甲循环科技有限责任公司", "", "江西", "梯次利用"]
    later = [LIST, 2, 3, ALPHA, "", "江西省", "梯次利用"]
    readings = with_entries(tmp_path, row, again, later)
    assert rules(readings) == ["listed-twice", "listed-before"]
    refused = next(reading for reading in readings if reading.refused)
    assert "delete one row" in refused.problems[0].sentence()
    assert "请删除其中一行" in refused.problems[0].sentence("zh")


def test_a_row_without_province_is_refused_with_its_field(tmp_path: Path) -> None:
    (problem,) = [
        problem for reading in with_entries(tmp_path, [LIST, 1, 1, ALPHA, "", "", "梯次利用"]) for problem in reading.problems
    ]
    assert (problem.rule, problem.refuses) == ("missing-value", True)
    assert problem.sentence().startswith("province_as_printed is empty")


@pytest.mark.parametrize(
    ("batch", "found"),
    [
        ([LIST, 1, "", "公示2018-08-01", "", ""], ["consultation-only"]),
        ([LIST, 1, "第一批公示", "", "2018-08-01", ""], ["consultation-as-act", "consultation-only"]),
        ([LIST, 1, "公告2018年第40号", "公示2018-08-01", "", ""], []),
    ],
)
def test_a_consultation_is_no_announcement(tmp_path: Path, batch: list[object], found: list[str]) -> None:
    batches = [SHEETS["批次"][0], batch, SHEETS["批次"][2]]
    assert rules(with_entries(tmp_path, [LIST, 1, 1, ALPHA, "", "江西省", "梯次利用"], batches=batches)) == found


def test_a_validity_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    header = [*ENTRIES[0], "生效日期", "失效日期"]
    row = [LIST, 1, 1, ALPHA, "", "江西省", "梯次利用", "2020-01-01", "2019-01-01"]
    readings = read(write(tmp_path / "lists.xlsx", 企业=[header, row], 批次=[one[:5] for one in SHEETS["批次"]]))
    assert rules(readings) == ["validity-reversed"]


def test_a_sheet_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match='the sheet "Sheet9" is not known'):
        read(write(tmp_path / "lists.xlsx", Sheet9=[["a"], ["b"]]))
