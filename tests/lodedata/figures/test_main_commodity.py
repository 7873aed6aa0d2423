"""The main commodity of a list: stated, of the greatest contained value, by the deposit model, or first of the list."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lodedata.figures.main_commodity import find_model_commodity, set_main_commodity
from lodedata.mapping import Tally
from lodedata.records import Commodity, CommodityMeasure, Deposit, Estimate, MineralRecord, Project, Quantity
from lodedata.sources import load_source, readers
from lodedata.vocab import load_vocabulary, load_vocabulary_rows


def deposit(*codes: str, model: str | None = None, **grades: float) -> Deposit:
    """A deposit of 100 Mt with metals in a list without ranks, and grades in per cent."""
    measures = tuple(CommodityMeasure(code, Quantity(grade, "%", "metal", 1.0)) for code, grade in grades.items())
    estimates = (Estimate("endowment", ore=Quantity(100, "Mt", None, 1e6), measures=measures),) if grades else ()
    listed = tuple(Commodity(code, "co-product") for code in codes)
    return set_main_commodity(Deposit(name_en="A", commodities=listed, deposit_model=model, estimates=estimates))


@pytest.mark.parametrize(
    ("made", "main", "ground"),
    [
        (deposit("silver", "copper", copper=0.5, silver=0.0005), "copper", "contained-value"),
        (deposit("copper", "gold", copper=0.2, gold=0.0003), "gold", "contained-value"),
        # one figure alone compares nothing
        (deposit("gold", "copper", copper=0.5), "gold", "listed"),
        (deposit("silver", "gold", "copper", "molybdenum", model="porphyry-copper-molybdenum"), "copper", "deposit-model"),
        # a model whose metal is not in the list decides nothing
        (deposit("silver", "gold", model="porphyry-copper"), "silver", "listed"),
        (deposit("zinc", "lead"), "zinc", "listed"),
    ],
)
def test_main_commodity_has_its_reason(made: Deposit, main: str, ground: str) -> None:
    assert (made.commodities[0], made.main_commodity_ground) == (Commodity(main, "main"), ground)
    assert [commodity.rank for commodity in made.commodities[1:]] == ["co-product"] * (len(made.commodities) - 1)


def test_what_a_source_states_is_not_decided_anew() -> None:
    stated = Deposit(name_en="A", commodities=(Commodity("gold", "main"), Commodity("copper", "by-product")))
    assert set_main_commodity(stated) is stated
    assert stated.main_commodity_ground is None


@pytest.mark.parametrize(
    ("model", "codes"),
    [
        ("Surficial", ("bauxite", "aluminium")),
        (None, ("bauxite", "aluminium")),
        ("Sedimentary", ("bauxite", "aluminium")),
        # nepheline syenite, alunite and kyanite of Kazakhstan and Siberia
        ("Igneous", ("aluminium",)),
        ("Hydrothermal", ("aluminium",)),
        ("Metamorphic", ("aluminium",)),
    ],
)
def test_deposit_of_aluminium_is_bauxite_unless_its_type_says_otherwise(model: str | None, codes: tuple[str, ...]) -> None:
    named = Deposit(name_en="A", commodities=(Commodity("aluminium", "main"),), deposit_model_reported=model)
    assert tuple(commodity.code for commodity in set_main_commodity(named).commodities) == codes


def test_gallium_in_bauxite_is_a_by_product() -> None:
    for rank in ("main", "co-product"):
        listed = (Commodity("gallium", rank), Commodity("bauxite", "co-product"))
        decided = set_main_commodity(Deposit(name_en="A", commodities=listed))
        assert decided.commodities == (Commodity("bauxite", "main"), Commodity("gallium", "by-product"))
        assert decided.main_commodity_ground == "ore-of-metal"


def test_smelter_of_aluminium_is_no_bauxite() -> None:
    smelter = Project(name_en="A", commodities=(Commodity("aluminium", "main"),))
    assert set_main_commodity(smelter) is smelter


def test_models_and_prices_name_known_terms() -> None:
    models, commodities = load_vocabulary("deposit-model"), load_vocabulary("commodity")
    assert all(row["model"] in models and row["commodity"] in commodities for row in load_vocabulary_rows("model-commodity"))
    assert all(commodities.find(row["symbol"]) is not None for row in load_vocabulary_rows("commodity-price"))
    assert find_model_commodity("sandstone-sediment-hosted-copper") == "copper"


def test_every_site_of_the_copper_assessment_is_one_of_copper(real_data: Path) -> None:
    """By the first metal of its list, 22 deposits and 212 discoveries were of silver, gold, molybdenum, lead and others."""
    name = "usgs-copper-assessment-sir20105090z"
    found = Counter(
        (record.kind, record.commodities[0].code)
        for reading in readers.get_source_reader(name)(load_source(name), real_data / name, Tally())
        for record in reading.records
        if isinstance(record, MineralRecord)
    )
    assert found == {("deposit", "copper"): 750, ("discovery", "copper"): 2649}


@pytest.mark.parametrize(
    ("model", "codes", "narrowed"),
    [
        ("laterite", ("nickel", "cobalt"), "laterite-nickel"),
        ("porphyry", ("copper", "gold"), "porphyry-copper"),
        ("laterite", ("bauxite",), "bauxite"),
        # the vocabulary has no orogenic copper without gold
        ("orogenic", ("copper",), "orogenic"),
        ("porphyry-copper-gold", ("copper",), "porphyry-copper-gold"),
        (None, ("copper",), None),
    ],
)
def test_model_without_its_metal_is_narrowed_by_the_main_commodity(
    model: str | None, codes: tuple[str, ...], narrowed: str | None
) -> None:
    main = (Commodity(codes[0], "main"), *(Commodity(code, "by-product") for code in codes[1:]))
    made = Deposit(name_en="A", commodities=main, deposit_model=model, deposit_model_reported=model)
    decided = set_main_commodity(made)
    assert (decided.deposit_model, decided.deposit_model_reported) == (narrowed, model)


def test_guessed_main_commodity_narrows_no_model() -> None:
    made = replace(deposit("copper", "gold"), deposit_model="porphyry")
    decided = set_main_commodity(made)
    assert (decided.main_commodity_ground, decided.deposit_model) == ("listed", "porphyry")
