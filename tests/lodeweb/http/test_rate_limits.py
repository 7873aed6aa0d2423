"""Each client may send so many requests in a while, wherever the site counts them; each response says how many are left."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import NewKey
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadSetting
from lodeweb.http.database import LIMITS_CONNECTIONS

ITEMS = "/api/collections/deposits/items?limit=1"
TILE = "/api/collections/deposits/tiles/WebMercatorQuad/0/0/0"
_addresses = iter(f"203.0.{number // 250}.{number % 250 + 1}" for number in range(10_000))


@pytest.fixture
def address() -> str:
    """An address that no other test uses."""
    return next(_addresses)


def get(app: Flask, path: str, address: str, **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client(use_cookies=False).get(path, headers=sent, environ_base={"REMOTE_ADDR": address})


def new_key(store: Store, **quotas: Any) -> tuple[int, str]:
    engine = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    try:
        with open_write_transaction(engine) as connection:
            return api_keys.add(connection, NewKey("a program", "a survey", **quotas))
    finally:
        engine.dispose()


def test_one_more_request_than_the_limit_is_429_with_what_to_do(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="3/minute")
    assert [get(app, ITEMS, address).status_code for _ in range(3)] == [200] * 3
    refused = get(app, ITEMS, address)
    reported = refused.get_json(force=True)
    assert (refused.status_code, refused.mimetype, reported["title"]) == (
        429,
        "application/problem+json",
        "Rate limit exceeded",
    )
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert reported["detail"].startswith("The limit of 3 requests in 60 seconds is used up. Try again in ")
    assert reported["detail"].endswith((" seconds.", " minutes."))
    assert "限额已用完" in get(app, f"{ITEMS}&lang=zh", address).get_json(force=True)["detail"]
    assert get(app, ITEMS, next(_addresses)).status_code == 200


def test_page_of_a_limit_has_one_sentence_about_the_wait(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="1/hour")
    get(app, ITEMS, address)
    page = get(app, ITEMS, address, Accept="text/html").get_data(as_text=True)
    assert re.search(r"Try again in (59|60) minutes\.", page) and "few seconds" not in page


def remaining(response: TestResponse) -> int:
    return int(response.headers["RateLimit"].partition(";r=")[2].partition(";")[0])


def test_a_long_request_counts_as_ten_or_by_its_work(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="6000/minute")
    long = f"{ITEMS}&filter={'+OR+'.join(['age=%27x%27'] * 80)}"
    assert get(app, long, address).status_code == 200
    left = remaining(get(app, ITEMS, address))
    # a slow machine counts more, by the time that the request took
    assert left <= 6000 - 10 - 1
    assert remaining(get(app, ITEMS, address)) == left - 1


def test_the_work_of_a_long_request_counts_and_that_of_a_short_one_does_not(
    own_app: Callable[..., Flask], address: str
) -> None:
    app = own_app(LODE_RATE_LIMIT="6000/minute")

    def work() -> str:
        time.sleep(0.3)
        return "done"

    app.add_url_rule("/work", view_func=work)
    assert get(app, "/work", address).status_code == 200
    assert remaining(get(app, ITEMS, address)) == 6000 - 2
    assert get(app, f"/work?text={'x' * 1_000}", address).status_code == 200
    assert remaining(get(app, ITEMS, address)) <= 6000 - 2 - 30 - 1


def test_sites_side_by_side_count_as_a_report_each(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT_LAYOUT="5/minute")
    sites = "/layout/sites?product=copper&capacity_tpa=400000&sites=36.8,118.05%0A21.7,108.4%0A30,104"
    assert [get(app, sites, address).status_code for _ in range(2)] == [200, 429]
    form = next(_addresses)
    assert [get(app, "/layout/sites", form).status_code for _ in range(6)] == [*[200] * 5, 429]


def test_two_sites_on_one_database_count_together(own_app: Callable[..., Flask], address: str) -> None:
    first, second = (own_app(LODE_RATE_LIMIT="4/minute") for _ in range(2))
    assert [get(app, ITEMS, address).status_code for app in (first, second, first, second)] == [200] * 4
    assert [get(app, ITEMS, address).status_code for app in (first, second)] == [429] * 2


def test_each_response_reports_the_limit_and_what_is_left(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="2/hour")
    for left in (1, 0, 0):
        response = get(app, ITEMS, address)
        assert response.headers["RateLimit-Policy"] == '"general";q=2;w=3600'
        match = re.fullmatch(r'"general";r=(\d+);t=(\d+)', response.headers["RateLimit"])
        assert match is not None and int(match[1]) == left and 3500 < int(match[2]) <= 3600
    assert "RateLimit-Policy" in response.headers["Access-Control-Expose-Headers"]
    assert response.get_json()["detail"].endswith(("Try again in 59 minutes.", "Try again in 60 minutes."))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (ITEMS, "general"),
        ("/", "general"),
        (TILE, "tiles"),
        ("/api/collections/deposits/download/csv?limit=1", "downloads"),
        ("/api/layout/check", "layout"),
        ("/layout", "layout"),
    ],
)
def test_tiles_downloads_and_layout_checks_have_limits_of_their_own(
    own_app: Callable[..., Flask], address: str, path: str, kind: str
) -> None:
    named = {"general": "", "tiles": "_TILES", "downloads": "_DOWNLOADS", "layout": "_LAYOUT"}
    app = own_app(**{f"LODE_RATE_LIMIT{named[kind]}": "1/minute"})
    assert get(app, path, address).status_code != 429
    assert get(app, path, address).status_code == 429
    others = {"general": TILE}.get(kind, ITEMS)
    assert get(app, others, address).status_code == 200


def test_the_size_of_a_download_is_no_download(own_app: Callable[..., Flask], address: str) -> None:
    client = own_app(LODE_RATE_LIMIT_DOWNLOADS="1/minute").test_client()
    for _ in range(3):
        response = client.head("/api/collections/deposits/download/csv", environ_base={"REMOTE_ADDR": address})
        assert response.status_code == 200 and '"general"' in response.headers["RateLimit-Policy"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/dist/manifest.json"])
def test_health_metrics_and_files_are_free(own_app: Callable[..., Flask], address: str, path: str) -> None:
    app = own_app(LODE_RATE_LIMIT="1/minute")
    for _ in range(5):
        with get(app, path, address) as response:
            assert response.status_code == 200 and "RateLimit" not in response.headers


def test_off_is_no_limit(own_app: Callable[..., Flask], address: str) -> None:
    response = get(own_app(LODE_RATE_LIMIT="off"), ITEMS, address)
    assert response.status_code == 200 and "RateLimit" not in response.headers


def test_an_ipv6_client_is_its_network(own_app: Callable[..., Flask]) -> None:
    app = own_app(LODE_RATE_LIMIT="2/minute")
    statuses = [get(app, ITEMS, f"2001:db8:7:7::{number:x}").status_code for number in range(1, 4)]
    assert statuses == [200, 200, 429]
    assert get(app, ITEMS, "2001:db8:7:8::1").status_code == 200


def test_the_store_holds_no_address(own_app: Callable[..., Flask], site_store: Store, address: str) -> None:
    get(own_app(LODE_RATE_LIMIT="7/day"), ITEMS, address)
    engine = engines.create_checked_engine(site_store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        keys = list(connection.scalars(text("SELECT key FROM rate_count WHERE key LIKE '%/7/1/day'")))
    engine.dispose()
    assert len(keys) == 1 and address not in keys[0]


def test_a_request_that_waits_for_no_place_is_limited_too(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="1/minute", LODE_THREADS=1, LODE_QUEUE=0)
    gate = app.extensions["lode"].gate
    gate.enter()
    assert [get(app, ITEMS, address).status_code for _ in range(2)] == [503, 429]
    gate.leave()


def test_without_the_database_each_process_counts_by_itself(away: Any) -> None:
    app = away.application
    statuses = [get(app, "/api/vocabularies/commodity", "203.0.113.1") for _ in range(2)]
    assert all(response.status_code in (200, 503) for response in statuses)
    assert '"general";q=' in statuses[0].headers["RateLimit-Policy"]
    left = [int(response.headers["RateLimit"].partition("r=")[2].partition(";")[0]) for response in statuses]
    assert left[0] - left[1] == 1


@pytest.mark.slow
def test_no_request_fails_while_the_counting_connections_are_taken(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app()
    pool = app.extensions["lode"].limits
    taken = [pool.connect() for _ in range(LIMITS_CONNECTIONS)]
    try:
        with ThreadPoolExecutor(6) as threads:
            responses = list(threads.map(lambda _: get(app, ITEMS, address), range(6)))
    finally:
        for connection in taken:
            connection.close()
    assert [response.status_code for response in responses] == [200] * 6


def test_a_key_has_its_own_count_and_higher_limits(own_app: Callable[..., Flask], site_store: Store, address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="1/minute", LODE_RATE_LIMIT_KEY_TIMES=3)
    _, token = new_key(site_store)
    assert [get(app, ITEMS, address).status_code for _ in range(2)] == [200, 429]
    statuses = [get(app, ITEMS, address, X_API_Key=token).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    # the key, not the address, is counted
    assert get(app, ITEMS, next(_addresses), X_API_Key=token).status_code == 429


def test_a_key_may_have_quotas_of_its_own(own_app: Callable[..., Flask], site_store: Store, address: str) -> None:
    app = own_app()
    _, token = new_key(site_store, per_minute=50, per_day=2)
    response = get(app, ITEMS, address, X_API_Key=token)
    assert response.headers["RateLimit-Policy"] == '"general";q=50;w=60, "day";q=2;w=86400'
    assert [get(app, path, address, X_API_Key=token).status_code for path in (TILE, ITEMS)] == [200, 429]


@pytest.mark.parametrize("token", ["wrong", "", "lode_" + "x" * 43, "lode_" + "x" * 5000, "lode_ключ"])
def test_a_wrong_key_is_401_and_never_anonymous(own_app: Callable[..., Flask], address: str, token: str) -> None:
    app = own_app()
    response = app.test_client().get(
        ITEMS, environ_base={"REMOTE_ADDR": address, "HTTP_X_API_KEY": token.encode().decode("latin-1")}
    )
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("ApiKey ")
    assert "does not exist or was revoked" in response.get_json(force=True)["detail"]
    assert get(app, "/healthz", address, X_API_Key="wrong").status_code == 200


def test_guesses_of_keys_are_counted_by_address(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT="2/minute")
    assert [get(app, ITEMS, address, X_API_Key=f"lode_{n}").status_code for n in range(3)] == [401, 401, 429]


def test_a_revoked_key_is_refused_once_it_is_looked_up_again(
    own_app: Callable[..., Flask], site_store: Store, address: str
) -> None:
    number, token = new_key(site_store)
    app, other = own_app(), own_app()
    assert get(app, ITEMS, address, X_API_Key=token).status_code == 200
    with open_write_transaction(other.extensions["lode"].desk) as connection:
        api_keys.revoke(connection, number)
    assert get(other, ITEMS, address, X_API_Key=token).status_code == 401


def test_a_store_without_its_package_is_one_sentence(own_app: Callable[..., Flask]) -> None:
    with pytest.raises(BadSetting, match="^LODE_RATE_LIMIT_STORE="):
        own_app(LODE_RATE_LIMIT_STORE="redis://127.0.0.1:1")


def test_counts_in_memory_are_possible(own_app: Callable[..., Flask], address: str) -> None:
    app = own_app(LODE_RATE_LIMIT_STORE="memory://", LODE_RATE_LIMIT="1/minute")
    assert [get(app, ITEMS, address).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(("address", "most"), [("2001:db8:{tag}:{n:x}::1", 16), ("2001:db8:{tag}:aa{n:02x}::1", 4)])
def test_networks_of_one_subscriber_are_counted_together(own_app: Callable[..., Flask], address: str, most: int) -> None:
    app = own_app(LODE_RATE_LIMIT="2/minute")
    tag = "1" if most == 4 else "2"
    # each from a /64 of its own; the first case also from a /56 of its own
    step = 256 if most == 16 else 1
    statuses = [get(app, ITEMS, address.format(tag=tag, n=number * step + 1)).status_code for number in range(20)]
    assert statuses == [200] * most + [429] * (20 - most)
    assert get(app, ITEMS, "2001:db8:3::1").status_code == 200


def test_requests_of_other_sites_pages_are_refused_wherever_they_write_or_cost(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    costly = (
        "/api/collections/deposits/items",
        "/api/layout/check",
        "/api/lists/check",
        "/api/processes/layout-check/execution",
    )
    for path in (*costly, "/layout", "/api/layout/reports"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Origin": "https://evil.example"}):
            response = client.post(path, data="x" * 2_000, headers=headers)
            assert response.status_code == 403 and "another site" in response.text, path


def test_a_page_that_sends_a_key_of_its_own_may_post(own_app: Callable[..., Flask], site_store: Store) -> None:
    token = new_key(site_store)[1]
    headers = {"Origin": "https://partner.example", "Sec-Fetch-Site": "cross-site", "X-API-Key": token}
    sent = own_app().test_client().post("/api/collections/deposits/items?limit=1", json={}, headers=headers)
    assert sent.status_code != 403
