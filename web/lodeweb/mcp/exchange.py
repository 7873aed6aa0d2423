"""Requests of tools to the API: over HTTP to a site, or in the process of the site that serves the protocol."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import requests
from werkzeug.test import Client

from lodedata.messages import msg
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.mcp.tools import Arguments, Tool, ToolRequest

ACCEPT = "application/geo+json, application/json"
PATIENCE_S = (10, 120)
"""Seconds to connect, and until the first byte."""
PASSED_ON = (
    "HTTP_X_API_KEY",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_HOST",
    "REMOTE_ADDR",
)
"""Parts of a request that its tools' requests have, so that they are counted and linked as requests of the same client."""
SOURCES = ToolRequest("/api/sources", ())
NAMES = ("source", "sources", "data_set")
"""Fields that name sources; an observation has the name of its series' publisher in ``source``."""
FOUND_NOWHERE = msg("Nothing was found. The sources listed are those that were searched, each as of its date.")
SOURCES_READ = msg("The response names no source of its own. The sources listed are those that were read, each as of its date.")
NOTHING_HELD = msg("This site holds no source of what was searched.")
OF_SOURCE = (
    "name",
    "title_en",
    "title_zh",
    "publisher",
    "licence",
    "licence_name",
    "licence_url",
    "citation",
    "as_of",
    "last_checked",
)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response of the API: its address, status, JSON body, and the version of the data with its time."""

    address: str
    status: int
    body: Any
    version: int | None
    committed_at: str | None


Fetch = Callable[[ToolRequest], ApiResponse]
"""Return the response to a request of the API."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool returns: the body of the API, the sources that it names, the address, and the date of the data."""

    data: Any
    sources: tuple[Mapping[str, Any], ...]
    """The sources that the body names; of a body that names none those that the tool reads."""
    note: str | None
    """What the sources are if the body names none, and whether nothing was found in them; else None."""
    address: str
    dataset_version: int | None
    data_date: str | None
    """When the version of the data was committed."""
    retrieved_at: str


def fetch_from(root: str) -> Fetch:
    """Return a function that requests from the site at an address. It raises requests.RequestException."""
    session = requests.Session()

    def fetch(wanted: ToolRequest) -> ApiResponse:
        response = session.get(f"{root}{_build_address(wanted)}", headers={"Accept": ACCEPT}, timeout=PATIENCE_S)
        return _read(response.url, response.status_code, response.headers, response.content)

    return fetch


def fetch_within(application: Callable[..., Any], environ: Mapping[str, Any], root: str) -> Fetch:
    """Return a function that calls a WSGI application as the client of a request does, whose environment is given."""
    client = Client(application, use_cookies=False)
    passed = {name: environ[name] for name in PASSED_ON if name in environ}

    def fetch(wanted: ToolRequest) -> ApiResponse:
        response = client.get(_build_address(wanted), headers={"Accept": ACCEPT}, environ_overrides=passed)
        with response:
            return _read(f"{root}{_build_address(wanted)}", response.status_code, dict(response.headers), response.get_data())

    return fetch


def build_sourced_result(fetch: Fetch, response: ApiResponse, tool: Tool, arguments: Arguments, lang: str) -> ToolResult:
    """Return the result of a tool: a response with the description and licence of each source that it names.

    One that names none has the sources held of what the tool reads, and says whether nothing was found in them.
    """
    listed = fetch(SOURCES).body["sources"]
    names = _find_named_sources(response.body)
    chosen = [source for source in listed if source["name"] in names]
    note = None
    if not chosen:
        read = set(tool.reads(arguments))
        chosen = [source for source in listed if read.intersection(source.get("holds") or ())]
        note = NOTHING_HELD if not chosen else SOURCES_READ if tool.finds(response.body) else FOUND_NOWHERE
    return ToolResult(
        data=response.body,
        sources=tuple({key: source.get(key) for key in OF_SOURCE} for source in chosen),
        note=None if note is None else note.in_language(lang),
        address=response.address,
        dataset_version=response.version,
        data_date=response.committed_at,
        retrieved_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _find_named_sources(body: Any) -> set[str]:
    """Return the names of sources at any depth of a body."""
    if isinstance(body, list):
        return set().union(*map(_find_named_sources, body))
    if not isinstance(body, dict):
        return set()
    names = {name for key in NAMES for name in _list_texts(body.get(key))}
    return names.union(*map(_find_named_sources, body.values()))


def _list_texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    named = [entry.get("name") if isinstance(entry, dict) else entry for entry in listed]
    return [text for text in named if isinstance(text, str)]


def _build_address(wanted: ToolRequest) -> str:
    return f"{wanted.path}?{urlencode(wanted.query)}" if wanted.query else wanted.path


def _read(address: str, status: int, headers: Mapping[str, str], content: bytes) -> ApiResponse:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = {"detail": content.decode(errors="replace")}
    version, modified = headers.get(VERSION_HEADER), headers.get("Last-Modified")
    committed = None if modified is None else parsedate_to_datetime(modified).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ApiResponse(address, status, body, None if version is None else int(version), committed)
