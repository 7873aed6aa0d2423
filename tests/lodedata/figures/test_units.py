"""Factors of reported units, checked against published definitions and atomic weights."""

import math
from fractions import Fraction

import pytest

from lodedata.figures.units import Dimension, find_basis_factor, parse_unit
from lodedata.vocab import load_vocabulary, load_vocabulary_rows

Factors = dict[str, int | Fraction | None]

POUND = Fraction("0.45359237")
"""Kilograms, exact. NIST SP 811 (2008), appendix B.8."""
SHORT_TON = Fraction("907.18474")
"""Kilograms, exact: 2,000 pounds. NIST SP 811."""
LONG_TON = Fraction("1016.0469088")
"""Kilograms, exact: 2,240 pounds. NIST SP 811."""
TROY_OUNCE = Fraction("0.0311034768")
"""Kilograms, exact: 480 grains. NIST SP 811."""
CARAT = Fraction("0.0002")
"""Kilograms, exact: 200 mg. NIST SP 811."""
FLASK = 76 * POUND
"""Kilograms: mercury is sold in flasks of 76 pounds. USGS Minerals Yearbook, Mercury."""
BARREL = Fraction("0.158987294928")
"""Cubic metres, exact: 42 US gallons of 231 cubic inches. NIST SP 811."""
CUBIC_FOOT = Fraction("0.028316846592")
"""Cubic metres, exact. NIST SP 811."""
FOOT = Fraction("0.3048")
"""Metres, exact: the international foot. NIST SP 811."""
ACRE = 43_560 * FOOT**2
"""Square metres, exact: of the international foot. NIST SP 811."""
MU = Fraction(2000, 3)
"""Square metres: 15 mu are a hectare. Standard of the People's Republic of China for legal units, 1984."""

