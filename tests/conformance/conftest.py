"""Fixtures of the ported suites: a store with the starter register and edge cases, and a client of their kind."""

import contextlib
import csv
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import shapely
import yaml
from flask import Flask
from flask.testing import FlaskClient
from tests.many_requests import MANY_REQUESTS
from tests.quick import mostly_slow
from werkzeug.test import TestResponse

from lodebase.cli.operation.serve import SERVER
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.settings import Settings
from lodedata import sources, starter
from lodedata.cells import parse_partial_date
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Source
from lodedata.mapping.tables import read_mapped
from lodedata.records import SourceRow, Zone
from lodedata.sources import readers
from lodeweb.app import create_app

GEOJSON = "application/geo+json"
MAX_FOLLOWED = 4
"""Links to the next page that the suite follows at most."""

OWN = """
name: made-up
title_en: Made up
title_zh: 虚构
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    information_date: informed
    discovery_date: informed
    mine_status: {column: status, date: date}
    discovery_year: year
    commodities: [{column: metal, split: ","}]
    phases: [{product: product, status: {column: status, date: date}}]
"""
FILLED = ("deposits", "discoveries", "projects", "zones")
"""Collections of the register and of the table below; those of other kinds have no features here."""
COLUMNS = ("id", "kind", "name", "lon", "lat", "informed", "status", "date", "year", "metal", "product")
ROWS: tuple[dict[str, str], ...] = (
    {"id": "west of the line", "lon": "177.5123", "lat": "66.5", "informed": "2018-02-12", "year": "1850"},
    {"id": "east of the line", "lon": "-177.5123", "lat": "67.5", "informed": "2018-02"},
    {"id": "on the line", "lon": "180", "lat": "68.5", "informed": "2018"},
    {"id": "arctic", "lon": "12.5123", "lat": "89.5", "informed": "2018-02-13"},
    {"id": "antarctic", "lon": "-130.5123", "lat": "-88.5", "informed": "2018-02-15"},
    {"id": "north pole", "lon": "0", "lat": "90"},
    {"id": "south pole", "lon": "0", "lat": "-90"},
    {"id": "nowhere", "lon": "", "lat": "", "informed": "2018-02-12"},
    {"id": "nowhere and never", "lon": "", "lat": ""},
    {"id": "Río Débárquér", "lon": "-70.1", "lat": "-30.2", "status": "operating", "date": "2021-04-16", "year": "1981"},
    {"id": "rio debarquer", "lon": "-70.3", "lat": "-30.4", "status": "operating", "date": "2022-04-16", "year": "1956"},
    {
        "id": 'O\'Brien \\ "Shaft" 100%',
        "lon": "-70.5",
        "lat": "-30.6",
        "status": "closed",
        "date": "2023-04-16",
        "year": "2001",
    },
    {"id": "found", "kind": "discovery", "lon": "7.02", "lat": "49.92", "informed": "2018-02-12"},
    {"id": "found nowhere", "kind": "discovery", "lon": "", "lat": "", "informed": ""},
    {
        "id": "built",
        "kind": "project",
        "lon": "179.9",
        "lat": "69.9",
        "product": "refined copper",
        "status": "operating",
        "date": "2018-02-12",
    },
    {"id": "built nowhere", "kind": "project", "lon": "", "lat": "", "product": "refined copper"},
)
USUAL = {"kind": "deposit", "metal": "copper", "status": "", "date": "", "year": "", "product": "", "informed": ""}
ZONES: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("square", "MULTIPOLYGON(((0 40,10 40,10 50,0 50,0 40)))", "2018-02-12", "2021-12-31"),
    ("beside", "MULTIPOLYGON(((10 40,20 40,20 50,10 50,10 40)))", "2019", None),
    ("astride", "MULTIPOLYGON(((175 64,180 64,180 71,175 71,175 64)),((-180 64,-176 64,-176 71,-180 71,-180 64)))", None, None),
    ("south", "MULTIPOLYGON(((-180 -90,180 -90,180 -80,-180 -80,-180 -90)))", "1959-12-01", None),
    (
        "holed",
        "MULTIPOLYGON(((-80 -40,-60 -40,-60 -20,-80 -20,-80 -40),(-72 -32,-68 -32,-68 -28,-72 -28,-72 -32)))",
        "2020",
        "2022",
    ),
)


