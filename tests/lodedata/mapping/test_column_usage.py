"""Usage of columns: what is filled is used or dropped with a reason, and what counts as used is in the record."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.column_usage import REASONS, build_usage_data, describe_column_usage
from lodedata.mapping.reading import RowCells
from lodedata.mapping.tables import TableReader
from lodedata.read import InputRow, InputTable
from lodedata.records import Deposit

ReadMapped = Callable[..., list[Reading]]
ESTIMATE = """
- key: "{id}"
  kind: {const: deposit}
  commodities: [{const: copper}]
  estimates:
    - category: class
      date: day
      ore: {column: ore, unit: Mt}
      measures: [{commodity: {const: copper}, grade: {column: cu, unit: "%", pattern: "([0-9.]+)%"}}]
"""


def usage(tally: Tally, column: str) -> tuple[int, int, dict[str, int]]:
    """Return the filled and used cells of a column of the only table, and the dropped ones by reason."""
    (found,) = tally.usage.values()
    (about,) = [c for c in found.as_data() if c["column"] == column]
    return about["filled"], about["used"], {drop["reason"]: drop["count"] for drop in about["reasons"]}


def flags(reading: Reading) -> list[tuple[str, str | None, str]]:
    return [(p.rule, p.column, p.value) for p in reading.problems]


def test_a_tonnage_without_a_category_is_stored_as_not_classified_and_flagged(read: ReadMapped) -> None:
    tally = Tally()
    rows = ["id,class,day,ore,cu", "1,indicated,2020,5,1.5%", "2,,2021,7,1.1%", "3,inferred,,,", "4,,2022,,"]
    first, second, third, fourth = read(ESTIMATE, rows, tally=tally)
    assert usage(tally, "ore") == (2, 2, {})
    assert usage(tally, "cu") == (2, 2, {})
    assert usage(tally, "day") == (3, 2, {"no-figure": 1})
    assert usage(tally, "class") == (2, 1, {"no-figure": 1})
    assert flags(first) == flags(third) == flags(fourth) == []
    assert flags(second) == [("category-not-stated", "class", "")]
    (deposit,) = second.records
    assert isinstance(deposit, Deposit)
    (estimate,) = deposit.estimates
    assert (estimate.category, estimate.category_reported) == ("endowment", None)
    assert second.problems[0].sentence("zh") == "该估算未注明类别；按未分类的矿石量保存。"


def test_a_category_that_the_mapping_gives_no_value_drops_its_figures(read: ReadMapped) -> None:
    tally = Tally()
    spec = ESTIMATE.replace("category: class", "category: {column: class, map: {total: null, indicated: indicated}}")
    assert spec != ESTIMATE
    (reading,) = read(spec, ["id,class,day,ore,cu", "1,total,2020,5,1.5%"], tally=tally)
    assert usage(tally, "ore") == (1, 0, {"no-category": 1})
    assert ("figure-dropped", "ore", "5") in flags(reading)
    assert "映射未给其类别取值" in next(p for p in reading.problems if p.rule == "figure-dropped").sentence("zh")


def test_a_figure_that_does_not_match_its_pattern_is_reported_and_flagged(read: ReadMapped) -> None:
    tally = Tally()
    (reading,) = read(ESTIMATE, ["id,class,day,ore,cu", "1,indicated,2020,5,0.34 % Cu"], tally=tally)
    assert usage(tally, "cu") == (1, 0, {"pattern": 1})
    assert flags(reading) == [("figure-dropped", "cu", "0.34 % Cu")]
    (sentence,) = describe_column_usage(build_usage_data(tally.usage))
    assert str(sentence) == (
        "table.csv, column cu: 1 filled, 0 used, 1 dropped: "
        "1 as it does not match the pattern of the mapping, first '0.34 % Cu' in row 2"
    )


def test_a_figure_of_another_kind_of_record_is_reported_and_flagged(read: ReadMapped) -> None:
    tally = Tally()
    (reading,) = read(
        ESTIMATE.replace("{const: deposit}", "kind"), ["id,class,day,ore,cu,kind", "1,indicated,2020,5,,project"], tally=tally
    )
    assert usage(tally, "ore") == (1, 0, {"no-field": 1})
    assert flags(reading) == [("figure-dropped", "ore", "5")]


def test_rows_refused_and_out_of_scope_drop_all_their_cells(read: ReadMapped) -> None:
    tally = Tally()
    mapping = "- {key: '{id}', kind: {const: deposit}, commodities: [metal], name_en: name}"
    read(mapping, ["id,metal,name", "1,copper,a", "1,copper,b", "2,gold,c", "3,,d"], tally=tally)
    assert usage(tally, "name") == (4, 1, {"row-refused": 2, "row-out-of-scope": 1})
    assert usage(tally, "metal") == (3, 1, {"row-refused": 1, "row-out-of-scope": 1})


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("Juana Quispe Rojas", "(natural person)"),
        ("BETA S.A.; Juana Quispe Rojas", "(natural person)"),
        ("李建国", "(natural person)"),
        ("12 Mt", "12 Mt"),
        ("Rio Tinto plc", "Rio Tinto plc"),
    ],
)
def test_an_example_of_a_dropped_cell_names_no_person(read: ReadMapped, text: str, example: str) -> None:
    tally = Tally()
    mapping = "- {key: '{id}', kind: {const: deposit}, commodities: [{const: copper}], note_en: {column: v, pattern: '^x(.*)'}}"
    read(mapping, ["id,v", f"1,{text}"], tally=tally)
    (drop,) = next(one for one in build_usage_data(tally.usage) if one["column"] == "v")["reasons"]
    assert (drop["reason"], drop["example"]) == ("pattern", example)


def test_a_refused_row_gives_no_example(read: ReadMapped) -> None:
    tally = Tally()
    mapping = "- {key: '{id}', kind: {const: deposit}, commodities: [metal], name_en: name}"
    read(mapping, ["id,metal,name", "1,copper,a", "1,copper,SOSA ANA"], tally=tally)
    (drop,) = next(one for one in build_usage_data(tally.usage) if one["column"] == "name")["reasons"]
    assert (drop["reason"], drop["example"]) == ("row-refused", "…")


def test_columns_that_the_mapping_does_not_use_are_listed_with_their_filled_cells(read: ReadMapped) -> None:
    tally = Tally()
    mapping = "- {key: '{id}', kind: {const: deposit}, commodities: [{const: copper}], ignored: {w: on purpose}}"
    read(mapping, ["id,v,w,x", "1,a,b,", "2,c,,", "3,-,,"], tally=tally)
    assert usage(tally, "v") == (2, 0, {"not-mapped": 2})
    assert usage(tally, "w") == (1, 0, {"ignored": 1})
    (sentence,) = describe_column_usage(build_usage_data(tally.usage))
    assert str(sentence) == "table.csv: not in the mapping, with their filled cells: v (2)"


@pytest.mark.parametrize(
    ("spec", "cells", "reason"),
    [
        ("host_unit: {column: v, map: {a: granite}, unmapped: ignore}", "b,", "unmapped"),
        ("host_unit: {template: '{v} of {w}'}", "b,", "template"),
        ("occurrence_type: v", "nonsense,", "unknown-term"),
        ("mine_status: {column: w, date: v}", "2020,", "no-status"),
        ("estimates: [{category: {const: inferred}, ore: {column: w, unit_column: v}}]", "Mt,", "no-figure"),
        ("position: {geometry: false, lon: w, lat: x, accuracy_m: {column: v, map: {b: 5}}}", "b,", "no-position"),
    ],
)
def test_a_reason_is_given_for_each_drop(read: ReadMapped, spec: str, cells: str, reason: str) -> None:
    tally = Tally()
    mapping = f"- key: '{{id}}'\n  kind: {{const: deposit}}\n  commodities: [{{const: copper}}]\n  {spec}\n"
    read(mapping, ["id,v,w,x", f"1,{cells},"], tally=tally)
    assert usage(tally, "v") == (1, 0, {reason: 1})


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Cu", ["copper"]),
        ("Cu; Sn", ["copper", "tin"]),
        ("Ni-Co ore; laterite", ["nickel", "cobalt"]),
        ("Sn; Zz", ["tin"]),
        ("copper", []),
        ("gangue", []),
    ],
)
def test_a_cell_that_is_mapped_as_it_is_or_by_its_parts_is_used(read: ReadMapped, cell: str, codes: list[str]) -> None:
    tally = Tally()
    terms = "{Cu: copper, Sn: tin, 'Ni-Co ore; laterite': 'nickel; cobalt', gangue: null}"
    column = f"{{column: v, split: ';', unmapped: ignore, map: {terms}}}"
    mapping = f"- {{key: '{{id}}', kind: {{const: deposit}}, everything: true, commodities: [{{const: gold}}, {column}]}}"
    (reading,) = read(mapping, ["id,v", f"1,{cell}"], tally=tally)
    (deposit,) = reading.records
    assert isinstance(deposit, Deposit)
    assert [commodity.code for commodity in deposit.commodities[1:]] == codes
    assert usage(tally, "v") == ((1, 1, {}) if codes else (1, 0, {"unmapped": 1}))


NAMES = ("a", "b", "c")
ACTS = st.one_of(
    st.tuples(st.just("get"), st.sampled_from((*NAMES, "missing"))),
    st.tuples(st.just("first"), st.permutations(NAMES)),
    st.tuples(st.just("drop"), st.sampled_from(NAMES)),
)


@given(st.lists(st.tuples(st.lists(st.sampled_from(["", "x", " y "]), max_size=3), st.lists(ACTS, max_size=4)), max_size=6))
@settings(max_examples=200, deadline=None)
def test_cells_of_a_reader_of_its_own_are_used_or_dropped(rows: list[tuple[list[str], list[tuple[str, Any]]]]) -> None:
    tally = Tally()
    counted = tally.reads("t.csv", NAMES, ("a", "b"))
    filled, used = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)
    for number, (written, acts) in enumerate(rows, 1):
        cells = RowCells(counted, InputRow(number, written))
        there = {name for name, text in zip(NAMES, written, strict=False) if text.strip()}
        taken: set[str] = set()
        for act, about in acts:
            if act == "get":
                assert (cells.get(about) is not None) == (about in there)
                taken |= there & {about}
            elif act == "first":
                at = next((at for at, name in enumerate(about) if name in there), len(about))
                cells.first(*about)
                taken = (taken | set(about[at : at + 1])) - set(about[at + 1 :])
            else:
                cells.drop("unreadable", about)
                taken -= {about}
        cells.close()
        for name in there:
            filled[name] += 1
            used[name] += name in taken
    for column in counted.as_data():
        name = column["column"]
        assert (column["filled"], column["used"]) == (filled[name], used[name])
        assert column["filled"] == column["used"] + column["dropped"]


def test_every_reason_has_a_chinese_sentence() -> None:
    for reason in REASONS.values():
        assert not reason.in_language("zh").isascii()


# --- random tables and mappings --------------------------------------------------------------------------------------

COLUMNS = ("id", "kind", "metal", "name", "note", "host", "class", "ore", "cu", "metal2", "capacity", "owner", "share")
TOKENS = {
    "name": "n{}",
    "note": "t{}",
    "host": "h{}",
    "ore": "{}",
    "cu": "0.{}",
    "capacity": "{}",
    "owner": "o{}",
    "share": "0.{}",
}
"""Columns whose cells are unique, so that a cell can be found in the record."""
TERMS = {
    "kind": ("deposit", "project", "discovery", "hill"),
    "metal": ("copper", "gold", "unobtainium"),
    "class": ("", "inferred", "indicated"),
    "metal2": ("", "copper", "unobtainium"),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the mapping of a table and its rows."""

    def cell(column: str) -> dict[str, Any]:
        further: dict[str, Any] = draw(
            st.sampled_from([{}, {}, {"pattern": "([0-9.]+)%"}, {"map": {"x": "y"}, "unmapped": "ignore"}])
        )
        return {"column": column, **further}

    spec: dict[str, Any] = {
        "key": "{id}",
        "kind": draw(st.sampled_from([{"column": "kind"}, {"const": "deposit"}, {"const": "project"}])),
        "commodities": [draw(st.sampled_from([{"column": "metal"}, {"const": "copper"}]))],
        "estimates": [
            {
                "category": draw(st.sampled_from([{"column": "class"}, {"const": "inferred"}])),
                "ore": {**cell("ore"), "unit": "t"},
                "measures": [
                    {
                        "commodity": draw(st.sampled_from([{"column": "metal2"}, {"const": "copper"}])),
                        "grade": {**cell("cu"), "unit": "%"},
                    }
                ],
            }
        ],
        "phases": [{"capacity": {**cell("capacity"), "unit": "t/a"}}],
        "owners": [{"name": {"column": "owner"}, "share": cell("share")}],
        "name_en": cell("name"),
        "note_en": draw(st.sampled_from([{"column": "note"}, {"template": "{note} ({host})"}])),
        "host_unit": cell("host"),
    }
    for name in ("estimates", "phases", "owners", "note_en", "host_unit"):
        if draw(st.booleans()):
            del spec[name]
    rows = []
    for number in range(draw(st.integers(1, 6))):
        row = {"id": draw(st.sampled_from([f"k{number}", f"k{number}", "k0", ""]))}
        row |= {column: draw(st.sampled_from(terms)) for column, terms in TERMS.items()}
        for at, (column, token) in enumerate(TOKENS.items()):
            form = draw(st.sampled_from(["{}", "{}", "{}%", "x {}", "", " ", "-"]))
            row[column] = form.format(token.format(10_000 + number * 100 + at))
        rows.append(row)
    return spec, rows


