"""A compound in a column of commodities is the basis of its metal, with the factor of the conversion table."""

from collections.abc import Callable

import pytest

from lodedata.figures.compounds import NamedCommodity, parse_commodity
from lodedata.figures.units import find_basis_factor
from lodedata.mapping import Reading
from lodedata.mapping.suggestion.columns import sample_column
from lodedata.mapping.suggestion.figures import find_named_metal, recognise_figure
from lodedata.records import Deposit
from lodedata.vocab import load_vocabulary_rows

ReadMapped = Callable[..., list[Reading]]
LONG = """
- key: "{id}"
  kind: {const: deposit}
  everything: true
  name_en: name
  commodities: [metal]
  estimates:
    - category: {const: endowment}
      ore: {column: ore, unit: Mt}
      measures: [{commodity: metal, grade: {column: grade}, contained: {column: metal_kt, unit: kt}}]
"""


@pytest.mark.parametrize(
    ("text", "code", "basis", "unit"),
    [
        ("Li2O", "lithium", "Li2O", None),
        ("氧化锂", "lithium", "Li2O", None),
        ("Li2CO3", "lithium", "LCE", None),
        ("WO3", "tungsten", "WO3", None),
        ("SnO2", "tin", "SnO2", None),
        ("cassiterite", "tin", None, None),
        ("Nb2O5", "niobium", "Nb2O5", None),
        ("Ta2O5", "tantalum", "Ta2O5", None),
        ("U3O8", "uranium", "U3O8", None),
        ("TiO2", "titanium", "TiO2", None),
        ("V2O5", "vanadium", "V2O5", None),
        ("%Ni", "nickel", None, "%"),
        ("g/t Au", "gold", None, "g/t"),
        ("Au (g/t)", "gold", None, "g/t"),
        ("% Li2O", "lithium", "Li2O", "%"),
        ("alumina", "alumina", None, None),
        ("copper", "copper", None, None),
    ],
)
def test_a_text_names_a_metal_with_basis_and_unit(text: str, code: str, basis: str | None, unit: str | None) -> None:
    assert parse_commodity(text) == NamedCommodity(code, basis, unit)


def test_each_basis_has_a_factor() -> None:
    """Of the rare earths there is none, as their shares differ by deposit."""
    missing = {
        row["basis"] for row in load_vocabulary_rows("compound") if find_basis_factor(row["commodity"], row["basis"]) is None
    }
    assert missing == {"REO"}


def test_a_row_of_an_oxide_is_stored_under_its_metal_with_basis_and_factor(read: ReadMapped) -> None:
    """100 kt of Li2O hold 100 / 2.153 kt of lithium (table ``conversion``)."""
    rows = ["id,name,metal,ore,grade,metal_kt", "a,A,% Li2O,10,1.2,100", "b,B,WO3,10,,5", "c,C,%Ni,10,1.5,"]
    lithium, tungsten, nickel = (reading.records[0] for reading in read(LONG, rows))
    assert isinstance(lithium, Deposit) and isinstance(tungsten, Deposit) and isinstance(nickel, Deposit)
    assert [commodity.code for commodity in lithium.commodities] == ["lithium"]
    (measure,) = lithium.estimates[0].measures
    assert measure.commodity == "lithium" and measure.grade is not None and measure.contained is not None
    assert (measure.grade.value, measure.grade.unit, measure.grade.basis) == (1.2, "%", "Li2O")
    assert measure.contained.basis == "Li2O" and measure.contained.value == pytest.approx(100_000 / 2.153)
    (measure,) = tungsten.estimates[0].measures
    assert measure.commodity == "tungsten" and measure.contained is not None
    assert measure.contained.value == pytest.approx(5_000 * 0.7930)
    (measure,) = nickel.estimates[0].measures
    assert measure.commodity == "nickel" and measure.grade is not None
    assert (measure.grade.value, measure.grade.unit) == (1.5, "%")


@pytest.mark.parametrize(
    ("header", "metal", "unit"),
    [
        ("Li2O", ("lithium", "Li2O"), None),
        ("WO3_pct", ("tungsten", "WO3"), "%"),
        ("SnO2 (%)", ("tin", "SnO2"), "%"),
        ("%Ni", ("nickel", None), "%"),
        ("g/t Au", ("gold", None), "g/t"),
        ("Nb2O5 %", ("niobium", "Nb2O5"), "%"),
        ("三氧化钨品位(%)", ("tungsten", "WO3"), "%"),
    ],
)
def test_a_header_names_a_metal_with_its_basis(header: str, metal: tuple[str, str | None], unit: str | None) -> None:
    column = sample_column(header, ["0.5", "1.25", "2.5"])
    assert find_named_metal(column) == metal
    if unit is not None:
        figure = recognise_figure(column)
        assert figure is not None and (figure.metal, column.unit) == (metal[0], unit)
