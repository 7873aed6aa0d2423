"""One file of the records of several kinds."""

from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lodebase.download.kinds_request import KindsRequest, build_kinds_task
from lodebase.errors import BadQuery, NotFound
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.parameters.declarations import OF_FILES
from lodebase.query.parameters.parameter import Parameter
from lodebase.topics.files.operations import KINDS, KINDS_OF_FILE
from lodedata.messages import msg
from lodedata.write.kinds import SUFFIXES
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.catalogue.downloads import parse_download_request, send
from lodeweb.http.database import get_site
from lodeweb.http.representation import pinned

blueprint = Blueprint("downloads_of_kinds", __name__, url_prefix="/api/download")
_COLLECTIONS = Parameter("collections", "general", KINDS_OF_FILE.schema, KINDS_OF_FILE.text)


@blueprint.get("/<form>")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("All records of several kinds that match, as one file: a sheet, layer or CSV for each kind"),
        {"application/octet-stream": "file"},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
        less=("package", "since"),
        own=(_COLLECTIONS,),
    )
)
def download(form: str) -> Response:
    """Return the records of several kinds that match the filters which all of them have, as one file."""
    if form not in SUFFIXES:
        forms = list(SUFFIXES)
        raise NotFound(msg("No format %(form)r holds several kinds. Choose one of %(choices)s.", form=form, choices=forms))
    chosen, arguments = _parse_collections()
    for name in ("since", "package"):
        if name in arguments:
            raise BadQuery(name, arguments[name][:200], msg("A file of several kinds has no %(parameter)s. Leave it out."))
    parts = tuple(parse_download_request(collection, form, arguments) for collection in chosen)
    pairs = [(key, value) for key in sorted(set(arguments) - {"as_of"}) for value in arguments.getlist(key)]
    pairs += [("collections", ",".join(collection.name for collection in chosen)), ("as_of", str(parts[0].version))]
    parameters = urlencode(pairs, quote_via=quote, safe=",:", errors="surrogateescape")
    wanted = KindsRequest(parts, f"{request.url_root.rstrip('/')}/api/download/{form}?{parameters}")
    return send(wanted, lambda: build_kinds_task(get_site().engine, wanted, get_site().settings.download_timeout_s))


def _parse_collections() -> tuple[list[Collection], MultiDict[str, str]]:
    """Return the requested collections, by default those of the map, and the other parameters. Raises BadQuery."""
    arguments = MultiDict(request.args)
    named = ",".join(arguments.poplist("collections"))
    chosen = KINDS_OF_FILE.validate(named, "collections") if named else KINDS
    return [find_collection(name) for name in chosen], arguments
