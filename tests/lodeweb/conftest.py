"""What the tests of the site share: a store with rows that try it, imported by our own code, and the application before it."""

import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from tests.many_requests import MANY_REQUESTS

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.settings import Settings
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source, loading
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

SCRIPT = "<script>alert(1)</script>"
MAPPING = f"""
name: test-table
title_en: "Test table {SCRIPT}"
title_zh: "测试表 {SCRIPT}"
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{{id}}"
    kind: kind
    name_en: name
    name_zh: name_zh
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: country
    commodities: [{{column: metal, split: ","}}]
"""
COLUMNS = ("id", "kind", "name", "name_zh", "lon", "lat", "country", "metal")
KEYS = ("a:1", "a#2", "a/3", "a//4", "矿床 5", "a?6=7&b", "a%2F8", "a+9 b", "..", "a;b")
"""Keys with characters that mean something in an address."""


def table() -> Iterator[dict[str, str]]:
    """The rows of the store: a field in Chile, a pair astride the date line, and each oddity once."""
    for n in range(40):
        lon, lat = -75 + n % 8, -30 + n // 8
        metal = ("copper", "lithium", "copper,cobalt", "tin")[n % 4]
        yield _row(f"chile {n}", name=f"Field {n}", lon=f"{lon}.{n:03}1", lat=f"{lat}.{n:03}1", country="Chile", metal=metal)
    yield _row("fiji west", name="West of the line", lon="179.5123", lat="-17.1234", country="Fiji")
    yield _row("fiji east", name="East of the line", lon="-179.5123", lat="-17.1234", country="Fiji")
    yield _row("nowhere", name="Nowhere stated", lon="", lat="")
    yield _row("script", name=SCRIPT, name_zh=SCRIPT)
    yield _row("named in Chinese", name="", name_zh="德兴铜矿", lon="117.7312", lat="29.0123", country="中国")
    yield _row("nameless", name="")
    yield _row("gold", name="Out of scope", metal="gold")
    yield _row("found", kind="discovery", name="Found", metal="lithium")
    yield _row("built", kind="project", name="Built", metal="bauxite", country="Guinea")
    yield from (_row(key, name=f"Key {key}") for key in KEYS)


def _row(key: str, **cells: str) -> dict[str, str]:
    usual = {"kind": "deposit", "metal": "copper", "lon": "10.1234", "lat": "20.4321", "country": "", "name_zh": ""}
    return {**usual, "id": key, **cells}


def load(store: Store, rows: Iterator[dict[str, str]], folder: Path) -> None:
    """Import the rows as a user's own table."""
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    source = Source.model_validate(yaml.safe_load(MAPPING))
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def settings_of(addresses: Addresses, **more: Any) -> Settings:
    """The settings of a site that reads a database under the login that may only read."""
    own = {
        "LODE_DATABASE_URL": addresses.owner.render_as_string(hide_password=False),
        "LODE_SITE_DATABASE_URL": addresses.site.render_as_string(hide_password=False),
        "LODE_DESK_DATABASE_URL": addresses.desk.render_as_string(hide_password=False),
    }
    return settings(**own | more)


def settings(**named: Any) -> Settings:
    """Settings by their variables: a spool of the tests' own, limits that tests do not reach, an optional second factor."""
    limits = {name: value for name, value in MANY_REQUESTS.items() if name.startswith("LODE_RATE_LIMIT")}
    spool = Path(tempfile.gettempdir()) / f"lode-spool-{os.getpid()}"
    return Settings.model_validate({"LODE_SPOOL": spool, "LODE_TOTP": "optional", **limits, **named})


def closed(app: Flask) -> None:
    """Close the connections of an application that is no longer needed."""
    # a look at the figures may still have a query to the database in progress
    app.extensions["lode-figures"].asking_now.acquire(timeout=10)
    app.extensions["lode"].dispose()


@pytest.fixture(scope="session")
def site_store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    """A store with the rows of :func:`table`; nothing that a test does to it may stay."""
    with own_store("web") as store, tempfile.TemporaryDirectory() as folder:
        load(store, table(), Path(folder))
        yield store


