"""Attacks on POST /api/area that the site survives: no file is read or written, nothing is fetched, no worker is lost."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from flask.testing import FlaskClient
from tests.recording_server import recording_server

from lodebase.errors import Overloaded

SQUARE = "POLYGON((-75 -30,-70 -30,-70 -25,-75 -25,-75 -30))"
SECRET = "POLYGON((11 22,12 22,12 23,11 23,11 22))"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A local file whose content would be a polygon."""
    path = tmp_path / "secret.csv"
    path.write_text(f'name,shape\nsecret,"{SECRET}"\n')
    return path


def vrt(source: str, query: str = "SELECT ST_GeomFromText(shape, 4326) AS geometry FROM secret") -> str:
    """A GDAL virtual dataset whose layer is what a query by SQLite makes of its source."""
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource relativeToVRT="0">{source}</SrcDataSource>'
        f'<SrcSQL dialect="SQLITE">{query}</SrcSQL></OGRVRTLayer></OGRVRTDataSource>'
    )


def zipped(name: str, content: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


def geopackage(path: Path, *statements: str) -> bytes:
    """A sound GeoPackage with one polygon, changed by statements."""
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.from_wkt(SQUARE)], crs=4326).to_file(path, layer="sound")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def registered(name: str) -> tuple[str, str]:
    """The rows that make a table or view a layer."""
    return (
        f"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('{name}', 'features', '{name}', 4326)",
        f"INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'GEOMETRY', 4326, 0, 0)",
    )


def refused(client: FlaskClient, data: bytes | str, name: str) -> str:
    response = client.post(f"/api/area?name={name}", data=data)
    assert response.status_code == 400, response.data[:300]
    assert response.json is not None
    assert "11 22" not in response.text and "Traceback" not in response.text
    return str(response.json["detail"])


@pytest.mark.parametrize("name", ["a.vrt", "a.kml", "a.gpkg", "a.shp", "a.fgb", ""])
@pytest.mark.parametrize("source", ["{path}", "CSV:{path}", "/vsisubfile/0_200,{path}"])
def test_a_virtual_dataset_reads_no_local_file(client: FlaskClient, secret: Path, source: str, name: str) -> None:
    refused(client, vrt(source.format(path=secret)), name)


def test_a_virtual_dataset_writes_no_file(client: FlaskClient, secret: Path, tmp_path: Path) -> None:
    refused(client, vrt(str(secret), f"VACUUM INTO '{tmp_path}/written.db'"), "a.kml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]


@pytest.mark.parametrize("name", ["x.shp", "x.dbf", "inner/x.shp"])
def test_a_zip_hides_no_virtual_dataset(client: FlaskClient, secret: Path, name: str) -> None:
    refused(client, zipped(name, vrt(f"CSV:{secret}")), "a.zip")
    refused(client, zipped(name, json.dumps(streamed(f"gdal vector pipeline ! read {secret}"))), "a.zip")


def streamed(command: str) -> dict[str, str]:
    """A GDALG file, which names a command to run."""
    return {"type": "gdal_streamed_alg", "command_line": command}


@pytest.mark.parametrize("name", ["a.gdalg.json", "a.geojson", "a.kml"])
def test_a_streamed_algorithm_is_not_run(client: FlaskClient, secret: Path, name: str) -> None:
    refused(client, json.dumps(streamed(f"gdal vector pipeline ! read {secret} ! write --of stream streamed")), name)


def test_addresses_in_an_area_file_are_not_fetched(client: FlaskClient) -> None:
    with recording_server() as server:
        send_what_fetches(client, server.address)
    assert server.seen == []


def send_what_fetches(client: FlaskClient, address: str) -> None:
    """Send files of several formats that name an address."""
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    linked = {
        "type": "FeatureCollection",
        "crs": {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}},
        "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}],
    }
    doctype = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{address}/entity">]><kml><Document><name>&x;</name></Document></kml>'
    client.post("/api/area?name=a.geojson", data=json.dumps(linked))
    # a blank before it, so that it is no text that shapely reads
    client.post("/api/area?name=a.geojson", data=zipped("a.shp", json.dumps(linked)))
    for data in (vrt(f"/vsicurl/{address}/a.gpkg"), vrt(f"GeoJSON:{address}/a.json"), doctype, doctype.replace("kml", "gml")):
        refused(client, data, "a.kml")
    refused(client, f"<OGRWFSDataSource><URL>{address}/wfs?</URL></OGRWFSDataSource>", "a.kml")
    refused(client, zipped("x.shp", vrt(f"/vsicurl/{address}/b.gpkg")), "a.zip")


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        (["CREATE VIEW leak AS SELECT 1 AS fid, geom FROM sound", *registered("leak")], "view"),
        (
            [
                "CREATE VIEW endless AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
                "SELECT n.fid, geom FROM n, sound",
                *registered("endless"),
            ],
            "view",
        ),
        (
            [
                "INSERT INTO sqlite_master VALUES ('table', 'leak', 'leak', 0, "
                "'CREATE VIRTUAL TABLE leak USING VirtualText(''{secret}'', ''utf-8'', 1, COMMA, DOUBLEQUOTE, '','')')",
                *registered("leak"),
            ],
            "virtual table",
        ),
        (["CREATE TRIGGER harm AFTER INSERT ON sound BEGIN SELECT randomblob(1); END"], "trigger"),
    ],
)
def test_a_geopackage_that_computes_is_refused(
    client: FlaskClient, secret: Path, tmp_path: Path, statements: list[str], reason: str
) -> None:
    data = geopackage(tmp_path / "a.gpkg", *(statement.replace("{secret}", str(secret)) for statement in statements))
    assert reason in refused(client, data, "a.gpkg")


