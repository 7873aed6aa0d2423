"""A phrase whose parts all name terms is a set of filters; another text is none."""

import pytest

from lodebase.search import search_vocabulary
from lodebase.search.filter_phrase import find_phrase_terms


@pytest.mark.parametrize(
    ("phrase", "terms"),
    [
        ("porphyry copper Chile", ["deposit_model=porphyry-copper", "country=CHL"]),
        ("copper porphyry, Chile", ["commodity=copper", "deposit_model=porphyry", "country=CHL"]),
        ("云南 斑岩铜矿", ["division=CN-YN", "deposit_model=porphyry-copper"]),
        ("云南的斑岩铜矿", ["division=CN-YN", "deposit_model=porphyry-copper"]),
        ("lithium carbonate Jiangxi", ["products=lithium-carbonate", "division=CN-JX"]),
        ("江西碳酸锂", ["division=CN-JX", "products=lithium-carbonate"]),
        ("operating nickel smelters Indonesia", ["status=operating", "facility=nickel-smelter", "country=IDN"]),
        ("在产铜冶炼厂 江西", ["status=operating", "facility=copper-smelter", "division=CN-JX"]),
        ("印尼 在产 镍冶炼厂", ["country=IDN", "status=operating", "facility=nickel-smelter"]),
        ("large lithium deposits in Australia", ["size_class=large", "commodity=lithium", "country=AUS"]),
        ("Cu Chile", ["commodity=copper", "country=CHL"]),
        ("copper smelters", ["facility=copper-smelter"]),
        ("铜冶炼厂", ["facility=copper-smelter"]),
        ("tin in Peru and Bolivia", ["commodity=tin", "country=PER", "country=BOL"]),
    ],
)
def test_a_phrase_of_terms(phrase: str, terms: list[str]) -> None:
    assert [f"{term.parameter}={term.term.code}" for term in find_phrase_terms(phrase)] == terms


@pytest.mark.parametrize(
    "text", ["Chile", "copper", "in Chile", "El Teniente", "zzbz", "copper Dexing", "coppery Chile", "的", ""]
)
def test_another_text_is_no_phrase(text: str) -> None:
    assert find_phrase_terms(text) == []


def test_a_compound_can_be_read_as_its_parts() -> None:
    terms = [f"{term.parameter}={term.term.code}" for term in find_phrase_terms("nickel smelters Indonesia", compounds=False)]
    assert terms == ["commodity=nickel", "facility=smelter", "country=IDN"]


def test_the_name_of_a_division_is_that_of_the_country_in_the_phrase() -> None:
    (country, division) = find_phrase_terms("Argentina Santa Cruz")
    assert country.term.code == "ARG" and division.term.extra["country"] == "ARG"


def test_initials_are_those_of_chinese_regions_alone() -> None:
    kinds = frozenset(search_vocabulary.KIND_DIGIT)
    assert search_vocabulary.find("zzbz", kinds, 5) == []
    assert "CN-SD" in {one.term.code for one in search_vocabulary.find("sds", kinds, 9)}
