"""The address ``/mcp``: streamable HTTP of the Model Context Protocol, without sessions."""

from importlib import import_module

from flask import Blueprint, Response, current_app, request

from lodeweb.http.access import admission, sessions
from lodeweb.i18n.language import get_language
from lodeweb.mcp.exchange import fetch_within

blueprint = Blueprint("mcp", __name__)
PATH = "/mcp"


@blueprint.post(PATH)
@sessions.open_to_all("a message of a protocol whose tools only read")
def handle_message() -> Response:
    """Return the response to one message of the protocol; each tool call is counted as the request of the API that it makes."""
    # the requests of tools are admitted themselves
    admission.release_slots()
    root = request.url_root.rstrip("/")
    # the SDK is loaded by the first message
    server = import_module("lodeweb.mcp.server")
    fetch = fetch_within(current_app.wsgi_app, request.environ, root)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": request.scheme,
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": request.script_root,
        "query_string": b"",
        "headers": headers,
    }
    http = server.handle_http(server.make_server(fetch, get_language()), scope, request.get_data())
    response = Response(http.body, status=http.status)
    for name, value in http.headers:
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
