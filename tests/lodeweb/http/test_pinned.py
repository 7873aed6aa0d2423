"""What names a version is stored for a year, and never what may change within it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodebase.ingest.entered.test_holder_names import Desk
from tests.lodebase.ingest.entered.test_person_everywhere import PERSON, load
from tests.lodeweb.conftest import closed, settings_of

from lodebase.db.store import Store, write_conninfo
from lodeweb.app import create_app
from lodeweb.http.representation import conditional_requests
from lodeweb.http.representation.conditional_requests import format_version_id

A_YEAR = "public, max-age=31536000, immutable"
TILE = "collections/deposits/tiles/WebMercatorQuad/0/0/0"
PINNED = (
    *("collections/deposits/items?limit=2", "collections/deposits/facets", TILE, "collections/deposits/download/csv"),
    *("collections/deposits/tiles/WebMercatorQuad?f=style", "collections/deposits/tiles/WebMercatorQuad?f=tilejson"),
)


@pytest.mark.parametrize("address", PINNED)
def test_an_address_with_a_version_is_stored_for_a_year(client: FlaskClient, address: str) -> None:
    joint = "&" if "?" in address else "?"
    # read to the end, as files are streamed
    by_parameter = client.get(f"/api/{address}{joint}as_of=1", buffered=True)
    by_path = client.get(f"/v/1/api/{address}", buffered=True)
    unpinned = client.get(f"/api/{address}", buffered=True)
    assert by_parameter.status_code == by_path.status_code == unpinned.status_code == 200
    assert by_parameter.headers["Cache-Control"] == by_path.headers["Cache-Control"] == A_YEAR
    assert unpinned.headers["Cache-Control"] == "no-cache"
    assert by_path.headers["Lode-Dataset-Version"] == "1"


def test_a_tile_is_the_same_for_all(client: FlaskClient) -> None:
    headers = client.get(f"/v/1/api/{TILE}").headers
    assert {word.strip() for word in headers.get("Vary", "Accept-Encoding").split(",")} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    "address",
    [
        "/api/collections/deposits/items?as_of=1&f=html",
        "/api/collections/deposits/items?as_of=2099",
        "/api/collections/deposits/items?as_of=2999-01-01",
        "/api/schedule/alerts?as_of=1",
        "/v/99/api/collections/deposits/items",
        "/v/1/api/collections/deposits/items?as_of=0",
        "/v/1/api/search?q=field",
        "/v/1/healthz",
    ],
)
def test_other_responses_are_not_pinned(client: FlaskClient, address: str) -> None:
    assert "immutable" not in client.get(address).headers.get("Cache-Control", "")


def test_an_address_without_versions_says_what_to_use_instead(client: FlaskClient) -> None:
    reasons = {"sources": "depends on more than the data", "search?q=x": "last version", "statistics/prices": "release"}
    for path, what in reasons.items():
        response = client.get(f"/v/1/api/{path}")
        assert response.status_code == 400 and what in response.get_json(force=True)["detail"], path
    sent = client.get("/api/sources?as_of=1").get_json(force=True)["detail"]
    assert sent.startswith("as_of is not a parameter here.")


def test_a_record_with_its_source_rows_is_revalidated(client: FlaskClient) -> None:
    """Source rows are stored as last read; a later version leaves them out."""
    identity = client.get("/api/collections/deposits/items?limit=1").get_json(force=True)["features"][0]["id"]
    address = f"/v/1/api/collections/deposits/items/{identity}"
    assert client.get(address).headers["Cache-Control"] == A_YEAR
    assert client.get(f"{address}?profile=full").headers["Cache-Control"] == "no-cache"
    assert client.get(f"{address}?f=ttl").headers["Cache-Control"] == "no-cache"


def test_a_pinned_response_is_confirmed_on_another_day(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/v/1/api/collections/deposits/items?limit=1"
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    monkeypatch.setattr(conditional_requests, "today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    again = client.get(address, headers=tag)
    assert again.status_code == 304 and again.headers["Cache-Control"] == A_YEAR


def test_the_same_body_on_every_day_and_after_a_change(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, "projects", operator="Northern Copper Ltd")
    app = create_app(settings_of(store.addresses))
    client = app.test_client()
    addresses = [f"/v/1/api/{address}" for address in PINNED if "items" not in address]
    before = [client.get(address.replace("deposits", "projects")).data for address in addresses]
    commit_version(store)
    assert [client.get(address.replace("deposits", "projects")).data for address in addresses] == before
    closed(app)


@pytest.fixture
def person_app(store: Store, tmp_path: Path) -> Iterator[tuple[Store, Flask]]:
    """A site before a store with the name of a person."""
    load(store, tmp_path, "projects", operator=PERSON)
    app = create_app(settings_of(store.addresses, LODE_SPOOL=str(tmp_path / "spool")))
    yield store, app
    closed(app)


def test_a_name_that_leaves_changes_the_address_that_pages_use(person_app: tuple[Store, Flask]) -> None:
    store, app = person_app
    client = app.test_client()

    def pinned_id() -> str:
        with app.test_request_context():
            return format_version_id(1)

    first = pinned_id()
    address = "/api/collections/projects/items"
    before = client.get(f"{address}?as_of={first}")
    assert PERSON in before.get_data(as_text=True) and before.headers["Cache-Control"] == A_YEAR

    desk = Desk(store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()

    second = pinned_id()
    assert second != first and second.partition("-")[0] == first.partition("-")[0] == "1"
    after = client.get(f"{address}?as_of={second}")
    assert PERSON not in after.get_data(as_text=True) and after.headers["Cache-Control"] == A_YEAR
    for old in (first, "1"):
        response = client.get(f"{address}?as_of={old}")
        assert PERSON not in response.get_data(as_text=True) and response.headers["Cache-Control"] == "no-cache"
    assert client.get(f"/v/{second}{address}").headers["Cache-Control"] == A_YEAR


def test_the_map_requests_tiles_by_version(client: FlaskClient, app: Flask) -> None:
    with app.test_request_context():
        expected = format_version_id(1)
    assert f'"version": "{expected}"' in client.get("/").get_data(as_text=True).replace('":"', '": "')


def commit_version(store: Store) -> None:
    """Commit a change of the data, as every import does."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(
            "INSERT INTO dataset_version (version, committed_at)"
            " SELECT coalesce(max(version), 0) + 1, clock_timestamp() FROM dataset_version"
        )
