"""The site responds under its own host names only, and links lead to the address that its operator gave."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

ITEMS = "/api/collections/deposits/items?limit=1"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8123", "[::1]", "[::1]:8000", "localhost."]
)
def test_loopback_names_are_always_allowed(client: FlaskClient, host: str) -> None:
    assert client.get("/api/collections", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:8000", "[::2]", "a b", "<script>", ""],
)
@pytest.mark.parametrize("path", [ITEMS, "/", "/desk/sign-in", "/nosuch", "/api/openapi.json"])
def test_a_foreign_host_is_400_and_not_repeated(client: FlaskClient, host: str, path: str) -> None:
    response = client.get(path, headers={"Host": host, "Accept": "application/json"})
    text = response.get_data(as_text=True)
    assert response.status_code == 400
    assert "Unknown host" in text and "LODE_ALLOWED_HOSTS" in text
    assert not host or host not in text
    assert "Location" not in response.headers


def test_a_foreign_host_is_refused_in_chinese_too(client: FlaskClient) -> None:
    reported = client.get("/api?lang=zh", headers={"Host": "evil.example"}).get_json(force=True)
    assert (reported["title"], reported["detail"][:4]) == ("未知的主机名", "本平台不")


def test_names_come_from_the_settings(own_app: Callable[..., Flask]) -> None:
    app = own_app(LODE_URL="https://lode.example:8443/", LODE_ALLOWED_HOSTS="survey.example, .intern.example,[2001:db8::5]")
    client = app.test_client()
    for host in ("lode.example", "lode.example:8443", "survey.example", "a.intern.example", "[2001:db8::5]:80", "localhost"):
        assert client.get("/api", headers={"Host": host}).status_code == 200, host
    for host in ("intern.example", "other.example", "xlode.example"):
        assert client.get("/api", headers={"Host": host}).status_code == 400, host


def test_links_are_made_from_the_address_that_the_operator_gave(own_app: Callable[..., Flask]) -> None:
    client = own_app(LODE_URL="https://lode.example/", LODE_ALLOWED_HOSTS="survey.example").test_client()
    for path in (ITEMS, "/api", "/api/collections", "/api/collections/deposits", "/api/collections/deposits/queryables"):
        text = client.get(path, headers={"Host": "survey.example"}).get_data(as_text=True)
        assert "https://lode.example/api" in text and "survey.example" not in text, path


def test_monitors_may_ask_by_the_address_of_the_machine(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200, path