TONNES: Factors = {
    "t": 1,
    "kt": 10**3,
    "ten-thousand-t": 10**4,
    "million-t": 10**6,
    "hundred-million-t": 10**8,
    "billion-t": 10**9,
    "kg": Fraction(1, 10**3),
    "g": Fraction(1, 10**6),
    "lb": POUND / 1000,
    "thousand-lb": POUND,
    "million-lb": POUND * 1000,
    "short-ton": SHORT_TON / 1000,
    "thousand-short-tons": SHORT_TON,
    "million-short-tons": SHORT_TON * 1000,
    "long-ton": LONG_TON / 1000,
    "troy-oz": TROY_OUNCE / 1000,
    "thousand-troy-oz": TROY_OUNCE,
    "million-troy-oz": TROY_OUNCE * 1000,
    "carat": CARAT / 1000,
    "thousand-carats": CARAT,
    "flask": FLASK / 1000,
    "dry-t": 1,
    "wet-t": None,
}
TONNES_A_YEAR: Factors = {
    "t-a": 1,
    "kt-a": 10**3,
    "ten-thousand-t-a": 10**4,
    "million-t-a": 10**6,
    "hundred-million-t-a": 10**8,
    "kg-a": Fraction(1, 10**3),
    "g-a": Fraction(1, 10**6),
    "lb-a": POUND / 1000,
    "million-lb-a": POUND * 1000,
    "short-ton-a": SHORT_TON / 1000,
    "thousand-short-tons-a": SHORT_TON,
    "long-ton-a": LONG_TON / 1000,
    "troy-oz-a": TROY_OUNCE / 1000,
    "carat-a": CARAT / 1000,
    "thousand-carats-a": CARAT,
    "flask-a": FLASK / 1000,
    "thousand-flasks-a": FLASK,
    "t-month": 12,
    "t-d": None,
    "kt-d": None,
    "short-ton-d": None,
    "kg-d": None,
    "t-h": None,
}
PER_CENT: Factors = {
    "percent": 1,
    "permille": Fraction(1, 10),
    "fraction": 100,
    "g-t": Fraction(1, 10**4),
    "kg-t": Fraction(1, 10),
    "g-kg": Fraction(1, 10),
    "mg-kg": Fraction(1, 10**4),
    "ppm": Fraction(1, 10**4),
    "ppb": Fraction(1, 10**7),
    "oz-short-ton": 100 * TROY_OUNCE / SHORT_TON,
    "lb-short-ton": 100 * POUND / SHORT_TON,
}
OTHERS: Factors = {
    "mg-l": 1,
    "g-l": 1000,
    "kg-m3": 1000,
    "g-m3": 1,
    "m3": 1,
    "l": Fraction(1, 1000),
    "thousand-m3": 1000,
    "ten-thousand-m3": 10**4,
    "million-m3": 10**6,
    "hundred-million-m3": 10**8,
    "km3": 10**9,
    "ft3": CUBIC_FOOT,
    "yd3": CUBIC_FOOT * 27,
    "acre-ft": ACRE * FOOT,
    "bbl": BARREL,
    "thousand-bbl": BARREL * 10**3,
    "million-bbl": BARREL * 10**6,
    "m3-a": 1,
    "thousand-m3-a": 10**3,
    "million-m3-a": 10**6,
    "billion-m3-a": 10**9,
    "billion-ft3-a": CUBIC_FOOT * 10**9,
    "bbl-a": BARREL,
    "thousand-bbl-a": BARREL * 10**3,
    "million-bbl-a": BARREL * 10**6,
    "m3-d": None,
    "thousand-m3-d": None,
    "million-m3-d": None,
    "bbl-d": None,
    "thousand-bbl-d": None,
    "m2-a": 1,
    "m2": 1,
    "thousand-m2": 1000,
    "ten-thousand-m2": 10**4,
    "ha": 10**4,
    "km2": 10**6,
    "mu": MU,
    "ten-thousand-mu": MU * 10**4,
    "acre": ACRE,
    "square-mile": ACRE * 640,
    "ft2": FOOT**2,
    "metre": 1,
    "mm": Fraction(1, 1000),
    "cm": Fraction(1, 100),
    "km": 1000,
    "ten-thousand-m": 10**4,
    "inch": FOOT / 12,
    "foot": FOOT,
    "yard": FOOT * 3,
    "mile": FOOT * 5280,
    "year": 1,
    "month": Fraction(1, 12),
    "day": 1 / Fraction("365.25"),
    "degree": 1,
    "arc-minute": Fraction(1, 60),
    "arc-second": Fraction(1, 3600),
    "radian": Fraction(180 / math.pi),
    "gon": Fraction(9, 10),
    "thousand-bricks": 1000,
    "usd-t": 1,
    "usd-unstated": 1,
    "usd-lb": 1000 / POUND,
    "cent-lb": 10 / POUND,
    "cny-t": None,
    "index-points": 1,
    "cny": 1,
    "thousand-cny": 1000,
    "ten-thousand-cny": 10**4,
    "million-cny": 10**6,
    "hundred-million-cny": 10**8,
    "billion-cny": 10**9,
    "usd": None,
    "million-usd": None,
}
FACTORS: Factors = {**TONNES, **TONNES_A_YEAR, **PER_CENT, **OTHERS}

