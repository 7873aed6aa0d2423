"""Area files of users, read for the map by a guarded process without a database connection; nothing is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import Blueprint, Response, request

from lodebase.errors import BadQuery
from lodedata.geography.outline import RIGHT, outline
from lodedata.messages import msg
from lodedata.read import FileRefused
from lodeweb.api.features import query_parameters
from lodeweb.http.access.admission import Gate
from lodeweb.http.access.client_address import client_networks
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.declared import exempt_from
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("areas", __name__, url_prefix="/api")
SHOWN = 80
MAX_FILES_AT_ONCE = 4
"""Files that one process of the site reads at a time, one of each client."""
MAX_FILES_WAITING = 32
WAIT_S = 5.0
_readers = Gate(MAX_FILES_AT_ONCE, MAX_FILES_WAITING, WAIT_S, 1 / MAX_FILES_AT_ONCE)


@blueprint.post("/area")
@open_to_all("reads the outline in a file and stores nothing")
@exempt_from("admission")
def read() -> Response:
    """Return the area of the polygons in a text or file of the request body, as WKT in WGS 84 for the parameter ``within``."""
    query_parameters.general(request.args, extra=("name",))
    name = request.args.get("name", "")
    data = request.get_data()
    if not data.strip():
        raise BadQuery("body", name[:SHOWN], msg("The file is empty. %(advice)s", advice=RIGHT))
    try:
        with _reader():
            found = asdict(outline(data, name))
    except FileRefused as error:
        raise BadQuery("body", name[:SHOWN], error.message) from None
    return document_response({"within": found.pop("wkt"), **found}, "api/document.html")


@contextmanager
def _reader() -> Iterator[None]:
    client = client_networks()
    _readers.enter(client=client)
    try:
        yield
    finally:
        _readers.leave(client)
