"""Main commodity and name of a site of several sources: by what is produced there, and by what most sources call it."""

from typing import Any

import pytest

from lodedata import choice as choices
from lodedata.choice import combine_reported_records
from lodedata.kinds import KINDS

PROJECT: dict[str, Any] = dict.fromkeys(field.name for field in KINDS["project"].fields) | {"geom": None, "value_sources": None}
PHASE: dict[str, Any] = dict.fromkeys(field.name for child in KINDS["project"].children[:1] for field in child.fields)
SITES, FACILITIES, AFRICA, FIRST = (
    "icmm-global-mining",
    "usgs-minfac-world-facilities",
    "usgs-africa-mineral-industries",
    "lode-starter",
)
Unit = tuple[str | None, float | None, str | None]
"""Product, capacity in t/a and its basis."""


def reported(
    source: str, name: str, metal: str, *units: Unit, aliases: tuple[str, ...] = (), key: str = "1"
) -> choices.ReportedRecord:
    """A project of one source."""
    values = {
        "main_commodity": metal,
        "main_commodity_ground": "stated",
        "commodity_group": metal,
        "access_level": "public",
        "commodities": [metal],
        "major_commodities": [metal],
        "sources": [source],
        "aliases": list(aliases),
        "flags": [],
        "facility_types": [],
        "products": [],
        "name_en": name,
    }
    phases = [
        {**PHASE, "product": product, "capacity_tpa": capacity, "capacity_basis": basis, "feedstock": [], "source": source}
        for product, capacity, basis in units
    ]
    return choices.ReportedRecord(f"{source}-{key}", source, key, PROJECT | values, {"phase": phases})


def reason(record: choices.ServedRecord, field: str) -> str:
    """The reason for the value of a field."""
    return next(choice.reason for choice in record.choices if choice.rule.name == field)


def test_tin_mine_is_not_named_after_a_copper_concession() -> None:
    """San Rafael (Puno, Peru) was "Quenamari Copper 88" with copper first, by the first name and metal of one list."""
    record = combine_reported_records(
        "project",
        [
            reported(SITES, "Quenamari Copper 88", "copper", aliases=("San Rafael", "Bofedal II"), key="ICMM00832"),
            reported(SITES, "San Rafael", "copper", key="ICMM00949"),
            reported(FACILITIES, "San Rafael Mine, Puno Department", "tin", (None, None, None)),
        ],
    )
    assert (record.row["main_commodity"], reason(record, "main_commodity")) == ("tin", "output")
    assert (record.row["name_en"], reason(record, "name_en")) == ("San Rafael", "named")
    assert "Quenamari Copper 88" in record.row["aliases"]


@pytest.mark.parametrize(
    ("metals", "main"),
    [
        # the mining centre of Poro in New Caledonia, and Nkana: rows for cobalt and its host, without capacities
        ({"cobalt": (None, None, None), "nickel": ("mine-nickel", None, None)}, "nickel"),
        # Kamoya: both with capacities
        ({"cobalt": ("mine-cobalt", 3_600.0, "metal"), "copper": ("mine-copper", 80_000.0, "metal")}, "copper"),
        # the plant at Guemassa refines cobalt, and a little nickel
        ({"cobalt": ("refined-cobalt", 2_500.0, "metal"), "nickel": ("nickel-metal", 250.0, "metal")}, "cobalt"),
    ],
)
def test_by_product_comes_after_its_host_unless_it_is_worth_more(metals: dict[str, Unit], main: str) -> None:
    rows = [reported(AFRICA, "Site", metal, unit, key=metal) for metal, unit in metals.items()]
    assert combine_reported_records("project", rows).row["main_commodity"] == main


def test_tonnes_of_ore_are_not_valued_as_metal() -> None:
    """Neves Corvo: 100,000 t/a of copper concentrate are no 100,000 t of copper, and no reason against three sources."""
    record = combine_reported_records(
        "project",
        [
            reported(FACILITIES, "Neves-Corvo", "tin", ("refined-tin", 15_000.0, "metal")),
            reported(FACILITIES, "Neves-Corvo", "copper", ("copper-concentrate", 100_000.0, "concentrate"), key="2"),
            reported(SITES, "Neves Corvo", "copper"),
        ],
    )
    assert record.row["main_commodity"] == "copper"


@pytest.mark.parametrize(("metal", "product"), [("platinum", "mine-nickel"), ("zinc", "mine-copper"), ("gold", "mine-copper")])
def test_capacity_of_a_metal_here_says_nothing_against_a_metal_of_which_no_capacity_is_held(metal: str, product: str) -> None:
    """Impala Platinum and Rosebery: tables of copper and nickel list their by-products only."""
    listed = reported(FACILITIES, "Mine", product.removeprefix("mine-"), (product, 6_000.0, "metal"))
    assert combine_reported_records("project", [listed, reported(SITES, "Mine", metal)]).row["main_commodity"] == metal


def test_aluminium_of_an_alumina_refinery_is_no_product_of_its_own() -> None:
    record = combine_reported_records(
        "project",
        [reported(SITES, "Juruti", "bauxite"), reported(FACILITIES, "Juriti", "aluminium", ("bauxite-ore", 4e6, "ore"))],
    )
    assert record.row["main_commodity"] == "bauxite"


@pytest.mark.parametrize(
    ("listed", "other", "aliases", "name"),
    [
        ("Al and Hal Mine", "Pinto Valley Mine", ("Pinto Valley", "Cactus"), "Pinto Valley Mine"),
        ("Quellaveco, Yacimiento", "Quellaveco", (), "Quellaveco"),
        # a description of a site, or of its parts, is no name that others share
        ("Talum", "Smelter at Kidricevo", ("Kidricevo",), "Talum"),
        ("Centinela", "El Tesoro open-pit mine and SX-EW plant, near Chuquicamata and Calama", ("El Tesoro",), "Centinela"),
    ],
)
def test_name_that_more_sources_have_is_served(listed: str, other: str, aliases: tuple[str, ...], name: str) -> None:
    rows = [reported(SITES, listed, "copper", aliases=aliases), reported(FACILITIES, other, "copper")]
    assert combine_reported_records("project", rows).row["name_en"] == name


@pytest.mark.parametrize(("own", "other"), [("Caletones smelter", "Fundicion"), ("Queensland Alumina", "Gladstone refinery")])
def test_name_of_the_register_comes_first(own: str, other: str) -> None:
    rows = [reported(FIRST, own, "copper"), reported(SITES, other, "copper"), reported(FACILITIES, other, "copper")]
    assert combine_reported_records("project", rows).row["name_en"] == own
