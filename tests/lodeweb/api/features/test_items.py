"""Features and pages of them: GeoJSON as RFC 7946 has it, every row once, whatever the page's size."""

import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyogrio
import pytest
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS

Items = Callable[..., dict[str, Any]]
Ids = Callable[[str], Mapping[str, str]]
SCRIPT = "<script>alert(1)</script>"


def next_of(body: dict[str, Any]) -> str | None:
    """The address of the page after this one, as a client follows it."""
    found = [link["href"] for link in body["links"] if link["rel"] == "next"]
    assert len(found) <= 1
    return found[0] if found else None


def pages(client: FlaskClient, address: str, limits: Iterator[int] | None = None) -> Iterator[dict[str, Any]]:
    """The pages from an address on; with ``limits`` the client requests each page for as many as it likes."""
    following: str | None = address
    while following is not None:
        if limits is not None:
            following = re.sub(r"limit=\d+", f"limit={next(limits)}", following)
        response = client.get(following)
        assert response.status_code == 200
        body: dict[str, Any] = response.get_json(force=True)
        yield body
        following = next_of(body)


def named(body: dict[str, Any]) -> list[str | None]:
    return [feature["properties"]["name_en"] for feature in body["features"]]


@pytest.mark.parametrize("collection", ["deposits", "discoveries", "projects"])
def test_a_response_is_geojson_as_rfc_7946_has_it(items: Items, collection: str) -> None:
    body = items(collection)
    assert body["type"] == "FeatureCollection"
    # 7.1: not to be mistaken for another type; 4: no other system than WGS 84
    assert not {"geometry", "properties", "coordinates", "geometries", "crs"} & set(body)
    assert len(body["features"]) == body["numberReturned"] > 0
    for feature in body["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        assert isinstance(feature["properties"], dict)
        assert not {"features", "coordinates", "geometries", "crs"} & set(feature)
        if (geometry := feature["geometry"]) is not None:
            assert set(geometry) == {"type", "coordinates"} and geometry["type"] == "Point"
            lon, lat = geometry["coordinates"]
            assert math.isfinite(lon) and -180 <= lon <= 180
            assert math.isfinite(lat) and -90 <= lat <= 90


def test_another_reader_of_geojson_finds_the_same_rows(client: FlaskClient) -> None:
    """GDAL's, which is none of ours."""
    response = client.get("/api/collections/deposits/items?limit=1000")
    frame = pyogrio.read_dataframe(io.BytesIO(response.data))
    assert len(frame) == response.get_json(force=True)["numberMatched"]
    chile = frame[frame["country"] == "CHL"]
    assert len(chile) == 40
    assert chile.geometry.x.between(-76, -66).all() and chile.geometry.y.between(-31, -24).all()
    assert frame.geometry.isna().sum() == 1


def test_longitude_comes_first_and_as_it_was_written(items: Items) -> None:
    (feature,) = items(country="China")["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [117.7312, 29.0123]}
    assert (feature["properties"]["name_en"], feature["properties"]["name_zh"]) == (None, "德兴铜矿")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_property_is_in_every_feature_and_null_when_absent(items: Items, collection: str) -> None:
    names = list(COLLECTIONS[collection].field_names)
    for feature in items(collection)["features"]:
        assert list(feature["properties"]) == names


def test_a_record_without_a_position_has_a_null_geometry(items: Items, ids: Ids, client: FlaskClient) -> None:
    identity = ids("deposit")["nowhere"]
    (listed,) = [feature for feature in items(limit=1000)["features"] if feature["id"] == identity]
    assert "geometry" in listed and listed["geometry"] is None
    assert "no-position" in listed["properties"]["flags"]
    assert client.get(f"/api/collections/deposits/items/{identity}").get_json(force=True)["geometry"] is None


def test_a_box_leaves_out_what_has_no_position(items: Items) -> None:
    everything = items()["numberMatched"]
    assert items(bbox="-180,-90,180,90")["numberMatched"] == everything - 1


def test_a_box_may_cross_the_date_line(items: Items) -> None:
    """RFC 7946, 5.2: then its west is greater than its east."""
    assert sorted(map(str, named(items(bbox="179,-18,-179,-17")))) == ["East of the line", "West of the line"]
    assert named(items(bbox="179,-18,180,-17")) == ["West of the line"]
    assert named(items(bbox="-180,-18,-179,-17")) == ["East of the line"]
    assert items(bbox="-179,-18,179,-17")["numberMatched"] == 0
    assert items(bbox="170,-90,-170,90")["numberMatched"] == 2


@pytest.mark.parametrize("requested", [{}, {"main_commodity": "copper"}, {"commodity": "copper,lithium,tin"}])
def test_a_box_that_ends_next_to_its_beginning_has_each_record_once(items: Items, requested: dict[str, str]) -> None:
    everything = items(bbox="-180,-50,180,50", limit=1000, **requested)
    around = items(bbox="10.12,-50,10.11,50", limit=1000, **requested)
    assert sorted(f["id"] for f in around["features"]) == sorted(f["id"] for f in everything["features"])
    assert around["numberMatched"] == everything["numberMatched"] == len(around["features"])
    assert items(bbox="10.12,-50,10.11,50", limit=1, **requested)["numberMatched"] == everything["numberMatched"]


@pytest.mark.parametrize("limit", [1, 7, 8, 10, 28, 56, 57, 10_000])
def test_the_number_matched_is_what_paging_finds(client: FlaskClient, limit: int) -> None:
    found: list[str] = []
    matched = set()
    for body in pages(client, f"/api/collections/deposits/items?limit={limit}"):
        assert body["numberReturned"] == len(body["features"]) <= limit
        found += [feature["id"] for feature in body["features"]]
        matched.add(body["numberMatched"])
    assert matched == {len(found)} == {56}
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "query", ["commodity=铜", "country=智利&commodity=lithium,tin", "bbox=-75,-30,-70,-25", "bbox=170,-90,-170,90"]
)
def test_a_next_link_sends_the_same_query(client: FlaskClient, query: str) -> None:
    whole = client.get(f"/api/collections/deposits/items?{query}&limit=1000").get_json(force=True)
    found = list(pages(client, f"/api/collections/deposits/items?{query}&limit=2"))
    assert [feature for body in found for feature in body["features"]] == whole["features"]
    assert {body["numberMatched"] for body in found} == {whole["numberMatched"]}
    assert len(whole["features"]) > 1


def test_a_next_link_stays_valid_with_another_limit(client: FlaskClient) -> None:
    limits = iter([3, 11, 2, 40, 1, 100])
    found = [
        feature["id"]
        for body in pages(client, "/api/collections/deposits/items?limit=1", limits)
        for feature in body["features"]
    ]
    assert len(found) == len(set(found)) == 56


def test_a_next_link_keeps_the_order_and_the_properties_of_the_query(client: FlaskClient) -> None:
    address = "/api/collections/deposits/items?properties=name_en&limit=5&lang=zh&commodity=copper&commodity=tin"
    following = next_of(client.get(address).get_json(force=True))
    assert following is not None
    assert following.startswith("http://localhost/api/collections/deposits/items?")
    for part in ("properties=name_en", "limit=5", "lang=zh", "commodity=copper", "commodity=tin", "after="):
        assert following.count(part) == 1


@pytest.mark.parametrize("limit", [56, 57, 1_000])
def test_a_page_that_holds_everything_promises_no_other(items: Items, limit: int) -> None:
    body = items(limit=limit)
    assert body["numberReturned"] == 56
    assert next_of(body) is None


def test_a_response_links_to_itself_and_to_its_collection(items: Items, client: FlaskClient) -> None:
    body = items(limit=2, commodity="铜")
    links = {link["rel"]: link for link in body["links"]}
    assert links["self"]["type"] == "application/geo+json"
    assert links["self"]["href"].isascii()
    assert client.get(links["self"]["href"]).get_json(force=True)["features"] == body["features"]
    assert links["collection"]["href"] == "http://localhost/api/collections/deposits"


def test_a_response_reports_its_type_its_time_and_the_version_of_the_data(client: FlaskClient) -> None:
    response = client.get("/api/collections/deposits/items?limit=1")
    assert response.mimetype == "application/geo+json"
    assert response.headers["Lode-Dataset-Version"] == "1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", response.get_json(force=True)["timeStamp"])


