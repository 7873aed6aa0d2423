"""Filters as text: terms by their labels, sources by their titles, other parameters by the beginning of their description."""

from lodebase.query.collections_ import find_collection
from lodebase.query.filter_texts import FilterText, describe_filters


def test_filters_are_labelled_in_the_language() -> None:
    sent = [("commodity", "copper"), ("commodity", "Li"), ("country", "CHL"), ("source", "lode-starter"), ("flag", "at-sea")]
    english, chinese = (describe_filters(find_collection("deposits"), sent, language) for language in ("en", "zh"))
    assert english[:3] == [
        FilterText("All commodities", "Copper, Lithium"),
        FilterText("Country or area", "Chile"),
        FilterText("Sources", "Lode starter register"),
    ]
    assert [text.text for text in chinese[:2]] == ["铜、锂", "智利"]


def test_the_status_of_a_deposit_is_that_of_its_mine() -> None:
    (text,) = describe_filters(find_collection("deposits"), [("status", "operating")], "en")
    assert text.text == "Operating"


def test_a_parameter_without_a_field_has_its_first_clause() -> None:
    (near, radius) = describe_filters(find_collection("deposits"), [("near", "10,20"), ("radius_km", "5")], "en")
    assert near == FilterText("A point, longitude,latitude", "10,20")
    assert radius.text == "5" and "." not in radius.title
