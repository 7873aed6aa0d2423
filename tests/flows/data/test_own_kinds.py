"""Three kinds that a test declares: stored, imported, listed, filtered, faceted, downloaded, documented by that alone."""

import io
import json
import sqlite3
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import parquet
from tests.flows.data import own_kinds

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

FORMS = ("csv", "xlsx", "geojson", "gpkg", "geoparquet")
CLAIMS, HOLES, SURVEYS = (f"/api/collections/{name}" for name in ("claims", "boreholes", "surveys"))


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    made_home: Path,
    lode: Callable[..., subprocess.CompletedProcess[str]],
    lasting: Callable[..., "Serving"],
) -> Iterator["Serving"]:
    """A site of the starter register with the three kinds and a table of each."""
    folder = tmp_path_factory.mktemp("own")
    environment = {"PYTHONPATH": str(own_kinds.write_package(folder))}
    serving = lasting(**environment)
    for mapping, table in own_kinds.write_tables(folder):
        done = lode(serving.home, "import", "--mapping", str(mapping), str(table), "--json", **environment)
        assert done.returncode == 0, done.stderr
        (counts,) = json.loads(done.stdout)
        assert (counts["read"], counts["loaded"], counts["quarantined"]) == (3, 2, 1), counts
    yield serving


def get(site: "Serving", path: str) -> Any:
    """Return the JSON of a response."""
    response = site.get(path)
    assert response.status == 200, (path, response.text)
    return json.loads(response.text)


def test_the_kinds_are_collections_like_the_others(site: "Serving") -> None:
    listed = [
        collection["id"] for collection in get(site, "/api/collections")["collections"] if collection["itemType"] == "feature"
    ]
    assert listed[-3:] == ["boreholes", "claims", "surveys"]
    assert get(site, f"{CLAIMS}/queryables")["properties"]["area_ha"]["x-ogc-unit"] == "har"
    assert "claims" in site.get("/api/openapi.json").text
    assert get(site, f"{CLAIMS}?lang=zh")["title"] == "探矿权"
    for collection in (CLAIMS, HOLES, SURVEYS):
        assert site.get(f"{collection}?f=html").status == 200
        assert site.get(f"{collection}/items?f=html").status == 200


def test_records_are_listed_with_their_geometry_or_none(site: "Serving") -> None:
    claims = get(site, f"{CLAIMS}/items")
    assert (claims["numberMatched"], {feature["geometry"]["type"] for feature in claims["features"]}) == (2, {"MultiPolygon"})
    north = next(feature["properties"] for feature in claims["features"] if feature["properties"]["name_en"] == "North block")
    assert (north["holder"], north["area_ha"], north["stage"], north["granted"]) == ("A Mining", 120.5, "detailed", "2021-05")
    holes = get(site, f"{HOLES}/items?sortby=name_en")["features"]
    assert [hole["geometry"]["coordinates"] for hole in holes] == [[-69.1234, -24.5678], [69.2, -24.5]]
    assert (holes[0]["properties"]["depth_m"], holes[0]["properties"]["position_accuracy_m"]) == (
        350,
        pytest.approx(7.87, abs=0.01),
    )
    assert "24.5678" in site.get(f"/records/{holes[0]['id']}").text
    surveys = get(site, f"{SURVEYS}/items")
    assert [feature["geometry"] for feature in surveys["features"]] == [None, None]
    one = surveys["features"][0]
    page = site.get(f"/records/{one['id']}?lang=zh")
    assert (page.status, one["properties"]["method"] in page.text) == (200, True)


@pytest.mark.parametrize(
    ("path", "matched"),
    [
        (f"{CLAIMS}/items?stage=detailed", 1),
        (f"{CLAIMS}/items?bbox=-70,-26,-68,-24", 1),
        (f"{CLAIMS}/items?filter=area_ha%20%3E%20100", 1),
        (f"{CLAIMS}/items?filter=S_INTERSECTS(geometry,POINT(-69%20-25))", 1),
        (f"{HOLES}/items?bbox=-70,-25,-69,-24", 1),
        (f"{HOLES}/items?near=-69.1234,-24.5678&radius_km=1", 1),
        (f"{HOLES}/items?nearest=-69,-24", 2),
        (f"{HOLES}/items?flag=lost-minus", 1),
        (f"{HOLES}/items?within=POLYGON((-70%20-25,-69%20-25,-69%20-24,-70%20-24,-70%20-25))", 1),
        (f"{SURVEYS}/items?method=drilling", 1),
        (f"{SURVEYS}/items?filter=metres%20IS%20NULL", 1),
        (f"{SURVEYS}/items?sortby=-metres", 2),
    ],
)
def test_records_of_an_own_kind_are_filtered(site: "Serving", path: str, matched: int) -> None:
    assert get(site, path)["numberMatched"] == matched


def test_facets_of_an_own_kind_are_counted(site: "Serving") -> None:
    counted = {facet["field"]: facet["values"] for facet in get(site, f"{CLAIMS}/facets")["facets"]}
    assert sorted((one["value"], one["count"]) for one in counted["stage"]) == [("detailed", 1), ("general", 1)]
    assert [source["count"] for source in counted["sources"]] == [2]
    # numbers are counted as their texts, a record without one as unknown
    counted = {facet["field"]: facet["values"] for facet in get(site, f"{SURVEYS}/facets")["facets"]}
    assert sorted((str(metre["value"]), metre["count"]) for metre in counted["metres"]) == [("1200", 1), ("None", 1)]


def test_what_needs_a_geometry_is_refused_with_a_sentence(site: "Serving") -> None:
    assert site.get(f"{SURVEYS}/items?bbox=0,0,1,1").status == 400
    tiles, shapes = site.get(f"{SURVEYS}/tiles"), site.get(f"{SURVEYS}/download/shp")
    assert (tiles.status, shapes.status) == (404, 404)
    assert "have no geometry" in tiles.text
    assert "Choose one of csv, xlsx" in shapes.text
    assert b"boreholes" in fetched(site, f"{HOLES}/tiles/WebMercatorQuad/0/0/0")
    assert b"claims" in fetched(site, f"{CLAIMS}/tiles/WebMercatorQuad/4/9/4")


def test_files_hold_the_records(site: "Serving", tmp_path: Path) -> None:
    for collection, name in ((CLAIMS, "claims"), (HOLES, "boreholes"), (SURVEYS, "surveys")):
        content = {
            form: fetched(site, f"{collection}/download/{form}") for form in ("csv", "xlsx", "geojson", "gpkg", "geoparquet")
        }
        assert content["csv"].decode("utf-8-sig").count("\n") == 3
        assert len(json.loads(content["geojson"])["features"]) == 2
        assert parquet.read_table(io.BytesIO(content["geoparquet"])).num_rows == 2
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(content["gpkg"])
        with sqlite3.connect(path) as connection:
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (2,)
            kind = connection.execute("SELECT data_type FROM gpkg_contents WHERE table_name = ?", (name,)).fetchone()
        assert kind == ("attributes" if name == "surveys" else "features",)


def fetched(site: "Serving", path: str) -> bytes:
    """Return the content of a file."""
    with urllib.request.urlopen(site.url + path, timeout=60) as response:
        return bytes(response.read())


def test_earlier_versions_are_stored(site: "Serving") -> None:
    changes = get(site, f"{CLAIMS}/items?as_of=1")
    assert changes["numberMatched"] == 0