def test_nothing_found_is_an_empty_collection(items: Items) -> None:
    body = items(bbox="0,0,0.1,0.1")
    assert (body["features"], body["numberMatched"], body["numberReturned"]) == ([], 0, 0)
    assert next_of(body) is None


def test_a_name_in_marks_is_data_and_nothing_else(items: Items, ids: Ids, client: FlaskClient) -> None:
    identity = ids("deposit")["script"]
    response = client.get(f"/api/collections/deposits/items/{identity}")
    assert response.mimetype == "application/geo+json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    properties = response.get_json(force=True)["properties"]
    assert (properties["name_en"], properties["name_zh"]) == (SCRIPT, SCRIPT)


def test_one_feature_is_the_same_as_in_the_list_with_its_links(items: Items, client: FlaskClient) -> None:
    for listed in items(limit=5)["features"]:
        response = client.get(f"/api/collections/deposits/items/{listed['id']}")
        one = response.get_json(force=True)
        links = {link["rel"]: link["href"] for link in one.pop("links")}
        assert one == listed
        assert client.get(links["self"]).data == response.data
        assert links["collection"].endswith("/api/collections/deposits")


def test_an_id_is_found_in_its_own_collection_only(ids: Ids, client: FlaskClient) -> None:
    for kind, collection in (("deposit", "deposits"), ("discovery", "discoveries"), ("project", "projects")):
        identity = next(iter(ids(kind).values()))
        for name in COLLECTIONS:
            response = client.get(f"/api/collections/{name}/items/{identity}")
            assert response.status_code == (200 if name == collection else 404)


