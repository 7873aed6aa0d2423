"""The picture of the map by address: PNG, SVG, PDF and world file of the records of :mod:`tests.lodeweb.conftest`."""

import io
import math
import re
from collections import Counter
from typing import Any

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from pyproj import Transformer

from lodedata.maps.map_symbols import load_map_symbols
from lodedata.vocab import load_vocabulary

IMAGE = "/api/map/image"
FIELD = "bbox=-76,-31,-66,-24"
"""Around the field in Chile."""
GRAPHIC = "{http://www.w3.org/2000/svg}"
COLOURS = {term.code: term.extra["colour"] for term in load_vocabulary("commodity-group")}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def fetch(client: FlaskClient, parameters: str) -> Any:
    response = client.get(f"{IMAGE}?{parameters}")
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    return response


def open_png(client: FlaskClient, parameters: str) -> Image.Image:
    return Image.open(io.BytesIO(fetch(client, parameters).data)).convert("RGB")


def read_svg(client: FlaskClient, parameters: str) -> Any:
    return ElementTree.fromstring(fetch(client, f"{parameters}&f=svg").data)


def list_texts(root: Any) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(f"{GRAPHIC}text")]


@pytest.mark.parametrize("scale", [1, 3])
def test_a_png_has_the_size_and_the_colours_of_its_legend(client: FlaskClient, scale: int) -> None:
    response = fetch(client, f"{FIELD}&width=500&height=400&scale={scale}")
    assert response.mimetype == "image/png" and "Content-Disposition" not in response.headers
    picture = Image.open(io.BytesIO(response.data)).convert("RGB")
    assert picture.width == 500 * scale and picture.height > 460 * scale
    pixels = Counter(picture.get_flattened_data())
    base = load_map_symbols()["base"]["light"]
    wanted = [COLOURS["copper"], COLOURS["lithium"], COLOURS["tin"], base["sea"], base["land"]]
    assert [colour for colour in wanted if not pixels[rgb(colour)]] == []
    assert pixels[rgb(COLOURS["aluminium"])] == 0


def test_the_world_file_places_the_records(client: FlaskClient) -> None:
    parameters = "collection=projects&bbox=9,19,11,21&width=600&scale=2"
    response = fetch(client, f"{parameters}&f=world")
    assert response.mimetype == "text/plain" and response.headers["Content-Disposition"].endswith('lode-map.pgw"')
    metres, _, _, down, left, top = map(float, response.get_data(as_text=True).split())
    picture = open_png(client, parameters)
    west, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(9, 21)
    east, south = Transformer.from_crs(4326, 3857, always_xy=True).transform(11, 19)
    # the world file has the middle of a pixel
    assert left - metres / 2 == pytest.approx(west, abs=metres) and left + metres * 1200 == pytest.approx(east, abs=metres)
    rows = round((north - south) / metres)
    assert top - down / 2 == pytest.approx(north, abs=metres) and picture.height > rows
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(10.1234, 20.4321)
    column, row = round((x - left) / metres), round((y - top) / down)
    near = Counter(picture.crop((column - 20, row - 20, column + 20, row + 20)).get_flattened_data())
    assert near[rgb(COLOURS["aluminium"])] > 20


def test_cities_have_names_where_no_record_is(client: FlaskClient) -> None:
    around = "collection=projects&bbox=112,36,120,42&width=500&height=300"
    assert "Beijing" in list_texts(read_svg(client, around))
    assert "北京" in list_texts(read_svg(client, f"{around}&lang=zh"))
    # a copper deposit lies 30 pixels to the east of La Serena, where its name would be
    frame = "bbox=-73,-32,-69,-28&width=500&height=500"
    assert "La Serena" in list_texts(read_svg(client, f"{frame}&commodity=tin"))
    assert "La Serena" not in list_texts(read_svg(client, f"{frame}&commodity=copper"))


@pytest.mark.parametrize(("lang", "names"), [("en", ("Brazil", "Ecuador")), ("zh", ("巴西", "厄瓜多尔"))])
def test_countries_that_are_wider_than_their_names_have_them(client: FlaskClient, lang: str, names: tuple[str, str]) -> None:
    texts = list_texts(read_svg(client, f"country=ATA&bbox=-90,-58,-30,15&width=320&height=450&lang={lang}"))
    assert names[0] in texts and names[1] not in texts
    near = list_texts(read_svg(client, f"country=ATA&bbox=-90,-58,-30,15&width=2000&lang={lang}"))
    assert set(names) <= set(near)


def test_the_ground_around_a_pole_is_land(client: FlaskClient) -> None:
    picture = open_png(client, "country=ATA&bbox=-180,-85,180,85&width=800")
    base = load_map_symbols()["base"]["light"]
    height = 800 * math.asinh(math.tan(math.radians(85))) / math.pi
    places = {"land": ((0, -80), (90, -75), (100, 60)), "sea": ((-140, -20), (-30, 30), (0, -60))}
    for kind, positions in places.items():
        for lon, lat in positions:
            y = height / 2 - 400 / math.pi * math.asinh(math.tan(math.radians(lat)))
            assert picture.getpixel((round((lon + 180) / 360 * 800), round(y))) == rgb(base[kind]), (lon, lat)