WEIGHTS = {"H": 1.008, "Li": 6.94, "C": 12.011, "O": 15.999, "Al": 26.982, "Cl": 35.45, "Sn": 118.71}
WEIGHTS |= {"Ti": 47.867, "V": 50.942, "Zr": 91.224, "Nb": 92.906, "Sb": 121.76, "Ta": 180.95}
WEIGHTS |= {"S": 32.06, "Mo": 95.95, "W": 183.84, "U": 238.03}
"""Abridged standard atomic weights, IUPAC 2021 (Pure and Applied Chemistry 94, 573)."""
COMPOUNDS: dict[str, tuple[str, float]] = {
    "Li": ("Li", 1),
    "Li2O": ("Li", 2 * WEIGHTS["Li"] / (2 * WEIGHTS["Li"] + WEIGHTS["O"])),
    "LCE": ("Li", 2 * WEIGHTS["Li"] / (2 * WEIGHTS["Li"] + WEIGHTS["C"] + 3 * WEIGHTS["O"])),
    "LiCl": ("Li", WEIGHTS["Li"] / (WEIGHTS["Li"] + WEIGHTS["Cl"])),
    "LiOH.H2O": ("Li", WEIGHTS["Li"] / (WEIGHTS["Li"] + 2 * WEIGHTS["O"] + 3 * WEIGHTS["H"])),
    "Al": ("Al", 1),
    "Al2O3": ("Al", 2 * WEIGHTS["Al"] / (2 * WEIGHTS["Al"] + 3 * WEIGHTS["O"])),
    "Sn": ("Sn", 1),
    "SnO2": ("Sn", WEIGHTS["Sn"] / (WEIGHTS["Sn"] + 2 * WEIGHTS["O"])),
    **{metal: (metal, 1) for metal in ("Mo", "U", "W", "Nb", "Sb", "Ta", "Ti", "V", "Zr")},
    **{f"{metal}O2": (metal, WEIGHTS[metal] / (WEIGHTS[metal] + 2 * WEIGHTS["O"])) for metal in ("Ti", "Zr")},
    **{f"{metal}O3": (metal, WEIGHTS[metal] / (WEIGHTS[metal] + 3 * WEIGHTS["O"])) for metal in ("Mo",)},
    **{f"{metal}2O5": (metal, 2 * WEIGHTS[metal] / (2 * WEIGHTS[metal] + 5 * WEIGHTS["O"])) for metal in ("Nb", "Ta", "V")},
    "Sb2O3": ("Sb", 2 * WEIGHTS["Sb"] / (2 * WEIGHTS["Sb"] + 3 * WEIGHTS["O"])),
    "MoS2": ("Mo", WEIGHTS["Mo"] / (WEIGHTS["Mo"] + 2 * WEIGHTS["S"])),
    "U3O8": ("U", 3 * WEIGHTS["U"] / (3 * WEIGHTS["U"] + 8 * WEIGHTS["O"])),
    "WO3": ("W", WEIGHTS["W"] / (WEIGHTS["W"] + 3 * WEIGHTS["O"])),
}
"""The element of a compound and its share of the mass; LCE is lithium carbonate, Li2CO3."""


def test_every_unit_is_checked_here() -> None:
    assert {term.code for term in load_vocabulary("unit")} == FACTORS.keys()


@pytest.mark.parametrize("code", FACTORS)
def test_a_factor_is_that_of_the_definition(code: str) -> None:
    written = load_vocabulary("unit")[code].extra["factor"]
    expected = FACTORS[code]
    assert (float(written) if written else None) == (None if expected is None else pytest.approx(float(expected), rel=1e-12))


@pytest.mark.parametrize("code", TONNES)
def test_masses_come_to_tonnes(code: str) -> None:
    found = parse_unit(load_vocabulary("unit")[code].label_en, "mass")
    assert found is not None
    assert load_vocabulary("unit")[code].extra["base"] == "t"


def test_a_million_tonnes_and_a_metric_ton_differ_by_a_capital() -> None:
    """``mt`` is metric ton to many and megatonne to others: it names nothing, so it is reported and not guessed."""
    million = parse_unit("Mt", "mass")
    assert million is not None
    assert million.factor == 1_000_000
    assert parse_unit("mt", "mass") is None
    assert parse_unit("MT", "mass") is None
    assert parse_unit("mtpa", "rate") is None
    yearly = parse_unit("Mtpa", "rate")
    assert yearly is not None
    assert yearly.factor == 1_000_000


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("万吨", 10_000),
        ("亿吨", 100_000_000),
        ("吨", 1),
        ("千吨", 1000),
        ("thousand metric tons", 1000),
        ("Short Tons", 0.90718474),
    ],
)
def test_unit_names_are_recognised_in_both_languages_and_any_case(text: str, factor: float) -> None:
    found = parse_unit(text, "mass")
    assert found is not None
    assert found.factor == pytest.approx(factor)


@pytest.mark.parametrize(("text", "factor"), [("万吨/年", 10_000), ("t/a", 1), ("ktpa", 1000), ("metric tons per year", 1)])
def test_capacities_come_to_tonnes_a_year(text: str, factor: float) -> None:
    found = parse_unit(text, "rate")
    assert found is not None
    assert found.factor == factor