@pytest.fixture(scope="session")
def app_of() -> Callable[[Store], AbstractContextManager[Flask]]:
    """Makes an application before a store of a test's own."""

    @contextmanager
    def make(store: Store) -> Iterator[Flask]:
        made = create_app(settings_of(store.addresses))
        yield made
        closed(made)

    return make


@pytest.fixture(scope="session")
def app(site_store: Store) -> Iterator[Flask]:
    desk = site_store.addresses.desk.render_as_string(hide_password=False)
    made = create_app(settings_of(site_store.addresses, LODE_DESK_DATABASE_URL=desk))
    yield made
    closed(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor with no cookies yet."""
    return app.test_client()


@pytest.fixture(scope="session")
def any_client(app: Flask) -> FlaskClient:
    """A visitor for many queries in one test."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def own_app(site_store: Store) -> Iterator[Callable[..., Flask]]:
    """Makes applications of the test's own before the same store, to which it may add roads; settings by their variables."""
    flasks: list[Flask] = []

    def make(**more: Any) -> Flask:
        flasks.append(create_app(settings_of(site_store.addresses, **more)))
        return flasks[-1]

    yield make
    for app in flasks:
        closed(app)


@pytest.fixture
def away() -> Iterator[FlaskClient]:
    """A visitor of a site whose database can't be reached: nothing listens on port 1."""
    made = create_app(settings(LODE_DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none"))
    yield made.test_client()
    closed(made)


@pytest.fixture
def items(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Requests items of a collection and gives the response's body; anything but 200 fails."""

    def ask(collection: str = "deposits", **query: Any) -> dict[str, Any]:
        response = client.get(f"/api/collections/{collection}/items", query_string=query)
        assert response.status_code == 200, response.get_data(as_text=True)
        body: dict[str, Any] = response.get_json(force=True)
        return body

    return ask


@pytest.fixture
def ids(site_store: Store) -> Iterator[Callable[[str], Mapping[str, str]]]:
    """Gives the ids of the served records of a kind by their key in the source."""
    engine = engines.create_checked_engine(site_store.addresses.owner, "tests", pool_size=1)
    statement = text(
        "SELECT s.key, m.record_id FROM member m JOIN source_record s ON s.id = m.source_record_id WHERE m.kind = :kind"
    )

    def by_key(kind: str) -> Mapping[str, str]:
        with engine.connect() as connection:
            return {row.key: row.record_id for row in connection.execute(statement, {"kind": kind})}

    yield by_key
    engine.dispose()


FIGURES = """
name: figures
title_en: Figures of the tests
title_zh: 测试数值
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    name_zh: name_zh
    position: {lon: lon, lat: lat, accuracy_m: 2500}
    country: country
    commodities: [{column: metal, split: ","}]
    deposit_model: [model]
    estimates:
      - &estimate
        category: category
        code: code
        date: date
        cut_off: cut_off
        ore: {column: ore_mt, unit: Mt}
        measures:
          - commodity: {const: copper}
            grade: {column: cu_pct, unit: "%", basis: metal}
            contained: {column: cu_kt, unit: kt, basis: metal}
          - commodity: {const: lithium}
            grade: {column: li_ppm, unit: ppm, basis: metal}
            contained: {column: lce_kt, unit: kt, basis: LCE}
      - <<: *estimate
        category: category2
        date: date2
        ore: {column: ore2_mt, unit: Mt}
        measures:
          - commodity: {const: copper}
            grade: {column: cu2_pct, unit: "%", basis: metal}
            contained: {column: cu2_kt, unit: kt, basis: metal}
    phases:
      - {name: phase, product: product, capacity: {column: capacity, unit: kt/a, basis: product}, status: status, start: start}
"""
FIGURE_ROWS: tuple[dict[str, str], ...] = (
    {
        "id": "two",
        "name": "Two Classes",
        "category": "inferred",
        "code": "JORC",
        "date": "2020",
        "ore_mt": "100",
        "cu_pct": "0.5",
    }
    | {"cu_kt": "500", "category2": "measured", "date2": "2021", "ore2_mt": "40", "cu2_pct": "0.8", "cu2_kt": "320"}
    | {"model": "porphyry-copper-gold", "cut_off": "0.2 % Cu"},
    {"id": "same", "name": "Same Class Twice", "category": "inferred", "date": "2015", "ore_mt": "300", "cu_pct": "0.4"}
    | {"cu_kt": "1200", "category2": "inferred", "date2": "2022", "ore2_mt": "200", "cu2_pct": "0.6", "cu2_kt": "1100"}
    | {"model": "porphyry-copper-gold", "country": "Chile"},
    {
        "id": "reserve",
        "name": "Reserve",
        "category": "probable",
        "ore_mt": "10",
        "cu_pct": "1",
        "cu_kt": "100",
        "country": "Chile",
    },
    {"id": "combined", "name": "Combined", "category": "M+I", "ore_mt": "20", "cu_pct": "1.5", "cu_kt": "300"},
    {"id": "undivided", "name": "Undivided", "category": "endowment", "ore_mt": "1000", "cu_pct": "0.3", "cu_kt": "3000"},
    {
        "id": "lithium",
        "name": "Brine",
        "metal": "lithium",
        "category": "inferred",
        "ore_mt": "50",
        "li_ppm": "600",
        "lce_kt": "160",
    },
    {"id": "bare", "name": "Bare", "lon": "", "lat": ""},
    {"id": "long", "name": "L" * 200, "name_zh": "长" * 200},
    {
        "id": "script",
        "name": SCRIPT,
        "name_zh": SCRIPT,
        "category": "inferred",
        "ore_mt": "5",
        "cu_pct": "2",
        "cut_off": SCRIPT,
    },
    {"id": "found", "kind": "discovery", "name": "Found", "category": "inferred", "ore_mt": "7", "cu_pct": "3"},
    {"id": "plant", "kind": "project", "name": "Plant", "phase": SCRIPT, "product": "lithium carbonate", "capacity": "30"}
    | {"metal": "lithium", "status": "construction", "start": "2024-05"},
)


@pytest.fixture(scope="session")
def figures_app(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Flask]:
    """The application before a store whose deposits have estimates of every kind, and a name that is a script."""
    columns = list(
        dict.fromkeys(("lon", "lat", "country", "kind", "metal", "name_zh", *(name for row in FIGURE_ROWS for name in row)))
    )
    usual = {"kind": "deposit", "metal": "copper", "lat": "20.4321"}
    source = Source.model_validate(yaml.safe_load(FIGURES))
    with own_store("figures") as store, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(usual | {"lon": f"{10 + n}.1234"} | row for n, row in enumerate(FIGURE_ROWS))
        found = run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
        assert found.loaded == len(FIGURE_ROWS), found
        made = create_app(settings_of(store.addresses))
        yield made
        closed(made)


@pytest.fixture
def figures(figures_app: Flask) -> FlaskClient:
    """A visitor of the site with estimates."""
    return figures_app.test_client(use_cookies=False)


@pytest.fixture(scope="session")
def figure_ids(figures_app: Flask) -> Mapping[str, str]:
    """The ids of the records with estimates by their key in the source."""
    client = figures_app.test_client(use_cookies=False)
    found = {}
    for name in ("deposits", "discoveries", "projects"):
        for feature in client.get(f"/api/collections/{name}/items?limit=100&f=json").get_json(force=True)["features"]:
            whole = client.get(f"/api/collections/{name}/items/{feature['id']}?profile=full&f=json").get_json(force=True)
            found[whole["properties"]["source_records"][0]["key"]] = feature["id"]
    return found


STATISTICS = """
name: output-{version}
dataflow: output
title_en: Output {version}
title_zh: 产量 {version}
publisher: The bureau
licence: {{id: internal, name: Internal}}
citation: The bureau, {version}
version: "{version}"
as_of: {as_of}
observations:
  - indicator: indicator
    commodity: commodity
    stage: stage
    basis: {{const: gross}}
    area: area
    unit: unit
    transformation: {{column: kind, optional: true}}
    period: period
    note: note
    values: [{{value: value}}]
"""
FIRST_RELEASE = """\
indicator,commodity,stage,area,unit,kind,period,value,note
production,copper,refinery,CHN,kt,level,2020,9000,
production,copper,refinery,CHL,kt,level,2020,2000,
production,copper,refinery,rest,kt,level,2020,4000,
production,copper,refinery,CHN,kt,level,2021,10000,=1+1
production,copper,refinery,CHL,kt,level,2021,2000,
production,copper,refinery,USA,kt,level,2021,W,
production,copper,refinery,WLD-rounded,kt,level,2021,16000,
production,copper,mine,CHL,kt,level,2021,5000,
reserves,copper,all,CHL,kt,level,2021,>200000,
price,copper,market,WLD,USD/t,level,2021-05,10162,
production,four-recycled-metals,secondary,CHN,万吨,level,2023,1770,
production,four-recycled-metals,secondary,CHN,万吨,level,2024,1915,
production,aluminium,secondary,CHN,kt,level,2023,1000,
production,tin,refinery,CHN,kt,level,2020,170,
imports,tin,refinery,CHN,kt,level,2020,20,
exports,tin,refinery,CHN,kt,level,2020,5,
production,tin,refinery,CHN,kt,level,2021,160,
imports,tin,refinery,CHN,kt,level,2021,50,
production,ten-metals,all,CHN,万吨,level,2024,7918.8,
production,ten-metals,all,CHN,万吨,level,2025,8175.0,
production,ten-metals,all,CHN,%,yoy-published,2025,3.9,
"""
SECOND_RELEASE = """\
indicator,commodity,stage,area,unit,kind,period,value,note
production,copper,refinery,CHN,kt,level,2021,10500,
"""


STREAMS_MAPPING = """
name: streams
title_en: Streams
title_zh: 原料流
publisher: The bureau
licence: {id: internal, name: Internal}
citation: The bureau
version: "1"
tables:
  - file: streams.csv
    key: "{#}"
    kind: {const: plant_stream}
    name_zh: name
    stream: stream
    metal: metal
    year: year
    permitted_input_tpa: permitted
    permitted_basis: {const: gross}
    design_output_tpa: design
    input_t: input
    country: country
"""
STREAMS = """\
name,stream,metal,year,permitted,design,input,country
示例铝业,aluminium-scrap,aluminium,,60000,,,CHN
示例再生铝,aluminium-scrap,aluminium,,,50000,,CHN
Example,aluminium-scrap,aluminium,,5000,,,IND
示例循环,black-mass,nickel,2024,20000,,800,CHN
示例循环,black-mass,nickel,2025,20000,,900,CHN
示例循环,black-mass,cobalt,2025,20000,,900,CHN
"""


def load_streams(store: Store, folder: Path) -> None:
    """Import the streams of recycling plants; one plant has a row for each metal and year."""
    path = folder / "streams.csv"
    path.write_text(STREAMS, "utf-8")
    source = loading.parse(STREAMS_MAPPING, "streams.yml")
    summary = run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
    assert summary.read == summary.loaded, summary.refused


def load_statistics(store: Store, folder: Path) -> None:
    """Import two releases of one dataflow; the second one revises a value."""
    for version, as_of, content in (("2022", "2022-01-31", FIRST_RELEASE), ("2023", "2023-01-31", SECOND_RELEASE)):
        path = folder / f"output-{version}.csv"
        path.write_text(content, "utf-8")
        source = loading.parse(STATISTICS.format(version=version, as_of=as_of), "output.yml")
        summary = run(store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))
        assert summary.read == summary.loaded, summary.refused


@pytest.fixture(scope="module")
def app_of_routes(
    own_store: Callable[[str], AbstractContextManager[Store]], app_of: Callable[[Store], AbstractContextManager[Flask]]
) -> Iterator[Flask]:
    """An application of its own for a module that registers routes."""
    with own_store("routes") as store, app_of(store) as made:
        yield made


@pytest.fixture(scope="session")
def statistics(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[FlaskClient]:
    """A visitor of a site with series of statistics."""
    with own_store("statistics") as store, tempfile.TemporaryDirectory() as folder:
        load_statistics(store, Path(folder))
        load_streams(store, Path(folder))
        made = create_app(settings_of(store.addresses))
        yield made.test_client(use_cookies=False)
        closed(made)
