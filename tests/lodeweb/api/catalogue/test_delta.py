"""A file of what changed since a version brings an older file up to date: applied to it, it gives the newer one."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from frictionless import Package
from tests.lodeweb.api.catalogue.test_changes import import_version, last, site
from tests.quick import mostly_slow

from lodebase.db.store import Store
from lodebase.query.collections_ import COLLECTIONS

__all__ = ["site"]
Tables = dict[str, list[dict[str, str]]]


def package(client: FlaskClient, address: str) -> bytes:
    with client.get(f"/api/collections/{address}") as response:
        assert response.status_code == 200, response.get_data(as_text=True)
        assert response.mimetype == "application/zip"
        return response.get_data()


def tables(content: bytes) -> Tables:
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                rows = csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))
                found[name.removesuffix(".csv")] = list(rows)
    return found


def record(collection: str, table: str, row: dict[str, str], measured: dict[str, str]) -> str:
    """The record that a row belongs to."""
    if table == collection:
        return row["id"]
    if table == "measures":
        return measured[row["estimate_id"]]
    return row.get(COLLECTIONS[collection].kind.own_column) or row["record_id"]


def applied(collection: str, old: Tables, delta: Tables) -> Tables:
    """The old tables without every record that the delta names, and with all rows that it holds."""
    gone = {row["id"] for row in delta["changes"]}
    measured = {row["id"]: row[COLLECTIONS[collection].kind.own_column] for row in old.get("estimates", ())}
    made = {}
    for table, rows in old.items():
        if table != "sources":
            made[table] = [row for row in rows if record(collection, table, row, measured) not in gone] + delta[table]
    return made


def ordered(found: Tables) -> dict[str, list[list[tuple[str, str]]]]:
    return {table: sorted(sorted(row.items()) for row in rows) for table, rows in found.items() if table != "sources"}


@pytest.mark.parametrize(
    "request_query",
    mostly_slow(
        ["deposits/download/csv", "projects/download/csv", "deposits/download/csv?filter=name_en LIKE '%25v%25'"],
        quick=["deposits/download/csv"],
    ),
)
def test_a_delta_applied_to_the_old_file_gives_the_new_one(
    site: Flask, store: Store, tmp_path: Path, request_query: str
) -> None:
    client, name = site.test_client(), request_query.partition("/")[0]
    mark = "&" if "?" in request_query else "?"
    stored = {last(client): tables(package(client, f"{request_query}{mark}package=1"))}
    for number in (2, 3):
        import_version(store, number, tmp_path)
        stored[last(client)] = tables(package(client, f"{request_query}{mark}package=1"))
    first, second, third = sorted(stored)
    changed = 0
    for old, new in ((first, second), (first, third), (second, third)):
        delta = tables(package(client, f"{request_query}{mark}since={old}&as_of={new}"))
        changed += len(delta["changes"])
        assert ordered(applied(name, stored[old], delta)) == ordered(stored[new]), (old, new)
    assert changed
    assert tables(package(client, f"{request_query}{mark}since={third}"))["changes"] == []


def test_a_delta_is_a_package_that_says_what_it_is(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    first = last(client)
    import_version(store, 2, tmp_path)
    with client.get(f"/api/collections/deposits/download/geojson?since={first}") as response:
        assert response.headers["Content-Location"].endswith(f"/geojson?since={first}&as_of={last(client)}")
        assert f"lode-deposits-v{first}-v{last(client)}.geojson.changes.zip" in response.headers["Content-Disposition"]
        folder = tmp_path / "delta"
        with zipfile.ZipFile(io.BytesIO(response.get_data())) as archive:
            archive.extractall(folder)
    changes = list(csv.DictReader(io.StringIO((folder / "changes.csv").read_text(encoding="utf-8-sig"))))
    assert {row["change"] for row in changes} == {"added", "changed", "withdrawn"}
    there = {feature["id"] for feature in json.loads((folder / "deposits.geojson").read_text())["features"]}
    assert there == {row["id"] for row in changes if row["change"] != "withdrawn"}
    assert Package(str(folder / "datapackage.json")).validate().valid
    refused = client.get(f"/api/collections/deposits/download/csv?since={last(client)}&as_of={first}")
    assert refused.status_code == 400 and refused.get_json()["parameter"] == "since"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deposits", "projects"])
def test_the_functions_of_the_docs_bring_a_package_up_to_date(site: Flask, store: Store, tmp_path: Path, name: str) -> None:
    """The page's block as far as its functions go; each version's package is made of the first one's."""
    page = (Path(__file__).parents[4] / "docs/use/download.md").read_text(encoding="utf-8")
    match = re.search(r"^```python\n(.*?)\nold = ", page, re.DOTALL | re.MULTILINE)
    assert match is not None
    said: dict[str, Any] = {}
    exec(match[1], said)
    client = site.test_client()
    first = last(client)
    old = said["tables"](io.BytesIO(package(client, f"{name}/download/csv?package=1")))
    for number in (2, 3):
        import_version(store, number, tmp_path)
        delta = said["tables"](io.BytesIO(package(client, f"{name}/download/csv?since={first}")))
        made = {table: rows.to_dict("records") for table, rows in said["updated"](old, delta).items()}
        assert ordered(made) == ordered(tables(package(client, f"{name}/download/csv?package=1")))
        assert len(delta["changes"])
