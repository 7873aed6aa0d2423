"""Every error is problem details (RFC 9457) with a status, a sentence, our headers, and never a traceback."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from lodebase.errors import BadQuery, DatabaseAway, LodeError, NotFound, NotMigrated, StatementTimeout
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.representation.problem_details import STATUS

HEADERS = ("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Content-Security-Policy")
LARGE = 1 << 20
RAISED: list[tuple[Exception, int, str]] = [
    (BadQuery("limit", "0", msg("must be more")), 400, "must be more"),
    (NotFound("there is no such thing"), 404, "there is no such thing"),
    (StatementTimeout("ask for less"), 503, "ask for less"),
    (DatabaseAway("try again"), 503, "try again"),
    (NotMigrated("wants another"), 503, "wants another"),
    (ValueError("a secret of the house"), 500, "failed on our side"),
    (KeyError("a secret of the house"), 500, "failed on our side"),
    (RecursionError("a secret of the house"), 500, "failed on our side"),
]


def raising(app: Flask, error: Exception) -> FlaskClient:
    def fail() -> str:
        raise error

    app.add_url_rule("/fails", view_func=fail)
    return app.test_client()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nosuch", 404),
        ("GET", "/api/nosuch", 404),
        ("GET", "/static/nosuch.js", 404),
        ("GET", "/static/dist/map-AAAAAAAA.js", 404),
        ("GET", "/api/collections/nosuch", 404),
        ("GET", "/api/collections/deposits/items/nosuch", 404),
        ("GET", "/api/sources/nosuch/records/1", 404),
        ("GET", "/api/collections/deposits/items?limit=0", 400),
        ("POST", "/api/", 405),
        ("DELETE", "/api/collections/deposits/items", 405),
        ("PUT", "/api/collections/deposits/items/1", 405),
        ("PATCH", "/", 405),
        ("POST", "/healthz", 405),
        ("BREW", "/api/", 405),
    ],
)
def test_every_error_is_problem_details(client: FlaskClient, method: str, address: str, status: int) -> None:
    response = client.open(address, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    body = response.get_json(force=True)
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"] and body["detail"] and "Traceback" not in response.get_data(as_text=True)
    assert all(header in response.headers for header in HEADERS)
    assert "max-age" not in response.headers.get("Cache-Control", "")


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("address", "status", "en", "zh"),
    [
        ("/nosuch", 404, "Not Found", "未找到"),
        ("/api/nosuch", 404, "Not Found", "未找到"),
        ("/api/collections/deposits/items/nosuch", 404, "Not found", "未找到"),
        ("/api/collections/deposits/items?limit=0", 400, "Invalid request", "请求无效"),
        ("/compare?ids=1,2,3,4,5,6,7", 400, "Invalid request", "请求无效"),
    ],
)
def test_a_browser_gets_a_page_that_leads_onward(client: FlaskClient, address: str, status: int, en: str, zh: str) -> None:
    for lang, title in (("en", en), ("zh-CN", zh)):
        response = client.get(address, headers=BROWSER | {"Accept-Language": lang})
        assert (response.status_code, response.mimetype, response.headers["Content-Language"]) == (status, "text/html", lang)
        text = response.get_data(as_text=True)
        assert f'<html lang="{lang}">' in text and f"<h1>{title}</h1>" in text
        assert all(f'href="{onward}"' in text for onward in ("/", "/data", "/api/?f=html"))
        assert all(header in response.headers for header in HEADERS)


def test_the_page_says_which_parameter_is_wrong_and_shows_no_markup_of_the_address(client: FlaskClient) -> None:
    text = client.get("/api/collections/deposits/items?limit=<b>no", headers=BROWSER).get_data(as_text=True)
    assert "<code>limit</code>" in text and "&lt;b&gt;no" in text and "<b>no" not in text


@pytest.mark.parametrize(("accept", "f"), [("*/*", ""), ("application/json", ""), (BROWSER["Accept"], "f=json"), ("", "")])
def test_whoever_requests_no_page_gets_data(client: FlaskClient, accept: str, f: str) -> None:
    response = client.get(f"/api/nosuch?{f}", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(("error", "status"), [(DatabaseAway("try again"), 503), (ValueError("a secret of the house"), 500)])
def test_a_failure_that_may_pass_offers_to_try_again(own_app: Callable[[], Flask], error: Exception, status: int) -> None:
    response = raising(own_app(), error).get("/fails", headers=BROWSER)
    text = response.get_data(as_text=True)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert "Try again</a>" in text and "secret" not in text
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize("address", ["/api/", "/", "/api/collections/deposits/items", "/api/sources/test-table/records/x"])
def test_a_405_names_what_is_allowed(client: FlaskClient, address: str) -> None:
    """RFC 9110, 15.5.6."""
    response = client.delete(address)
    assert response.status_code == 405
    # a polygon too long for an address is sent
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS" + (", POST" if address.endswith("/items") else "")


def test_a_body_too_large_is_413(own_app: Callable[[], Flask]) -> None:
    app = own_app()
    view = sessions.open_to_all("a route of the test's own")(lambda: str(len(request.get_data())))
    app.add_url_rule("/takes", "takes", methods=["POST"], view_func=view)
    client = app.test_client()
    assert client.post("/takes", data=b"x" * LARGE).status_code == 200
    response = client.post("/takes", data=b"x" * (LARGE + 1))
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"
    assert response.get_json(force=True)["status"] == 413


def test_a_large_body_that_nobody_requested_does_no_harm(client: FlaskClient) -> None:
    assert client.get("/api/", data=b"x" * 3 * LARGE).status_code == 200
    assert client.post("/api/", data=b"x" * 3 * LARGE).status_code == 405


@pytest.mark.parametrize(("error", "status", "sentence"), RAISED, ids=[type(case[0]).__name__ for case in RAISED])
def test_each_class_has_its_status_and_its_sentence(
    own_app: Callable[[], Flask], error: Exception, status: int, sentence: str
) -> None:
    response = raising(own_app(), error).get("/fails")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    reported = response.get_data(as_text=True)
    assert sentence in reported and "Traceback" not in reported and "secret" not in reported
    assert all(header in response.headers for header in HEADERS)
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_an_unforeseen_error_is_logged_once(own_app: Callable[[], Flask], capsys: pytest.CaptureFixture[str]) -> None:
    raising(own_app(), ValueError("the reason")).get("/fails")
    reported = capsys.readouterr()
    assert (reported.out + reported.err).count("unforeseen error") == 1
    assert "the reason" in reported.out + reported.err


def test_the_table_holds_what_a_visitor_can_meet() -> None:
    assert all(issubclass(error, LodeError) for error in STATUS)
    assert {status for status, _ in STATUS.values()} == {301, 400, 401, 403, 404, 408, 409, 429, 503, 507}


def test_a_double_slash_leads_to_the_plain_address(client: FlaskClient) -> None:
    response = client.get("/api//collections")
    assert response.status_code == 308
    assert response.headers["Location"] == "http://localhost/api/collections"
