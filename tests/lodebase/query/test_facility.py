"""The filter by what people call a plant is a short form of a CQL2 filter."""

import pytest

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import find_collection
from lodebase.query.filters.cql2_text import Cql2Condition
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodedata.figures.facilities import find_facility_meaning
from lodedata.vocab import load_vocabulary

SMELTERS = sorted(load_vocabulary("facility-type").within("smelter"))


def query(**given: str) -> Query:
    return query_parser.parse_query_arguments(find_collection("projects"), Arguments(given.items()))


def overlapping(codes: list[str]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"A_OVERLAPS(facility_types, ({listed}))"


@pytest.mark.parametrize("word", ["smelter", "Smelter", "冶炼厂", "fundición"])
def test_a_word_has_its_narrower_types(word: str) -> None:
    assert "copper-smelter" in SMELTERS
    found = query(facility=word)
    assert found == query(facility="smelter") and found != query(facility="copper-smelter")
    assert find_facility_meaning("smelter").types == tuple(SMELTERS)


@pytest.mark.parametrize("word", ["copper-smelter", "copper smelter", "铜冶炼厂"])
def test_the_type_of_one_metal_has_plants_of_an_undistinguished_type(word: str) -> None:
    of_copper, plants = "main_commodity = 'copper'", overlapping(["processing-plant", "mine"])
    made = "A_OVERLAPS(products, ('blister-copper', 'copper-anode', 'copper-matte', 'smelter-copper'))"
    named = "CASEI(name_en) LIKE CASEI('%smelter%') OR name_zh LIKE '%冶炼厂%'"
    same = f"({overlapping(['smelter'])} AND {of_copper}) OR ({plants} AND {made}) OR ({plants} AND {of_copper} AND ({named}))"
    assert query(facility=word) == query(filter=f"{overlapping(['copper-smelter'])} OR {same}")


def test_several_terms_and_other_filters_are_combined() -> None:
    recycling = sorted(load_vocabulary("facility-type").within("recycling-base"))
    assert query(facility="recycling-base") == query(filter=overlapping(recycling))
    assert query(facility="smelter,recycling-base") not in (query(facility="smelter"), query(facility="recycling-base"))
    assert query(facility="alumina-refinery").find(Cql2Condition) is not None


@pytest.mark.parametrize("word", ["kitchen", ","])
def test_unknown_facility_is_refused(word: str) -> None:
    with pytest.raises(BadQuery):
        query(facility=word)
    with pytest.raises(BadQuery):
        query_parser.parse_query_arguments(find_collection("deposits"), Arguments([("facility", "smelter")]))
