"""What a client keeps is confirmed by one statement and never when it has changed; responses are open and compressed."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lodebase.db.store import Store, write_conninfo
from lodebase.settings import Settings
from lodeweb.app import create_app
from lodeweb.http.representation import conditional_requests

VERSIONED = ("/api/collections", "/api/vocabularies/commodity", "/api/collections/deposits/items?limit=2")
FIXED = ("/api/", "/api/conformance", "/api/openapi.json", "/api/vocabularies", "/api/collections/deposits/schema")
PLANNED = quote(
    '{"type":"Feature","geometry":{"type":"Point","coordinates":[108.35,21.6]},'
    '"properties":{"product":"alumina","capacity_tpa":2000000}}'
)
CHECK, BY_DAY = f"/api/layout/check?candidate={PLANNED}", f"/api/layout/by-day?candidate={PLANNED}"
ITEM = "/api/collections/deposits/items?limit=1"
OWN_RULE = """
id: own
title_en: A rule of one's own
title_zh: 自有条款
issuer_en: The operator
issuer_zh: 运营单位
issued: 2026-01-01
citation: Made for the test
standing: in-force
valid_from: 2026-01-01
rules:
  - id: own-scale
    products: [alumina, tin]
    text_en: A scale of a hundred thousand tonnes a year.
    text_zh: 规模不低于10万吨/年。
    condition: {kind: minimum-scale, capacity_tpa: 100000}
    mark: verified
    read_in: the test
