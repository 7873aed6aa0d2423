"""Frames of the map and the charts: the hosts of the setting alone may show them, and their source is on them."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from defusedxml import ElementTree
from flask import Flask
from flask.testing import FlaskClient

MAP, CHART = "/embed/map?commodity=copper&country=CHL", "/embed/chart?collection=deposits&country=CHL&chart=count-country"


def ancestors(client: FlaskClient, address: str) -> tuple[str, bool]:
    """Return the hosts that may frame a page, and whether the older header denies it."""
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    return policy.split("frame-ancestors ")[1], "X-Frame-Options" in headers


@pytest.mark.parametrize("address", [MAP, CHART, "/", "/charts", "/about"])
def test_by_default_no_page_may_be_framed(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200
    assert ancestors(client, address) == ("'none'", True)


def test_the_hosts_of_the_setting_may_frame_the_frames_and_nothing_else(own_app: Callable[..., Flask]) -> None:
    client = own_app(LODE_EMBED_HOSTS="https://news.example, *.gov.example").test_client()
    for address in (MAP, CHART):
        assert ancestors(client, address) == ("https://news.example *.gov.example", False)
    for address in ("/", "/charts", "/desk/sign-in"):
        assert ancestors(client, address) == ("'none'", True)
    assert ancestors(own_app(LODE_EMBED_HOSTS="*").test_client(), MAP) == ("*", False)


@pytest.mark.parametrize("hosts", ["news.example; script-src *", "a b", "'none'", "https://"])
def test_a_wrong_setting_is_refused(own_app: Callable[..., Flask], hosts: str) -> None:
    with pytest.raises(ValueError, match="EMBED_HOSTS"):
        own_app(LODE_EMBED_HOSTS=hosts)


@pytest.mark.parametrize(("lang", "text"), [("en", "Sources and licences"), ("zh", "来源与许可")])
def test_a_frame_names_its_source_and_licences(client: FlaskClient, lang: str, text: str) -> None:
    for address in (MAP, CHART):
        page = client.get(f"{address}&lang={lang}").get_data(as_text=True)
        assert text in page and "/api/sources" in page
    assert 'class="framed"' in client.get(MAP).get_data(as_text=True)
    assert 'class="framed"' not in client.get("/").get_data(as_text=True)


def test_a_frame_has_one_chart_of_the_filtered_records(client: FlaskClient) -> None:
    page = client.get(CHART).get_data(as_text=True)
    assert page.count('class="chart"') == 1 and "40 " in page and "Chile" in page
    assert page.index("Chile") < page.index('class="chart"') and "Deposits" in page
    wrong = client.get("/embed/chart?chart=nosuch")
    assert wrong.status_code == 400 and "count-country" in wrong.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/map", "/embed/map", "/charts", "/embed/chart"])
def test_oembed_describes_the_frame_of_a_page(own_app: Callable[..., Flask], path: str) -> None:
    client = own_app(LODE_EMBED_HOSTS="*").test_client()
    url = f'http://localhost{path}?country=CHL&name=%22"><script>'
    body = client.get(f"/oembed?url={quote(url, safe='')}&maxwidth=600").get_json()
    assert (body["version"], body["type"], body["width"], body["height"]) == ("1.0", "rich", 600, 500)
    frame = ElementTree.fromstring(body["html"])
    source = frame.get("src", "")
    assert frame.tag == "iframe" and source.startswith("http://localhost/embed/") and "country=CHL" in source


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url=https://elsewhere.example/", 404),
        ("url=http://localhost/desk", 404),
        ("url=http://localhost/&maxwidth=wide", 400),
        ("url=http://localhost/&format=xml", 501),
    ],
)
def test_oembed_refuses_what_has_no_frame(own_app: Callable[..., Flask], query: str, status: int) -> None:
    assert own_app(LODE_EMBED_HOSTS="*").test_client().get(f"/oembed?{query}").status_code == status


@pytest.mark.parametrize(
    ("path", "filters", "request_of_api"),
    [
        ("/map", "commodity=unobtainium", "deposits/items?commodity=unobtainium"),
        ("/map", "country=XYZ&view=100,30,4", "deposits/items?country=XYZ"),
        ("/map", "size_class=enormous", "deposits/items?size_class=enormous"),
        ("/map", "commodity=copper,tin,zzz", "deposits/items?commodity=copper,tin,zzz"),
        ("/map", "status=lively", "projects/items?status=lively"),
        ("/map", "kind=ghosts", "ghosts/items"),
        ("/charts", "collection=projects&status=lively", "projects/items?status=lively"),
    ],
)
def test_a_frame_refuses_a_filter_with_the_sentence_of_the_api(
    own_app: Callable[..., Flask], path: str, filters: str, request_of_api: str
) -> None:
    client = own_app(LODE_EMBED_HOSTS="*").test_client()
    refused = client.get(f"/api/collections/{request_of_api}")
    sentence = refused.get_json(force=True)["detail"]
    described = client.get(f"/oembed?url={quote(f'http://localhost{path}?{filters}', safe='')}")
    assert (described.status_code, described.get_json()["detail"]) == (refused.status_code, sentence)
    framed = client.get(f"/embed{path.removesuffix('s')}?{filters}", headers={"Accept": "text/html"})
    assert framed.status_code == refused.status_code and sentence in html.unescape(framed.get_data(as_text=True))


@pytest.mark.parametrize(
    "filters",
    [
        "commodity=copper,tin&country=CHL,PER&view=-70,-24,5&table=deposits",
        "near=-70,-24&radius_km=50&utm_source=x",
        "kind=deposits&size_class=large&commodity_role=main",
    ],
)
def test_a_frame_takes_the_addresses_of_the_map(own_app: Callable[..., Flask], filters: str) -> None:
    client = own_app(LODE_EMBED_HOSTS="*").test_client()
    assert client.get(f"/embed/map?{filters}").status_code == 200


def test_oembed_offers_no_frame_that_browsers_would_refuse(client: FlaskClient) -> None:
    refused = client.get("/oembed?url=http://localhost/")
    assert refused.status_code == 404 and "LODE_EMBED_HOSTS" in refused.get_json()["detail"]
    assert "json+oembed" not in client.get("/").get_data(as_text=True)


def test_the_page_of_the_map_names_the_description_of_what_it_shows(own_app: Callable[..., Flask]) -> None:
    client = own_app(LODE_EMBED_HOSTS="*").test_client()
    page = client.get("/?commodity=copper&country=CHL").get_data(as_text=True)
    (address,) = re.findall(r'json\+oembed" href="([^"]+)"', page)
    source = ElementTree.fromstring(client.get(address).get_json()["html"]).get("src", "")
    assert source == "http://localhost/embed/map?commodity=copper&country=CHL"


def test_each_chart_offers_its_frame_where_frames_are_allowed(client: FlaskClient, own_app: Callable[..., Flask]) -> None:
    address = "/charts?collection=deposits&country=CHL"
    assert "/embed/chart" not in client.get(address).get_data(as_text=True)
    allowed = own_app(LODE_EMBED_HOSTS="*").test_client()
    page = allowed.get(address).get_data(as_text=True)
    specifications = page.partition('id="lode-charts"')[2].partition(">")[2].partition("</script>")[0]
    for chart in json.loads(specifications)["charts"]:
        frame = allowed.get(chart["frame"])
        assert frame.status_code == 200
        assert f'data-chart="{chart["id"]}"' in frame.get_data(as_text=True) and "Chile" in frame.get_data(as_text=True)
