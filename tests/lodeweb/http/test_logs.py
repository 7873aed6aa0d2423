"""A request is one line of JSON, with the request id, the request and its outcome, and nothing about the client."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lodeweb.http.service import logs

ITEMS = "/api/collections/deposits/items"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Returns the lines that the log has had since it was read last."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    return read


Lines = Callable[[], list[dict[str, Any]]]


def test_a_request_is_one_line(client: FlaskClient, lines: Lines) -> None:
    response = client.get(f"{ITEMS}?limit=2&country=Chile")
    (reported,) = lines()
    assert reported["event"] == "request"
    assert (reported["method"], reported["status"], reported["bytes"]) == ("GET", 200, len(response.data))
    assert reported["path"] == ITEMS
    assert reported["route"].startswith("/api/collections/") and reported["route"].endswith("/items")
    assert (reported["parameters"], reported["query"]) == (["country", "limit"], "limit=2&country=Chile")
    assert 0 < reported["database_ms"] <= reported["ms"] < 10_000
    assert 0 <= reported["waited_ms"] < reported["ms"]
    assert reported["request_id"] == response.headers["X-Request-Id"]
    assert reported["timestamp"].endswith("Z") and reported["level"] == "info"


@pytest.mark.parametrize("requested", ["a", "7f3-A.b_c", "x" * 64])
def test_an_id_of_the_client_is_taken_over(client: FlaskClient, lines: Lines, requested: str) -> None:
    response = client.get("/healthz", headers={"X-Request-Id": requested})
    assert response.headers["X-Request-Id"] == requested
    assert lines()[0]["request_id"] == requested


@pytest.mark.parametrize("requested", ["", "x" * 65, "a b", "a/b", "铜", '"', "{}"])
def test_an_id_that_is_none_is_replaced(client: FlaskClient, requested: str) -> None:
    made = client.get("/healthz", headers={"X-Request-Id": requested.encode("utf-8").decode("latin-1")}).headers["X-Request-Id"]
    assert made != requested and len(made) == 16


def test_request_ids_differ(client: FlaskClient) -> None:
    assert len({client.get("/healthz").headers["X-Request-Id"] for _ in range(50)}) == 50


def test_the_line_of_an_error_has_its_kind_and_the_id(away: FlaskClient, lines: Lines) -> None:
    response = away.get(ITEMS)
    reported = lines()
    assert {line["request_id"] for line in reported} == {response.headers["X-Request-Id"]}
    assert reported[-1]["event"] == "request"
    assert (reported[-1]["status"], reported[-1]["failure"]) == (503, "DatabaseAway")


def test_an_unforeseen_error_has_the_id_and_its_traceback(own_app: Callable[..., Flask], lines: Lines) -> None:
    app = own_app()

    @app.get("/fails")
    def fails() -> str:
        raise ValueError("the reason")

    response = app.test_client().get("/fails", headers={"X-Request-Id": "mine"})
    error, request = lines()
    assert (response.status_code, error["request_id"], request["request_id"]) == (500, "mine", "mine")
    assert error["level"] == "error" and "the reason" in error["exception"]
    assert request["status"] == 500


def test_the_log_does_not_identify_the_client(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.set_cookie("lode-lang", "zh")
    headers = {
        "User-Agent": "the-browser",
        "Referer": "http://the-page/",
        "Authorization": "the-pass",
        "X-Forwarded-For": "10.1.2.3",
    }
    for path in ("/", ITEMS, "/nosuch", f"{ITEMS}?nosuch=1"):
        client.get(path, headers=headers, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    said = capsys.readouterr().err
    for word in ("the-browser", "the-page", "the-pass", "10.1.2.3", "10.9.8.7", "lode-lang"):
        assert word not in said


@pytest.mark.parametrize(
    "path", ["/nosuch", "/a%00b", "/%ff%fe", "/%ed%a0%80", '/"quoted"', "/line%0Abreak", "/" + "x" * 9_000]
)
def test_any_path_is_one_line(client: FlaskClient, lines: Lines, path: str) -> None:
    client.get(path)
    (reported,) = lines()
    assert reported["route"] is None
    assert len(reported["path"]) < 4_100


def test_a_long_query_is_cut(client: FlaskClient, lines: Lines) -> None:
    client.get(f"{ITEMS}?country={'x' * 9_000}")
    reported = lines()[-1]
    assert len(reported["query"]) < 4_100 and reported["query"].endswith("…")


def test_the_query_can_be_left_out(own_app: Callable[..., Flask], lines: Lines) -> None:
    app = own_app(LODE_LOG_QUERIES=False)
    app.test_client().get(f"{ITEMS}?limit=2&near=1,2")
    reported = lines()[-1]
    assert "query" not in reported and reported["parameters"] == ["limit", "near"]


HOSTILE = "\x1b[2J\x07\r\x9b31m\u202e\x7f"
ESCAPED = r"\x1b[2J\x07\r\x9b31m\u202e\x7f"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard error is a terminal, as far as the log can see."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    logs.configure()
    yield
    monkeypatch.undo()
    logs.configure()


@pytest.mark.usefixtures("terminal")
def test_control_characters_of_a_request_do_not_reach_a_terminal(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/nothing/{quote(HOSTILE)}%0Aforged line?{quote(HOSTILE)}={quote(HOSTILE)}")
    client.get("/nothing", query_string=b"a=\x1b[2J\x9b".decode("latin-1"))
    logs.log.warning("an event", reason=HOSTILE, name=HOSTILE)
    reported = capsys.readouterr().err
    assert ESCAPED in reported and r"\nforged line" in reported
    assert not set(HOSTILE.replace("31m", "").replace("[2J", "")) & set(reported)


def test_control_characters_of_a_request_are_escaped_in_json(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get(f"/nothing/{quote(HOSTILE)}%0Aforged line")
    (line,) = capsys.readouterr().err.splitlines()
    assert "\x1b" not in line and "\r" not in line and "\x07" not in line
    assert json.loads(line)["path"] == f"/nothing/{HOSTILE}\nforged line"


def test_no_request_writes_a_long_line(
    client: FlaskClient, own_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a client sends is cut: query, path, names of parameters, errors of the database."""
    names = "&".join(f"{'n' * 300}{n}=1" for n in range(200))
    client.get(f"{ITEMS}?{names}")
    client.get(f"/{'p' * 60_000}")
    client.get(f"{ITEMS}?filter={'x' * 16_000}")
    app = own_app()

    @app.get("/fails")
    def fails() -> str:
        with app.extensions["lode"].engine.connect() as connection:
            connection.execute(text("SELECT :sent::int"), {"sent": "secret" * 50_000})
        return ""

    @app.get("/raises")
    def raises() -> str:
        raise ValueError("x" * 400_000)

    assert [app.test_client().get(path).status_code for path in ("/fails", "/raises")] == [500, 500]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 7
    assert max(map(len, lines)) < 40_000
    assert sum(map(len, lines)) < 80_000


def test_values_of_parameters_that_are_secrets_are_not_logged(client: FlaskClient, lines: Lines) -> None:
    client.get(
        f"{ITEMS}?limit=1&api_key=lode-secret&X-API-Key=lode-secret&token=lode-secret&country=CL&access_token=lode-secret"
    )
    (line,) = lines()
    assert "lode-secret" not in str(line) and line["query"].startswith("limit=1&api_key=***")
    assert "country=CL" in line["query"]
