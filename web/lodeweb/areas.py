"""An area of somebody's own, read for the map: nothing of it is kept."""

from dataclasses import asdict

from flask import Blueprint, Response, request

from lodebase.errors import BadQuery
from lodedata.outline import RIGHT, outline
from lodedata.read import FileRefused
from lodeweb import params
from lodeweb.negotiation import answer

blueprint = Blueprint("areas", __name__, url_prefix="/api")
SHOWN = 80


@blueprint.post("/area")
def read() -> Response:
    """The area of the polygons in a text or a file that is sent, as WKT in WGS 84 that ``within`` takes."""
    params.general(request.args, extra=("name",))
    name = request.args.get("name", "")
    data = request.get_data()
    if not data.strip():
        raise BadQuery("body", name[:SHOWN], f"is empty; {RIGHT}")
    try:
        found = outline(data, name)
    except FileRefused as error:
        raise BadQuery("body", name[:SHOWN], str(error)) from None
    told = asdict(found)
    return answer({"within": told.pop("wkt"), **told}, "document.html")
