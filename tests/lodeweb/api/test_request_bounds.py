"""Requests that are too large, too deep or too many in number are refused with a sentence, and its advice works."""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from lodebase.query.cql2 import BOUNDS
from lodebase.query.parameters.arguments import MAX_VALUE_LENGTH

ITEMS = "/api/collections/deposits/items"
CHECK = "/api/layout/check"


def nested(levels: int, of: str = "list") -> str:
    """JSON of so many levels."""
    return '{"a":' * levels + "1" + "}" * levels if of == "object" else "[" * levels + "]" * levels


def circle(corners: int) -> list[list[float]]:
    """A closed line of so many corners around some records of the store."""
    half = [[-80 + n * 20 / corners, -40 - (n % 2) / 1000] for n in range(corners // 2)]
    ring = [*half, *[[x, -10 + (n % 2) / 1000] for n, (x, _) in enumerate(reversed(half))]]
    return [*ring, ring[0]]


def wkt(ring: list[list[float]]) -> str:
    return f"POLYGON(({','.join(f'{x:.6f} {y:.6f}' for x, y in ring)}))"


# --- nesting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [150, 300, 400, 700, 1_000, 100_000])
@pytest.mark.parametrize("of", ["list", "object"])
@pytest.mark.parametrize("body", ["{}", '{{"within": {}}}', '{{"filter": {}}}', '{{"op": "and", "args": [{}]}}'])
def test_json_nested_too_deep_in_a_body_is_refused(client: FlaskClient, levels: int, of: str, body: str) -> None:
    response = client.post(ITEMS, data=body.format(nested(levels, of)), content_type="application/json")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "body")
    assert "nested more than 100 levels deep" in response.get_json()["detail"]


@pytest.mark.parametrize("levels", [150, 400, 1_000, 2_000])
@pytest.mark.parametrize("of", ["list", "object"])
@pytest.mark.parametrize(
    "path",
    [
        f"{ITEMS}?filter-lang=cql2-json&filter={{}}",
        f"{ITEMS}?within={{}}",
        f"{CHECK}?candidate={{}}",
        "/api/layout/by-day?candidate={}",
        "/api/collections/deposits/facets?filter-lang=cql2-json&filter={}",
        "/api/collections/deposits/tiles/WebMercatorQuad/0/0/0?filter-lang=cql2-json&filter={}",
        "/api/collections/deposits/download/csv?filter-lang=cql2-json&filter={}",
        "/api/collections/deposits/charts/contained?filter-lang=cql2-json&filter={}",
        "/api/changes?collection=deposits&since=0&within={}",
    ],
)
def test_json_nested_too_deep_in_a_parameter_is_refused(client: FlaskClient, levels: int, of: str, path: str) -> None:
    response = client.get(path.format(quote(f'{{"type":{nested(levels, of)}}}')), headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "nested more than 100 levels deep" in response.get_json()["detail"]


@pytest.mark.parametrize("path", [CHECK, "/api/layout/reports"])
@pytest.mark.parametrize("levels", [150, 400, 1_000])
def test_a_plant_nested_too_deep_is_refused(client: FlaskClient, path: str, levels: int) -> None:
    response = client.post(path, data=f'{{"type":"Feature","geometry":{nested(levels)}}}')
    assert (response.status_code, response.get_json()["parameter"]) == (400, "body")


def test_a_place_in_a_list_nested_too_deep_is_refused(client: FlaskClient) -> None:
    word = base64.urlsafe_b64encode(nested(900).encode()).rstrip(b"=").decode()
    assert client.get(f"{ITEMS}?after={word}").status_code == 400


def test_brackets_in_a_text_are_no_levels(client: FlaskClient) -> None:
    filter_ = {"op": "=", "args": [{"property": "name_en"}, '[{\\"' * 200]}
    assert client.post(ITEMS, json={"filter": filter_}).status_code == 200


@pytest.mark.parametrize("path", [ITEMS, "/api/layout/pairs", "/api/layout/siting", "/api/collections/deposits/facets"])
def test_wkt_nested_too_deep_is_refused(client: FlaskClient, path: str) -> None:
    text = "GEOMETRYCOLLECTION(" * 700 + "POINT(1 1)" + ")" * 700
    response = client.get(f"{path}?product=alumina&within={text}" if "layout" in path else f"{path}?within={text}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "within")
    assert "nested more than 4 levels deep" in response.get_json()["detail"]


# --- advice that works -------------------------------------------------------------------------------------------------


def test_a_polygon_that_is_too_long_for_an_address_can_be_sent_by_post(client: FlaskClient) -> None:
    ring = circle(4_000)
    for within in (wkt(ring), json.dumps({"type": "Polygon", "coordinates": [ring]})):
        assert len(within) > MAX_VALUE_LENGTH
        refused = client.get(f"{ITEMS}?{urlencode({'within': within})}")
        assert refused.status_code == 400
        assert "Send it by POST to the same address, as JSON." in refused.get_json()["detail"]
        found = client.post(ITEMS, json={"within": within if within[0] == "P" else json.loads(within)})
        assert found.status_code == 200
        assert found.get_json()["numberMatched"] > 0


def test_a_filter_that_is_too_long_for_an_address_can_be_sent_by_post(client: FlaskClient) -> None:
    ring = circle(4_000)
    refused = client.get(f"{ITEMS}?{urlencode({'filter': f'S_INTERSECTS(geometry, {wkt(ring)})'})}")
    assert refused.status_code == 400
    assert "Send it by POST to the same address, as JSON." in refused.get_json()["detail"]
    # as text it is too long by POST too, where another method is named, which works as well
    refused = client.post(ITEMS, json={"filter": f"S_INTERSECTS(geometry, {wkt(ring)})"})
    assert (refused.status_code, "write it as CQL2 JSON" in refused.get_json()["detail"]) == (400, True)
    node: Any = {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [ring]}]}
    for body in ({"filter": node}, node, {"filter": json.dumps(node), "filter-lang": "cql2-json"}):
        found = client.post(ITEMS, json=body)
        assert (found.status_code, found.get_json()["numberMatched"] > 0) == (200, True)


@pytest.mark.parametrize("path", ["facets", "download/csv", "charts/contained", "tiles/WebMercatorQuad/0/0/0"])
def test_a_route_that_takes_no_post_advises_none(client: FlaskClient, path: str) -> None:
    address = f"/api/collections/deposits/{path}?within={'x' * 17_000}"
    detail = client.get(address, headers={"Accept": "application/json"}).get_json()["detail"]
    assert detail == "within is longer than 16384 characters. Shorten it."


def test_a_plant_may_be_sent_by_post_as_its_message_says(client: FlaskClient) -> None:
    assert "send it by POST" in client.get(CHECK).get_json()["detail"]
    plant = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [113.5, 35.2]},
        "properties": {"product": "alumina", "capacity_tpa": 1e6},
    }
    assert client.post(CHECK, json=plant).status_code == 200


