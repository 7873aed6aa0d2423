"""The tools by the SDK's own client: in the process, over HTTP and over standard input and output."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from werkzeug.serving import make_server

from lodeweb.mcp import server
from lodeweb.mcp.exchange import fetch_within
from lodeweb.mcp.tools import TOOLS

PLANNED = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [108.35, 21.6]},
    "properties": {"product": "alumina", "capacity_tpa": 2_000_000},
}


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address of the site, served by werkzeug."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


def within(app: Flask, lang: str = "en") -> Any:
    environ = {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "localhost"}
    return server.make_server(fetch_within(app.wsgi_app, environ, "http://localhost"), lang)


def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the result of a function in a thread of its own: the browser of other tests runs a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(function, *arguments).result()


def run_coroutine(made: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return in_thread(lambda: asyncio.run(made()))


def call(transport: Any, tool: str, /, **arguments: Any) -> Any:
    async def run() -> Any:
        async with Client(transport) as client:
            return await client.call_tool(tool, arguments)

    return run_coroutine(run)


def test_every_tool_has_a_schema_and_a_text_in_both_languages(app: Flask) -> None:
    async def titles(lang: str) -> list[str]:
        async with Client(within(app, lang)) as client:
            listed = (await client.list_tools()).tools
        for tool in listed:
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            assert tool.annotations is not None and tool.annotations.read_only_hint
        return [tool.title or "" for tool in listed]

    english, chinese = (run_coroutine(partial(titles, lang)) for lang in ("en", "zh"))
    assert len(english) == len(TOOLS) == 7
    assert not set(english) & set(chinese)


def test_filtered_records_come_with_sources_and_date(app: Flask) -> None:
    made = call(within(app), "filter_records", collection="deposits", commodity="tin", country="CHL", limit=3)
    structured_content = made.structured_content
    assert (
        not made.is_error
        and structured_content["data"]["numberMatched"] == 10
        and structured_content["data"]["numberReturned"] == 3
    )
    assert [source["name"] for source in structured_content["sources"]] == ["test-table"]
    assert (
        structured_content["sources"][0]["citation"] == "The tests, made up"
        and structured_content["sources"][0]["licence"] == "internal"
    )
    assert structured_content["dataset_version"] == 1 and structured_content["data_date"].startswith("20")
    assert structured_content["note"] is None
    assert structured_content["address"].startswith("http://localhost/api/collections/deposits/items?commodity=tin")


def test_search_then_the_record_with_the_source_of_each_value(app: Flask) -> None:
    suggestions = call(within(app), "search", q="Field 3").structured_content["data"]["suggestions"]
    identity = next(suggestion["id"] for suggestion in suggestions if suggestion["name_en"] == "Field 3")
    record = call(within(app), "get_record", collection="deposits", id=identity).structured_content
    assert record["data"]["properties"]["name_en"] == "Field 3"
    assert [source["name"] for source in record["sources"]] == ["test-table"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("check_layout", {"candidate": PLANNED}),
        ("check_list", {"name": "Northern Copper", "date": "2026-03-01"}),
        ("get_statistics", {"commodity": "copper"}),
        ("list_series", {}),
    ],
)
def test_tools_of_checks_and_statistics_return_results(app: Flask, name: str, arguments: dict[str, Any]) -> None:
    made = call(within(app), name, **arguments)
    assert not made.is_error, made.content
    assert made.structured_content["dataset_version"] == 1 and made.structured_content["data"]


@pytest.mark.parametrize(
    ("name", "arguments", "names"),
    [
        ("search", {"q": "zzzzqqqq"}, ["test-table"]),
        ("filter_records", {"collection": "projects", "country": "ATA"}, ["test-table"]),
        ("filter_records", {"collection": "tailings-facilities"}, []),
        ("get_statistics", {"commodity": "tin", "area": "ATA"}, []),
        ("list_series", {"q": "zzzzqqqq"}, []),
        ("check_list", {"name": "Northern Copper", "date": "2026-03-01"}, []),
    ],
)
def test_an_empty_response_names_the_sources_that_were_searched(
    app: Flask, name: str, arguments: dict[str, Any], names: list[str]
) -> None:
    structured_content = call(within(app), name, **arguments).structured_content
    assert [source["name"] for source in structured_content["sources"]] == names
    assert structured_content["note"].startswith("Nothing was found." if names else "This site holds no source")
    assert all(source["as_of"] == "2024" and source["licence"] for source in structured_content["sources"])
    assert "未" in call(within(app), name, lang="zh", **arguments).structured_content["note"]


def test_empty_statistics_name_the_data_sets_that_were_searched(statistics: FlaskClient) -> None:
    for name, arguments in (("get_statistics", {"area": "ATA"}), ("list_series", {"q": "zzzzqqqq"})):
        structured_content = call(within(statistics.application), name, **arguments).structured_content
        assert structured_content["note"].startswith("Nothing was found.") and len(structured_content["sources"]) > 1
    found = call(within(statistics.application), "list_series", limit=2).structured_content
    assert found["data"]["series"] and found["sources"] and found["note"].startswith("The response names no source")


def test_statistics_come_with_the_data_sets_that_they_are_of(statistics: FlaskClient) -> None:
    made = call(within(statistics.application), "get_statistics", commodity="copper", area="CHN")
    named = {observation["data_set"] for observation in made.structured_content["data"]["observations"]}
    sources = made.structured_content["sources"]
    assert {source["name"] for source in sources} == named != set()
    assert all(source["citation"] and source["licence"] for source in sources)


def test_series_are_limited_and_counted(statistics: FlaskClient) -> None:
    listed = call(within(statistics.application), "list_series", limit=3).structured_content["data"]
    assert len(listed["series"]) == 3 < listed["numberMatched"]
    assert "limit=50" in call(within(statistics.application), "list_series").structured_content["address"]


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("filter_records", {"collection": "deposits", "country": "Atlantis"}, "Atlantis"),
        ("filter_records", {"commodity": "tin"}, "collection"),
        ("filter_records", {"collection": "../../desk"}, "Not Found"),
        ("get_record", {"collection": "deposits", "id": "nosuch"}, "nosuch"),
        ("drop_table", {}, "drop_table"),
    ],
)
def test_wrong_arguments_get_a_sentence(app: Flask, name: str, arguments: dict[str, Any], sentence: str) -> None:
    made = call(within(app), name, **arguments)
    assert made.is_error and sentence in made.content[0].text


def test_tools_are_called_over_http(address: str) -> None:
    made = call(f"{address}/mcp", "filter_records", collection="deposits", commodity="copper", limit=1)
    assert made.structured_content["data"]["numberReturned"] == 1
    assert made.structured_content["address"].startswith(f"{address}/api/")


def test_over_http_a_tool_is_counted_as_a_request_of_its_client(own_app: Any) -> None:
    client = own_app(LODE_RATE_LIMIT="3/minute").test_client()
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    arguments = {"name": "filter_records", "arguments": {"collection": "deposits", "properties": "name_en", "limit": 1}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
    send = partial(client.post, "/mcp", json=message, headers=headers)
    responses = [in_thread(send) for _ in range(3)]
    texts = [response.get_data(as_text=True) for response in responses]
    assert "numberMatched" in texts[0] and "numberMatched" not in texts[2], texts


def test_a_page_of_another_site_may_not_send(app: Flask) -> None:
    response = app.test_client().post("/mcp", json={}, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403


def test_over_standard_input_and_output(address: str, tmp_path: Path) -> None:
    lode = Path(sys.executable).with_name("lode")
    transport = StdioServerParameters(command=str(lode), args=["mcp", "--site", address], env={"LODE_HOME": str(tmp_path)})
    made = call(transport, "search", q="Field 3")
    assert made.structured_content["data"]["suggestions"]
