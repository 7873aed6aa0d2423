"""Figures of declared fields are converted to the unit of their field, whatever unit the file has them in."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodedata.errors import MappingRefused
from lodedata.figures.field_units import find_field_dimension, list_field_units
from lodedata.figures.possible_range import find_possible_range
from lodedata.figures.units import parse_unit
from lodedata.kinds import KINDS, Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED
from lodedata.mapping import declared
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.declared import FieldReader
from lodedata.mapping.loading import parse
from lodedata.mapping.model import TableSpec
from lodedata.mapping.reading import Tally
from lodedata.mapping.values.fields import Columns
from lodedata.problems import Problem
from lodedata.vocab import load_vocabulary

FIELDS = [(kind, field) for kind in KINDS.values() for field in kind.fields if field.convertible]
"""Every field that an import fills with figures in a unit."""
SHARES = {"%", "‰", "fraction"}
COLUMNS = ("figure", "unit")
HEAD = "{name: own, title_en: Own, title_zh: 自有, publisher: I, licence: {id: own, name: Own}, citation: I, version: '1'"


def read(kind: Kind, field: Field, amount: dict[str, Any], *cells: str) -> tuple[Any, Any, list[Problem]]:
    """Return the value of a field in a row, its figures as reported and its problems."""
    problems: list[Problem] = []
    values = {name: take(cells, problems) for name, take in readers(kind, field, amount).items()}
    return values[field.name], values.get(FIGURES_REPORTED.name), problems


def readers(kind: Kind, field: Field, amount: dict[str, Any]) -> Mapping[str, FieldReader]:
    """Return the readers of a table whose mapping has one figure."""
    bound = Columns("rows.csv", {name: at for at, name in enumerate(COLUMNS)}, frozenset({""}), Tally(), ColumnUsage(COLUMNS))
    spec = TableSpec.model_validate({"kind": {"const": kind.name}, "fields": {field.name: {"column": "figure", **amount}}})
    return declared.build_field_readers(kind, spec, bound)


@cache
def factor(field: Field, symbol: str) -> Fraction:
    """Return the factor from a unit to that of a field, by the factors of the vocabulary, which test_units checks."""
    found = [parse_unit(text, find_field_dimension(field)) for text in (symbol, field.unit or "")]
    factors = [Fraction(load_vocabulary("unit")[one.code].extra["factor"]) for one in found if one is not None]
    return factors[0] / factors[1]


@cache
def every_reader() -> list[tuple[Field, str, Mapping[str, FieldReader]]]:
    """Return the readers of every field by every unit: by one for the table, and by one for each row."""
    return [
        (field, symbol, readers(kind, field, amount))
        for kind, field in FIELDS
        for symbol in list_field_units(field)
        for amount in ({"unit": symbol}, {"unit_column": "unit"})
    ]


def named(kind: str, field: str) -> tuple[Kind, Field]:
    found = KINDS[kind].field(field)
    assert found is not None
    return KINDS[kind], found


def is_impossible(field: Field, value: Fraction) -> bool:
    possible = find_possible_range(field)
    return possible is not None and not possible[0] <= value <= possible[1]


@settings(max_examples=10, deadline=None)
@given(st.decimals(min_value=0, max_value=9999, places=3))
def test_every_figure_of_every_kind_is_converted_from_every_unit_of_its_dimension(number: Decimal) -> None:
    written = f"{number:f}"
    for field, symbol, takes in every_reader():
        problems: list[Problem] = []
        values = {name: take((written, symbol), problems) for name, take in takes.items()}
        ratio = factor(field, symbol)
        if is_impossible(field, Fraction(written) * ratio):
            assert values[field.name] is None and [problem.rule for problem in problems] == ["figure-impossible"]
            continue
        assert values[field.name] == pytest.approx(float(Fraction(written) * ratio), rel=1e-15), (field.name, symbol)
        assert values[FIGURES_REPORTED.name] == (None if ratio == 1 else (f"{field.name}: {written} {symbol}",))
        assert not problems


def test_every_kind_with_figures_has_units_for_them() -> None:
    assert len(FIELDS) >= 60
    assert len({kind.name for kind, _ in FIELDS}) == 15
    for kind, field in FIELDS:
        assert len(list_field_units(field)) >= 3, (kind.name, field.name)


def test_a_field_of_a_measured_name_declares_its_unit() -> None:
    suffixes = ("_t", "_tpa", "_pct", "_m", "_m2", "_m3", "_km2", "_cny", "_years")
    for field in (field for kind in KINDS.values() for field in kind.fields):
        if field.imported and field.type == "number" and f"_{field.name}".endswith(suffixes):
            assert field.convertible, field.name


def test_a_unit_that_does_not_convert_is_refused_for_every_field() -> None:
    for kind, field in FIELDS:
        takes = readers(kind, field, {"unit_column": "unit"})
        for term in load_vocabulary("unit"):
            known = parse_unit(term.code, find_field_dimension(field))
            problems: list[Problem] = []
            value = takes[field.name](("12.5", term.code), problems)
            rules = [problem.rule for problem in problems]
            if rules != ["figure-impossible"]:
                assert (value is None) == (known is None or known.factor is None)
                assert rules in ([], ["unit-not-convertible"])


@pytest.mark.parametrize(
    ("kind", "name", "written", "sentence"),
    [
        ("milestone", "capacity_tpa", "1e15", "from 0 to 100,000,000,000 t/a"),
        ("milestone", "progress_pct", "150", "from 0 to 100 %"),
        ("plant_stream", "permitted_input_tpa", "-4", "from 0 to 100,000,000,000 t/a"),
        ("plant_stream", "input_t", "10-2000000000000", "from 0 to 1,000,000,000,000 t"),
        ("mining_right", "area_km2_reported", "20000000", "from 0 to 17,100,000 km2"),
        ("mining_right", "elevation_top_m", "9000", "from -12,300 to 8,850 m"),
        ("right_sale", "term_years", "2036", "from 0 to 1,000 a"),
    ],
)
def test_a_figure_out_of_the_range_of_its_field_is_refused_with_the_range(
    kind: str, name: str, written: str, sentence: str
) -> None:
    value, _, problems = read(*named(kind, name), {}, written, "")
    refusal = problems[-1]
    assert value is None and (refusal.rule, refusal.refuses, refusal.column) == ("figure-impossible", True, "figure")
    field = named(kind, name)[1]
    assert sentence in refusal.sentence() and field.title_en in refusal.sentence()
    assert field.title_zh in refusal.sentence("zh")


def test_a_figure_at_the_ends_of_its_range_is_possible() -> None:
    for kind, field in FIELDS:
        for end in find_possible_range(field) or ():
            assert read(kind, field, {}, f"{end:.0f}", "")[0] == end, (kind.name, field.name)


def test_12_5_million_tonnes_are_stored_as_tonnes() -> None:
    value, reported, problems = read(*named("tailings_facility", "mass_t"), {"unit": "Mt"}, "12.5", "")
    assert (value, reported, problems) == (12_500_000.0, ("mass_t: 12.5 Mt",), [])


def test_a_figure_without_a_unit_is_in_the_unit_of_its_field() -> None:
    assert read(*named("tailings_facility", "mass_t"), {}, "12.5", "") == (12.5, None, [])


def test_a_reported_figure_keeps_the_decimal_comma_of_its_file() -> None:
    value, reported, _ = read(*named("tailings_facility", "area_m2"), {"unit": "ha", "decimal": ","}, "3,07", "")
    assert (value, reported) == (30_700.0, ("area_m2: 3,07 ha",))


def test_a_row_with_a_mass_in_a_column_of_volumes_is_refused_with_the_units_to_enter() -> None:
    value, _, problems = read(*named("tailings_facility", "volume_m3"), {"unit_column": "unit"}, "12", "Mt")
    assert value is None and problems[0].refuses and problems[0].column == "unit"
    assert "'Mt' is not a unit that converts to the m3 of Volume in cubic metres" in problems[0].sentence()
    assert "million-m3" in problems[0].sentence() and "million-m3" in problems[0].sentence("zh")


def test_a_row_without_a_unit_in_its_column_is_refused() -> None:
    _, _, problems = read(*named("tailings_facility", "mass_t"), {"unit_column": "unit"}, "12", "")
    assert [problem.rule for problem in problems] == ["unit-missing"]


def test_a_row_without_a_unit_has_that_of_the_mapping() -> None:
    value, reported, _ = read(*named("tailings_facility", "mass_t"), {"unit_column": "unit", "unit": "kt"}, "12", "")
    assert (value, reported) == (12_000.0, ("mass_t: 12 kt",))


def test_a_unit_of_the_file_is_mapped() -> None:
    amount = {"unit_column": "unit", "units": {"Mio. t": "million-t"}}
    value, reported, _ = read(*named("tailings_facility", "mass_t"), amount, "2", "Mio. t")
    assert (value, reported) == (2_000_000.0, ("mass_t: 2 million-t",))


def test_a_recovery_is_no_grade() -> None:
    assert set(list_field_units(named("plant_stream", "recovery_pct")[1])) == SHARES
    assert "g/t" in list_field_units(named("plant_stream", "input_grade_pct")[1])


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("mass_t: {column: mass, unit: m3}", "'m3' is not a unit that converts to the t of mass_t; write one of t, kt,"),
        ("mass_t: {column: mass, unit: Mtt}", "'Mtt' is not a unit that converts to the t of mass_t"),
        ("mass_t: {column: mass, unit_column: u, units: {M: km2}}", "'km2' is not a unit that converts to the t of mass_t"),
        ("mass_t: {column: mass, unit: wet-t}", "'wet-t' is not a unit that converts to the t of mass_t"),
        ("mass_t: {column: mass, unit: t, basis: Li2O}", "mass_t has no basis"),
        ("site: {column: mine, unit: t}", "site has no unit of its own, so 't' can't be converted"),
    ],
)
def test_a_mapping_with_a_unit_that_does_not_convert_is_refused(cell: str, sentence: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        parse(f"{HEAD}, tables: [{{key: '{{id}}', kind: {{const: tailings_facility}}, {cell}}}]}}", "own.yml")
    assert sentence in str(refused.value)
    assert "own.yml: tables.0" in str(refused.value)


def test_a_kind_with_figures_needs_the_list_of_reported_ones() -> None:
    with pytest.raises(ValueError, match="FIGURES_REPORTED"):
        Kind("claim", "claims", "", "", "", "", "", "", None, (Field("depth_m", "Depth", "深度", "number", unit="m"),))
