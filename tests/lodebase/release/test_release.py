"""A release is divided by licence, read in place by DuckDB, geopandas and QGIS, and followed by deltas."""

import hashlib
import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_httpfs  # type: ignore[import-untyped]
import geopandas
import pyarrow.parquet as pq
import pytest
from defusedxml import ElementTree
from flask import Flask, request, send_from_directory
from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import ExportFailed
from lodebase.ingest.run import ImportJob, run
from lodebase.release.licence_class import classify_sources
from lodebase.release.writing import ReleaseOptions, write_release
from lodedata.geography.boundaries import Boundaries
from lodedata.licences import classify_licence
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SITE = "https://lode.example"
COLLECTIONS = ("deposits", "projects")
OPTIONS = ReleaseOptions(SITE, "10.5281/zenodo.1", COLLECTIONS)
LICENCES = {
    "open": "CC-BY-4.0",
    "shared": "ODbL-1.0",
    "not-commercial": "CC-BY-NC-4.0",
    "unread": "CL-public-data",
    "own": "internal",
}
CLASS_OF = {"open": "free", "shared": "share-alike", "not-commercial": "restricted", "unread": "unknown"}


def load(store: Store, folder: Path, name: str, rows: list[tuple[str, str, float, float]]) -> None:
    """Import deposits of copper of a source: key, country, longitude and latitude."""
    path = folder / f"{name}.csv"
    lines = [f"{key},Mine {name} {key},{lon},{lat},{country}" for key, country, lon, lat in rows]
    path.write_text("\n".join(["id,name,lon,lat,country", *lines]) + "\n", encoding="utf-8")
    source = Source.model_validate(
        {
            "name": name,
            "title_en": name,
            "title_zh": name,
            "publisher": "The tests",
            "citation": f"{name}, made up",
            "licence": {"id": LICENCES[name], "name": LICENCES[name]},
            "version": "1",
            "as_of": "2024",
            "tables": [
                {
                    "key": "{id}",
                    "kind": {"const": "deposit"},
                    "name_en": "name",
                    "country": "country",
                    "position": {"lon": "lon", "lat": "lat", "accuracy_m": 100},
                    "commodities": [{"const": "copper"}],
                }
            ],
        }
    )
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


@pytest.fixture
def released(store: Store, tmp_path: Path) -> Iterator[tuple[Store, Engine]]:
    for number, name in enumerate(LICENCES):
        load(store, tmp_path, name, [(f"{n}", ("Chile", "Peru", "")[n % 3], -70.5 + n, -20.5 - 4 * number) for n in range(6)])
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    yield store, engine
    engine.dispose()


def test_classes_are_those_of_the_terms_of_licences() -> None:
    assert {name: classify_licence(LICENCES[name]) for name in CLASS_OF} == CLASS_OF
    assert classify_licence("made-up") == "unknown"
    assert classify_sources(["open", "not-commercial", "shared"], LICENCES) == "restricted"
    assert classify_sources([], LICENCES) == "unknown"
    assert classify_sources(["open", "own"], LICENCES) is None


