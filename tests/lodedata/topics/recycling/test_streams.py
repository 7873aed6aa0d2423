"""Streams of recycling plants: balances, the operator's table, and the streams of sources."""

import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.problems import Problem
from lodedata.records import GenericRecord
from lodedata.sources import readers
from lodedata.topics.recycling import balance, streams, workbook
from lodedata.vocab import load_vocabulary, load_vocabulary_rows

HYDRO = {
    "key": "a/black-mass/2025/cobalt",
    "name_zh": "示例循环",
    "stream": "黑粉NCM",
    "permitted_input_tpa": "20000",
    "permitted_basis": "实物量",
    "process_route": "湿法、物理法",
    "year": "2025",
    "input_t": "1000",
    "input_basis": "实物量",
    "metal": "cobalt",
    "input_grade_pct": "10",
    "recovery_pct": "98",
    "recovery_from": "黑粉",
    "recovery_to": "盐类产品",
    "output_product": "cobalt sulphate",
    "output_t": "98",
    "output_basis": "金属量",
    "country": "CHN",
}


def plants(path: Path, *rows: dict[str, str]) -> list[Reading]:
    """Return the readings of rows in a copy of the template."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write_stream_template("zh")))
    sheet = book[workbook.SHEET]
    names = ["key", *(field.name for field in workbook.list_stream_columns())]
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(path)
    return list(readers.get_source_reader("recycling-plants")(sources.load_source("recycling-plants"), path, Tally()))


def problems(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]


def test_a_row_of_the_template_becomes_a_stream_with_its_recovery(tmp_path: Path) -> None:
    (reading,) = plants(tmp_path / "recycling-plants.xlsx", HYDRO)
    (record,) = reading.records
    assert isinstance(record, GenericRecord) and problems(reading) == []
    values = record.values
    assert (values["stream"], values["process_route"]) == ("black-mass-ncm", ("hydrometallurgical", "mechanical"))
    assert (values["input_basis"], values["recovery_from"], values["recovery_to"]) == ("gross", "powder", "salt")
    assert values["recovery_computed_pct"] == 98.0


def test_contradictions_are_flags_and_impossible_rates_are_refused(tmp_path: Path) -> None:
    more = {"key": "b", "output_product": "cobalt-chloride", "output_t": "4", "recovery_pct": "4"}
    rows = [HYDRO, HYDRO | more, HYDRO | {"key": "c", "year": "2024", "output_t": "90", "input_t": "21000"}]
    rows += [HYDRO | {"key": "d", "year": "2023", "recovery_pct": "120"}, HYDRO | {"key": "e", "output_t": "-1"}]
    first, second, third, fourth, fifth = plants(tmp_path / "recycling-plants.xlsx", *rows)
    # 98 and 4 t of cobalt come from 100 t
    assert (problems(first), problems(second)) == ([], ["output-above-input"])
    assert problems(third) == ["input-above-permit", "recovery-differs"]
    assert (problems(fourth), fourth.records) == (["figure-impossible"], ())
    assert (problems(fifth), fifth.records) == (["figure-impossible"], ())


@pytest.mark.parametrize(
    ("values", "metal"),
    [
        ({"input_t": 100.0, "input_basis": "content"}, 100.0),
        ({"input_t": 100.0, "input_basis": "gross", "input_grade_pct": 20.0}, 20.0),
        ({"input_t": 100.0, "input_basis": "gross", "input_grade_pct": 20.0, "moisture_pct": 10.0}, 18.0),
        # gross weight to content needs a grade, and an amount needs a basis
        ({"input_t": 100.0, "input_basis": "gross"}, None),
        ({"input_t": 100.0, "input_grade_pct": 20.0}, None),
        ({"input_t": 100.0, "input_basis": "lce", "input_grade_pct": 20.0}, None),
    ],
)
def test_metal_in_an_input(values: dict[str, Any], metal: float | None) -> None:
    assert balance.compute_input_metal_t(values) == metal


def test_without_a_grade_no_balance_is_drawn() -> None:
    values = {"input_t": 100.0, "input_basis": "gross", "output_t": 500.0, "output_basis": "content", "metal": "copper"}
    found: list[Problem] = []
    balance.stream_completion()(values, None, "a", found)
    assert found == [] and "recovery_computed_pct" not in values


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("Insulated Copper Wire Scrap/ Copper with PVC", "insulated-copper-wire"),
        ("Copper Scrap only", "copper-scrap"),
        ("Brass dross/ Copper dross", "non-ferrous-waste"),
        ("Zinc Ash Zinc Dross", "zinc-waste"),
        ("Shed No. 23", None),
    ],
)
def test_a_waste_is_recognised_by_its_terms(text: str, stream: str | None) -> None:
    assert streams.parse_stream_name(text) == stream


def test_treatments_of_a_stream_follow_each_other() -> None:
    for code in {row["stream"] for row in load_vocabulary_rows("stream-treatment")}:
        spans = streams.list_stream_treatments(code)
        assert code in load_vocabulary("stream")
        ends = [span.valid_to for span in spans]
        assert all(end is not None and end < later.valid_from for end, later in zip(ends, spans[1:], strict=False))
        assert ends[-1] is None
    known = [
        treatment.waste_status
        for treatment in streams.list_stream_treatments("recycled-copper-material")
        if treatment.holds(date(2024, 11, 14))
    ]
    assert known == ["not-solid-waste-if-conforming"]
    assert streams.list_stream_treatments("red-mud") == ()


def test_every_metal_of_a_stream_is_a_commodity() -> None:
    for term in load_vocabulary("stream"):
        assert all(code in load_vocabulary("commodity") for code in streams.list_metals(term.code)), term.code


def test_real_recyclers_have_the_streams_that_their_sources_state(real_data: Path) -> None:
    expected = {
        "us-battery-supply-chain-investments-2024": {"spent-batteries": 19},
        "canada-nrcan-critical-minerals-2026": {"spent-batteries": 2, "aluminium-scrap": 1},
    }
    for name, counts in expected.items():
        if not (real_data / name).is_dir():
            pytest.skip(f"the real files are not here: {real_data}")
        read = readers.get_source_reader(name)(sources.load_source(name), real_data / name, Tally())
        made = [record for reading in read for record in reading.records if record.kind == "plant_stream"]
        assert Counter(one.values["stream"] for one in made if isinstance(one, GenericRecord)) == counts
