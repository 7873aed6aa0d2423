"""The MCP server by the official SDK, and its two transports: standard input and output, and one HTTP request."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from typing import Any

import orjson
import requests
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from lodedata.messages import msg
from lodeweb.mcp.exchange import Fetch, build_sourced_result
from lodeweb.mcp.tools import BY_NAME, TOOLS

Context = ServerRequestContext[Any]
INSTRUCTIONS = (
    "Lode has deposits, discoveries, project sites, mining rights, organisations and statistics of strategic minerals. "
    "Cite the sources of each result and state the date of the data. What a record does not state is not known; it is not zero."
)
READ_ONLY = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """The response to one HTTP request of the protocol."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make_server(fetch: Fetch, lang: str = "en") -> Server[Any]:
    """Return a server whose tools request from a site; titles and texts are in a language."""
    listed = [
        types.Tool(
            name=tool.name,
            title=tool.title.in_language(lang),
            description=tool.text.in_language(lang),
            input_schema=tool.schema,
            annotations=READ_ONLY,
        )
        for tool in TOOLS
    ]

    async def list_tools(_context: Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(_context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        # the API is synchronous; its request must not share the context of this one, which to_thread would copy
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, run_tool, fetch, params.name, params.arguments or {}, lang)

    return Server(
        "lode",
        version=installed("lode"),
        title="Lode",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def run_tool(fetch: Fetch, name: str, arguments: Mapping[str, Any], lang: str = "en") -> types.CallToolResult:
    """Return the result of a tool with its sources and date; what is wrong with the arguments is a result too."""
    tool = BY_NAME.get(name)
    if tool is None:
        sentence = msg('"%(value)s" is not a tool. Use one of %(choices)s.', value=name[:100], choices=list(BY_NAME))
        return _build_failure(sentence.in_language(lang))
    try:
        wanted = tool.request(arguments)
    except KeyError as error:
        return _build_failure(
            msg("%(name)s is missing. The tool %(tool)s needs it.", name=error.args[0], tool=name).in_language(lang)
        )
    try:
        response = fetch(wanted)
        if response.status != 200:
            return _build_failure(_describe_error(response.body, response.status))
        result = build_sourced_result(fetch, response, tool, arguments, str(arguments.get("lang") or lang))
    except requests.RequestException as error:
        return _build_failure(msg("The site does not respond: %(error)s", error=type(error).__name__).in_language(lang))
    body = asdict(result)
    text = orjson.dumps(body).decode()
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=body)


def serve_stdio(server: Server[Any]) -> None:
    """Serve one client over standard input and output until it closes them."""

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(serve())


def handle_http(server: Server[Any], scope: Mapping[str, Any], body: bytes) -> HttpExchange:
    """Return the response to one request of streamable HTTP: no session, and JSON in place of a stream of events."""
    return asyncio.run(_handle(server, dict(scope), body))


async def _handle(server: Server[Any], scope: dict[str, Any], body: bytes) -> HttpExchange:
    parts: list[bytes] = []
    start: dict[str, Any] = {}
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if unread:
            return unread.pop()
        # nothing follows the body; the response ends the exchange
        await asyncio.sleep(3_600)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return HttpExchange(start["status"], headers, b"".join(parts))


def _build_failure(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)


def _describe_error(body: Any, status: int) -> str:
    """Return the sentence of an error of the API (RFC 9457)."""
    if not isinstance(body, dict):
        return str(status)
    where = ": ".join(str(body[name]) for name in ("title", "parameter", "value") if body.get(name))
    return f"{where}. {body.get('detail', status)}" if where else str(body.get("detail", status))