@dataclass(frozen=True, slots=True)
class Api:
    """The API as the suites use it: requests, responses, and pages that are followed by links."""

    client: FlaskClient

    def request(self, address: str, query: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        """Return the response of an address, a path under /api or a complete link."""
        path = address if address.startswith(("http", "/api")) else f"/api{address}"
        if query:
            # the suite appends to whatever is there already
            parts = urlsplit(path)
            joined = "&".join(filter(None, (parts.query, _encoded(query))))
            path = f"{path.split('?')[0]}?{joined}"
        return self.client.get(path, headers=headers)

    def get(self, address: str, query: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """Return the JSON of a response, which must have status 200."""
        response = self.request(address, query, **headers)
        assert response.status_code == 200, (address, query, response.get_data(as_text=True)[:500])
        body: dict[str, Any] = response.get_json(force=True)
        return body

    def features(self, collection: str, **query: Any) -> dict[str, dict[str, Any]]:
        """Return all features that match by id, in order; each once."""
        named = {name.replace("_", "-") if name.startswith(("filter", "bbox")) else name: v for name, v in query.items()}
        body = self.get(f"/collections/{collection}/items", {"limit": "10000", **named})
        found = {feature["id"]: feature for feature in body["features"]}
        assert len(found) == len(body["features"]) == body["numberReturned"]
        return found

    def matching(self, collection: str, filter_: str, **query: Any) -> set[str]:
        """Return the ids of the features that a CQL2 text selects."""
        return set(self.features(collection, filter=filter_, **query))

    def selected(self, address: str) -> list[dict[str, Any]]:
        """Return the features of an address and of the following pages, each with the declared maximum as in the suite."""
        limit = self.get("/openapi.json")["components"]["parameters"]["limit"]["schema"]["maximum"]
        found: list[dict[str, Any]] = []
        following: str | None = address
        followed = 0
        while following is not None:
            body = self.get(following)
            found += body["features"]
            followed += 1
            assert followed <= 1 + MAX_FOLLOWED
            following = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
            if following is not None:
                assert urlsplit(following).scheme and all(part.count("=") == 1 for part in urlsplit(following).query.split("&"))
                pairs = [part for part in urlsplit(following).query.split("&") if not part.startswith("limit=")]
                following = f"{following.split('?')[0]}?{'&'.join(pairs)}&limit={limit}"
        return found


def _encoded(query: Mapping[str, Any]) -> str:
    return "&".join(f"{quote(name)}={quote(str(value), safe=',:/.')}" for name, value in query.items())


def _zones() -> Iterator[Reading]:
    for code, wkt, start, end in ZONES:
        zone = Zone(
            zone_kind="test",
            code=code,
            name_en=code,
            name_zh=None,
            country=None,
            wkb=shapely.to_wkb(shapely.from_wkt(wkt)),
            accuracy_m=None,
            valid_from=None if start is None else parse_partial_date(start),
            valid_to=None if end is None else parse_partial_date(end),
        )
        yield Reading((SourceRow(code, b"{}", code),), (zone,))


def _fill(store: Store, folder: Path) -> None:
    """Import the starter register, the synthetic rows and the zones, each by the function of its kind."""
    register = sources.load_source(sources.STARTER)
    reader = readers.get_source_reader(sources.STARTER)
    place = starter.get_register_folder()
    run(store.importer, ImportJob(register, place, lambda tally: reader(register, place, tally), Boundaries(())))
    path = folder / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows({"name": row["id"], **USUAL, **row} for row in ROWS)
    about = yaml.safe_load(OWN)
    own = Source.model_validate(about)
    summary = run(store.importer, ImportJob(own, path, lambda tally: read_mapped(own, path, tally), Boundaries(())))
    assert summary.loaded == len(ROWS), summary
    zones = Source.model_validate(about | {"name": "made-up-zones", "tables": []})
    assert run(store.importer, ImportJob(zones, path, lambda tally: _zones(), Boundaries(()))).loaded == len(ZONES)


@pytest.fixture(scope="session")
def conformance_store(own_store: Callable[[str], contextlib.AbstractContextManager[Store]]) -> Iterator[Store]:
    """A store with everything in it; nothing changes it."""
    with own_store("conformance") as store, tempfile.TemporaryDirectory() as folder:
        _fill(store, Path(folder))
        yield store


@pytest.fixture(scope="session")
def settings_of_site(conformance_store: Store) -> dict[str, str]:
    """The settings of a site before that store, by their variables."""
    addresses = conformance_store.addresses
    return {
        "LODE_DATABASE_URL": addresses.owner.render_as_string(hide_password=False),
        "LODE_SITE_DATABASE_URL": addresses.site.render_as_string(hide_password=False),
        "LODE_DESK_DATABASE_URL": addresses.desk.render_as_string(hide_password=False),
        **MANY_REQUESTS,
    }


@pytest.fixture(scope="session")
def app(settings_of_site: dict[str, str]) -> Iterator[Flask]:
    made = create_app(Settings.model_validate(settings_of_site))
    yield made
    # a request of metrics may still run a query
    made.extensions["lode-figures"].asking_now.acquire(timeout=10)
    made.extensions["lode"].dispose()


@pytest.fixture(scope="session")
def api(app: Flask) -> Api:
    return Api(app.test_client(use_cookies=False))


@pytest.fixture
def served(settings_of_site: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """The port of a site on that store, served as `lode serve` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    figures = tmp_path / "metrics"
    figures.mkdir()
    environment = {**os.environ, **settings_of_site, "PROMETHEUS_MULTIPROC_DIR": str(figures)}
    environment |= {"PORT": str(port), "LODE_WORKERS": "1"}
    command = [sys.executable, "-m", SERVER]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
        server.terminate()


@pytest.fixture(params=mostly_slow(FILLED, quick=("deposits", "zones")), scope="session")
def name(request: pytest.FixtureRequest) -> str:
    """Each collection that the store has features of in turn."""
    return str(request.param)