@pytest.mark.parametrize("text", ["%", "％", "wt%", "percent"])
def test_per_cent_in_its_writings(text: str) -> None:
    found = parse_unit(text, "grade")
    assert found is not None
    assert found.factor == 1


def test_a_unit_of_another_dimension_is_none() -> None:
    assert parse_unit("%", "mass") is None
    assert parse_unit("t", "rate") is None
    assert parse_unit("t/a", "mass") is None
    assert parse_unit("mg/L", "grade") is None


@pytest.mark.parametrize("text", ["", "oz", "tons of it", "ton", "?"])
def test_an_unknown_or_ambiguous_unit_is_none(text: str) -> None:
    assert parse_unit(text, "mass") is None


@pytest.mark.parametrize("text", ["t/d", "tpd", "tph"])
def test_a_daily_capacity_has_no_factor_as_working_days_are_unknown(text: str) -> None:
    found = parse_unit(text, "rate")
    assert found is not None
    assert found.factor is None


STEPS = [
    (row["from_basis"], row["to_basis"])
    for row in load_vocabulary_rows("conversion")
    if not row["from_basis"].startswith("spodumene")
]


@pytest.mark.parametrize(("start", "end"), STEPS)
def test_a_conversion_follows_from_atomic_weights(start: str, end: str) -> None:
    """The table rounds to three or four figures, as the industry does."""
    (row,) = (row for row in load_vocabulary_rows("conversion") if (row["from_basis"], row["to_basis"]) == (start, end))
    element, share = COMPOUNDS[start]
    target, target_share = COMPOUNDS[end]
    assert element == target
    assert float(row["factor"]) == pytest.approx(share / target_share, rel=5e-4)


def test_spodumene_concentrate_is_six_per_cent_of_lithium_oxide() -> None:
    (row,) = (row for row in load_vocabulary_rows("conversion") if row["from_basis"].startswith("spodumene"))
    assert row["from_basis"].endswith("6pct-Li2O")
    share = 0.06 * COMPOUNDS["Li2O"][1] / COMPOUNDS["LCE"][1]
    assert float(row["factor"]) == pytest.approx(share, abs=0.0005)


@pytest.mark.parametrize("basis", ["Li2O", "LCE", "LiCl", "LiOH.H2O"])
def test_a_basis_of_lithium_is_so_much_lithium(basis: str) -> None:
    basis_factor = find_basis_factor("lithium", basis)
    assert basis_factor == pytest.approx(COMPOUNDS[basis][1], rel=5e-4)


@pytest.mark.parametrize(
    ("commodity", "basis", "factor"),
    [("copper", "metal", 1), ("copper", "Cu", 1), ("lithium", "Li", 1), ("tin", "SnO2", 0.788), ("aluminium", "Al2O3", 0.5293)],
)
def test_a_metal_is_itself_and_an_oxide_a_part_of_it(commodity: str, basis: str, factor: float) -> None:
    assert find_basis_factor(commodity, basis) == factor


@pytest.mark.parametrize(
    ("commodity", "basis"), [("copper", "CuO"), ("bauxite", "Al2O3"), ("lithium", "ore"), ("nonsense", "X")]
)
def test_a_basis_without_a_recorded_conversion_has_no_factor(commodity: str, basis: str) -> None:
    assert find_basis_factor(commodity, basis) is None


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("kmt", "mass", 1e3),
        ("thousand metric tons", "mass", 1e3),
        ("тыс. т", "mass", 1e3),
        ("toneladas", "mass", 1),
        ("million pounds (avdp)", "mass", 453.59237),
        ("grams/metric ton", "grade", 1e-4),
        ("g/mt", "grade", 1e-4),
        ("г/т", "grade", 1e-4),
        ("kilograms/metric ton", "grade", 0.1),
        ("percent", "grade", 1),
        ("吨/a", "rate", 1),
        ("ton/tahun", "rate", 1),
        ("thousand metric tons/year", "rate", 1e3),
    ],
)
def test_spellings_of_surveys_are_units(text: str, dimension: Dimension, factor: float) -> None:
    found = parse_unit(text, dimension)
    assert found is not None
    assert found.factor == pytest.approx(factor)
