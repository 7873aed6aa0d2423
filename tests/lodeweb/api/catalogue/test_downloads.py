"""Files of everything that a query matches: each is read back with the tool that it is for."""

import csv
import gc
import gzip
import io
import json
import re
import sqlite3
import subprocess
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import frictionless
import geopandas
import mapbox_vector_tile
import openpyxl
import pmtiles.reader
import pyogrio
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet
from sqlalchemy import text
from tests.lodeweb.conftest import COLUMNS, SCRIPT, closed, load, settings_of
from tests.quick import mostly_slow

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodedata.write import FORMATS
from lodeweb.app import create_app

FILTERS: Mapping[str, Mapping[str, str]] = {
    "everything": {},
    "a metal": {"commodity": "lithium"},
    "a box": {"bbox": "-80,-40,-60,-20"},
    "a polygon": {"within": "POLYGON((-80 -40,-60 -40,-60 -20,-80 -20,-80 -40))"},
    "a radius": {"near": "-72,-28", "radius_km": "300"},
    "CQL2": {"filter": "name_en LIKE 'Field%' AND main_commodity <> 'tin'", "sortby": "-name_en"},
    "nothing": {"country": "FJI", "commodity": "tin"},
}
ROUTE = "/api/collections/deposits/download"


def csv_rows(path: Path) -> int:
    return len(list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))))


