"""API keys at the desk: administrators make them, see their last use and revoke them."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store
from lodeweb.app import create_app


@pytest.fixture(scope="module")
def app(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Flask]:
    with own_store("desk_keys") as store:
        add_accounts(store, "expert", "administrator")
        made = create_app(settings_of(store.addresses))
        yield made
        closed(made)


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    return signed_in(app, "administrator")


def test_a_key_is_made_used_and_revoked(app: Flask, administrator: FlaskClient) -> None:
    form = {"name": "harvester <b>", "owner": "Survey of Nowhere", "per_minute": "77", "per_day": ""}
    made = administrator.post("/desk/keys?lang=en", data=form | {"csrf_token": token(administrator, "/desk/keys")})
    page = made.get_data(as_text=True)
    match = re.search(r'<code id="token">(lode_[\w-]{43})</code>', page)
    assert made.status_code == 200 and match is not None and made.headers["Cache-Control"] == "private, no-store"
    assert "harvester &lt;b&gt;" in page and ">77<" in page
    program = app.test_client(use_cookies=False)
    response = program.get("/api/collections", headers={"X-API-Key": match[1]})
    assert response.status_code == 200 and '"general";q=77;w=60' in response.headers["RateLimit-Policy"]
    listed = administrator.get("/desk/keys?lang=en").get_data(as_text=True)
    assert match[1] not in listed and match[1][:11] in listed
    number = re.search(r"/desk/keys/(\d+)/revoke", listed)
    assert number is not None
    path = f"/desk/keys/{number[1]}/revoke"
    assert administrator.post(path, data={"csrf_token": token(administrator, "/desk/keys")}).status_code == 303
    assert "revoked" in administrator.get("/desk/keys?lang=en").get_data(as_text=True)
    assert path not in administrator.get("/desk/keys").get_data(as_text=True)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "owner": "x"},
        {"name": "x", "owner": ""},
        {"name": "x", "owner": "y", "per_minute": "many"},
        {"name": "x", "owner": "y", "per_day": "0"},
        {"name": "x", "owner": "y", "per_day": "9" * 10},
        {"name": "x" * 81, "owner": "y"},
    ],
)
@pytest.mark.parametrize(("lang", "sentence"), [("en", " must "), ("zh", "须为")])
def test_what_can_not_be_used_is_reported_in_both_languages(
    administrator: FlaskClient, form: dict[str, str], lang: str, sentence: str
) -> None:
    sent = form | {"csrf_token": token(administrator, "/desk/keys")}
    response = administrator.post(f"/desk/keys?lang={lang}", data=sent)
    assert response.status_code == 400 and sentence in response.get_data(as_text=True)


def test_keys_are_for_administrators(app: Flask) -> None:
    expert = signed_in(app, "expert")
    assert expert.get("/desk/keys").status_code == 403
    form = {"name": "x", "owner": "y", "csrf_token": token(expert, "/desk")}
    assert expert.post("/desk/keys", data=form).status_code == 403
    assert expert.post("/desk/keys/1/revoke", data=form).status_code == 403
    assert app.test_client().get("/desk/keys").status_code == 302
    assert app.test_client().post("/desk/keys", data={"name": "x", "owner": "y"}).status_code in (400, 403)


def test_a_key_that_is_not_there_can_not_be_revoked(administrator: FlaskClient) -> None:
    form = {"csrf_token": token(administrator, "/desk/keys")}
    for number in ("999999", "9" * 18):
        assert administrator.post(f"/desk/keys/{number}/revoke", data=form).status_code == 404


def test_the_page_is_in_chinese_too(administrator: FlaskClient) -> None:
    page = administrator.get("/desk/keys?lang=zh").get_data(as_text=True)
    assert "API 密钥" in page and "每分钟请求数" in page
