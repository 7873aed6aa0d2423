"""The filter by organisation at an earlier version: the owners and the organisations that the data had then."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

ABOUT = """
title_en: Test
title_zh: 测试
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2026"
"""
PROJECTS = f"""
name: own-projects
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: project}}
    name_en: {{column: id}}
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: {{const: CHL}}
    commodities: [{{const: copper}}]
    phases: [{{product: {{const: copper concentrate}}, status: {{const: operating}}}}]
    owners: [{{name: owner}}]
"""
ORGANISATIONS = f"""
name: own-organisations
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: organisation}}
    name_en: name
    parent: parent
    country: {{const: CHL}}
    organisation_kind: {{const: enterprise}}
"""
NORTH, SOUTH, GROUP, OTHER = (
    "Norte Copper Mining Co., Ltd.",
    "Sur Metals Company Limited",
    "Andes Holding Inc.",
    "Pacific Holding Inc.",
)


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Version 2: Mina is of North and North of Andes; version 3: Mina is of South; version 4: North is of Pacific."""
    folder = tmp_path_factory.mktemp("as_of")
    with own_store("organisation_as_of") as store:
        owned = [("Mina", "-70.1", "-24.2", NORTH), ("Planta", "-70.2", "-24.3", NORTH)]
        groups = [("n", NORTH, GROUP), ("s", SOUTH, ""), ("g", GROUP, ""), ("p", OTHER, "")]
        _load(store, folder, ORGANISATIONS, "id name parent", groups)
        _load(store, folder, PROJECTS, "id lon lat owner", owned)
        _load(store, folder, PROJECTS, "id lon lat owner", [("Mina", "-70.1", "-24.2", SOUTH), owned[1]])
        _load(store, folder, ORGANISATIONS, "id name parent", [("n", NORTH, OTHER), *groups[1:]])
        yield store


@pytest.fixture(scope="module")
def site(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]]) -> Iterator[FlaskClient]:
    with app_of(store) as app:
        yield app.test_client()


def _load(store: Store, folder: Path, mapping: str, columns: str, rows: Sequence[Sequence[str]]) -> None:
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns.split(), *rows])
    source = Source.model_validate(yaml.safe_load(mapping))
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def identity(site: FlaskClient, name: str) -> str:
    features = site.get("/api/collections/organisations/items?limit=50").get_json()["features"]
    return str(next(feature["id"] for feature in features if feature["properties"]["name_en"] == name))


def sites(site: FlaskClient, name: str, version: str, more: str = "") -> list[str]:
    """The names of the projects of an organisation at a version."""
    query = f"organisation={identity(site, name)}{more}" + (f"&as_of={version}" if version else "")
    found = site.get(f"/api/collections/projects/items?{query}").get_json()
    assert found["numberMatched"] == len(found["features"])
    return sorted(feature["properties"]["name_en"] for feature in found["features"])


@pytest.mark.parametrize(
    ("version", "of_north", "of_south"),
    [("2", ["Mina", "Planta"], []), ("3", ["Planta"], ["Mina"]), ("", ["Planta"], ["Mina"])],
)
def test_the_owner_of_the_version_counts(site: FlaskClient, version: str, of_north: list[str], of_south: list[str]) -> None:
    assert sites(site, NORTH, version) == of_north
    assert sites(site, SOUTH, version) == of_south


@pytest.mark.parametrize(
    ("version", "of_andes", "of_pacific"),
    [("2", ["Mina", "Planta"], []), ("3", ["Planta"], []), ("4", [], ["Planta"]), ("", [], ["Planta"])],
)
def test_the_parent_of_the_version_counts(site: FlaskClient, version: str, of_andes: list[str], of_pacific: list[str]) -> None:
    assert sites(site, GROUP, version, "&include_subsidiaries=true") == of_andes
    assert sites(site, OTHER, version, "&include_subsidiaries=true") == of_pacific


@pytest.mark.parametrize(("version", "number"), [("2", 2), ("4", 1)])
def test_counts_files_and_charts_of_a_version_agree_with_its_list(site: FlaskClient, version: str, number: int) -> None:
    query = f"organisation={identity(site, NORTH)}&as_of={version}"
    facets = site.get(f"/api/collections/projects/facets?facets=country&{query}").get_json()
    assert facets["numberMatched"] == number
    rows = site.get(f"/api/collections/projects/download/csv?{query}").get_data(as_text=True).splitlines()
    assert len(rows) == number + 1


def test_a_version_before_the_names_were_stored_is_refused(store: Store, site: FlaskClient) -> None:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        begun = connection.execute("SELECT min(since_version) FROM lode.named_organisation").fetchone()
    assert begun == (2,) or begun == (1,)
    identified = identity(site, NORTH)
    found = site.get(f"/api/collections/projects/items?organisation={identified}&as_of=0")
    assert found.status_code == 400
    assert "is stored from version 1 on. Enter as_of=1 or later" in found.get_json()["detail"]
    assert site.get("/api/collections/projects/items?as_of=0").status_code == 200
