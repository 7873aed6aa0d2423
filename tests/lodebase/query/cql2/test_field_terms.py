"""Terms of a filter are those under which records are stored."""

import pytest

from lodebase.query.collections_ import find_collection
from lodebase.query.cql2.field_terms import find_commodity, find_filter_field, find_term_codes
from lodebase.query.parameters.query_parser import _parse_codes


@pytest.mark.parametrize(
    ("word", "code"), [("Li2O", "lithium"), ("lithium-carbonate", "lithium"), ("SnO2", "tin"), ("Cu", "copper")]
)
def test_a_compound_is_filtered_as_its_metal(word: str, code: str) -> None:
    field = find_filter_field("commodities", find_collection("deposits"))
    assert (find_commodity(word), find_term_codes(field, [word]), tuple(_parse_codes("commodity", field, [word]))) == (
        code,
        (code,),
        (code,),
    )