def test_legend_counts_add_up_to_the_records_on_the_map(client: FlaskClient) -> None:
    texts = list_texts(read_svg(client, FIELD))
    matched = client.get(f"/api/collections/deposits/items?{FIELD}&limit=1").get_json(force=True)["numberMatched"]
    labels = {term.code: term.label_en for term in load_vocabulary("commodity-group")}
    counts = {
        code: int(text.removeprefix(f"{label} "))
        for code, label in labels.items()
        for text in texts
        if re.fullmatch(rf"{label} \d+", text)
    }
    assert matched == 40 and sum(counts.values()) == matched and set(counts) >= {"copper", "lithium", "tin"}
    assert f"Deposits; {matched} records" in texts


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ("Deposits; All commodities: Copper; 1 record", "N", "EPSG:3857", "Licences of the records", "Natural Earth")),
        ("zh", ("矿床；全部矿种：铜；1条记录", "北", "EPSG:3857", "记录的许可", "审图号")),
    ],
)
def test_an_svg_states_the_filter_and_escapes_what_sources_say(
    client: FlaskClient, lang: str, expected: tuple[str, ...]
) -> None:
    root = read_svg(client, f"commodity=copper&bbox=117,29,118,30&lang={lang}")
    texts = " ".join(list_texts(root))
    assert [text for text in expected if text not in texts] == []
    # the title of the source is a script, which is text here
    assert "<script>alert(1)</script>" in texts and not list(root.iter(f"{GRAPHIC}script"))
    assert root.find(f"{GRAPHIC}title").text == expected[0]


def test_a_pdf_is_one_page_of_the_size_of_the_drawing(client: FlaskClient) -> None:
    for lang, text in (("en", "Licences of the records"), ("zh", "记录的许可")):
        response = fetch(client, f"{FIELD}&width=500&height=400&f=pdf&lang={lang}")
        reader = PdfReader(io.BytesIO(response.data))
        (page,) = reader.pages
        assert page.mediabox.width == 500 and page.mediabox.height > 460
        assert text in page.extract_text()
        assert "40" in str(reader.metadata and reader.metadata.title)


def test_a_filter_that_matches_nothing_is_a_map_that_says_so(client: FlaskClient) -> None:
    root = read_svg(client, "country=ATA")
    assert any("no record matches" in text for text in list_texts(root))
    assert not list(root.iter(f"{GRAPHIC}use"))
    assert len(Counter(open_png(client, "country=ATA").get_flattened_data())) > 50


def test_records_without_position_are_counted_below_the_map(client: FlaskClient) -> None:
    texts = list_texts(read_svg(client, ""))
    assert "1 of the records have no position and are not on the map." in texts


def test_records_on_both_sides_of_the_date_line_are_near_one_another(client: FlaskClient) -> None:
    world = fetch(client, "country=FJI&f=world").get_data(as_text=True).split()
    degrees = float(world[0]) * 1200 / 6_378_137 * 57.29578
    assert 0.9 < degrees < 2


def test_outside_of_the_box_is_veiled_where_the_height_shows_more(client: FlaskClient) -> None:
    sentence = "Records are shown within the dashed box only."
    assert sentence in list_texts(read_svg(client, f"{FIELD}&width=400&height=1000"))
    assert sentence not in list_texts(read_svg(client, FIELD))


@pytest.mark.parametrize(
    ("parameters", "parameter", "sentence"),
    [
        ("width=100", "width", "from 320 to 4000"),
        ("height=9999", "height", "from 200 to 4000"),
        ("height=199", "height", "from 200 to 4000"),
        ("scale=5", "scale", "from 1 to 4"),
        ("width=4000&height=4000&scale=4", "scale", "256 million pixels"),
        ("collection=milestones", "collection", "Use one of deposits"),
        ("bbox=1,2,3", "bbox", "west,south,east,north"),
        ("f=gif", "f", "Use one of png"),
        ("commodity=unobtainium", "commodity", "unobtainium"),
        ("products=copper-cathode", "products", "is not a parameter here"),
        ("nearest=10,20", "nearest", "radius_km"),
        ("colour=red", "colour", "is not a parameter here"),
    ],
)
def test_a_wrong_parameter_gets_a_sentence(client: FlaskClient, parameters: str, parameter: str, sentence: str) -> None:
    response = client.get(f"{IMAGE}?{parameters}")
    assert response.status_code == 400
    problem = response.get_json(force=True)
    assert sentence in problem["detail"] and problem["parameter"] == parameter


def test_a_picture_of_an_earlier_version_has_its_records(client: FlaskClient) -> None:
    # version 0 is the empty store
    assert any("no record matches" in text for text in list_texts(read_svg(client, "as_of=0")))
    assert fetch(client, "as_of=0&f=svg").headers["Lode-Dataset-Version"] == "0"


def test_every_kind_with_points_can_be_drawn(client: FlaskClient) -> None:
    schema = client.get("/api/openapi.json").get_json(force=True)["paths"]["/map/image"]["get"]["parameters"]
    collections = next(parameter for parameter in schema if parameter.get("name") == "collection")["schema"]["enum"]
    assert "tailings-facilities" in collections and len(collections) >= 5
    for name in collections:
        assert fetch(client, f"collection={name}&width=320&f=svg").data.startswith(b"<svg")


def test_a_picture_of_a_version_is_revalidated_as_the_ground_may_change(client: FlaskClient) -> None:
    response = fetch(client, f"{FIELD}&as_of=1&f=world")
    assert "immutable" not in response.headers["Cache-Control"]
    assert response.headers["Lode-Dataset-Version"] == "1"
    same = client.get(f"{IMAGE}?{FIELD}&as_of=1&f=world", headers={"If-None-Match": response.headers["ETag"]})
    assert same.status_code == 304
