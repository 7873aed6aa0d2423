"""The views of EarthResourceML Lite: their properties, terms of CGI, and GML that says the same as JSON."""

from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask.testing import FlaskClient

ROOT = "/api/earth-resources"
ERL = "{http://xmlns.earthresourceml.org/earthresourceml-lite/2.0}"
GML = "{http://www.opengis.net/gml/3.2}"
WFS = "{http://www.opengis.net/wfs/2.0}"
CGI = "http://resource.geosciml.org/classifier/cgi/"


def features(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == 200, response.get_data(as_text=True)
    found: list[dict[str, Any]] = response.get_json(force=True)["features"]
    return found


def members(client: FlaskClient, path: str) -> list[Element]:
    response = client.get(f"{ROOT}/{path}&f=gml")
    assert response.content_type == "application/gml+xml; version=3.2"
    root = fromstring(response.get_data())
    assert root.tag == f"{WFS}FeatureCollection"
    return [member[0] for member in root.findall(f"{WFS}member")]


def test_deposits_are_mineral_occurrences(client: FlaskClient) -> None:
    (one,) = features(client, "mineral-occurrences?country=CHN&lang=zh")
    properties = one["properties"]
    assert (properties["name"], properties["commodity"]) == ("德兴铜矿", "铜")
    assert properties["representativeCommodity_uri"] == properties["commodities_uri"] == f"{CGI}commodity-code/copper"
    assert properties["identifier"] == properties["specification_uri"] == f"http://localhost/records/{one['id']}"
    assert properties["mineralOccurrenceType_uri"] == "http://www.opengis.net/def/nil/OGC/0/unknown"
    assert properties["positionalAccuracy"] == "100 m"


@pytest.mark.parametrize("view", ["mineral-occurrences", "mines", "commodity-resources"])
def test_gml_says_the_same_as_json(client: FlaskClient, view: str) -> None:
    path = f"{view}?limit=1000&lang=zh"
    listed = {feature["properties"]["identifier"]: feature for feature in features(client, path)}
    written = members(client, path)
    assert len(written) == len(listed)
    for node in written:
        found = listed[node.findtext(f"{ERL}identifier") or ""]
        texts = {child.tag.partition("}")[2]: child.text for child in node if child.tag != f"{ERL}shape"}
        assert texts == {name: str(value) for name, value in found["properties"].items() if value is not None}
        position = node.findtext(f"{ERL}shape/{GML}Point/{GML}pos")
        if found["geometry"] is None:
            assert position is None and node.find(f"{ERL}shape[@nilReason='unknown']") is not None
        else:
            assert [float(part) for part in (position or "").split()] == found["geometry"]["coordinates"][::-1]


def test_filters_and_pages_are_those_of_the_collection(client: FlaskClient) -> None:
    page = client.get(f"{ROOT}/mineral-occurrences?country=CHL&limit=7").get_json(force=True)
    assert (page["numberMatched"], page["numberReturned"]) == (40, 7)
    (following,) = (link["href"] for link in page["links"] if link["rel"] == "next")
    after = client.get(following).get_json(force=True)["features"]
    assert not {feature["id"] for feature in after} & {feature["id"] for feature in page["features"]}
    assert client.get(f"{ROOT}/mineral-occurrences?nosuch=1").status_code == 400
    assert client.get(f"{ROOT}/mines?filter=name_en%20LIKE%20'%25'&f=gml").status_code == 200
    assert client.get(f"{ROOT}/mines?f=xml").status_code == 400
