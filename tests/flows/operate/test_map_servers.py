"""QGIS Server and MapServer on the views of the store: the commands of docs/operate/wfs.md, and each layer as in the API."""

import json
import os
import random
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.flows.conftest import Serving, _call, _free_port
from tests.flows.repository.operate_docs import FOLDER, blocks, operating_environment, run_blocks, run_page

from lodebase.query.collections_ import COLLECTIONS

pytestmark = [pytest.mark.slow, pytest.mark.clients]
DEPLOY = Path(__file__).parents[3] / "deploy"
QGIS_SERVER, MAPSERVER = "/usr/lib/cgi-bin/qgis_mapserv.fcgi", "/usr/lib/cgi-bin/mapserv"
PROGRAMS = {"qgis-server": QGIS_SERVER, "mapserver": MAPSERVER}
PNG = b"\x89PNG\r\n\x1a\n"
FEATURES_2 = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "OUTPUTFORMAT": "geojson"}
FEATURES = {"SERVICE": "WFS", "VERSION": "1.1.0", "REQUEST": "GetFeature", "OUTPUTFORMAT": "application/vnd.geo+json"}


@dataclass(frozen=True, slots=True)
class MapServers:
    """QGIS Server and MapServer running behind nginx, and the folder of their files."""

    url: str
    folder: Path

    def get(self, **parameters: str) -> requests.Response:
        """Return the response of QGIS Server to a request of WFS or WMS."""
        return requests.get(self.url, parameters, timeout=60)

    def get_2(self, **parameters: str) -> requests.Response:
        """Return the response of MapServer to a request of WFS 2.0 or WMS."""
        return requests.get(f"{self.url}2", parameters, timeout=60)

    def features(self, layer: str, **parameters: str) -> list[dict[str, Any]]:
        """Return the features of a layer."""
        listed: list[dict[str, Any]] = self.get(**FEATURES, TYPENAME=layer, **parameters).json()["features"]
        return listed


def own_lines(name: str, *pairs: tuple[str, str]) -> str:
    """Return a file of deploy/ with the addresses of the test; each must be there."""
    content = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in content, f"deploy/{name} has no {old!r}"
        content = content.replace(old, new)
    return content


@contextmanager
def running(name: str, folder: Path) -> Iterator[None]:
    """Start a map server as its unit in deploy/ does, and end it."""
    program, path = PROGRAMS[name], folder / f"{name}.sock"
    unit = own_lines(f"{name}.service", ("/etc/lode/wfs", str(folder)))
    assert f"ExecStart={program}" in unit and "StandardInput=socket" in unit
    settings = dict(
        part.split("=", 1) for line in re.findall(r"^Environment=(.*)$", unit, re.MULTILINE) for part in line.split()
    )
    with socket.socket(socket.AF_UNIX) as listening, (folder / f"{name}.log").open("wb") as log:
        listening.bind(str(path))
        listening.listen(16)
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **settings}
        server = subprocess.Popen([program], stdin=listening.fileno(), stdout=log, stderr=log, env=environment)
    try:
        yield
    finally:
        # MapServer heeds other signals at its next request
        server.kill()
        server.wait(20)


@contextmanager
def map_servers(folder: Path) -> Iterator[MapServers]:
    """Start nginx as deploy/nginx-wfs.conf does, with both servers behind it, and end them.

    MapServer reads its configuration at its start, so that its file is there before.
    """
    port = _free_port()
    written = [block for block in blocks(FOLDER / "wfs.md") if block.is_run and "> /etc/lode/wfs/mapserver.conf" in block.text]
    assert written
    run_blocks(written, operating_environment(folder, port), folder, {"/etc/lode/wfs": str(folder)})
    own = own_lines(
        "nginx-wfs.conf",
        ("/run/qgis-server.sock", str(folder / "qgis-server.sock")),
        ("/run/mapserver.sock", str(folder / "mapserver.sock")),
        ("listen 8090", f"listen 127.0.0.1:{port}"),
        ("include fastcgi_params", "include /etc/nginx/fastcgi_params"),
        ("/etc/lode/wfs", str(folder)),
    )
    user = "user root;" if os.geteuid() == 0 else ""
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    (folder / "main.conf").write_text(f"{main} http {{ access_log off; {places} {own} }}", encoding="utf-8")
    with ExitStack() as stack:
        for name in PROGRAMS:
            stack.enter_context(running(name, folder))
        proxy = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")])
        try:
            yield MapServers(f"http://127.0.0.1:{port}/wfs", folder)
        finally:
            proxy.terminate()
            proxy.wait(20)