@given(tables())
@settings(max_examples=300, deadline=None)
def test_filled_cells_are_used_or_dropped(table: tuple[dict[str, Any], list[dict[str, str]]]) -> None:
    spec, rows = table
    about = {"name": "made-up", "title_en": "a", "title_zh": "表", "publisher": "p", "citation": "c", "version": "1"}
    source = Source.model_validate(about | {"licence": {"id": "internal", "name": "Internal"}, "tables": [spec]})
    tally = Tally()
    reader = TableReader(source, source.tables[0], InputTable("t.csv", "", COLUMNS, iter(())), tally)
    readings = [reader.reading(InputRow(n, [row[c] for c in COLUMNS])) for n, row in enumerate(rows, 2)]
    seen: set[str] = set()
    records = []
    for reading in readings:
        records.append(repr(reading.records) if reading.rows[0].key not in seen else "")
        # a refused row reserves its key
        seen.add(reading.rows[0].key)
    for column in tally.usage["t.csv"].as_data():
        name = column["column"]
        assert column["filled"] == sum(row[name].strip() not in ("", "-") for row in rows)
        assert column["filled"] == column["used"] + column["dropped"]
        assert all(drop["example"] and drop["count"] > 0 for drop in column["reasons"])
        if name in TOKENS:
            at = list(TOKENS).index(name)
            stored = sum(
                str(10_000 + n * 100 + at) in record and row[name].strip() not in ("", "-")
                for n, (row, record) in enumerate(zip(rows, records, strict=True))
            )
            assert column["used"] == stored, name
