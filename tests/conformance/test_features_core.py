"""OGC API Features, Part 1 (17-069r4), annex A: its abstract tests, and further tests of the OGC suite."""

import contextlib
import http.client
import json
import random
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
import shapely
from openapi_spec_validator import OpenAPIV30SpecValidator
from shapely.geometry import shape

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

Part = dict[str, Any]
JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONF = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CRS84 = ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/OGC/0/CRS84h")
BOXES = {
    "the date line": "177,65,-177,70",
    "the north pole": "-180,85,180,90",
    "the south pole": "-180,-90,180,-85",
    "a field in Chile": "-75,-32,-65,-20",
    "the whole world": "-180,-90,180,90",
    "nothing": "-140,-50,-139,-49",
}
"""The suite sends the box of the date line and those of both poles to every collection."""
INSTANTS = ("2018-02-12", "2018-02-12T00:00:00Z", "2018-02-12T23:20:50Z", "2018-02-12T23:20:50.52+08:00")
INTERVALS = (
    *("2018-02-12T00:00:00Z/2018-03-18T12:31:12Z", "2018-02-12/2018-03-18", "2018/2020"),
    *("2018-02-12T00:00:00Z/..", "../2018-03-18T12:31:12Z", "2018-02-12T00:00:00Z/", "/2018-03-18T12:31:12Z"),
    *("2018-02-12/P2D", "2018-02-12/P1M6DT12H31M12S", "P2D/2018-02-12", "../.."),
)
SUITE_FEATURES = 100
SEED = 17069


def links(body: Part, rel: str) -> list[Part]:
    return [link for link in body["links"] if link["rel"] == rel]


def checked_links(body: Part, own: str) -> None:
    """Check for a link to the response itself and one to each other format, all with rel and type."""
    assert all(link.get("rel") and link.get("type") and link.get("href") for link in body["links"])
    assert [link["type"] for link in links(body, "self")] == [own]
    assert HTML in [link["type"] for link in links(body, "alternate")]


def document(api: "Api") -> Part:
    return api.get("/openapi.json")


