"""Totals of a metal in the ore of another: one class per sum, one figure per deposit and class, and low-grade ore."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.errors import BadQuery
from lodebase.ingest.linking.resolution import ResolutionOptions, resolve
from lodebase.query import read_page
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.pages import Counts
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.topics.by_products.store import ByProducts, read_by_products
from lodedata.figures.by_products import PAIRS

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

FIGURES = {
    "deposit_model": [{"column": "product"}],
    "repeated_keys": "merge",
    "estimates": [
        {
            "category": {"column": "category"},
            "date": {"column": "status"},
            "ore": {"column": "ore_mt", "unit": "Mt"},
            "measures": [
                {"commodity": {"const": "nickel"}, "grade": {"column": "cu_pct", "unit": "%"}},
                {"commodity": {"const": "cobalt"}, "grade": {"column": "share", "unit": "%"}},
            ],
        }
    ],
    "phases": [],
    "owners": [],
}
"""Nickel in the column cu_pct, cobalt in share, the model in product, the date in status."""
ROWS: list[dict[str, Any]] = [
    {"id": "A", "category": "measured", "ore_mt": 10, "cu_pct": 1.2, "share": 0.1, "status": "2019"},
    {"id": "A", "category": "measured", "ore_mt": 4, "cu_pct": 0.9, "share": 0.1, "status": "2021"},
    {"id": "A", "category": "measured", "ore_mt": 5, "cu_pct": 0.9, "share": 0.1, "status": "2021"},
    {"id": "A", "category": "inferred", "ore_mt": 20, "cu_pct": 1.1, "share": 0.05, "status": "2021"},
    {"id": "B", "category": "inferred", "ore_mt": 2, "cu_pct": 0.7, "share": 0.2, "status": "2021"},
    {"id": "C"},
    {"id": "D", "category": "inferred", "ore_mt": 2, "cu_pct": 0.25, "share": 0.01, "status": "2021", "product": "komatiite"},
]
MODELS = {"A": "laterite-nickel", "B": "laterite", "C": "laterite", "D": "komatiite"}


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


def found(table: "OwnTable", engine: Engine) -> ByProducts:
    rows = [{"product": MODELS[row["id"]], "lat": f"2{n}.1", "metal": "nickel,cobalt", **row} for n, row in enumerate(ROWS)]
    first = {row["id"]: row["lat"] for row in reversed(rows)}
    table.load(({**row, "lat": first[row["id"]]} for row in rows), table.source(**FIGURES))
    return read_by_products(engine, PAIRS["cobalt-in-nickel"])


def test_a_sum_is_of_one_class_with_one_figure_of_each_deposit(own_table: "OwnTable", site: Engine) -> None:
    body = found(own_table, site)
    classes = {class_.category: (class_.deposits, round(class_.metal_t), class_.not_added) for class_ in body.total.classes}
    # of deposit A the larger figure of 2021 counts, not that of 2019
    assert classes == {"measured-mineral-resource": (1, 5_000, 2), "inferred-mineral-resource": (3, 10_000 + 4_000 + 200, 0)}
    assert (body.total.deposits, body.total.without_figure) == (4, 1)
    assert [(type_.ore_type, type_.deposits, type_.without_figure) for type_ in body.ore_types] == [
        ("laterite", 3, 1),
        ("komatiite", 1, 0),
    ]
    assert [deposit.name_en for deposit in body.deposits] == ["Site A", "Site B", "Site D", "Site C"]
    assert not read_by_products(site, PAIRS["cobalt-in-copper"]).deposits


def test_every_source_of_one_deposit_counts_once_in_a_class(own_table: "OwnTable", site: Engine) -> None:
    own = {"name": "Blue Hill Deposit", "metal": "nickel,cobalt", "product": "laterite", "status": "2021"}
    first = [{"id": "1", "category": "measured", "ore_mt": 10, "share": 0.1, **own}]
    second = [
        {"id": "1", "category": "measured", "ore_mt": 8, "share": 0.1, **own},
        {"id": "1", "category": "inferred", "ore_mt": 1, "share": 0.1, **own},
    ]
    own_table.load(first, own_table.source(**FIGURES))
    own_table.load(second, own_table.source(**FIGURES).model_copy(update={"name": "second-table"}))
    (deposit,) = read_by_products(site, PAIRS["cobalt-in-nickel"]).deposits
    figures = {figure.category: (figure.source, round(figure.metal_t), figure.further) for figure in deposit.figures}
    assert figures == {
        "measured-mineral-resource": ("test-table", 10_000, 1),
        "inferred-mineral-resource": ("second-table", 1_000, 0),
    }


def test_a_deposit_within_another_is_part_of_its_figure_of_the_class(own_table: "OwnTable", site: Engine) -> None:
    own = {"metal": "nickel,cobalt", "product": "laterite", "status": "2021", "share": 0.1}
    rows = [
        {"id": "1", "name": "Zarzuela", "category": "measured", "ore_mt": 3, **own},
        {"id": "1", "name": "Zarzuela", "category": "inferred", "ore_mt": 1, **own},
        {"id": "2", "name": "Zarzuela-Ferris", "category": "measured", "ore_mt": 10, **own},
    ]
    own_table.load(rows, own_table.source(**FIGURES))
    resolve(own_table.store.importer, ResolutionOptions(True, 0.2, 10))
    found = read_by_products(site, PAIRS["cobalt-in-nickel"])
    classes = {class_.category: (class_.deposits, round(class_.metal_t), class_.not_added) for class_ in found.total.classes}
    assert classes == {"measured-mineral-resource": (1, 10_000, 1), "inferred-mineral-resource": (1, 1_000, 0)}
    outer, inner = found.deposits
    counted_in = {figure.category: figure.counted_in for figure in inner.figures}
    assert counted_in == {"measured-mineral-resource": outer.id, "inferred-mineral-resource": None}


@pytest.mark.parametrize(("rule", "sites"), [("nickel-silicate", ["Site B"]), ("nickel-sulphide", ["Site D"])])
def test_low_grade_deposits_are_below_the_industrial_grade(
    own_table: "OwnTable", site: Engine, rule: str, sites: list[str]
) -> None:
    found(own_table, site)
    query = query_parser.parse_query_arguments(COLLECTIONS["deposits"], Arguments([("low_grade", rule)]))
    assert read_page(site, query, Counts()).matched == len(sites)
    names = {deposit.name_en for deposit in read_by_products(site, PAIRS["cobalt-in-nickel"]).deposits}
    assert set(sites) <= names


def test_an_unknown_rule_of_low_grade_ore_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadQuery) as error:
        query_parser.parse_query_arguments(COLLECTIONS["deposits"], Arguments([("low_grade", "gold")]))
    assert "Use one of nickel-sulphide, nickel-silicate" in error.value.message.in_language("en")
    assert "nickel-silicate" in error.value.message.in_language("zh")
