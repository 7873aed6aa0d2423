"""The figures that a record is known by: those of one class and of one product, never sums of classes."""

from datetime import date

from lodedata.figures.leading_figures import PhaseCapacity, capacity_figures, estimate_figures, owner_names
from lodedata.figures.size import size_of
from lodedata.records import Commodity, CommodityMeasure, Deposit, Estimate, PartialDate, Quantity

DAY = date(2021, 1, 1)


def measure(commodity: str, grade: float, contained: float) -> CommodityMeasure:
    return CommodityMeasure(commodity, Quantity(grade, "%", "metal", 1.0), Quantity(contained, "t", "metal", 1.0))


def test_the_leading_estimate_has_the_most_of_the_main_commodity() -> None:
    indicated = Estimate(
        "indicated-mineral-resource",
        on=PartialDate(DAY, "year"),
        ore=Quantity(10, "Mt", None, 1e6),
        measures=(measure("gold", 0.0001, 10), measure("copper", 1.0, 100_000)),
    )
    inferred = Estimate(
        "inferred-mineral-resource", ore=Quantity(90, "Mt", None, 1e6), measures=(measure("copper", 0.1, 90_000),)
    )
    record = Deposit(name_en="A", commodities=(Commodity("copper", "main"),), estimates=(inferred, indicated))
    assert estimate_figures(record, size_of(record)) == {
        "figure_ore_t": 10_000_000,
        "figure_grade_pct": 1.0,
        "figure_grade_basis": "metal",
        "figure_contained_t": 100_000,
        "figure_commodity": "copper",
        "figure_class": "indicated-mineral-resource",
        "figure_date": str(DAY.year),
    }


def test_an_undated_figure_has_the_date_of_what_is_cited_for_it_or_of_the_record() -> None:
    undated = Estimate("endowment", ore=Quantity(1, "t", None, 1.0))
    cited = Estimate("endowment", ore=Quantity(1, "t", None, 1.0), citation="usgs-sir2010-5090z: pcu 136")
    for estimate, expected in ((undated, str(DAY.year)), (cited, "2015")):
        record = Deposit(
            commodities=(Commodity("copper", "main"),), estimates=(estimate,), information_date=PartialDate(DAY, "year")
        )
        assert estimate_figures(record, None)["figure_date"] == expected
    assert estimate_figures(Deposit(commodities=(Commodity("copper", "main"),)), None) == {}


def test_headline_capacity_is_what_is_built_and_names_the_pipeline() -> None:
    phases = [
        PhaseCapacity("refined-copper", "product", 100.0, "operating"),
        PhaseCapacity("refined-copper", "product", 50.0, "permitted"),
        PhaseCapacity("refined-copper", "product", 900.0, "closed"),
        PhaseCapacity("nickel-sulphate", "product", 90.0, None),
        PhaseCapacity("blister-copper", None, None, None),
    ]
    assert capacity_figures(phases, "copper") == {
        "figure_product": "refined-copper",
        "figure_capacity_basis": "product",
        "figure_capacity_tpa": 100.0,
        "figure_coming_tpa": 50.0,
    }
    assert set(capacity_figures([], None).values()) == {None}


def test_ore_tonnage_does_not_lead_where_metal_is_stated() -> None:
    phases = [
        PhaseCapacity("copper-ore", "ore", 12_000_000.0, "operating"),
        PhaseCapacity("mine-copper", "metal", 340_000.0, "operating"),
    ]
    assert capacity_figures(phases, "copper")["figure_capacity_tpa"] == 340_000.0
    assert capacity_figures(phases[:1], "copper")["figure_capacity_basis"] == "ore"


def test_headline_capacity_is_of_the_main_commodity() -> None:
    phases = [PhaseCapacity("cobalt-ore", "ore", 12e6, "operating"), PhaseCapacity("copper-ore", "ore", 12e6, "operating")]
    assert capacity_figures(phases, "copper")["figure_product"] == "copper-ore"
    assert capacity_figures(phases, "nickel")["figure_product"] == "cobalt-ore"


def test_capacity_of_which_nothing_is_built_is_no_built_capacity() -> None:
    figures = capacity_figures([PhaseCapacity("alumina", "product", 800.0, "announced")], "alumina")
    assert (figures["figure_capacity_tpa"], figures["figure_coming_tpa"]) == (None, 800.0)


def test_owners_are_named_once() -> None:
    assert owner_names([("A Mining", "甲公司"), ("A Mining", None), (None, None)]) == ["A Mining", "甲公司"]