@pytest.mark.parametrize("levels", [9, 20_000, 50_000])
def test_nested_collections_are_refused_before_they_are_parsed(client: FlaskClient, levels: int) -> None:
    text = "GEOMETRYCOLLECTION(" * levels + "POINT(1 2)" + ")" * levels
    assert "brackets within brackets" in refused(client, text[: 1 << 20], "a.wkt")
    nested = '{"type":"GeometryCollection","geometries":[' * min(levels, 20_000) + "]}" * min(levels, 20_000)
    refused(client, nested[: 1 << 20], "a.geojson")


def test_a_geometry_nested_in_a_file_is_refused(client: FlaskClient, tmp_path: Path) -> None:
    inner = shapely.to_wkb(shapely.from_wkt(SQUARE))
    for _ in range(20_000):
        inner = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" + inner
    header = b"GP\x00\x01" + (4326).to_bytes(4, "little")
    path = tmp_path / "a.gpkg"
    geopackage(path)
    connection = sqlite3.connect(path)
    # the spatial index would parse it
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    connection.execute("UPDATE sound SET geom = ?", (header + inner,))
    connection.commit()
    connection.close()
    refused(client, path.read_bytes(), "a.gpkg")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Content-Type": "text/plain"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_pages_of_other_sites_may_not_send_files(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.post("/api/area", data=SQUARE, headers=headers)
    assert response.status_code == 403
    assert response.json is not None and "another site" in response.json["detail"]
    chinese = client.post("/api/area", data=SQUARE, headers={**headers, "Accept-Language": "zh-CN"})
    assert chinese.json is not None and "其他网站" in chinese.json["detail"]


def test_own_pages_and_programs_may(client: FlaskClient) -> None:
    own: list[dict[str, str]] = [{}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}]
    assert [client.post("/api/area", data=SQUARE, headers=headers).status_code for headers in own] == [200, 200]


def test_a_file_holds_no_place_at_the_database(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = client.application.extensions["lode"].gate
    taken: list[None] = []
    monkeypatch.setattr(gate, "enter", lambda *arguments: taken.append(None))
    assert client.post("/api/area", data=SQUARE).status_code == 200
    assert taken == []


def test_only_a_few_files_are_read_at_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from lodeweb.topics.areas import page as areas  # noqa: PLC0415

    monkeypatch.setattr(areas.READERS, "wait_s", 0.05)
    others = [(f"203.0.113.{number}",) for number in range(areas.MAX_FILES_AT_ONCE)]
    for other in others:
        areas.READERS.enter(client=other)
    try:
        response = client.post("/api/area", data=SQUARE)
        assert response.status_code == 503 and "Retry-After" in response.headers
    finally:
        for other in others:
            areas.READERS.leave(other)


def test_files_of_one_address_leave_others_a_reader(client: FlaskClient) -> None:
    from lodeweb.topics.areas import page as areas  # noqa: PLC0415

    greedy = ("203.0.113.66",)
    areas.READERS.enter(client=greedy)
    try:
        with pytest.raises(Overloaded):
            areas.READERS.enter(wait_s=0, client=greedy)
        assert client.post("/api/area", data=SQUARE).status_code == 200
    finally:
        areas.READERS.leave(greedy)


def test_a_file_that_takes_too_much_is_given_up(client: FlaskClient, many_corners: Callable[[], str]) -> None:
    """A tangle whose repair takes minutes: the process that reads it is ended, the site goes on."""
    assert re.search("was stopped|more than the 512 MB of memory", refused(client, many_corners(), "a.wkt"))
    assert client.post("/api/area", data=SQUARE).status_code == 200


@pytest.fixture
def many_corners() -> Callable[[], str]:
    """A polygon of under a megabyte whose sides all cross each other."""

    def made(corners: int = 45_000) -> str:
        ring = [(round((i * 7919) % 3571 / 100 - 17, 2), round((i * 104729) % 3413 / 100 - 17, 2)) for i in range(corners)]
        ring.append(ring[0])
        return "POLYGON((" + ",".join(f"{x} {y}" for x, y in ring) + "))"

    return made


@pytest.mark.parametrize("sent", [SQUARE[:-2], "POINT(1 2)", "GEOMETRYCOLLECTION(" * 20, "<kml>", "<!DOCTYPE kml><kml/>"])
def test_refusals_are_in_chinese_for_chinese_readers(client: FlaskClient, sent: str) -> None:
    response = client.post("/api/area", data=sent, headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 400 and response.json is not None
    assert re.search("[\u4e00-\u9fff]", response.json["detail"])
