"""A request is one line of JSON, with an id that goes through, what was asked and how it went, and nothing of who asked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

ITEMS = "/api/collections/deposits/items"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Gives the lines that the log has had since it was asked last."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    return read


Lines = Callable[[], list[dict[str, Any]]]


def test_a_request_is_one_line(client: FlaskClient, lines: Lines) -> None:
    answer = client.get(f"{ITEMS}?limit=2&country=Chile")
    (told,) = lines()
    assert told["event"] == "request"
    assert (told["method"], told["status"], told["bytes"]) == ("GET", 200, len(answer.data))
    assert told["path"] == ITEMS
    assert told["route"].startswith("/api/collections/") and told["route"].endswith("/items")
    assert (told["parameters"], told["query"]) == (["country", "limit"], "limit=2&country=Chile")
    assert 0 < told["database_ms"] <= told["ms"] < 10_000
    assert 0 <= told["waited_ms"] < told["ms"]
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert told["timestamp"].endswith("Z") and told["level"] == "info"


@pytest.mark.parametrize("asked", ["a", "7f3-A.b_c", "x" * 64])
def test_an_id_of_the_client_is_taken_over(client: FlaskClient, lines: Lines, asked: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": asked})
    assert answer.headers["X-Request-Id"] == asked
    assert lines()[0]["request_id"] == asked


@pytest.mark.parametrize("asked", ["", "x" * 65, "a b", "a/b", "铜", '"', "{}"])
def test_an_id_that_is_none_is_replaced(client: FlaskClient, asked: str) -> None:
    made = client.get("/healthz", headers={"X-Request-Id": asked.encode("utf-8").decode("latin-1")}).headers["X-Request-Id"]
    assert made != asked and len(made) == 16


def test_ids_differ(client: FlaskClient) -> None:
    assert len({client.get("/healthz").headers["X-Request-Id"] for _ in range(50)}) == 50


def test_the_line_of_an_error_has_its_kind_and_the_id(away: FlaskClient, lines: Lines) -> None:
    answer = away.get(ITEMS)
    told = lines()
    assert {line["request_id"] for line in told} == {answer.headers["X-Request-Id"]}
    assert told[-1]["event"] == "request"
    assert (told[-1]["status"], told[-1]["failure"]) == (503, "DatabaseAway")


def test_an_unforeseen_error_has_the_id_and_its_traceback(own_app: Callable[..., Flask], lines: Lines) -> None:
    app = own_app()

    @app.get("/fails")
    def fails() -> str:
        raise ValueError("the reason")

    answer = app.test_client().get("/fails", headers={"X-Request-Id": "mine"})
    error, request = lines()
    assert (answer.status_code, error["request_id"], request["request_id"]) == (500, "mine", "mine")
    assert error["level"] == "error" and "the reason" in error["exception"]
    assert request["status"] == 500


def test_nothing_tells_who_asked(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
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
    (told,) = lines()
    assert told["route"] is None
    assert len(told["path"]) < 4_100


def test_a_long_query_is_cut(client: FlaskClient, lines: Lines) -> None:
    client.get(f"{ITEMS}?country={'x' * 9_000}")
    told = lines()[-1]
    assert len(told["query"]) < 4_100 and told["query"].endswith("…")


def test_the_query_can_be_left_out(own_app: Callable[..., Flask], lines: Lines) -> None:
    app = own_app(LODE_LOG_QUERIES=False)
    app.test_client().get(f"{ITEMS}?limit=2&near=1,2")
    told = lines()[-1]
    assert "query" not in told and told["parameters"] == ["limit", "near"]