def api_features(site: Serving, collection: str, **parameters: str) -> list[dict[str, Any]]:
    """Return the records of a collection by the API, page by page."""
    url: str | None = f"{site.url}/api/collections/{collection}/items"
    query: dict[str, str] | None = {"limit": "10000", **parameters}
    listed = list[dict[str, Any]]()
    while url is not None:
        page: dict[str, Any] = requests.get(url, query, timeout=60).json()
        listed += page["features"]
        url, query = next((link["href"] for link in page["links"] if link["rel"] == "next"), None), None
    return listed


def ids(features: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(feature.get("id", "") for feature in features)


def test_each_layer_has_what_the_api_has(
    serve: Callable[..., Serving], made_home: Path, new_home: Path, tmp_path: Path, needs: Callable[..., None]
) -> None:
    needs(QGIS_SERVER, "qgis-server")
    needs(MAPSERVER, "cgi-mapserver")
    needs("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "fonts-wqy-microhei")
    needs("nginx", "nginx")
    needs("ogrinfo", "gdal-bin")
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    address = f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.1"
    with map_servers(tmp_path) as server:
        replace = {
            "http://127.0.0.1:8090/wfs": server.url,
            "10.0.0.1": address,
            "10.0.0.2/32": "127.0.0.0/8",
            "/etc/lode/wfs": str(tmp_path),
        }
        written = run_page("wfs", operating_environment(new_home, _free_port()), tmp_path, replace)
        assert "Layer name: deposits" in written and (tmp_path / "map.png").read_bytes().startswith(PNG)
        # the end of the page ended the site with its database; QGIS Server connects anew
        site = serve(new_home, None).ready()
        chile = json.loads((tmp_path / "chile.geojson").read_text(encoding="utf-8"))["features"]
        wanted = ids(api_features(site, "deposits", country="CHL"))
        assert sorted(feature["properties"]["id"] for feature in chile) == wanted != []
        assert "Layer name: lode:deposits" in written and (tmp_path / "map2.png").read_bytes().startswith(PNG)
        placed = json.loads((tmp_path / "placed.geojson").read_text(encoding="utf-8"))["features"]
        wanted = ids(place for place in api_features(site, "deposits", country="CHL") if place["geometry"])
        assert sorted(feature["properties"]["id"] for feature in placed) == wanted != []
        expect_layers(site, server)
        expect_maps(server.get)
        expect_no_transaction(server)
        expect_placed_layers(site, server)
        expect_pages(server)
        expect_maps(server.get_2, SLD_VERSION="1.1.0")
        assert "change-me" not in (tmp_path / "lode.map").read_text(encoding="utf-8")


def expect_layers(site: Serving, server: MapServers) -> None:
    """Each collection is a layer with the same records, fields, positions and lists."""
    deadline = time.monotonic() + 60
    while "features" not in server.get(**FEATURES, TYPENAME="deposits").text:
        assert time.monotonic() < deadline, (server.folder / "qgis-server.log").read_text(encoding="utf-8")
        time.sleep(0.5)
    shapes: dict[str | None, set[str]] = {"point": {"Point"}, "polygon": {"Polygon", "MultiPolygon"}, None: set()}
    for name, collection in COLLECTIONS.items():
        layer, wanted = server.features(name), api_features(site, name)
        assert sorted(feature["properties"]["id"] for feature in layer) == ids(wanted), name
        if layer:
            assert set(layer[0]["properties"]) == {"id", *collection.field_names}, name
            types = {(feature["geometry"] or {}).get("type") for feature in layer}
            assert types <= shapes[collection.geometry] | {None}, name
    (escondida,) = (one for one in api_features(site, "deposits") if one["properties"]["name_en"] == "Escondida")
    (same,) = server.features("deposits", EXP_FILTER=f"\"id\" = '{escondida['id']}'")
    assert same["geometry"]["coordinates"] == pytest.approx(escondida["geometry"]["coordinates"], abs=1e-7)
    assert same["properties"]["commodities"] == "; ".join(escondida["properties"]["commodities"])


def expect_placed_layers(site: Serving, server: MapServers) -> None:
    """Each collection with positions is a layer of WFS 2.0 with the same placed records, fields and positions."""
    capabilities = server.get_2(SERVICE="WFS", VERSION="2.0.0", REQUEST="GetCapabilities").text
    assert f"{server.url}2?" in capabilities and "Deposits · 矿床" in capabilities
    for name, collection in COLLECTIONS.items():
        assert (f"<Name>lode:{name}</Name>" in capabilities) == (collection.geometry is not None), name
        if collection.geometry is None:
            continue
        layer = {
            feature["properties"]["id"]: feature for feature in server.get_2(**FEATURES_2, TYPENAMES=name).json()["features"]
        }
        wanted = {feature["id"]: feature for feature in api_features(site, name) if feature["geometry"]}
        assert layer.keys() == wanted.keys(), name
        for identifier, feature in layer.items():
            # a number that is unknown is absent in GeoJSON, and a text is empty
            assert set(feature["properties"]) <= {"id", *collection.field_names}, name
            if collection.geometry == "point":
                position = wanted[identifier]["geometry"]["coordinates"]
                assert feature["geometry"]["coordinates"] == pytest.approx(position, abs=1e-6), (name, identifier)


def expect_pages(server: MapServers) -> None:
    """The pages of a response have each record once, and the count of all of them."""
    listed = list[str]()
    matched = 1
    while len(listed) < matched:
        page = server.get_2(**FEATURES_2, TYPENAMES="deposits", COUNT="37", STARTINDEX=str(len(listed))).json()
        matched = page["numberMatched"]
        assert page["features"]
        listed += [feature["properties"]["id"] for feature in page["features"]]
    assert len(listed) == len(set(listed)) == matched > 37
    described = server.get_2(SERVICE="WFS", VERSION="2.0.0", REQUEST="DescribeFeatureType", TYPENAMES="deposits").text
    assert 'name="mine_status_date" minOccurs="0" type="string"' in described
    assert 'name="discovery_year" minOccurs="0" type="long"' in described


def expect_maps(get: Callable[..., requests.Response], **of_legend: str) -> None:
    """A map of Chile has points, one of the middle of the Pacific none, and a layer has a legend."""
    query = {"SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": "GetMap", "LAYERS": "deposits", "STYLES": ""}
    query |= {"CRS": "EPSG:4326", "WIDTH": "400", "HEIGHT": "400", "FORMAT": "image/png"}
    chile, pacific = (get(**query, BBOX=box).content for box in ("-40,-80,-15,-60", "-40,-140,-15,-120"))
    assert chile.startswith(PNG) and pacific.startswith(PNG) and len(chile) > 2 * len(pacific)
    # the same square, in degrees and in metres
    projected = get(**(query | {"CRS": "EPSG:3857"}), BBOX="-8905559,-4865942,-6679169,-1689200").content
    assert projected.startswith(PNG) and len(projected) > 2 * len(pacific)
    legend = get(SERVICE="WMS", VERSION="1.3.0", REQUEST="GetLegendGraphic", LAYER="deposits", FORMAT="image/png", **of_legend)
    assert legend.content.startswith(PNG)
    too_large = get(**(query | {"WIDTH": "9000", "BBOX": "-40,-80,-15,-60"}))
    assert not too_large.content.startswith(PNG) and "ServiceException" in too_large.text


def expect_no_transaction(server: MapServers) -> None:
    """A program that sends a transaction changes nothing."""
    names = 'xmlns:wfs="http://www.opengis.net/wfs" xmlns:ogc="http://www.opengis.net/ogc"'
    change = (
        f'<wfs:Transaction service="WFS" version="1.1.0" {names}><wfs:Delete typeName="deposits"><ogc:Filter>'
        "<ogc:PropertyIsEqualTo><ogc:PropertyName>country</ogc:PropertyName><ogc:Literal>CHL</ogc:Literal>"
        "</ogc:PropertyIsEqualTo></ogc:Filter></wfs:Delete></wfs:Transaction>"
    )
    before = len(server.features("deposits"))
    response = requests.post(server.url, change, headers={"Content-Type": "text/xml"}, timeout=60)
    assert "SUCCESS" not in response.text and ("Exception" in response.text or "FAILED" in response.text), response.text
    assert len(server.features("deposits")) == before > 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_systemd_reads_the_units_without_a_warning(name: str) -> None:
    units = [DEPLOY / f"{name}.socket", DEPLOY / f"{name}.service"]
    command = ["systemd-analyze", "verify", "--man=no", *map(str, units)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in (result.stdout + result.stderr).splitlines() if name in line] == []


@pytest.mark.parametrize("program", ["qgis", "mapserver"])
def test_the_name_of_a_service_is_checked(program: str, made_home: Path, tmp_path: Path) -> None:
    refused = _call(made_home, "export", program, str(tmp_path / "x"), "--service", "lode' table='x")
    assert refused.returncode == 2 and "is not the name of a service" in refused.stderr
    assert not (tmp_path / "x").exists()
