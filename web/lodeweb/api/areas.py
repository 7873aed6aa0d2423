"""Area files of users, read for the map by a guarded process without a database connection; nothing is stored."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import Blueprint, Response, request

from lodebase.errors import BadQuery, Overloaded
from lodedata.geography.outline import RIGHT, outline
from lodedata.messages import msg
from lodedata.read import FileRefused
from lodeweb.api.features import query_parameters
from lodeweb.http.access.same_origin import require_same_origin
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("areas", __name__, url_prefix="/api")
SHOWN = 80
MOST_AT_ONCE = 2
"""Files that one process of the site reads at a time."""
WAIT_S = 5.0
_reading = threading.BoundedSemaphore(MOST_AT_ONCE)


@blueprint.post("/area")
def read() -> Response:
    """Return the area of the polygons in a text or file of the request body, as WKT in WGS 84 for the parameter ``within``."""
    require_same_origin(
        msg("A page of another site may not send files here. Open the map of this site and add the area there.")
    )
    query_parameters.general(request.args, extra=("name",))
    name = request.args.get("name", "")
    data = request.get_data()
    if not data.strip():
        raise BadQuery("body", name[:SHOWN], msg("The file is empty. %(advice)s", advice=RIGHT))
    try:
        with _place():
            found = asdict(outline(data, name))
    except FileRefused as error:
        raise BadQuery("body", name[:SHOWN], error.message) from None
    return document_response({"within": found.pop("wkt"), **found}, "api/document.html")


@contextmanager
def _place() -> Iterator[None]:
    if not _reading.acquire(timeout=WAIT_S):
        raise Overloaded(msg("The site reads no more files at once. Try again in a moment."))
    try:
        yield
    finally:
        _reading.release()
