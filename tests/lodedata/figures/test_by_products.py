"""Metal in the ore of another: the formula, the type of ore, and the rules of low-grade ore."""

import pytest

from lodedata.figures.by_products import PAIRS, compute_contained_metal_t, find_ore_type
from lodedata.figures.low_grade import load_low_grade_rules
from lodedata.vocab import load_vocabulary


@pytest.mark.parametrize(
    ("figures", "tonnes"),
    [
        (("cobalt", 2e6, 0.1, None), 2_000),
        (("cobalt", 2e6, 0.1, "metal"), 2_000),
        # of a million tonnes of ore with 1 % WO3, 183.84 / 231.84 of the oxide is tungsten
        (("tungsten", 1e6, 1.0, "WO3"), 7_930),
        (("tungsten", 1e6, 1.0, "CaWO4"), None),
        (("indium", None, 0.01, None), None),
        (("indium", 1e6, None, None), None),
        (("indium", 1e6, 0.01, None, 42.0), 42),
    ],
)
def test_metal_is_as_reported_or_ore_times_grade(
    figures: tuple[str, float | None, float | None, str | None], tonnes: float | None
) -> None:
    metal_t = compute_contained_metal_t(*figures)
    assert metal_t == (None if tonnes is None else pytest.approx(tonnes, rel=1e-3))


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("laterite-nickel", "laterite"),
        ("karst-bauxite", "laterite"),
        ("porphyry-copper-gold", "porphyry"),
        ("supergene", "supergene"),
        ("no-model", None),
        (None, None),
    ],
)
def test_the_type_of_ore_is_below_the_root_of_the_models(model: str | None, wanted: str | None) -> None:
    assert find_ore_type(model) == wanted


def test_the_pairs_are_of_known_metals() -> None:
    commodities = load_vocabulary("commodity")
    assert set(PAIRS) == {*("cobalt-in-copper", "cobalt-in-nickel", "gallium-in-bauxite", "indium-in-tin", "tungsten-in-tin")}
    assert all(pair.host in commodities and pair.by_product in commodities for pair in PAIRS.values())


def test_low_grade_is_between_cut_off_and_industrial_grade() -> None:
    """The grades of nickel ore as read in a re-post: sulphide 0.2 and 0.3 %, silicate 0.5 to 0.8 and 1 %."""
    rules = load_low_grade_rules()
    assert {code: (rule.cut_off_pct, rule.industrial_pct) for code, rule in rules.items()} == {
        "nickel-sulphide": (0.2, 0.3),
        "nickel-silicate": (0.5, 1.0),
    }
    assert all(
        rule.commodity in load_vocabulary("commodity") and rule.model in load_vocabulary("deposit-model")
        for rule in rules.values()
    )