def xlsx_rows(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = sum(1 for _ in book.worksheets[0].iter_rows()) - 1
    book.close()
    return rows


def shp_rows(path: Path) -> int:
    return int(pyogrio.read_info(f"/vsizip/{path}")["features"])


def seq_rows(path: Path) -> int:
    return sum(1 for part in path.read_bytes().split(b"\x1e")[1:] if json.loads(part)["type"] == "Feature")


def kml_rows(path: Path) -> int:
    """Counted by a GDAL that has all its drivers."""
    command = ["ogrinfo", "-ro", "-so", "-al", str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return sum(map(int, re.findall(r"Feature Count: (\d+)", shown)))


def pmtiles_rows(path: Path) -> int:
    """Records drawn one by one on the deepest tiles, and those without a position."""
    found = tiles_of(path)
    metadata = read_pmtiles(path).metadata()
    deepest = max(z for z, _, _ in found)
    drawn = [
        feature
        for (z, _, _), layers in found.items()
        if z == deepest
        for feature in layers.get("deposits", {"features": []})["features"]
    ]
    assert metadata["records"] == len(drawn) + metadata["records_without_position"]
    return int(metadata["records"])


def tiles_of(path: Path) -> dict[tuple[int, int, int], dict[str, Any]]:
    """Return the layers of each tile of a file."""
    tiles = pmtiles.reader.all_tiles(pmtiles.reader.MemorySource(path.read_bytes()))  # type: ignore[no-untyped-call]
    return {place: mapbox_vector_tile.decode(gzip.decompress(body)) for place, body in tiles}


def in_order(layers: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the features of each layer in an order of their own."""
    return {name: sorted(layer["features"], key=json.dumps) for name, layer in layers.items()}


def read_pmtiles(path: Path) -> Any:
    return pmtiles.reader.Reader(pmtiles.reader.MemorySource(path.read_bytes()))  # type: ignore[no-untyped-call]


READERS: Mapping[str, Callable[[Path], int]] = {
    "csv": csv_rows,
    "xlsx": xlsx_rows,
    "geojson": lambda path: len(json.loads(path.read_bytes())["features"]),
    "ndjson": seq_rows,
    "gpkg": lambda path: int(pyogrio.read_info(path, layer="deposits")["features"]),
    "shp": shp_rows,
    "fgb": lambda path: int(pyogrio.read_info(path, force_feature_count=True)["features"]),
    "geoparquet": lambda path: len(geopandas.read_parquet(path)),
    "kml": kml_rows,
    "pmtiles": pmtiles_rows,
}
Fetch = Callable[..., Path]


@pytest.fixture
def fetch(any_client: FlaskClient, tmp_path: Path) -> Fetch:
    """Downloads a file and gives where it is."""

    def fetched(form: str, collection: str = "deposits", **query: str) -> Path:
        response = any_client.get(f"/api/collections/{collection}/download/{form}", query_string=query)
        assert response.status_code == 200, response.get_data(as_text=True)
        path = tmp_path / response.headers["Content-Disposition"].split('"')[1]
        path.write_bytes(response.get_data())
        response.close()
        return path

    return fetched


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_there_is_a_reader_for_every_format() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("name", mostly_slow(FILTERS, quick=("nothing", "a box")))
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_as_many_rows_as_match(form: str, name: str, fetch: Fetch, items: Callable[..., Any]) -> None:
    requested = FILTERS[name]
    matched = items(**requested, limit=1)["numberMatched"]
    assert (matched > 0) == (name != "nothing")
    assert READERS[form](fetch(form, **requested)) == matched


@pytest.mark.parametrize("collection", ["discoveries", "projects", "zones"])
@pytest.mark.parametrize("form", mostly_slow(["csv", "gpkg", "geoparquet", "kml", "geojson"], quick=("csv", "gpkg")))
def test_the_other_collections_come_too(form: str, collection: str, fetch: Fetch, items: Callable[..., Any]) -> None:
    path = fetch(form, collection)
    matched = items(collection)["numberMatched"]
    rows = READERS[form](path) if form != "gpkg" else int(pyogrio.read_info(path, layer=collection)["features"])
    assert rows == matched


@pytest.mark.parametrize("form", ["geojson", "ndjson"])
def test_features_are_those_of_the_items(form: str, fetch: Fetch, items: Callable[..., Any]) -> None:
    requested = {"commodity": "copper", "near": "-72,-28", "radius_km": "300"}
    content = fetch(form, **requested).read_bytes()
    texts = [content] if form == "geojson" else content.split(b"\x1e")[1:]
    read = [json.loads(text) for text in texts]
    found = read[0]["features"] if form == "geojson" else read
    assert found == items(**requested, limit=1000)["features"]


def test_csv_begins_with_a_mark_ends_lines_as_the_standard_says_and_has_a_header_even_when_empty(fetch: Fetch) -> None:
    content = fetch("csv", **FILTERS["nothing"]).read_bytes()
    assert content.startswith(b'\xef\xbb\xbf"id","name_en",')
    assert content.endswith(b'"lon","lat"\r\n') and content.count(b"\n") == 1


def test_what_a_spreadsheet_would_run_is_only_text(own_rows: Callable[..., FlaskClient], tmp_path: Path) -> None:
    named = {
        "=1+1": "'=1+1",
        "+7": "'+7",
        "-3": "'-3",
        "@SUM(A1)": "'@SUM(A1)",
        "＝1+1": "'＝1+1",
        "＋7": "'＋7",
        "－3": "'－3",
        "＠SUM(A1)": "'＠SUM(A1)",
        "铜＝1": "铜＝1",
        "plain": "plain",
        'say "no"  here': 'say "no" here',
    }
    client = own_rows(list(named))
    response = client.get(f"{ROUTE}/csv")
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))
    assert {row["name_en"] for row in rows} == set(named.values())
    book = tmp_path / "book.xlsx"
    book.write_bytes(client.get(f"{ROUTE}/xlsx").get_data())
    cells = [cell for row in openpyxl.load_workbook(book).worksheets[0].iter_rows() for cell in row]
    names = {" ".join(name.split()) for name in named}
    assert {cell.value for cell in cells} >= names and all(cell.data_type != "f" for cell in cells)


@pytest.fixture
def own_rows(store: Store, tmp_path: Path) -> Iterator[Callable[[list[str]], FlaskClient]]:
    """Makes a site over deposits of given names."""
    flasks: list[Flask] = []

    def of(names: list[str]) -> FlaskClient:
        rows = (
            {**dict.fromkeys(COLUMNS, ""), "id": str(n), "kind": "deposit", "metal": "copper", "name": name}
            for n, name in enumerate(names)
        )
        load(store, rows, tmp_path)
        flasks.append(create_app(settings_of(store.addresses, LODE_SPOOL=tmp_path / "spool")))
        return flasks[-1].test_client()

    yield of
    for app in flasks:
        closed(app)


def test_a_record_without_a_position_is_in_no_zone(own_rows: Callable[[list[str]], FlaskClient]) -> None:
    contents = own_rows(["Nowhere", "Unknown"]).get("/api/download/contents?collections=deposits").get_json()
    assert contents["zones"] == [] and contents["recordsWithoutPosition"] == 2


def test_booleans_are_true_and_false_with_and_without_a_language(own_rows: Callable[[list[str]], FlaskClient]) -> None:
    client = own_rows(["Field"])
    for address, column in ((f"{ROUTE}/csv", "position_doubtful"), (f"{ROUTE}/csv?lang=en", "Position doubtful")):
        content = client.get(address).get_data().decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(content, newline=""))
        assert row[column] in ("true", "false")


def test_csv_of_codes_and_of_labels_have_the_same_positions(fetch: Fetch) -> None:
    by_code, by_label = table(fetch("csv")), table(fetch("csv", lang="en"))
    assert [(row["lon"], row["lat"]) for row in by_code] == [(row["Longitude"], row["Latitude"]) for row in by_label]
    assert any(row["lon"] for row in by_code)


def test_columns_are_those_requested_and_always_id_and_sources(fetch: Fetch) -> None:
    rows = table(fetch("csv", columns="name_en,country"))
    assert list(rows[0]) == ["id", "name_en", "country", "sources", "lon", "lat"]
    assert all(row["sources"] == "test-table" for row in rows)


@pytest.mark.parametrize(("lang", "title", "value"), [("en", "Main commodity", "Copper"), ("zh", "主矿种", "铜")])
def test_with_a_language_titles_and_labels_are_in_it(lang: str, title: str, value: str, fetch: Fetch) -> None:
    assert value in {row[title] for row in table(fetch("csv", lang=lang))}
    book = openpyxl.load_workbook(fetch("xlsx", lang=lang))
    head = [cell.value for cell in book.worksheets[0][1]]
    assert title in head and book.worksheets[0].freeze_panes == "B2"
    place = head.index(title)
    assert value in {row[place].value for row in book.worksheets[0].iter_rows(min_row=2)}


def test_a_workbook_reports_its_fields_sources_licences_and_citation(fetch: Fetch) -> None:
    book = openpyxl.load_workbook(fetch("xlsx"))
    assert {"estimates", "measures", "values", "record_sources", "sources"} <= set(book.sheetnames)
    texts = [str(cell.value) for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row]
    for wanted in ("deposits.main_commodity", "主矿种", "test-table", "internal", "The tests, made up"):
        assert wanted in texts, wanted
    assert any("as_of=1" in said for said in texts)


def test_a_geopackage_has_aliases_labels_of_codes_relations_and_colours(fetch: Fetch) -> None:
    path = fetch("gpkg")
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert layers >= {"deposits", "estimates", "measures", "activities", "flags", "record_sources", "sources"}
    with sqlite3.connect(path) as database:
        alias = "SELECT name, constraint_name FROM gpkg_data_columns WHERE table_name = ? AND column_name = ?"
        assert database.execute(alias, ("deposits", "main_commodity")).fetchone() == ("Main commodity · 主矿种", "commodity")
        terms = dict(database.execute("SELECT value, description FROM gpkg_data_column_constraints").fetchall())
        assert terms["copper"] == "Copper · 铜"
        (style,) = database.execute("SELECT styleQML FROM layer_styles").fetchone()
        assert 'attr="commodity_group"' in style and "Copper · 铜" in style
        wrong = database.execute(
            "SELECT count(*) FROM record_sources r LEFT JOIN deposits d ON d.id = r.record_id WHERE d.id IS NULL"
        )
        assert wrong.fetchone() == (0,)
    database.close()


@pytest.mark.parametrize("lang", [{}, {"lang": "zh"}])
def test_the_sources_of_records_are_reported_alike_by_their_columns_and_by_the_store(
    lang: dict[str, str], fetch: Fetch
) -> None:
    # finished features have no column of sources, so the store is queried
    columns, features = (fetch(form, package="1", commodity="copper", **lang) for form in ("csv", "geojson"))
    of_columns, of_features = (zipfile.ZipFile(path).read("record_sources.csv") for path in (columns, features))
    assert of_columns == of_features
    assert len(of_columns.splitlines()) > 1


def test_a_shapefile_says_what_it_lost(fetch: Fetch) -> None:
    path = fetch("shp")
    with zipfile.ZipFile(path) as archive:
        assert {name.rsplit(".", 1)[1] for name in archive.namelist()} >= {"shp", "shx", "dbf", "prj", "cpg", "txt", "csv"}
        assert archive.read("deposits.cpg") == b"UTF-8"
        assert "have no position" in archive.read("README.txt").decode()
        fields = list(csv.DictReader(io.StringIO(archive.read("fields.csv").decode("utf-8-sig"))))
    assert all(len(row["field"]) <= 10 for row in fields) and len({row["field"] for row in fields}) == len(fields)
    frame = geopandas.read_file(f"/vsizip/{path}")
    assert "德兴铜矿" in set(frame["name_zh"])


def test_geoparquet_reports_system_and_boxes_and_keeps_lists(fetch: Fetch) -> None:
    path = fetch("geoparquet")
    document = json.loads(parquet.read_schema(path).metadata[b"geo"])
    assert document["version"] == "1.1.0" and document["columns"]["geometry"]["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_authority() == ("OGC", "CRS84")
    assert ["copper", "cobalt"] in [list(value) for value in frame["commodities"]]
    inside = geopandas.read_parquet(path, bbox=(-80, -40, -60, -20))
    assert 0 < len(inside) < len(frame)


def test_other_systems_where_a_format_has_them(fetch: Fetch, any_client: FlaskClient) -> None:
    crs = "http://www.opengis.net/def/crs/EPSG/0/3857"
    frame = geopandas.read_file(fetch("gpkg", crs=crs), layer="deposits")
    assert frame.crs.to_epsg() == 3857
    assert frame.geometry.x.abs().max() > 1000
    refused = any_client.get(f"{ROUTE}/geojson", query_string={"crs": crs})
    assert refused.status_code == 400 and refused.get_json()["parameter"] == "crs"


@pytest.mark.parametrize("form", mostly_slow([name for name in FORMATS if name != "pmtiles"], quick=("csv", "shp")))
def test_a_package_is_valid_and_reports_licences_and_how_to_cite(
    form: str, fetch: Fetch, tmp_path: Path, items: Callable[..., Any]
) -> None:
    folder = tmp_path / "package"
    with zipfile.ZipFile(fetch(form, package="1")) as archive:
        archive.extractall(folder)
    with warnings.catch_warnings():
        # frictionless leaves archives open
        warnings.simplefilter("ignore", ResourceWarning)
        report = frictionless.Package(folder / "datapackage.json").validate()
        gc.collect()
    assert report.valid, report.flatten(["type", "message"])
    document = json.loads((folder / "datapackage.json").read_text())
    assert document["licenses"] == [{"name": "internal", "title": "Internal"}]
    assert [source["citation"] for source in document["sources"]] == ["The tests, made up"]
    main = document["resources"][0]
    assert main.get("rows", main.get("x-rows")) == items(limit=1)["numberMatched"]
    assert main["bytes"] == (folder / main["path"]).stat().st_size
    cited = yaml.safe_load((folder / "CITATION.cff").read_text())
    assert cited["cff-version"] == "1.2.0" and "as_of=1" in cited["url"]
    readme = (folder / "README.md").read_text()
    assert "条记录" in readme and "records" in readme


def test_texts_of_the_data_stay_texts(fetch: Fetch) -> None:
    kml = fetch("kml").read_text()
    assert SCRIPT not in kml and "&lt;script&gt;" in kml


def test_a_file_reports_its_name_version_tag_digest_and_length(client: FlaskClient) -> None:
    first = client.get(f"{ROUTE}/csv?commodity=copper")
    whole = first.get_data()
    again = client.get(f"{ROUTE}/csv?commodity=copper")
    assert again.get_data() == whole and again.headers["Content-Length"] == str(len(whole))
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Repr-Digest"].startswith("sha-256=:") and again.headers["Digest"].startswith("sha-256=")
    name = again.headers["Content-Disposition"].split('"')[1]
    assert name.startswith("lode-deposits-") and name.endswith("-v1.csv") and len(name) == len("lode-deposits-01234567-v1.csv")
    assert again.headers["Content-Location"].endswith("download/csv?commodity=copper&as_of=1")
    assert client.get(f"{ROUTE}/csv?commodity=copper", headers={"If-None-Match": again.headers["ETag"]}).status_code == 304
    assert client.head(f"{ROUTE}/csv?commodity=copper").headers["Content-Length"] == str(len(whole))


def test_a_part_of_a_file_can_be_had(client: FlaskClient) -> None:
    with client.get(f"{ROUTE}/gpkg") as response:
        whole, tag = response.get_data(), response.headers["ETag"]
    with client.get(f"{ROUTE}/gpkg", headers={"Range": "bytes=1000-", "If-Range": tag}) as part:
        assert part.status_code == 206 and part.get_data() == whole[1000:]
        assert part.headers["Content-Range"] == f"bytes 1000-{len(whole) - 1}/{len(whole)}"
    with client.get(f"{ROUTE}/gpkg", headers={"Range": f"bytes={len(whole)}-"}) as beyond:
        assert beyond.status_code == 416
    with client.get(f"{ROUTE}/gpkg", headers={"Range": "bytes=1000-", "If-Range": '"another"'}) as other:
        assert other.status_code == 200 and other.get_data() == whole


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.ranged])
def test_a_head_request_states_the_length_of_a_file_that_is_read_in_parts(client: FlaskClient, form: str) -> None:
    head = client.head(f"{ROUTE}/{form}?bbox=-76,-31,-69,-26")
    with client.get(f"{ROUTE}/{form}?bbox=-76,-31,-69,-26") as response:
        whole = response.get_data()
    assert head.headers["Content-Length"] == str(len(whole)) and head.headers["Accept-Ranges"] == "bytes"
    assert head.headers["ETag"] == response.headers["ETag"] and not head.get_data()
    # a file for reading from its first byte is not made, and its length is not stated as 0
    assert "Content-Length" not in client.head(f"{ROUTE}/csv?bbox=-76,-31,-69,-26").headers


def test_rows_of_parquet_follow_the_curve_with_their_boxes(fetch: Fetch, items: Callable[..., Any]) -> None:
    path = fetch("geoparquet", bbox="-76,-31,-69,-26")
    frame = geopandas.read_parquet(path)
    along = items(bbox="-76,-31,-69,-26", limit=100)["features"]
    assert list(frame["id"]) == [feature["id"] for feature in along] and len(along) > 5
    columns = parquet.read_metadata(path).row_group(0)
    bounds = {columns.column(n).path_in_schema: columns.column(n).statistics for n in range(columns.num_columns)}
    assert bounds["bbox.xmin"].min == frame.geometry.x.min() and bounds["bbox.ymax"].max == frame.geometry.y.max()
    inside = geopandas.read_parquet(path, bbox=(-74, -29, -72, -27))
    assert 0 < len(inside) < len(frame)


def test_tiles_in_one_file_are_those_of_the_site(fetch: Fetch, any_client: FlaskClient) -> None:
    path = fetch("pmtiles", lang="zh")
    found = tiles_of(path)
    assert min(found) == (0, 0, 0) and max(z for z, _, _ in found) == 8
    for z, x, y in [(0, 0, 0), *[place for place in found if place[0] in (3, 8)][:4]]:
        served = any_client.get(f"/api/collections/deposits/tiles/WebMercatorQuad/{z}/{y}/{x}").get_data()
        assert in_order(found[z, x, y]) == in_order(mapbox_vector_tile.decode(served))
    metadata, header = read_pmtiles(path).metadata(), read_pmtiles(path).header()
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["deposits", "deposits_cells"]
    assert metadata["vector_layers"][0]["fields"]["main_commodity"] == "主矿种" and metadata["name"] == "矿床"
    assert metadata["licenses"][0] == {**metadata["licenses"][0], "source": "test-table", "license": "internal"}
    assert metadata["attribution"] == "The tests" and header["clustered"]
    assert header["min_lon_e7"] <= -179.5123e7 and header["max_lon_e7"] >= 179.5123e7


def test_what_means_nothing_is_refused_with_what_would_be_right(client: FlaskClient) -> None:
    for query, parameter in (
        ("limit=5", "limit"),
        ("package=2", "package"),
        ("columns=nope", "columns"),
        ("as_of=99", "as_of"),
    ):
        response = client.get(f"{ROUTE}/csv?{query}")
        assert response.status_code == 400 and response.get_json()["parameter"] == parameter, query
    for query in ("package=1", "columns=name_en"):
        assert "tiles of the map" in client.get(f"{ROUTE}/pmtiles?{query}").get_json()["detail"]
    assert client.get(f"{ROUTE}/nope").status_code == 404


def test_one_client_has_so_many_at_once_and_the_next_learns_when_to_retry(
    own_app: Callable[..., Flask], tmp_path: Path
) -> None:
    app = own_app(LODE_SPOOL=tmp_path, LODE_DOWNLOADS_EACH=1)
    client = app.test_client()
    first = client.get(f"{ROUTE}/csv", buffered=False)
    assert first.status_code == 200
    second = client.get(f"{ROUTE}/geojson")
    assert second.status_code == 429 and int(second.headers["Retry-After"]) > 0
    first.close()
    with client.get(f"{ROUTE}/geojson") as third:
        assert third.status_code == 200


def test_licence_selects_the_rows_of_a_download(items: Callable[..., Any], fetch: Fetch) -> None:
    everything = items(limit=1)["numberMatched"]
    assert items(limit=1, licence="internal")["numberMatched"] == everything
    assert items(limit=1, licence="CC0-1.0")["numberMatched"] == 0
    assert len(table(fetch("csv", licence="internal,CC0-1.0"))) == everything


def test_nothing_is_left_in_the_spool_by_one_who_leaves(
    own_app: Callable[..., Flask], tmp_path: Path, site_store: Store
) -> None:
    app = own_app(LODE_SPOOL=tmp_path)
    response = app.test_client().get(f"{ROUTE}/csv", buffered=False)
    response.close()
    assert not list((tmp_path / "making").iterdir()) and not list((tmp_path / "ready").glob("*.csv"))
    engine = engines.create_checked_engine(site_store.addresses.owner, "tests", pool_size=1)
    requested = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lode download' AND datname = current_database()"
    )
    for _ in range(100):
        with engine.connect() as connection:
            if connection.scalar(requested) == 0:
                break
        time.sleep(0.05)
    else:
        pytest.fail("the database still works for one who has left")
    engine.dispose()
