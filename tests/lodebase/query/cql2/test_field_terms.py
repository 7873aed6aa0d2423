"""Terms of a filter are those under which records are stored."""

import pytest

from lodebase.query.collections_ import find_collection
from lodebase.query.cql2.field_terms import codes, commodity, field_of
from lodebase.query.parameters.query_parser import _codes


@pytest.mark.parametrize(
    ("word", "code"), [("Li2O", "lithium"), ("lithium-carbonate", "lithium"), ("SnO2", "tin"), ("Cu", "copper")]
)
def test_a_compound_is_filtered_as_its_metal(word: str, code: str) -> None:
    field = field_of("commodities", find_collection("deposits"))
    assert (commodity(word), codes(field, [word]), tuple(_codes("commodity", field, [word]))) == (code, (code,), (code,))
