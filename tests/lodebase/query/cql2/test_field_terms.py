"""Terms of a filter are those under which records are stored."""

import pytest

from lodebase.errors import BadQuery
from lodebase.query.collections_ import find_collection
from lodebase.query.cql2.field_terms import find_commodity, find_filter_field, find_term_codes
from lodebase.query.filters.field_values import SelectionCondition, parse_codes
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.query_parser import parse_query_arguments


@pytest.mark.parametrize(
    ("word", "code"), [("Li2O", "lithium"), ("lithium-carbonate", "lithium"), ("SnO2", "tin"), ("Cu", "copper")]
)
def test_a_compound_is_filtered_as_its_metal(word: str, code: str) -> None:
    field = find_filter_field("commodities", find_collection("deposits"))
    assert (find_commodity(word), find_term_codes(field, [word]), tuple(parse_codes("commodity", field, [word]))) == (
        code,
        (code,),
        (code,),
    )


@pytest.mark.parametrize("name", ["recovery-records", "estimate-statements", "drill-intervals"])
def test_commodity_filters_a_kind_whose_own_field_has_this_name(name: str) -> None:
    query = parse_query_arguments(find_collection(name), Arguments([("commodity", "Sn")]))
    assert query.conditions == (SelectionCondition("commodity", ("tin",)),)


def test_commodity_filters_the_list_of_commodities_or_the_main_one() -> None:
    fields = [
        next(iter(parse_query_arguments(find_collection("deposits"), Arguments(given)).selections))
        for given in ([("commodity", "tin")], [("commodity", "tin"), ("commodity_role", "main")])
    ]
    assert fields == ["commodities", "main_commodity"]


def test_an_unknown_role_is_refused_without_a_commodity() -> None:
    with pytest.raises(BadQuery) as refused:
        parse_query_arguments(find_collection("deposits"), Arguments([("commodity_role", "minor")]))
    assert refused.value.parameter == "commodity_role"
