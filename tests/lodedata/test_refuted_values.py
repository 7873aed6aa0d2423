"""Values of source rows that a reviewer refuted are never used."""

import re

from lodedata import sources
from lodedata.figures.main_commodity import set_main_commodity
from lodedata.records import Commodity, CommodityMeasure, Deposit, Estimate, Position, Project, Quantity
from lodedata.refuted_values import FIELDS, load_refuted_values, withdraw_refuted

POINT = Position(-79.0, 48.0, 5000.0, "approximate", "48, -79", "EPSG:4326")


def test_each_refuted_value_names_its_field_and_reason() -> None:
    every = [(key, value) for key, values in load_refuted_values().items() for value in values]
    assert len(every) > 150
    assert {value.field.partition(":")[0] for _, value in every} == FIELDS
    assert all(len(value.reason.split()) > 3 for _, value in every)
    assert len({(key, value.field) for key, value in every}) == len(every)
    assert all(bool(value.instead) <= (value.field == "name_en") for _, value in every)


def test_each_reason_names_the_row_or_document_that_shows_the_error() -> None:
    known, values = set(sources.names()), load_refuted_values()
    for key, refuted in values.items():
        for value in refuted:
            evidence = value.reason[value.reason.rindex(" (") + 2 :]
            if evidence.startswith("https://"):
                continue
            cited = re.match(r"([a-z0-9-]+),? (.+?)(: |\)$)", evidence)
            assert cited is not None and cited[1] in known, (key, value.reason)
            assert (cited[1], cited[2]) not in values, f"{key} rests on a row that is refuted itself"


def test_a_refuted_position_is_reported_and_not_used() -> None:
    escondida = Project(name_en="Escondida", position=POINT, country="CHL")
    record, problems = withdraw_refuted(escondida, "usgs-minfac-world-facilities", "4611")
    assert record.position is None
    assert record.country == "CHL"
    assert [(problem.rule, problem.value) for problem in problems] == [("position-refuted", "48, -79")]
    assert "680 km south" in problems[0].sentence("en")


def test_a_refuted_name_is_replaced_by_that_of_the_position() -> None:
    record, problems = withdraw_refuted(Project(name_en="Rosebery"), "icmm-global-mining", "ICMM06469")
    assert record.name_en == "Renison Bell"
    assert [problem.rule for problem in problems] == ["name-refuted"]


def test_a_refuted_country_goes_with_its_division() -> None:
    lelydorp = Deposit(name_en="Lelydorp", position=POINT, country="GIN", division="GN-B", country_reported="Guinea")
    record, problems = withdraw_refuted(lelydorp, "usgs-major-deposits", "2377")
    assert (record.position, record.country, record.division) == (None, None, None)
    assert {problem.rule for problem in problems} == {"position-refuted", "country-refuted"}


def test_a_refuted_amount_goes_and_ore_and_grade_remain() -> None:
    """Kwanika Central: 182.6 Mt at 0.29 % hold 0.53 Mt of copper, not 53,000 t."""
    ore, grade = Quantity(182.6, "Mt", None, 1e6), Quantity(0.29, "%", "metal", 1.0)
    copper = CommodityMeasure("copper", grade, Quantity(53_000, "t", "metal", 1.0))
    gold = CommodityMeasure("gold", None, Quantity(51, "t", "metal", 1.0))
    deposit = Deposit(name_en="Kwanika Central", estimates=(Estimate("endowment", ore=ore, measures=(copper, gold)),))
    record, problems = withdraw_refuted(deposit, "usgs-copper-assessment-sir20105090z", "pcu:275")
    assert record.estimates == (Estimate("endowment", ore=ore, measures=(CommodityMeasure("copper", grade), gold)),)
    assert [(problem.rule, problem.value) for problem in problems] == [("figure-refuted", "53000 t")]
    assert "53000 t of Copper" in problems[0].sentence("en") and "铜" in problems[0].sentence("zh")


def test_a_refuted_tonnage_of_ore_leaves_the_grades() -> None:
    tin = CommodityMeasure("tin", Quantity(1.5, "%", "metal", 1.0))
    deposit = Deposit(estimates=(Estimate("endowment", ore=Quantity(100, "Mt", None, 1e6), measures=(tin,)),))
    record, problems = withdraw_refuted(deposit, "minmod-world-resources", "tin:250")
    assert record.estimates == (Estimate("endowment", measures=(tin,)),)
    assert [(problem.rule, problem.value) for problem in problems] == [("figure-refuted", "100 Mt")]


def test_a_measure_without_any_figure_goes() -> None:
    copper = CommodityMeasure("copper", Quantity(0.32, "%", "metal", 1.0), Quantity(9.9, "Mt", "metal", 1e6))
    deposit = Deposit(estimates=(Estimate("endowment", ore=Quantity(310, "Mt", None, 1e6), measures=(copper,)),))
    record, problems = withdraw_refuted(deposit, "usgs-copper-assessment-sir20105090z", "pcu:584")
    assert record.estimates[0].measures == () and {problem.column for problem in problems} == {"contained", "grade"}


def test_the_main_commodity_does_not_rest_on_a_refuted_grade() -> None:
    """Kajaran, a mine of copper and molybdenum, was headed by 1,370 t of gold."""
    gold = CommodityMeasure("gold", Quantity(0.65, "g/t", "metal", 1e-4))
    others = (
        CommodityMeasure("copper", Quantity(0.236, "%", "metal", 1.0)),
        CommodityMeasure("silver", Quantity(2, "g/t", "metal", 1e-4)),
    )
    estimate = Estimate("endowment", ore=Quantity(2107.6, "Mt", None, 1e6), measures=(gold, *others))
    listed = tuple(Commodity(code, "co-product") for code in ("gold", "copper", "silver"))
    deposit = set_main_commodity(Deposit(commodities=listed, estimates=(estimate,)))
    assert deposit.commodities[0] == Commodity("gold", "main")
    record, _ = withdraw_refuted(deposit, "minmod-world-resources", "copper:kajaran-kadjaran__63")
    assert record.commodities == tuple(
        Commodity(*c) for c in (("copper", "main"), ("gold", "co-product"), ("silver", "co-product"))
    )


def test_other_rows_are_left_as_they_are() -> None:
    site = Deposit(name_en="Xarumba", position=POINT, country="CHL")
    assert withdraw_refuted(site, "usgs-major-deposits", "no such key") == (site, [])