# --- costly filters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        ITEMS,
        "/api/collections/deposits/facets",
        "/api/collections/deposits/tiles/WebMercatorQuad/0/0/0",
        "/api/collections/deposits/download/csv",
        "/api/collections/deposits/charts/contained",
    ],
)
def test_costly_filters_are_refused_wherever_filters_are_taken(client: FlaskClient, path: str) -> None:
    powers = " OR ".join([f"(((({'position_accuracy_m'}^2)^2)^2)^2)>1"] * 95)
    response = client.get(f"{path}?filter={quote(powers)}", headers={"Accept": "application/json"})
    assert (response.status_code, response.get_json()["parameter"]) == (400, "filter")
    assert response.get_json()["detail"].startswith("The filter has ")
    assert f"more than the {BOUNDS['operations'].most} that are allowed" in response.get_json()["detail"]


def test_a_bound_is_reported_in_chinese(client: FlaskClient) -> None:
    filter_ = " OR ".join(f"LARGEST_ORE_T() > {n}" for n in range(17))
    detail = client.get(f"{ITEMS}?lang=zh&filter={quote(filter_)}").get_json()["detail"]
    assert detail == "筛选条件含 17 个估算量函数（LARGEST_...），多于允许的 16。请分成几次请求。"


def test_conditions_of_many_parameters_are_bounded_together(client: FlaskClient) -> None:
    many = "&".join(f"name_en={n}" for n in range(400))
    response = client.get(f"{ITEMS}?{many}")
    assert (response.status_code, "operations" in response.get_json()["detail"]) == (400, True)


# --- lists and numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["source", "licence", "flag", "id", "flags", "sources"])
def test_a_list_of_too_many_values_is_refused(client: FlaskClient, name: str) -> None:
    response = client.get(f"{ITEMS}?{name}={','.join(f'a{n}' for n in range(1_500))}")
    assert response.status_code == 400
    assert "1000" in response.get_json()["detail"].replace("1,000", "1000")


def test_too_many_parameters_are_refused(client: FlaskClient) -> None:
    response = client.get(f"{ITEMS}?{'&'.join(['source=a'] * 1_001)}")
    assert (response.status_code, "more than 1000 parameters" in response.get_json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{ITEMS}?limit={{}}", 10_000),
        ("/api/changes?since=0&limit={}", 1_000),
        ("/api/changes?f=html&limit={}", 1_000),
        ("/api/changes?f=html&since=0&limit={}", 1_000),
        ("/api/changes?f=atom&limit={}", 1_000),
        ("/api/search?q=field&limit={}", 50),
        ("/api/quality/pairs?limit={}", 1_000),
    ],
)
def test_every_limit_is_a_whole_number_that_is_clamped(client: FlaskClient, path: str, most: int) -> None:
    for right in ("1", str(most), str(most + 1), "000000000000012", "9" * 5_000):
        assert client.get(path.format(right)).status_code == 200, right
    for wrong in ("0", "-1", "1.5", "x", "", "0" * 5_000, "٣", "1e3"):
        assert client.get(path.format(wrong), headers={"Accept": "application/json"}).status_code == 400, wrong


def test_changes_are_a_thousand_at_most(client: FlaskClient) -> None:
    found = client.get("/api/changes?since=0&limit=100000")
    assert len(found.data.splitlines()) <= 1_000


@pytest.mark.parametrize("text", ["0", "10001", "000000000001" + "9" * 20, "9" * 5_000, "x", ""])
def test_a_limit_of_facets_that_is_none_is_refused(client: FlaskClient, text: str) -> None:
    assert client.get(f"/api/collections/deposits/facets?facet_limit={text}").status_code == 400


@pytest.mark.parametrize("path", ["/api/quality/pairs?offset=", "/api/layout/check?candidate={}&version=", f"{ITEMS}?as_of="])
def test_a_number_beyond_those_of_the_database_is_refused(client: FlaskClient, path: str) -> None:
    for text in ("9" * 10, "9" * 30, "9" * 5_000):
        assert client.get(path + text).status_code == 400
