"""OGC API Records, Part 1 (20-004r1), annex A: the abstract tests of the declared classes, on the catalogue of data sets."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml
from jsonschema import Draft202012Validator
from pyproj import Transformer
from shapely.geometry import Polygon, box, shape
from tests.conformance.test_features_core import checked_page, document, links

from lodebase.query.collections_ import COLLECTIONS
from lodebase.settings import Settings

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

Part = dict[str, Any]
CONF = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"
ROOT = "/collections/datasets"
GEOJSON = "application/geo+json"


@pytest.fixture(scope="module")
def records(api: "Api") -> dict[str, Part]:
    """All records by id."""
    found = api.selected(f"{ROOT}/items")
    return {record["id"]: record for record in found}


def selected(api: "Api", **query: str) -> set[str]:
    """Return the ids of the records that a search finds, after checks of its pages."""
    address = f"{ROOT}/items?" + "&".join(f"{name}={quote(value, safe=',:/.')}" for name, value in query.items())
    checked_page(api.get(address))
    return {record["id"] for record in api.selected(address)}


@pytest.fixture(scope="module")
def validator() -> Callable[[str], Draft202012Validator]:
    """Makes the validator of a published schema, with the schemas that it refers to; skips where they are missing."""
    folder = Settings().real_data / "standards" / "ogcapi-records-1-schemas"
    if not folder.is_dir():
        pytest.skip(f"the schemas are not here: {folder} (LODE_REAL_DATA)")

    def make(name: str) -> Draft202012Validator:
        return Draft202012Validator(resolved(folder, name))

    return make


def resolved(folder: Path, name: str) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema, references replaced; those to other standards allow anything."""
    if name.startswith("http"):
        return {}

    def turned(part: Any) -> Any:
        if isinstance(part, list):
            return [turned(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolved(folder, part["$ref"])
        # the published schemas write null as an object that may be null
        if part == {"type": "object", "nullable": True}:
            return {"type": "null"}
        made = {"anyOf" if key == "oneOf" else key: turned(value) for key, value in part.items() if key != "nullable"}
        return {"anyOf": [{"type": "null"}, made]} if part.get("nullable") else made

    return turned(yaml.safe_load((folder / name).read_text(encoding="utf-8")))


def test_the_declared_classes_are_those_of_this_suite(api: "Api") -> None:
    """/conf/searchable-catalog/conformance, /conf/json/conformance, /conf/oas30/conformance."""
    declared = {one.removeprefix(CONF) for one in api.get("/conformance")["conformsTo"] if one.startswith(CONF)}
    searchable = {"record-core", "record-collection", "record-core-query-parameters", "records-api", "searchable-catalog"}
    assert declared == searchable | {"sorting", "json", "oas30"}


def test_the_catalogue_is_a_collection_of_records(api: "Api", validator: Callable[[str], Draft202012Validator]) -> None:
    """/conf/record-collection/*, /conf/records-api/catalog-response, catalogs-response, /conf/json/catalog-*."""
    response = api.request(ROOT, Accept="application/ogc-catalog+json")
    assert response.mimetype == "application/ogc-catalog+json"
    body = json.loads(response.data)
    assert body["type"] == "Collection" and body["itemType"] == "record" and body["id"] == "datasets"
    assert body["title"] and body["description"] and body["extent"]["spatial"]["bbox"]
    (own,) = links(body, "self")
    assert api.get(own["href"]) == body
    for alternate in (*links(body, "alternate"), *links(body, "items")):
        assert api.request(alternate["href"]).mimetype == alternate["type"]
    assert body["license"] == "other" and links(body, "license")
    (listed,) = [collection for collection in api.get("/collections")["collections"] if collection["itemType"] == "record"]
    assert listed == body
    validator("collection.yaml").validate(body)


def test_every_record_has_what_it_must(api: "Api", records: dict[str, Part]) -> None:
    """/conf/record-core/*, /conf/searchable-catalog/mandatory-record-properties, /conf/records-api/record-op, -response."""
    assert set(COLLECTIONS) < set(records)
    for name, record in records.items():
        response = api.request(f"{ROOT}/items/{name}")
        assert (response.status_code, response.mimetype) == (200, GEOJSON)
        assert json.loads(response.data) == record
        assert record["type"] == "Feature" and f"{CONF}record-core" in record["conformsTo"]
        assert record["properties"]["type"] == "dataset" and record["properties"]["title"]
        assert "time" in record and "geometry" in record
        (catalogue,) = links(record, "collection")
        assert catalogue["href"].endswith("/api/collections/datasets")
        assert record["properties"]["license"] != "other" or links(record, "license")
        assert all("logo" not in contact and contact["organization"] for contact in record["properties"]["contacts"])
    assert api.request(f"{ROOT}/items/nosuch").status_code == 404


def test_records_are_valid_by_the_published_schema(
    records: dict[str, Part], validator: Callable[[str], Draft202012Validator]
) -> None:
    """/conf/json/record-content, record-response."""
    schema = validator("recordGeoJSON.yaml")
    for record in records.values():
        schema.validate(record)
    assert not schema.is_valid({**records["deposits"], "type": "Record"}), "the schema finds what is wrong"
    assert not schema.is_valid({**records["deposits"], "properties": {"contacts": [{}]}})
    assert shape(records["deposits"]["geometry"]).is_valid


def test_limit_and_pages(api: "Api", records: dict[str, Part]) -> None:
    """/conf/record-core-query-parameters/limit: each record once over all pages."""
    first = api.get(f"{ROOT}/items?limit=7")
    checked_page(first)
    assert (first["numberMatched"], first["numberReturned"]) == (len(records), 7)
    (following,) = links(first, "next")
    second = api.get(following["href"])
    assert not {feature["id"] for feature in first["features"]} & {feature["id"] for feature in second["features"]}
    (before,) = links(second, "prev")
    assert [feature["id"] for feature in api.get(before["href"])["features"]] == [
        feature["id"] for feature in first["features"]
    ]
    for wrong in ("0", "-1", "x"):
        assert api.request(f"{ROOT}/items?limit={wrong}").status_code == 400


@pytest.mark.parametrize("edges", ["-75,-32,-65,-20", "177,65,-177,70", "-180,-90,180,90", "0,40,0,10,50,0"])
def test_bbox_selects_records_whose_extent_overlaps(api: "Api", records: dict[str, Part], edges: str) -> None:
    """/conf/record-core-query-parameters/bbox: records without an extent are not in a box."""
    numbers = [float(part) for part in edges.split(",")]
    west, south, east, north = numbers if len(numbers) == 4 else (numbers[0], numbers[1], numbers[3], numbers[4])
    parts = [box(west, south, east, north)] if west <= east else [box(west, south, 180, north), box(-180, south, east, north)]
    wanted = {
        name
        for name, record in records.items()
        if record["geometry"] is not None and any(part.intersects(shape(record["geometry"])) for part in parts)
    }
    assert selected(api, bbox=edges) == wanted != set()
    assert api.request(f"{ROOT}/items?bbox=1,2,3").status_code == 400


@pytest.mark.parametrize("code", ["4326", "3857"])
def test_extents_and_boxes_in_other_systems(api: "Api", records: dict[str, Part], code: str) -> None:
    """Features, Part 2, on the catalogue: GDAL and QGIS request a system that they find in the list of all collections."""
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    edges = ("-40,-80,-20,-60", "-40,-80,-20,-60") if code == "4326" else ("-8900000,-4860000,-6680000,-2270000", None)
    response = api.request(f"{ROOT}/items/zones?crs={uri}")
    assert response.headers["Content-Crs"] == f"<{uri}>"
    to = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}")
    shown = json.loads(response.data)["geometry"]
    points = [to.transform(x, y) for x, y in shape(records["zones"]["geometry"]).exterior.coords]
    if all(math.isfinite(part) for point in points for part in point):
        assert shape(shown).equals(Polygon(points))
    else:
        assert shown is None
    found = selected(api, bbox=edges[0], **{"bbox-crs": uri})
    assert "deposits" in found and (edges[1] is None or found == selected(api, bbox="-80,-40,-60,-20"))
    assert api.request(f"{ROOT}/items?crs=x").status_code == 400


@pytest.mark.parametrize("span", ["2018-02-12", "2018-02-12T23:20:50Z", "../1900", "2019/..", "1800/1801"])
def test_datetime_selects_records_by_their_time(api: "Api", records: dict[str, Part], span: str) -> None:
    """/conf/record-core-query-parameters/datetime: a record without a time is not excluded."""
    first, last = span.split("/") if "/" in span else (span, span)
    timed = {name: record["time"]["interval"] for name, record in records.items() if record["time"] is not None}
    wanted = {
        name
        for name, (start, end) in timed.items()
        if (first == ".." or end >= first[:10]) and (last == ".." or start[: len(last)] <= last[:10])
    }
    assert selected(api, datetime=span) == wanted | (set(records) - set(timed))
    assert timed and api.request(f"{ROOT}/items?datetime=x").status_code == 400


def test_q_finds_terms_phrases_and_either(api: "Api", records: dict[str, Part]) -> None:
    """/conf/record-core-query-parameters/q-definition, q-response."""

    def mention(*terms: str) -> set[str]:
        texts = {name: json.dumps(api.get(f"{ROOT}/items/{name}?lang=en")["properties"]).casefold() for name in records}
        return {name for name, text in texts.items() if any(term in text for term in terms)}

    assert set() != selected(api, q="COPPER") <= mention("copper")
    assert selected(api, q="copper  deposits") <= selected(api, q="deposits")
    assert selected(api, q="deposits copper") == set(), "terms in another order"
    assert selected(api, q="copper,lithium") == selected(api, q="copper") | selected(api, q="lithium")
    assert "deposits" in selected(api, q="矿床"), "texts in both languages are searched"


def test_type_ids_and_external_ids(api: "Api", records: dict[str, Part]) -> None:
    """/conf/record-core-query-parameters/type-response, ids-response, externalIds-response."""
    assert selected(api, type="dataset") == selected(api, type="service,dataset") == set(records)
    assert selected(api, type="service") == set()
    assert selected(api, ids="deposits,zones,nosuch") == {"deposits", "zones"}
    for name, record in records.items():
        own = {f"{external_id['scheme']}:{external_id['value']}" for external_id in record["properties"]["externalIds"]}
        assert f"lode-dataset:{name}" in own
    of_source = {name for name in records if name.endswith("-made-up")}
    assert selected(api, externalIds="lode-source:made-up") == selected(api, externalIds="made-up") == of_source != set()
    assert selected(api, externalIds="lode-dataset") == set(records)
    assert selected(api, externalIds="other:made-up") == set()


def test_records_are_ordered_by_their_sortables(api: "Api", records: dict[str, Part]) -> None:
    """/conf/sorting/get-sortables-op, get-sortables-success, sortby-definition, sortby-response."""
    catalogue = api.get(ROOT)
    (sortables,) = links(catalogue, "http://www.opengis.net/def/rel/ogc/1.0/sortables")
    response = api.request(sortables["href"])
    assert response.mimetype == sortables["type"] == "application/schema+json"
    body = json.loads(response.data)
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema" and body["$id"].endswith(f"{ROOT}/sortables")
    assert (body["type"], body["additionalProperties"]) == ("object", False)
    assert {property_["type"] for property_ in body["properties"].values()} == {"string"}
    assert "defaultSortOrder" not in catalogue

    def order(sortby: str) -> list[str]:
        return [feature["id"] for feature in api.get(f"{ROOT}/items", {"sortby": sortby, "limit": "1000"})["features"]]

    def values(name: str) -> list[tuple[str, str]]:
        of = {key: key if name == "id" else record["properties"][name].casefold() for key, record in records.items()}
        return sorted((value, key) for key, value in of.items())

    for name in body["properties"]:
        ascending = [key for _, key in values(name)]
        assert order(f"{name},id") == order(f"+{name},+id") == ascending
        assert order(f"-{name},-id") == ascending[::-1]
    assert order("id") == sorted(records)
    pages = [feature["id"] for n in (0, 5) for feature in api.get(f"{ROOT}/items?sortby=-id&limit=5&offset={n}")["features"]]
    assert pages == sorted(records, reverse=True)[:10]
    assert api.request(f"{ROOT}/items?sortby=nosuch").status_code == api.request(f"{ROOT}/items?sortby=id,,").status_code == 400
    parameters = document(api)["paths"][f"{ROOT}/items"]["get"]["parameters"]
    (given,) = (
        parameter
        for parameter in parameters
        if parameter.get("name") == "sortby" or parameter.get("$ref", "").endswith("/sortby")
    )
    described = document(api)["components"]["parameters"]["sortby"] if "$ref" in given else given
    assert (described["schema"]["type"], described["schema"]["minItems"], described["explode"]) == ("array", 1, False)


def test_empty_parameters_count_as_none_and_unknown_ones_are_refused(api: "Api", records: dict[str, Part]) -> None:
    """/conf/record-core-query-parameters/empty-value; Features, /conf/core/query-param-unknown."""
    names = ("bbox", "datetime", "limit", "q", "type", "ids", "externalIds")
    empty = api.get(f"{ROOT}/items?" + "&".join(f"{name}=" for name in names))
    assert empty["numberMatched"] == len(records)
    assert api.request(f"{ROOT}/items?nosuch=1").status_code == 400


def test_the_description_of_the_api_has_the_parameters(api: "Api") -> None:
    """/conf/oas30/oas30, /conf/records-api/mandatory-params: lists are separated by commas."""
    described = document(api)
    listed = described["paths"][f"{ROOT}/items"]["get"]["parameters"]
    found = [
        described["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]] if "$ref" in parameter else parameter
        for parameter in listed
    ]
    named = {one["name"]: one for one in found}
    assert {"bbox", "datetime", "limit", "q", "type", "ids", "externalIds"} <= set(named)
    for name in ("q", "type", "ids", "externalIds"):
        assert named[name]["schema"]["type"] == "array" and named[name]["schema"]["items"]["type"] == "string"
        assert (named[name]["in"], named[name]["required"], named[name]["explode"]) == ("query", False, False)
