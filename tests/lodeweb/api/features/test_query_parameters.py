"""A query string becomes a Query or a 400 that names the parameter, its value and what would be right."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lodebase.field_types import DEFAULT_LIMIT, MAX_LIMIT
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.parameters.declarations import PARAMETERS

ITEMS = "/api/collections/deposits/items"
BOX = "Write four numbers: west,south,east,north in degrees, such as -75,-30,-65,-20."
COUNT = f"a whole number from 1 to {MAX_LIMIT}"
REFUSED = [
    ("colour=red", "colour", "red", "is not a parameter here. Use bbox, bbox-crs"),
    ("Limit=5", "Limit", "5", "is not a parameter here. Use"),
    ("limit=0", "limit", "0", COUNT),
    ("limit=-1", "limit", "-1", COUNT),
    ("limit=1.5", "limit", "1.5", COUNT),
    ("limit=1e3", "limit", "1e3", COUNT),
    ("limit=ten", "limit", "ten", COUNT),
    ("limit=", "limit", "", COUNT),
    ("limit=١٠", "limit", "١٠", COUNT),
    ("limit=²", "limit", "²", COUNT),
    ("limit=5&limit=6", "limit", "6", "is given twice. Give it once."),
    ("bbox=1,2,3", "bbox", "1,2,3", f"bbox has 3 parts. {BOX}"),
    ("bbox=1,2,3,4,5", "bbox", "1,2,3,4,5", f"bbox has 5 parts. {BOX}"),
    ("bbox=1,2,3,4,5,6,7", "bbox", "1,2,3,4,5,6,7", f"bbox has 7 parts. {BOX}"),
    ("bbox=a,b,c,d", "bbox", "a,b,c,d", f"contains a part that is not a number. {BOX}"),
    ("bbox=1,2,,4", "bbox", "1,2,,4", f"contains a part that is not a number. {BOX}"),
    ("bbox=nan,0,1,1", "bbox", "nan,0,1,1", f"contains a part that is not a number. {BOX}"),
    ("bbox=0,0,inf,1", "bbox", "0,0,inf,1", f"contains a part that is not a number. {BOX}"),
    ("bbox=0,0,1e999,1", "bbox", "0,0,1e999,1", f"contains a part that is not a number. {BOX}"),
    ("bbox=0,10,1,-10", "bbox", "0,10,1,-10", f"is above its north. {BOX}"),
    ("bbox=-181,0,1,1", "bbox", "-181,0,1,1", f"is out of range. {BOX}"),
    ("bbox=0,0,181,1", "bbox", "0,0,181,1", f"is out of range. {BOX}"),
    ("bbox=0,-91,1,1", "bbox", "0,-91,1,1", f"is out of range. {BOX}"),
    ("bbox=0,0,1,90.1", "bbox", "0,0,1,90.1", f"is out of range. {BOX}"),
    ("bbox=0,0,1,1&bbox=0,0,2,2", "bbox", "0,0,2,2", "is given twice. Give it once."),
    ("commodity=unobtainium", "commodity", "unobtainium", "is not a term of the vocabulary commodity."),
    ("commodity=copper,coper", "commodity", "coper", "is not a term of the vocabulary commodity."),
    ("commodity=copper&commodity=银子", "commodity", "银子", "is not a term of the vocabulary commodity."),
    (
        "country=Atlantis",
        "country",
        "Atlantis",
        "is not a country code here. Use ISO 3166-1 alpha-3 (CHN), alpha-2 (CN)",
    ),
    ("properties=colour", "properties", "colour", "is not a property of deposits. Use name_en, name_zh"),
    ("properties=products", "properties", "products", "is not a property of deposits."),
    ("properties=,", "properties", ",", "does not name a property. Name at least one."),
    ("f=csv", "f", "csv", "is not a format here. Use json or html."),
    ("commodity=a%00b", "commodity", "a\\0b", "contains a NUL character. Remove it."),
    ("after=%00", "after", "\\0", "contains a NUL character. Remove it."),
    ("commodity=%ff%fe", "query", "%FF", "UTF-8"),
    ("%00=1", "\0", "1", "is not a parameter here. Use"),
]
TERMS = [
    ("copper", 30),
    ("Copper", 30),
    ("COPPER", 30),
    ("铜", 30),
    ("Cu", 30),
    ("lithium", 10),
    ("锂", 10),
    ("cobalt,tin", 20),
]


@pytest.mark.parametrize(("query", "parameter", "value", "right"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_bad_parameter_is_reported_with_its_value_and_what_would_be_right(
    client: FlaskClient, query: str, parameter: str, value: str, right: str
) -> None:
    response = client.get(f"{ITEMS}?{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    body = response.get_json(force=True)
    assert (body["status"], body["parameter"], body["value"]) == (400, parameter, value)
    assert right in body["detail"]


@pytest.mark.parametrize("name", [*PARAMETERS, "unknown", "u" * 102_400])
def test_a_value_of_100_kb_is_refused_and_not_sent_back(client: FlaskClient, name: str) -> None:
    response = client.get(ITEMS, query_string={name: "9" * 102_400})
    assert response.status_code == 400
    assert len(response.data) < 2_000


@pytest.mark.parametrize(
    "address", [f"{ITEMS}/some-id", "/api/collections/projects/items", "/api/collections/discoveries/items"]
)
def test_lists_and_items_of_every_collection_take_the_same_parameters(client: FlaskClient, address: str) -> None:
    assert client.get(f"{address}?colour=red").status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/collections", "/api/collections/deposits", "/api/sources", "/api/sources/test-table/records/gold"],
)
def test_an_unknown_parameter_is_refused_wherever_there_are_none(client: FlaskClient, address: str) -> None:
    """OGC API Features, Part 1, 7.5: a parameter that the definition does not name is answered with 400."""
    response = client.get(f"{address}?colour=red")
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == "colour"
    assert client.get(f"{address}?f=json&lang=zh").status_code == 200


def test_without_a_limit_there_are_a_hundred(items: Callable[..., dict[str, Any]]) -> None:
    assert DEFAULT_LIMIT == 100
    body = items("deposits")
    assert body["numberReturned"] == min(body["numberMatched"], 100)


@pytest.mark.parametrize("limit", ["10001", "999999999", "9" * 300])
def test_a_limit_above_the_most_is_taken_for_the_most(items: Callable[..., dict[str, Any]], limit: str) -> None:
    """OGC API Features, Part 1, /req/core/fc-limit-response-1: no error."""
    body = items("deposits", limit=limit)
    assert body["numberReturned"] == body["numberMatched"]


@pytest.mark.parametrize(
    "box",
    [
        "-75.5,-30.5,-66.5,-24.5",
        " -75.5 , -30.5 , -66.5 , -24.5 ",
        "-75.5,-30.5,-5000,-66.5,-24.5,9000",
        "-755e-1,-305e-1,-665e-1,-245e-1",
        "+-75.5,-30.5,-66.5,-24.5".removeprefix("+"),
        "−75.5,−30.5,−66.5,−24.5",
    ],
)
def test_a_box_has_four_numbers_or_six_with_heights(items: Callable[..., dict[str, Any]], box: str) -> None:
    assert items("deposits", bbox=box)["numberMatched"] == 40


def test_a_box_of_no_width_is_a_point(items: Callable[..., dict[str, Any]]) -> None:
    assert items("deposits", bbox="117.7312,29.0123,117.7312,29.0123")["numberMatched"] == 1


@pytest.mark.parametrize(("word", "count"), TERMS)
def test_commodity_is_found_by_code_label_or_alias(items: Callable[..., dict[str, Any]], word: str, count: int) -> None:
    assert items("deposits", commodity=word, bbox="-76,-31,-66,-24")["numberMatched"] == count - 10 * (word.lower() in COPPER)


COPPER = ("copper", "铜", "cu")
"""Every fourth field of the forty is copper alone, every fourth copper with cobalt."""


@pytest.mark.parametrize("word", ["CHL", "chl", "Chile", "智利", "Republic of Chile"])
def test_country_is_found_by_code_label_or_alias(items: Callable[..., dict[str, Any]], word: str) -> None:
    assert items("deposits", country=word)["numberMatched"] == 40


def test_terms_of_one_parameter_are_or_and_parameters_are_and(client: FlaskClient) -> None:
    def count(query: str) -> int:
        return int(client.get(f"{ITEMS}?{query}").get_json(force=True)["numberMatched"])

    assert count("country=CHL,FJI") == count("country=CHL&country=斐济") == 42
    assert count("country=CHL&commodity=tin&commodity=锂") == 20
    assert count("country=FJI&commodity=tin") == 0


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_only_the_properties_that_were_requested_come_in_their_own_order(
    items: Callable[..., dict[str, Any]], collection: str
) -> None:
    first, *_, last = COLLECTIONS[collection].field_names
    for feature in items(collection, properties=f"{last}, {first}")["features"]:
        assert list(feature["properties"]) == [first, last]


def address(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


LIKELY = st.one_of(
    st.text(),
    st.sampled_from(
        ["", ",", "0", "-0", "1e400", "NaN", "copper", "铜", "CHL", "name_en", "json", "%", "\u0000", "\ud800", "en"]
    ),
    st.lists(st.floats() | st.integers(), min_size=1, max_size=7).map(lambda numbers: ",".join(map(str, numbers))),
    st.integers().map(str),
)
QUERIES = st.one_of(
    st.lists(st.tuples(st.sampled_from(list(PARAMETERS)) | st.text(max_size=8), LIKELY), max_size=5).map(address),
    st.binary(max_size=60).map(lambda raw: "bbox=" + quote_from_bytes(raw)),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
)


@settings(max_examples=300, deadline=None)
@given(query=QUERIES)
@example(query="bbox=0,0,1,1&bbox")
@example(query="&&;;==%%zz")
def test_no_query_string_is_ever_a_500(any_client: FlaskClient, query: str) -> None:
    response = any_client.get(ITEMS, query_string=query)
    assert response.status_code in (200, 400), query
    assert response.is_json or response.mimetype == "application/geo+json"
    assert response.get_json(force=True)


@settings(max_examples=150, deadline=None)
@given(name=st.text(min_size=1, max_size=20) | st.binary(min_size=1, max_size=20))
@example(name="\0")
@example(name="a\0b")
@example(name=b"\xff\xfe")
@example(name="api/webhooks")
def test_no_name_in_a_path_is_ever_a_500(any_client: FlaskClient, name: str | bytes) -> None:
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
    quoted = quote_from_bytes(raw, safe="")
    for route in ("/api/collections/{}", "/api/collections/{}/items", f"{ITEMS}/{{}}", "/api/sources/{}/records/x"):
        assert any_client.get(route.format(quoted)).status_code in (400, 404, 308), route
    for route in ("/api/sources/test-table/records/{}", "/static/{}", "/static/dist/{}", "/{}"):
        # 401: a name may be an address that needs a key
        assert any_client.get(route.format(quoted)).status_code in (200, 400, 401, 404, 308), route


def test_a_day_is_for_collections_with_a_validity_only(client: FlaskClient) -> None:
    assert client.get("/api/collections/mining-rights/items?on=2026-01-31").status_code == 200
    refused = client.get("/api/collections/mining-rights/items?on=2026-02-30")
    assert (refused.status_code, "must be a day" in refused.get_data(as_text=True)) == (400, True)
    assert client.get("/api/collections/deposits/items?on=2026-01-31").status_code == 400