def test_a_full_record_holds_what_belongs_to_it(client: FlaskClient, items: Items) -> None:
    belonging = {
        "deposits": ("estimates", "exploration_activities"),
        "discoveries": ("estimates",),
        "projects": ("phases", "owners"),
    }
    for collection, parts in belonging.items():
        for feature in items(collection)["features"]:
            address = f"/api/collections/{collection}/items/{feature['id']}"
            full = client.get(f"{address}?profile=full").get_json(force=True)
            assert full["properties"].items() >= feature["properties"].items()
            table = COLLECTIONS[collection].table
            # besides what belongs to it, the fields that are stored and not among those of a list
            assert {*full["properties"]} - {*feature["properties"]} - {*table.columns.keys()} == {
                *("quality_flags", "source_records"),
                *("testimonies", "values", "bonds", "linked", "formerly", "given", "refers_to", "named_by"),
                *parts,
            }
            assert {"value_sources", "coord_original", "coord_crs", "country_reported"} <= {*full["properties"]}
            assert full["geometry"] == feature["geometry"]
            assert any(row["leads"] for row in full["properties"]["source_records"])
            assert client.get(f"{address}?profile=full&f=html", follow_redirects=True).status_code == 200
    assert client.get(f"{address}?profile=half").status_code == 400


@pytest.mark.parametrize("collection", ["deposits", "discoveries", "projects"])
def test_a_page_of_full_records_has_each_as_its_own_address_has_it(client: FlaskClient, collection: str) -> None:
    address = f"/api/collections/{collection}/items"
    response = client.get(f"{address}?profile=full&limit=7")
    page = response.get_json(force=True)
    assert page["numberReturned"] == len(page["features"]) == min(7, page["numberMatched"])
    for feature in page["features"]:
        alone = client.get(f"{address}/{feature['id']}?profile=full").get_json(force=True)
        assert {name: value for name, value in alone.items() if name != "links"} == feature
    following = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert len(following) == (page["numberMatched"] > 7) and all("profile=full" in address for address in following)
    assert response.headers["Cache-Control"] == "no-cache"


def test_a_page_of_full_records_has_a_hundred_at_most(client: FlaskClient) -> None:
    page = client.get("/api/collections/deposits/items?profile=full&limit=1000").get_json(force=True)
    assert page["numberReturned"] == min(100, page["numberMatched"])
    assert client.get("/api/collections/deposits/items?profile=half").status_code == 400


@pytest.mark.parametrize("identity", ["nosuch", "..%2F..%2Fetc", "铜矿", "'; DROP TABLE deposit; --", "x" * 5_000])
def test_an_id_that_is_none_is_404(client: FlaskClient, identity: str) -> None:
    response = client.get(f"/api/collections/deposits/items/{identity}")
    assert response.status_code == 404
    assert json.loads(response.data)["status"] == 404


def test_a_head_reports_the_same_headers_without_the_body(client: FlaskClient) -> None:
    got, requested = (client.open("/api/collections/deposits/items?limit=3", method=method) for method in ("GET", "HEAD"))
    assert requested.data == b""
    assert requested.headers["Content-Length"] == got.headers["Content-Length"]
    assert requested.mimetype == got.mimetype
