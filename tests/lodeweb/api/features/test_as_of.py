"""A file can be had again as it was: three versions are imported, and each comes back byte for byte."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from tests.lodeweb.conftest import closed, load, settings_of, table
from tests.quick import mostly_slow

from lodebase.db.store import Store
from lodedata.write import FORMATS
from lodeweb.app import create_app

ROUTE = "/api/collections/deposits/download"
EVERYTHING = ("",)
QUERIES = {"csv": ("", "commodity=copper&lang=zh", "bbox=-80,-40,-60,-20&package=1", "near=-72,-28&radius_km=300")}
"""The parameters of a format; of the others everything."""


def import_version(store: Store, number: int, folder: Path) -> None:
    """Each version changes a third of the rows, leaves one out and adds one; the source is described anew manually."""
    rows = []
    for n, row in enumerate(table()):
        if n == number:
            continue
        changed = {"name": f"{row['name']} v{number}", "lon": "11.5"} if n % 3 == number % 3 and number > 1 else {}
        rows.append({**row, **changed})
    rows.append({**rows[0], "id": f"new {number}", "name": f"New in {number}"})
    load(store, iter(rows), folder)
    with create_engine(store.addresses.owner).begin() as connection:
        connection.execute(text("UPDATE lode.source SET title_en = :title"), {"title": f"Described {number}"})
    connection.engine.dispose()


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Flask]:
    import_version(store, 1, tmp_path)
    app = create_app(settings_of(store.addresses, LODE_SPOOL=tmp_path / "spool"))
    yield app
    closed(app)


def fetched(client: FlaskClient, form: str, query: str, version: int | None = None) -> bytes:
    requested = "&".join(filter(None, (query, f"as_of={version}" if version is not None else "")))
    with client.get(f"{ROUTE}/{form}?{requested}") as response:
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_data()


@pytest.mark.parametrize("form", mostly_slow(FORMATS, ("gpkg",)))
def test_each_version_comes_back_byte_for_byte(form: str, site: Flask, store: Store, tmp_path: Path) -> None:
    client, queries = site.test_client(), QUERIES.get(form, EVERYTHING)
    stored: dict[int, dict[str, bytes]] = {}
    for version in (1, 2, 3):
        if version > 1:
            import_version(store, version, tmp_path)
        stored[version] = {query: fetched(client, form, query) for query in queries}
    for query in queries:
        assert len({stored[version][query] for version in stored}) == 3, "the versions differ"
    # nothing is stored: each is made anew of the history
    shutil.rmtree(tmp_path / "spool" / "ready")
    for version, files in stored.items():
        for query, content in files.items():
            assert fetched(client, form, query, version) == content, (version, query)


def test_a_version_is_also_had_by_its_time(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    first = fetched(client, "csv", "")
    with client.head(f"{ROUTE}/csv") as head:
        when = head.headers["Last-Modified"]
    import_version(store, 2, tmp_path)
    assert fetched(client, "csv", "") != first
    moment = create_engine(store.addresses.owner)
    with moment.connect() as connection:
        committed = connection.scalar(text("SELECT committed_at FROM lode.dataset_version WHERE version = 1"))
    moment.dispose()
    assert committed is not None and when
    assert fetched(client, "csv", f"as_of={committed.isoformat().replace('+00:00', 'Z')}") == first
    assert client.get(f"{ROUTE}/csv?as_of=nonsense").status_code == 400


def test_a_day_a_month_and_a_year_name_the_version_at_their_end(site: Flask, store: Store) -> None:
    client = site.test_client()
    with create_engine(store.addresses.owner).begin() as connection:
        connection.execute(text("UPDATE lode.dataset_version SET committed_at = '2024-02-29 15:30:00+00' WHERE version = 1"))
    connection.engine.dispose()

    def matched(query: str) -> int:
        found = client.get(f"/api/collections/deposits/items?limit=1&{query}")
        assert found.status_code == 200, found.get_data(as_text=True)
        return int(found.get_json()["numberMatched"])

    everything = matched("")
    for day in ("2024-02-29", "2024-02", "2024", "2024-02-29T15:30:00Z"):
        assert matched(f"as_of={day}") == everything, day
        with client.get(f"{ROUTE}/csv?as_of={day}") as response:
            assert response.status_code == 200 and len(response.get_data().splitlines()) == everything + 1, day
    for day in ("2024-02-28", "2024-01", "2023", "2024-02-29T15:29:59Z"):
        assert matched(f"as_of={day}") == 0, day
    changed = [client.get(f"/api/changes?f=ndjson&{query}").get_data() for query in ("since=2024-02-29", "until=2024-02-29")]
    assert changed[0] and changed[1], "changes of the day come after its beginning and before its end"
    assert client.get("/api/collections/deposits/items?as_of=2024-13").status_code == 400


@pytest.mark.parametrize("form", mostly_slow(["csv", "gpkg"], quick=("csv",)))
def test_the_link_of_a_citation_gives_the_very_same_file_after_an_import(
    form: str, site: Flask, store: Store, tmp_path: Path
) -> None:
    client = site.test_client()
    with client.get(f"{ROUTE}/{form}?commodity=copper&lang=zh&package=1") as response:
        package, digest = response.get_data(), response.headers["Repr-Digest"]
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        cited = yaml.safe_load(archive.read("CITATION.cff"))["url"]
    import_version(store, 2, tmp_path)
    shutil.rmtree(tmp_path / "spool" / "ready")
    with client.get(cited.removeprefix("http://localhost")) as response:
        assert response.get_data() == package
        assert response.headers["Repr-Digest"] == digest
    with client.get(f"{ROUTE}/{form}?commodity=copper&lang=zh&package=1") as response:
        assert response.get_data() != package