def test_a_release_and_the_next_one(released: tuple[Store, Engine], tmp_path: Path) -> None:
    store, engine = released
    target = tmp_path / "releases"
    first = write_release(engine, str(target), OPTIONS)
    folder = target / first.folder

    assert first.records["deposits"] == dict.fromkeys(("free", "share-alike", "restricted", "unknown"), 6)
    assert first.not_published == {"deposits": 6}
    assert {source.name: source.licence_class for source in first.sources} == CLASS_OF
    for file in first.files:
        content = (folder / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest()), file.path
    assert json.loads((folder / "manifest.json").read_text())["version"] == first.version
    for name, chosen in CLASS_OF.items():
        text = (folder / chosen / "csv" / "deposits.csv").read_text(encoding="utf-8-sig")
        assert text.count("\n") == 7 and f"Mine {name} 0" in text

    part = folder / "free/parquet/collection=deposits/country=CHL/part-0.parquet"
    assert set(pq.read_table(part).column("sources").to_pylist()[0]) == {"open"}
    frame = geopandas.read_parquet(part)
    assert len(frame) == 2 and frame.crs.to_string() == "OGC:CRS84" and frame.geometry.x.tolist() == [-70.5, -67.5]
    geo = json.loads(pq.read_schema(part).metadata[b"geo"])
    assert geo["version"] == "1.1.0" and set(geo["columns"]["geometry"]["covering"]["bbox"]) == {"xmin", "ymin", "xmax", "ymax"}

    with zipfile.ZipFile(folder / f"lode-{first.folder}-free.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None and "CITATION.txt" in names
    assert "free/csv/deposits.csv" in names and "free/pmtiles/deposits.pmtiles" in names
    assert not [name for name in names if name.startswith(("share-alike", "restricted", "unknown"))]
    assert (target / "latest").resolve() == folder

    collection = json.loads((folder / "collection.json").read_text())
    item = json.loads((folder / "items/deposits.json").read_text())
    assert collection["type"] == "Collection" and collection["stac_version"] == item["stac_version"] == "1.1.0"
    assert all((folder / "items" / asset["href"]).resolve().is_file() for asset in item["assets"].values())
    assert len(item["assets"]) == len([file for file in first.files if file.collection == "deposits"])

    with pytest.raises(ExportFailed):
        write_release(engine, str(target), OPTIONS)
    load(store, tmp_path, "open", [("0", "Chile", -70.5, -20.5), ("1", "Chile", -69.5, -20.5), ("9", "Peru", -75.5, -12.5)])
    second = write_release(engine, str(target), OPTIONS)
    delta = json.loads((target / second.folder / f"delta-from-{first.folder}.json").read_text())["collections"]["deposits"]
    assert (len(delta["added"]), delta["merged"]) == (1, {}) and delta["changed"]
    listed = json.loads((target / "index.json").read_text())["releases"]
    assert [release["version"] for release in listed] == [second.version, first.version] and listed[0]["since"] == first.version
    assert json.loads((target / "latest.json").read_text())["path"] == f"{second.folder}/"
    feed = ElementTree.fromstring((target / "index.atom").read_bytes())
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2


def test_a_wrong_target_gets_a_sentence(released: tuple[Store, Engine], tmp_path: Path) -> None:
    _, engine = released
    (tmp_path / "file").write_text("")
    for target in ("nosuch://bucket/x", str(tmp_path / "file")):
        with pytest.raises(ExportFailed):
            write_release(engine, target, OPTIONS)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Yield the address of a plain web server with range requests, and the sizes of its responses."""
    app, sizes = Flask("files", static_folder=None), list[int]()

    @app.get("/<path:name>")
    def file(name: str) -> Any:
        response = send_from_directory(folder, name, conditional=True)
        if request.method == "GET":
            sizes.append(response.content_length or 0)
        return response

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Log nothing."""

    serving = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}", sizes
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.mark.clients
def test_duckdb_reads_a_country_over_http_in_place(released: tuple[Store, Engine], tmp_path: Path) -> None:
    _, engine = released
    manifest = write_release(engine, str(tmp_path / "releases"), OPTIONS)
    with served(tmp_path / "releases") as (address, sizes), duckdb.connect() as db:
        (extension,) = Path(duckdb_extension_httpfs.__file__).parent.rglob("*.duckdb_extension")
        db.load_extension(str(extension))
        root = f"{address}/latest"
        listed = db.sql(f"SELECT unnest(files, recursive := true) FROM read_json('{root}/manifest.json')").df()
        chosen = listed[(listed.collection == "deposits") & (listed.licence_class == "free") & (listed.country == "CHL")]
        urls = [f"{root}/{path}" for path in chosen.path if path.endswith(".parquet")]
        query = "SELECT name_en, country FROM read_parquet($1, hive_partitioning = true) ORDER BY 1"
        rows = db.execute(query, [urls]).fetchall()
    assert rows == [("Mine open 0", "CHL"), ("Mine open 3", "CHL")]
    assert sum(sizes) < sum(file.bytes for file in manifest.files)


SYSTEM_PYTHON = "/usr/bin/python3"
"""The one that QGIS belongs to."""
OPEN_IN_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1], "deposits", "ogr")
assert layer.isValid(), layer.error().summary()
names = sorted({feature["name_en"] for feature in layer.getFeatures()})
print(json.dumps([layer.crs().authid(), names]))
# its file is closed before the program ends
del layer
app.exitQgis()
"""


@pytest.mark.clients
def test_qgis_opens_the_tiles_over_http_in_place(
    released: tuple[Store, Engine], tmp_path: Path, needs: Callable[..., None]
) -> None:
    needs("/usr/lib/python3/dist-packages/qgis/core/__init__.py", "python3-qgis")
    _, engine = released
    write_release(engine, str(tmp_path / "releases"), OPTIONS)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)}
    with served(tmp_path / "releases") as (address, sizes):
        layer = f"/vsicurl/{address}/latest/free/pmtiles/deposits.pmtiles"
        command = [SYSTEM_PYTHON, "-c", OPEN_IN_QGIS, layer]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["EPSG:3857", [f"Mine open {n}" for n in range(6)]]
    assert sizes
