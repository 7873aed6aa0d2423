"""Pictures of polygons: zones as outlines, those that are small as marks, and one across the date line in one piece."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import shapely
import yaml
from flask.testing import FlaskClient
from PIL import Image
from tests.lodeweb.conftest import closed, settings_of

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.maps.map_symbols import load_map_symbols
from lodeweb.app import create_app

ZONES = """
name: own-zones
title_en: Own zones
title_zh: 自有区域
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - kind: {const: zone}
    name_en: name
    position: {wkt: outline}
    zone: {kind: {const: protected-area}, code: code, accuracy_m: 100}
"""
OUTLINES = {
    "Large": shapely.box(60, 10, 80, 30),
    "Inside": shapely.box(62, 12, 70, 20, ccw=False),
    "Small": shapely.box(100, 0, 100.1, 0.1),
    "Across": shapely.MultiPolygon([shapely.box(178, -20, 180, -16), shapely.box(-180, -20, -179, -16)]),
}
OUTLINE = re.compile(r'<path d="([^"]+)" stroke="#374151" stroke-linejoin="round" fill="#374151" fill-opacity="0.25"')


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A visitor of a site with four zones."""
    path = tmp_path_factory.mktemp("zones") / "zones.csv"
    rows = [f'{number},{name},"{outline.wkt}"' for number, (name, outline) in enumerate(OUTLINES.items())]
    path.write_text("\n".join(["code,name,outline", *rows]), "utf-8")
    source = Source.model_validate(yaml.safe_load(ZONES))
    with own_store("zone_images") as store:
        run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
        app = create_app(settings_of(store.addresses))
        yield app.test_client()
        closed(app)


def read(visitor: FlaskClient, parameters: str) -> str:
    response = visitor.get(f"/api/map/image?collection=zones&{parameters}")
    text = response.get_data(as_text=True)
    assert response.status_code == 200, text
    return text


def test_each_zone_is_an_outline_or_a_mark(visitor: FlaskClient) -> None:
    svg = read(visitor, "f=svg&bbox=-180,-60,180,60")
    # two in the large one, two parts across the date line, each also in the margin of the other side; then the sample
    assert [path.count("M") for path in OUTLINE.findall(svg)] == [6, 1]
    assert "Zones 3<" in svg and "too small for an outline 1<" in svg and svg.count("<use") == 2
    assert "by commodity group" not in svg


def test_the_ground_is_seen_through_a_zone(visitor: FlaskClient) -> None:
    response = visitor.get("/api/map/image?collection=zones&bbox=50,0,90,40&width=400")
    picture = Image.open(io.BytesIO(response.data)).convert("RGB")
    symbols = load_map_symbols()
    sea, fill = (
        [int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (symbols["base"]["light"]["sea"], symbols["plain"])
    )
    share = symbols["polygons"]["fillOpacity"]
    expected = [ground + (part - ground) * share for ground, part in zip(sea, fill, strict=True)]
    # in the Arabian Sea, inside of two zones
    assert picture.getpixel((160, 275)) == pytest.approx(expected, abs=1)
    # and inside of the large one alone
    assert picture.getpixel((220, 316)) == pytest.approx(expected, abs=1)


def test_a_zone_across_the_date_line_is_in_one_piece(visitor: FlaskClient) -> None:
    metres = float(read(visitor, "name_en=Across&f=world&width=500").split()[0])
    # three degrees and a margin
    assert 3 < metres * 500 / 111_320 < 4
    (west, east), _ = (re.findall(r"M([-\d.]+) ", path) for path in OUTLINE.findall(read(visitor, "name_en=Across&f=svg")))
    assert abs(float(west) - float(east)) < 1200


def test_a_zone_seen_in_part_is_cut_and_counted(visitor: FlaskClient) -> None:
    svg = read(visitor, "f=svg&bbox=71,21,110,40&width=500")
    assert "Zones 1<" in svg and len(OUTLINE.findall(svg)) == 2
    # the small one is outside by less than a pixel, its mark is at the edge of the map
    edge = read(visitor, "f=svg&bbox=100.05,-20,140,20&width=500")
    assert "too small for an outline 1<" in edge and re.search(
        r'<use href="#symbol-0" transform="translate\(-(9.9|10.0) ', edge
    )
