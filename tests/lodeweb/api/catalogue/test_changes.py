"""Changes since a version: complete, in order, resumable; applied to the old data they give the new."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from tests.lodeweb.conftest import closed, load, settings_of, table

from lodebase.db.store import Store
from lodebase.download.tables_ import RELATIONS
from lodebase.query.collections_ import COLLECTIONS
from lodeweb.app import create_app

PHASE = """
INSERT INTO lode.phase (id, project_id, ordinal, name, source) SELECT id || '.p0', id, 0, 'first', 'test' FROM lode.project
"""
ATOM = "{http://www.w3.org/2005/Atom}"
Records = dict[tuple[str, str], dict[str, Any]]


def import_version(store: Store, number: int, folder: Path) -> None:
    """Each version changes a third of the rows and what belongs to some, drops an estimate, takes a record away, adds one."""
    rows = [
        {**row, "name": f"{row['name']} v{number}"} if n % 3 == number % 3 and number > 1 else row
        for n, row in enumerate(table())
    ]
    load(store, iter([*rows, {**rows[0], "id": f"new {number}", "name": f"New in {number}"}]), folder)
    engine = create_engine(store.addresses.owner)
    with engine.begin() as connection:
        if number == 1:
            connection.execute(text(PHASE))
        else:
            connection.execute(text("SET LOCAL lode.run = '1'"))
            connection.execute(text("UPDATE lode.phase SET name = 'renamed in ' || :n WHERE ordinal = 0"), {"n": str(number)})
            connection.execute(text("DELETE FROM lode.deposit WHERE name_en = 'New in ' || :n"), {"n": str(number - 1)})
            connection.execute(text("DELETE FROM lode.flag WHERE record_id = (SELECT min(record_id) FROM lode.flag)"))
    engine.dispose()


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Flask]:
    import_version(store, 1, tmp_path)
    app = create_app(settings_of(store.addresses, LODE_SPOOL=tmp_path / "spool"))
    yield app
    closed(app)


def last(client: FlaskClient) -> int:
    return int(client.get("/api/versions").get_json()["versions"][0]["version"])


def records(client: FlaskClient) -> Records:
    """Every record as lists and records report it now, with its parts by their tables and keys."""
    found: Records = {}
    for name in COLLECTIONS:
        for feature in client.get(f"/api/collections/{name}/items?limit=10000").get_json()["features"]:
            found[name, feature["id"]] = stated({**feature["properties"], "geometry": feature["geometry"]})
            full = client.get(f"/api/collections/{name}/items/{feature['id']}?profile=full").get_json()["properties"]
            found[name, feature["id"]]["parts"] = parts(name, full)
    return found


def parts(name: str, full: dict[str, Any]) -> dict[str, Any]:
    made = {}
    names = {"activities": "exploration_activities", "flags": "quality_flags"}
    for relation in RELATIONS[name]:
        for row in full.get(names.get(relation.name, relation.name)) or []:
            reported = {column.name: row.get(column.name) for column in relation.columns}
            made[f"{relation.name} {row['id'] if relation.keyed else row['ordinal']}"] = stated(reported)
        if relation.name == "measures":
            for estimate in full["estimates"]:
                for row in estimate["measures"]:
                    reported = {column.name: row.get(column.name) for column in relation.columns}
                    made[f"measures {estimate['id']}/{row['commodity']}"] = stated(reported)
    return made


def stated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def lines(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """All changes, page by page."""
    found: list[dict[str, Any]] = []
    address = f"/api/changes?{query}"
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.get_data(as_text=True)
        assert response.mimetype == "application/x-ndjson"
        found += [json.loads(line) for line in response.get_data(as_text=True).splitlines()]
        address = response.headers.get("Link", "").partition(">")[0].removeprefix("<http://localhost")
    return found


def applied(before: Records, changes: list[dict[str, Any]]) -> Records:
    after = {key: {**record, "parts": {k: dict(v) for k, v in record["parts"].items()}} for key, record in before.items()}
    for change in changes:
        key = change["collection"], change["id"]
        if change["change"] == "withdrawn":
            assert reported(change["fields"], "old") == {k: v for k, v in after.pop(key).items() if k != "parts"}
            continue
        record = after.setdefault(key, {"parts": {}})
        put(record, change["fields"])
        for part in change["parts"]:
            name = f"{part['table']} {part['key']}"
            if part["change"] == "withdrawn":
                assert reported(part["fields"], "old") == record["parts"].pop(name)
            else:
                put(record["parts"].setdefault(name, {}), part["fields"])
    return after


def reported(fields: dict[str, Any], which: str) -> dict[str, Any]:
    return stated({name: values[which] for name, values in fields.items()})


def put(into: dict[str, Any], fields: dict[str, Any]) -> None:
    for name, values in fields.items():
        if "old" in values:
            assert into.get(name) == values["old"], name
        into.pop(name, None)
        into.update(stated({name: values["new"]}))


def test_all_changes_applied_to_the_old_data_give_the_new(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    stored = {0: {}, last(client): records(client)}
    for number in (2, 3):
        import_version(store, number, tmp_path)
        stored[last(client)] = records(client)
    now = last(client)
    for since, before in stored.items():
        for limit in (1000, 7):
            changes = lines(client, f"since={since}&limit={limit}")
            order = [(c["version"], list(COLLECTIONS).index(c["collection"]), c["id"]) for c in changes]
            assert order == sorted(set(order))
            assert applied(before, changes) == stored[now], since
    assert {c["change"] for c in lines(client, "since=1")} == {"added", "changed", "withdrawn"}
    assert lines(client, f"since={now}") == []
    first, second = sorted(stored)[1:3]
    assert applied(stored[first], lines(client, f"since={first}&until={second}")) == stored[second]


def test_a_filter_reports_what_matched_before_or_matches_after(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    import_version(store, 2, tmp_path)
    everything = lines(client, "since=1&collection=deposits")
    assert everything and {c["collection"] for c in everything} == {"deposits"}
    found = lines(client, "since=1&collection=deposits&filter=name_en LIKE '%25 v2'")
    assert {c["id"] for c in found} == {
        c["id"] for c in everything if (c["fields"].get("name_en", {}).get("new") or "").endswith(" v2")
    }
    assert {(c["matched"], c["matches"]) for c in found} == {(False, True)}
    left = lines(client, "since=1&collection=deposits&filter=NOT name_en LIKE '%25 v2'&limit=2")
    assert {c["id"] for c in found} <= {c["id"] for c in left if c["matched"] and not c["matches"]}
    assert {c["id"] for c in left} == {c["id"] for c in everything}
    some = lines(client, "since=1&collection=deposits&contained_t_min=1")
    assert len(some) < len(everything)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("since=99", "since"),
        ("since=1&until=soon", "until"),
        ("since=1&collection=mines", "collection"),
        ("since=1&country=CHL", "country"),
        ("since=1&collection=deposits&near=1,2&radius_km=3", "near"),
        ("since=1&collection=deposits&nonsense=1", "nonsense"),
        ("since=1&after=x", "after"),
        ("since=1&after=1/mines/x", "after"),
        ("since=1&after=1/deposits/a%00b", "after"),
        ("since=%00", "since"),
        ("since=1&collection=%00", "collection"),
        ("since=1&collection=deposits&country=%00", "country"),
        ("since=1&f=%00", "f"),
        ("since=1&f=csv", "f"),
        ("since=1&limit=0", "limit"),
    ],
)
def test_a_query_that_means_nothing_is_refused(any_client: FlaskClient, query: str, parameter: str) -> None:
    response = any_client.get(f"/api/changes?{query}")
    assert response.status_code == 400 and response.get_json()["parameter"] == parameter


def test_people_read_changes_in_both_languages(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    import_version(store, 2, tmp_path)
    named = [c for c in lines(client, "since=1&collection=deposits") if c["fields"].get("name_en", {}).get("old")]
    change = next(c for c in named if c["change"] == "changed")
    for lang, terms in (("en", ("Name (English)", "changed")), ("zh", ("英文名称", "变更"))):
        page = client.get(f"/api/changes?since=1&f=html&lang={lang}").get_data(as_text=True)
        assert all(word in page for word in (*terms, change["fields"]["name_en"]["new"]))
        latest = client.get(f"/api/changes?f=html&lang={lang}").get_data(as_text=True)
        assert terms[0] in latest
        own = client.get(f"/records/{change['id']}?lang={lang}").get_data(as_text=True)
        assert all(word in own for word in (*terms, change["fields"]["name_en"]["old"]))


def test_a_feed_reports_the_last_changes_of_a_filter_first(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    import_version(store, 2, tmp_path)
    response = client.get("/api/changes?collection=deposits&filter=name_en LIKE '%25 v2'&f=atom&lang=zh")
    assert response.mimetype == "application/atom+xml" and response.headers["ETag"]
    feed = ElementTree.fromstring(response.get_data())
    entries = feed.findall(f"{ATOM}entry")
    assert entries and all((entry.findtext(f"{ATOM}title") or "").endswith("变更") for entry in entries)
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    whole = ElementTree.fromstring(client.get("/api/changes?f=atom").get_data())
    assert len(whole.findall(f"{ATOM}entry")) > len(entries)
    for link in feed.findall(f"{ATOM}link"):
        address = (link.get("href") or "").removeprefix("http://localhost")
        assert client.get(address).status_code == 200, address