"""


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The queries of the database meanwhile."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    engine = app.extensions["lode"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", [*VERSIONED, *FIXED])
def test_a_response_has_a_weak_tag_and_says_what_it_varies_by(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.headers["ETag"].startswith('W/"')
    assert {word.strip() for word in response.headers["Vary"].split(",")} >= {"Accept", "Accept-Language", "Accept-Encoding"}
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("address", VERSIONED)
def test_a_response_that_is_stored_is_confirmed_without_a_look_at_the_rows(app: Flask, address: str) -> None:
    client = app.test_client()
    first = client.get(address)
    assert first.headers["Lode-Dataset-Version"] == "1"
    with statements(app) as said:
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Lode-Dataset-Version"] == "1"
    assert parsedate_to_datetime(first.headers["Last-Modified"]) < datetime.now(UTC)
    (statement,) = said
    assert "dataset_version" in statement


def test_the_catalogue_looks_up_its_version_once_and_not_for_each_file(app: Flask) -> None:
    with statements(app) as said:
        listed = app.test_client().get("/api/collections/datasets/items").get_json()
    files = sum(len(feature["properties"]["formats"]) for feature in listed["features"])
    assert files > 50 and len(said) < 40, said


@pytest.mark.parametrize("address", FIXED)
def test_what_the_data_does_not_change_is_confirmed_without_the_database(app: Flask, away: FlaskClient, address: str) -> None:
    tag = away.get(address).headers["ETag"]
    with statements(app) as said:
        again = app.test_client().get(address, headers={"If-None-Match": tag})
    assert (again.status_code, said) == (304, [])
    assert away.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("shown", "status"),
    [("{tag}", 304), ('"other", {tag}', 304), ('"other"', 200), ("*", 200), ("", 200), ("nonsense", 200), ('W/"', 200)],
)
def test_any_of_the_tags_shown_will_do(client: FlaskClient, shown: str, status: int) -> None:
    tag = client.get("/api/collections").headers["ETag"]
    assert client.get("/api/collections", headers={"If-None-Match": shown.format(tag=tag)}).status_code == status


def test_a_tag_is_of_one_address_one_form_and_one_language(client: FlaskClient) -> None:
    requested: list[tuple[str, dict[str, str]]] = [
        ("/api/collections", {}),
        ("/api/collections?lang=zh", {}),
        ("/api/collections", {"Accept-Language": "zh"}),
        ("/api/collections", {"Accept": "text/html"}),
        ("/api/collections", {"Host": "127.0.0.1"}),
        ("/api/collections/deposits", {}),
    ]
    tags = [client.get(address, headers=headers).headers["ETag"] for address, headers in requested]
    assert len(set(tags)) == len(tags)
    for address, headers in requested[1:]:
        assert client.get(address, headers=headers | {"If-None-Match": tags[0]}).status_code == 200


def test_a_change_is_seen_at_once(own_site: tuple[Store, Flask]) -> None:
    store, app = own_site
    client = app.test_client()
    first = client.get("/api/collections")
    tag = first.headers["ETag"]
    assert client.get("/api/collections", headers={"If-None-Match": tag}).status_code == 304
    commit_version(store)
    second = client.get("/api/collections", headers={"If-None-Match": tag})
    assert second.status_code == 200
    assert second.headers["ETag"] != tag
    assert int(second.headers["Lode-Dataset-Version"]) == int(first.headers["Lode-Dataset-Version"]) + 1


def test_new_code_confirms_nothing_of_the_old(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = client.get("/api/collections").headers["ETag"]
    monkeypatch.setattr(conditional_requests, "build", lambda: "another")
    assert client.get("/api/collections", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("address", [ITEM, CHECK, BY_DAY])
def test_another_day_confirms_nothing_of_the_last(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Ages of statuses and the rules in force go by the day."""
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    monkeypatch.setattr(conditional_requests, "today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    assert client.get(address, headers=tag).status_code == 200


@pytest.mark.parametrize("address", [CHECK, BY_DAY])
def test_rules_that_an_operator_changes_are_seen_at_once(own_app: Callable[..., Flask], tmp_path: Path, address: str) -> None:
    client = own_app(LODE_RULES=str(tmp_path)).test_client()
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    (tmp_path / "own.yml").write_text(OWN_RULE, encoding="utf-8")
    assert client.get(address, headers=tag).status_code == 200


def test_the_build_depends_on_the_content_of_the_files() -> None:
    assert len(conditional_requests.build()) == 24


def test_what_can_change_without_a_version_has_no_tag(client: FlaskClient) -> None:
    """An import that changes no served row may still renew a source's description and raw rows."""
    for address in ("/api/sources", "/api/sources/test-table/records/script"):
        assert "ETag" not in client.get(address).headers


def test_an_error_has_no_tag(client: FlaskClient) -> None:
    assert "ETag" not in client.get("/api/collections/nosuch").headers
    assert "ETag" not in client.get("/api/collections?x=y").headers


def test_without_its_database_nothing_is_confirmed(away: FlaskClient) -> None:
    assert away.get("/api/collections", headers={"If-None-Match": 'W/"x"'}).status_code == 503


@pytest.mark.parametrize("address", ["/api/", "/api/collections/deposits/items?limit=1", "/api/nosuch", "/api/?x=y"])
def test_scripts_of_other_sites_may_read(client: FlaskClient, address: str) -> None:
    headers = client.get(address, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    exposed = {word.strip() for word in headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {"Link", "Content-Crs", "ETag", "OGC-NumberMatched", "OGC-NumberReturned", "Lode-Dataset-Version"}
    assert "X-Request-Id" in exposed


def test_a_browser_may_send_a_preflight_request(client: FlaskClient) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    response = client.options("/api/collections", headers=headers)
    assert response.status_code == 200
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_pages_are_not_open_to_other_sites(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


@pytest.mark.parametrize(("accepted", "coding"), [("gzip", "gzip"), ("gzip, deflate, br, zstd", "zstd"), ("br", "br")])
def test_responses_are_compressed_as_the_client_takes_it(client: FlaskClient, accepted: str, coding: str) -> None:
    plain = client.get("/api/collections")
    assert "Content-Encoding" not in plain.headers
    packed = client.get("/api/collections", headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 4
    assert packed.headers["ETag"] == plain.headers["ETag"]
    if coding == "gzip":
        assert gzip.decompress(packed.data) == plain.data


def test_what_is_small_is_left_as_it_is(client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_a_packed_response_is_confirmed_too(client: FlaskClient) -> None:
    tag = client.get("/api/collections", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert client.get("/api/collections", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}).status_code == 304


@pytest.fixture
def own_site(store: Store) -> Iterator[tuple[Store, Flask]]:
    """A store of the test's own, empty, and a site before it."""
    owner, login = (url.render_as_string(hide_password=False) for url in (store.addresses.owner, store.addresses.site))
    app = create_app(Settings.model_validate({"LODE_DATABASE_URL": owner, "LODE_SITE_DATABASE_URL": login}))
    yield store, app
    app.extensions["lode"].dispose()


def commit_version(store: Store) -> None:
    """Commit a change of the data, as every import does."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(
            "INSERT INTO dataset_version (version, committed_at)"
            " SELECT coalesce(max(version), 0) + 1, clock_timestamp() FROM dataset_version"
        )