def parameter(api: "Api", collection: str, name: str) -> Part:
    """How the description defines a parameter of a collection's items, references followed."""
    described = document(api)
    listed = described["paths"][f"/collections/{collection}/items"]["get"]["parameters"]
    found = [described["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in listed]
    (one,) = [p for p in found if p["name"] == name]
    return dict(one)


def checked_page(body: Part) -> None:
    """A.2.8 on one page."""
    assert body["type"] == "FeatureCollection"
    assert isinstance(body["features"], list)
    for feature in body["features"][:SUITE_FEATURES]:
        assert feature["type"] == "Feature"
        assert feature["id"] and isinstance(feature["properties"], dict)
    checked_links(body, GEOJSON)
    assert datetime.fromisoformat(body["timeStamp"]).tzinfo is not None
    assert body["numberReturned"] == len(body["features"]) <= body["numberMatched"]


def checked(api: "Api", collection: str, **query: str) -> list[Part]:
    """Return all features of a query, after checking the first page and the number of the standard."""
    address = f"/api/collections/{collection}/items"
    if query:
        address += "?" + "&".join(f"{name}={quote(value, safe=',:/.')}" for name, value in query.items())
    body = api.get(address)
    checked_page(body)
    found = api.selected(address)
    assert len({feature["id"] for feature in found}) == len(found) == body["numberMatched"]
    return found


def box_of(text: str) -> shapely.Geometry:
    west, south, east, north = map(float, text.split(","))
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union_all([shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)])


# A.2.1 General


@pytest.mark.slow
def test_the_site_speaks_http_1_1(served: int) -> None:
    """AT 1: /conf/core/http: as the suite reads it, the status line says HTTP/1.1."""
    for path in ("/api/", "/api/conformance", "/api/collections", "/api/collections/deposits/items?limit=1", "/api/nosuch"):
        connection = http.client.HTTPConnection("127.0.0.1", served, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.version == 11
            assert response.status == (404 if path.endswith("nosuch") else 200)
            assert "json" in str(response.getheader("Content-Type"))
            assert json.loads(response.read())


# A.2.2 Root, A.2.3 API, A.2.4 Conformance


def test_the_landing_page_links_to_what_the_api_has(api: "Api") -> None:
    """AT 3 and 4: /conf/core/root-op, /conf/core/root-success."""
    response = api.request("/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    body = response.get_json()
    checked_links(body, JSON)
    assert links(body, "service-desc") and links(body, "service-doc")
    assert links(body, "conformance") and links(body, "data")


def test_the_api_definition_is_there_and_valid(api: "Api") -> None:
    """AT 5 and 6: /conf/core/api-definition-op, /conf/core/api-definition-success; /conf/oas30/oas-definition-1 and -2."""
    landing = api.get("/")
    (link,) = links(landing, "service-desc")
    response = api.request(link["href"])
    assert (response.status_code, response.headers["Content-Type"], link["type"]) == (200, OPENAPI, OPENAPI)
    body = json.loads(response.data)
    assert re.fullmatch(r"3\.0\.\d+", body["openapi"])
    OpenAPIV30SpecValidator(body).validate()
    (page,) = links(landing, "service-doc")
    assert api.request(page["href"]).mimetype == page["type"] == HTML


def test_the_implemented_classes_are_declared(api: "Api") -> None:
    """AT 7 and 8: /conf/core/conformance-op, /conf/core/conformance-success."""
    classes = api.get("/conformance")["conformsTo"]
    assert all(isinstance(uri, str) for uri in classes)
    assert {CONF + name for name in ("core", "oas30", "geojson", "html")} <= set(classes)


@pytest.mark.parametrize("path", ["/conformance", "/collections", "/collections/{name}", "/collections/{name}/items"])
def test_every_path_is_in_the_definition(api: "Api", path: str, name: str) -> None:
    """/conf/oas30/oas-impl, /conf/oas30/completeness: paths, methods, responses and possible problems."""
    operation = document(api)["paths"][path.format(name=name)]["get"]
    assert {"200", "400", "404"} <= set(operation["responses"])
    assert set(operation["responses"]["200"]["content"]) >= {HTML}


# A.2.5 and A.2.6 Collections


def test_the_collections_have_what_they_must(api: "Api") -> None:
    """AT 9 and 10: /conf/core/fc-md-op, -success, -links, -items, -items-links, -extent."""
    response = api.request("/collections")
    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    body = response.get_json()
    checked_links(body, JSON)
    assert [collection["id"] for collection in body["collections"]] == [*COLLECTIONS, "datasets"]
    for collection in body["collections"]:
        assert collection["id"] and collection["title"] and collection["description"]
        assert collection["itemType"] == ("feature" if collection["id"] in COLLECTIONS else "record")
        assert collection["crs"][0] in CRS84
        checked_links(collection, JSON)
        assert {link["type"] for link in links(collection, "items")} >= {GEOJSON, HTML}


def test_the_extent_holds_every_feature(api: "Api", name: str) -> None:
    """AT 10: /conf/core/fc-md-extent: every position and date of the collection lies within it."""
    extent = api.get(f"/collections/{name}")["extent"]
    assert extent["spatial"]["crs"] in CRS84
    (box,) = extent["spatial"]["bbox"]
    features = api.features(name).values()
    geometries = [shape(feature["geometry"]) for feature in features if feature["geometry"] is not None]
    assert all(shapely.box(*box).covers(geometry) for geometry in geometries)
    ((start, end),) = extent["temporal"]["interval"]
    first, last = (text and datetime.fromisoformat(text) for text in (start, end))
    field = COLLECTIONS[name].date_field
    assert field is not None and first and last and first < last
    years = [int(text[:4]) for feature in features if (text := feature["properties"][field])]
    assert years and first.year <= min(years) and max(years) <= last.year


def test_a_collection_is_the_same_alone_and_in_the_list(api: "Api", name: str) -> None:
    """AT 11 and 12: /conf/core/sfc-md-op, /conf/core/sfc-md-success."""
    response = api.request(f"/collections/{name}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    (listed,) = [collection for collection in api.get("/collections")["collections"] if collection["id"] == name]
    assert response.get_json() == listed


# A.2.7 Features


def test_features_are_a_feature_collection(api: "Api", name: str) -> None:
    """AT 13 and 22 to 26: /conf/core/fc-op, fc-response, fc-links, fc-timeStamp, fc-numberMatched, fc-numberReturned."""
    response = api.request(f"/collections/{name}/items")
    assert (response.status_code, response.headers["Content-Type"]) == (200, GEOJSON)
    checked_page(json.loads(response.data))


def test_every_geometry_lies_on_the_globe(api: "Api", name: str) -> None:
    """AT 2: /conf/core/crs84: longitude and latitude, in this order, unless another system is requested."""
    found = list(api.features(name).values())
    for feature in found:
        if feature["geometry"] is not None:
            west, south, east, north = shape(feature["geometry"]).bounds
            assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if name == "deposits":
        (one,) = [feature for feature in found if feature["properties"]["name_en"] == "west of the line"]
        assert one["geometry"] == {"type": "Point", "coordinates": [177.5123, 66.5]}


def test_the_box_is_defined_as_it_must_be(api: "Api", name: str) -> None:
    """AT 14: /conf/core/fc-bbox-definition."""
    part = parameter(api, name, "bbox")
    assert (part["in"], part.get("required", False), part["style"], part["explode"]) == ("query", False, "form", False)
    schema = part["schema"]
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 4, 6)
    assert schema["items"]["type"] == "number"


@pytest.mark.parametrize("where", BOXES)
def test_a_box_selects_what_meets_it(api: "Api", name: str, where: str) -> None:
    """AT 15: /conf/core/fc-bbox-response, 1: only what intersects it, of what has a position; and all of that."""
    wanted = box_of(BOXES[where])
    found = {feature["id"] for feature in checked(api, name, bbox=BOXES[where]) if feature["geometry"] is not None}
    everything = api.features(name).values()
    lying = {f["id"] for f in everything if f["geometry"] is not None and shape(f["geometry"]).intersects(wanted)}
    assert found == lying


def test_the_boxes_of_the_suite_find_something(api: "Api") -> None:
    """AT 15: the boxes of the suite test nothing without rows in them, so there are synthetic ones."""
    for where in ("the date line", "the north pole", "the south pole", "a field in Chile"):
        assert checked(api, "deposits", bbox=BOXES[where]), where
    names = {feature["properties"]["name_en"] for feature in checked(api, "deposits", bbox=BOXES["the date line"])}
    assert names >= {"west of the line", "east of the line", "on the line"}


@pytest.mark.parametrize("where", BOXES)
def test_a_box_leaves_out_what_has_no_position(api: "Api", name: str, where: str) -> None:
    """AT 15: /conf/core/fc-bbox-response; of its second part we think otherwise (docs/decisions/019)."""
    found = {feature["id"] for feature in checked(api, name, bbox=BOXES[where])}
    assert not {f["id"] for f in api.features(name).values() if f["geometry"] is None} & found


def test_a_box_of_six_numbers_has_heights(api: "Api", name: str) -> None:
    """AT 15: requirement 23: four or six numbers."""
    assert api.features(name, bbox="-75,-32,-100,-65,-20,9000") == api.features(name, bbox="-75,-32,-65,-20")


@pytest.mark.parametrize(
    "box", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "-75,-20,-65,-32", "-75,-95,-65,95", "-75;-32;-65;-20", "nan,0,1,1"]
)
def test_a_box_that_is_none_is_refused(api: "Api", name: str, box: str) -> None:
    """AT 20: /conf/core/query-param-invalid."""
    assert api.request(f"/collections/{name}/items", {"bbox": box}).status_code == 400


def test_the_limit_is_defined_as_it_must_be(api: "Api", name: str) -> None:
    """AT 16: /conf/core/fc-limit-definition; without a minimum the suite itself breaks."""
    part = parameter(api, name, "limit")
    assert (part["in"], part.get("required", False), part["style"], part["explode"]) == ("query", False, "form", False)
    schema = part["schema"]
    assert schema["type"] == "integer" and isinstance(schema["minimum"], int)
    assert 0 <= schema["minimum"] <= schema["default"] <= schema["maximum"]


@pytest.mark.parametrize("limit", [1, 3, 100, 10_000])
def test_a_page_holds_no_more_than_its_limit(api: "Api", name: str, limit: int) -> None:
    """AT 17: /conf/core/fc-limit-response."""
    body = api.get(f"/collections/{name}/items", {"limit": limit})
    checked_page(body)
    assert len(body["features"]) <= limit
    assert bool(links(body, "next")) == (body["numberMatched"] > limit)


@pytest.mark.parametrize("limit", [10_001, 1_000_000, 10**30])
def test_a_limit_above_the_maximum_is_no_error(api: "Api", name: str, limit: int) -> None:
    """AT 17: /conf/core/fc-limit-response, the last step (requirement /req/core/fc-limit-response-1 C)."""
    body = api.get(f"/collections/{name}/items", {"limit": limit})
    assert len(body["features"]) <= parameter(api, name, "limit")["schema"]["maximum"]


def test_without_a_limit_the_default_counts(api: "Api", name: str) -> None:
    """AT 17: /conf/core/fc-limit-response."""
    body = api.get(f"/collections/{name}/items")
    assert len(body["features"]) == min(parameter(api, name, "limit")["schema"]["default"], body["numberMatched"])


def test_the_datetime_is_defined_as_it_must_be(api: "Api", name: str) -> None:
    """AT 18: /conf/core/fc-time-definition."""
    part = parameter(api, name, "datetime")
    assert (part["in"], part.get("required", False), part["style"], part["explode"]) == ("query", False, "form", False)
    assert part["schema"]["type"] == "string"


@pytest.mark.parametrize("moment", [*INSTANTS, *INTERVALS])
def test_every_form_of_a_datetime_is_answered(api: "Api", name: str, moment: str) -> None:
    """AT 19: /conf/core/fc-time-response: instant, intervals, open ends as dots and as nothing, and durations."""
    checked(api, name, datetime=moment)


def test_a_datetime_selects_what_meets_it(api: "Api") -> None:
    """AT 19: /conf/core/fc-time-response, 1: what is known to the year or month meets every day of it."""

    def found(moment: str) -> set[str]:
        features = checked(api, "deposits", datetime=moment, source="made-up")
        rows = (feature["properties"] for feature in features)
        return {properties["name_en"] for properties in rows if properties["information_date"] is not None}

    twelfth, month, year = {"west of the line", "nowhere"}, {"east of the line"}, {"on the line"}
    assert found("2018-02-12") == twelfth | month | year
    assert found("2018-02-12/P2D") == twelfth | month | year | {"arctic"}
    assert found("2018-02-15/2018-12-01") == month | year | {"antarctic"}
    assert found("2018-03-01/..") == year
    assert found("../2017-12-31") == set()
    assert found("../..") == twelfth | month | year | {"arctic", "antarctic"}


def test_a_datetime_leaves_out_what_has_no_date(api: "Api", name: str) -> None:
    """AT 19: /conf/core/fc-time-response; of its second part we think otherwise (docs/decisions/019)."""
    field = COLLECTIONS[name].date_field
    undated = {f["id"] for f in api.features(name).values() if f["properties"][str(field)] is None}
    assert undated
    for moment in ("2018-02-12", "1700-01-01/1700-01-02", "2018-02-12/.."):
        assert not undated & {feature["id"] for feature in checked(api, name, datetime=moment)}


@pytest.mark.parametrize(
    "moment", ["yesterday", "2018-13-01", "2018-02-30", "2018-02-12/2017-01-01", "1/2/3", "/", "P2D/P2D", "P2D"]
)
def test_a_datetime_that_is_none_is_refused(api: "Api", name: str, moment: str) -> None:
    """AT 20: /conf/core/query-param-invalid."""
    assert api.request(f"/collections/{name}/items", {"datetime": moment}).status_code == 400


def test_box_datetime_and_limit_all_hold(api: "Api") -> None:
    """AT 13: /conf/core/fc-op, the combinations."""
    box, moment = "-180,60,180,90", "2018-02-12/P2D"
    both = {feature["id"] for feature in checked(api, "deposits", bbox=box, datetime=moment, limit="1")}
    boxed = {feature["id"] for feature in checked(api, "deposits", bbox=box)}
    dated = {feature["id"] for feature in checked(api, "deposits", datetime=moment)}
    assert both == boxed & dated and both


def test_any_property_can_be_filtered_by_its_value(api: "Api", name: str) -> None:
    """/rec/core/fc-filters: a parameter for each property."""
    everything = api.features(name).values()
    for field in COLLECTIONS[name].fields:
        if field.type == "array" or field.facet or field.vocabulary:
            continue
        value = next((v for f in everything if (v := f["properties"][field.name]) is not None), None)
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found = checked(api, name, **{field.name: text})
        assert found and all(feature["properties"][field.name] == value for feature in found), field.name


@pytest.mark.parametrize("limit", ["unlimited", "0", "-1", "1.5", "", "ten", "1e3", "0x10", "٣"])
def test_a_limit_that_is_none_is_refused(api: "Api", name: str, limit: str) -> None:
    """AT 20: /conf/core/query-param-invalid; the suite sends limit=unlimited."""
    response = api.request(f"/collections/{name}/items", {"limit": limit})
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == "limit"


@pytest.mark.parametrize("path", ["/", "/conformance", "/collections", "/collections/{name}", "/collections/{name}/items"])
def test_unknown_parameter_is_refused(api: "Api", name: str, path: str) -> None:
    """AT 21: /conf/core/query-param-unknown, with a name at random as the suite makes it."""
    unknown = f"unknownQueryParameter{random.Random(f'{SEED}{name}{path}').randrange(10**6)}"
    response = api.request(path.format(name=name), {unknown: "unknown"})
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == unknown


@pytest.mark.parametrize("limit", ["1", "7", "100", "10000"])
def test_the_number_matched_is_what_paging_finds(api: "Api", name: str, limit: str) -> None:
    """AT 25: /conf/core/fc-numberMatched, counted as the suite does: over the links, each with the declared maximum."""
    found = checked(api, name, limit=limit)
    assert {feature["id"] for feature in found} == set(api.features(name))


def test_the_next_page_has_an_address_of_plain_pairs(api: "Api", name: str) -> None:
    """AT 23: /conf/core/fc-links: absolute, typed, and with a new limit still the page after the first."""
    first = api.get(f"/collections/{name}/items", {"limit": 2, "lang": "zh", "bbox": "-180,-90,180,90"})
    (following,) = links(first, "next")
    parts = urlsplit(following["href"])
    assert parts.scheme and parts.netloc and following["type"] == GEOJSON
    pairs = dict(part.split("=") for part in parts.query.split("&"))
    assert pairs["limit"] == "2" and pairs["lang"] == "zh"
    order = [feature["id"] for feature in api.get(f"/collections/{name}/items", {"bbox": "-180,-90,180,90"})["features"]]
    for limit in (1, 3, 50):
        address = re.sub(r"\blimit=\d+", f"limit={limit}", following["href"])
        assert [f["id"] for f in api.get(address)["features"]] == order[2 : 2 + limit]


def test_parameters_that_are_there_twice_are_no_error(api: "Api", name: str) -> None:
    """AT 25: the suite appends its parameters to an address that has them already."""
    query = "limit=5&bbox=177,65,-177,70&datetime=2018-02-12/.."
    once = api.get(f"/api/collections/{name}/items?{query}")
    twice = api.get(f"/api/collections/{name}/items?{query}&{query}")
    assert twice["features"] == once["features"]
    address = next((link["href"] for link in links(once, "next")), links(once, "self")[0]["href"])
    assert api.get(f"{address}&limit=5")["numberMatched"] == once["numberMatched"]


def test_parameters_may_be_appended_to_a_link(api: "Api", name: str) -> None:
    """AT 17 and 25: a link with a query string takes a limit more, as clients that know no better append it."""
    (link,) = [one for one in links(api.get(f"/collections/{name}"), "items") if one["type"] == GEOJSON]
    body = api.get(link["href"], {"limit": 3, "lang": "en"})
    own = links(body, "self")[0]["href"]
    assert api.get(own, {"limit": 3})["features"] == body["features"]
    for further in links(body, "next"):
        assert api.get(further["href"], {"limit": 3})["numberReturned"] <= 3


def test_a_feature_is_the_one_of_the_list_with_its_links(api: "Api", name: str) -> None:
    """AT 27, 28 and 29: /conf/core/f-op, /conf/core/f-success, /conf/core/f-links."""
    for identity, listed in list(api.features(name, limit="5").items()):
        response = api.request(f"/collections/{name}/items/{quote(identity, safe='')}")
        assert (response.status_code, response.headers["Content-Type"]) == (200, GEOJSON)
        body = json.loads(response.data)
        assert body | {"links": None} == listed | {"links": None}
        checked_links(body, GEOJSON)
        (collection,) = links(body, "collection")
        assert urlsplit(collection["href"]).path == f"/api/collections/{name}" and collection["type"] == JSON


def test_missing_resource_is_404(api: "Api", name: str) -> None:
    """Table 3 of 7.5: a path that leads nowhere."""
    for path in (f"/collections/{name}/items/nosuch", "/collections/nosuch", "/collections/nosuch/items", "/nosuch"):
        assert api.request(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/conformance", "/collections", "/collections/{name}", "/collections/{name}/items"])
def test_every_response_is_a_page_too(api: "Api", name: str, path: str) -> None:
    """/conf/html/definition, /conf/html/content: HTML for clients that request it."""
    response = api.request(path.format(name=name), Accept="text/html")
    assert (response.status_code, response.mimetype) == (200, HTML)
    assert "<html" in response.get_data(as_text=True)


def test_accept_geo_json_returns_geojson(api: "Api", name: str) -> None:
    """/conf/geojson/definition, /conf/geojson/content."""
    for accepted in (GEOJSON, JSON, "*/*", f"{GEOJSON}, {HTML};q=0.1"):
        assert api.request(f"/collections/{name}/items", Accept=accepted).headers["Content-Type"] == GEOJSON
