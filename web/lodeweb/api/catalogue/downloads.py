"""Downloads of all records that match a query; a separate process makes the file, sent as it grows or when it is ready."""

import base64
from collections.abc import Callable
from dataclasses import replace

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.http import http_date

from lodebase.download.kinds_request import KindsRequest
from lodebase.download.request import DownloadRequest, build_file_task, write_file_address
from lodebase.download.spool import FinishedFile
from lodebase.download.task import Task
from lodebase.errors import BadQuery, NotFound
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.crs import CRS84
from lodebase.query.parameters.declarations import OF_FILES
from lodedata.messages import list_languages, msg
from lodedata.write import FORMATS, list_formats_for
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.features import query_parameters
from lodeweb.http.access import admission
from lodeweb.http.access.client_address import list_client_networks
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation import conditional_requests, pinned, versions
from lodeweb.http.representation.file_responses import Growing, Ready
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.http.service.bridge import watch_client

blueprint = DeclaredBlueprint("downloads", __name__, url_prefix="/api/collections", kind="downloads")
TAKEN = ("crs", "properties", "sortby", "lang")
"""Parameters of a download besides filters and format options."""
NOT_OF_TILES = ("properties", "columns")
"""Those that a file of tiles does not have."""


@blueprint.get("/<name>/download/<form>")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("All records that match, as a file"),
        {form.media_type: "object" if form.media_type == GEOJSON else "file" for form in FORMATS.values()},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
    )
)
def download(name: str, form: str) -> Response:
    """Return all records that match the filter, as a file."""
    collection = find_collection(name)
    formats = list_formats_for(collection.geometry is not None)
    if form not in formats:
        raise NotFound(
            msg(
                "There is no format %(form)r of %(name)s. Choose one of %(choices)s.",
                form=form,
                name=collection.name,
                choices=list(formats),
            )
        )
    wanted = parse_download_request(collection, form, request.args)
    return send(wanted, lambda: build_file_task(get_site().engine, wanted, get_site().settings.download_timeout_s))


def send(wanted: DownloadRequest | KindsRequest, task: Callable[[], Task]) -> Response:
    """Return a requested file, from the spool if it is there, else as the task makes it."""
    key = conditional_requests.build_file_key(wanted)
    if key in request.if_none_match:
        return _describe(Response(status=304), wanted, key)
    finished_file = get_site().spool.ready(key, wanted.suffix)
    if request.method == "HEAD" and (finished_file is not None or not wanted.ranged):
        return _respond_with_headers(wanted, key, finished_file)
    place = get_site().spool.client_slot(list_client_networks())
    try:
        if finished_file is not None:
            return _respond_with_file(wanted, key, finished_file, place.release)
        get_site().spool.remove_redacted(versions.count_redactions())
        making = task()
        admission.release_slots()
        if wanted.streamed and "Range" not in request.headers:
            growing = Growing(
                get_site().spool.start(making, key, wanted.suffix, list_client_networks()),
                watch_client(),
                place.release,
                _read_grace_s(),
            )
            return _describe(Response(growing, mimetype=wanted.media_type, direct_passthrough=True), wanted, key)
        finished_file = _find_finished(making, wanted, key)
        if request.method == "HEAD":
            place.release()
            return _respond_with_headers(wanted, key, finished_file)
        return _respond_with_file(wanted, key, finished_file, place.release)
    except BaseException:
        place.release()
        raise


def parse_download_request(collection: Collection, form: str, arguments: MultiDict[str, str]) -> DownloadRequest:
    """Return the validated request for a file. Raises BadQuery."""
    query = replace(query_parameters.parse_feature_query(collection, arguments, OF_FILES, TAKEN), as_of=None)
    if query.crs != CRS84 and not FORMATS[form].crs:
        raise BadQuery(
            "crs",
            arguments["crs"],
            msg(
                "%(form)s holds WGS 84 longitude and latitude only, not %(value)s. Choose another format or leave "
                "%(parameter)s out.",
                form=form,
            ),
        )
    if FORMATS[form].geometry == "tile":
        _require_tile_parameters(form, arguments)
    package, lang = arguments.get("package"), arguments.get("lang")
    if package not in (None, "1"):
        raise BadQuery("package", str(package)[:200], msg('%(parameter)s must be 1 or be left out, not "%(value)s".'))
    if lang not in (None, *list_languages()):
        raise BadQuery(
            "lang",
            str(lang)[:200],
            msg('%(parameter)s must be one of %(choices)s or be left out, not "%(value)s".', choices=list_languages()),
        )
    number, committed_at = versions.parse_requested_version(arguments.get("as_of"))
    since = versions.parse_requested_version(arguments["since"], "since")[0] if "since" in arguments else None
    if since is not None and since > number:
        raise BadQuery(
            "since",
            arguments["since"][:200],
            msg("Version %(value)s comes after version %(number)s, which is requested.", number=number),
        )
    parameters = {name: arguments.getlist(name) for name in arguments} | ({} if since is None else {"since": [str(since)]})
    filters = {name: values for name, values in parameters.items() if name not in ("as_of", "lang", "package")}
    return DownloadRequest(
        query,
        form,
        number,
        committed_at,
        write_file_address(request.url_root, collection.name, form, parameters, number),
        "&".join(f"{name}={value}" for name in sorted(filters) for value in filters[name]),
        next((language for language in list_languages() if language == lang), None),
        package == "1" or since is not None,
        since,
        get_site().settings.doi,
    )


def _require_tile_parameters(form: str, arguments: MultiDict[str, str]) -> None:
    """Raise BadQuery for a parameter that tiles can't follow."""
    for name in (*NOT_OF_TILES, "package", "since"):
        if name in arguments:
            raise BadQuery(
                name,
                arguments[name][:200],
                msg("%(form)s has the fields of the tiles of the map. Leave %(parameter)s out.", form=form),
            )


def _find_finished(making: Task, wanted: DownloadRequest | KindsRequest, key: str) -> FinishedFile:
    """Return the file when it is ready; it is made once for all simultaneous requests."""
    there, spool = watch_client(), get_site().spool
    alone = spool.lock_key(key, there)
    try:
        finished_file = spool.ready(key, wanted.suffix)
        return (
            finished_file
            if finished_file is not None
            else spool.start(making, key, wanted.suffix, list_client_networks()).wait(there)
        )
    finally:
        alone.release()


def _read_grace_s() -> float:
    return get_site().settings.slow_client_s


def _respond_with_headers(wanted: DownloadRequest | KindsRequest, key: str, finished_file: FinishedFile | None) -> Response:
    """Return the headers of a file; length and digest only if it is ready."""
    response = Response(mimetype=wanted.media_type)
    # a length of 0 would be that of another file
    response.automatically_set_content_length = False
    if finished_file is not None:
        response.content_length = finished_file.path.stat().st_size
        _add_signature(response, wanted, finished_file)
    return _describe(response, wanted, key)


def _respond_with_file(
    wanted: DownloadRequest | KindsRequest, key: str, finished_file: FinishedFile, then: Callable[[], None]
) -> Response:
    """Return a finished file, or the requested range of it (RFC 9110, 14)."""
    reading = Ready(finished_file.path, then, _read_grace_s())
    response = Response(reading, mimetype=wanted.media_type, direct_passthrough=True)
    response.content_length = reading.size
    _add_signature(response, wanted, finished_file)
    try:
        _describe(response, wanted, key).make_conditional(request.environ, accept_ranges=True, complete_length=reading.size)
    except BaseException:
        reading.close()
        raise
    return response


def _add_signature(response: Response, wanted: DownloadRequest | KindsRequest, finished_file: FinishedFile) -> None:
    digest = base64.b64encode(bytes.fromhex(finished_file.sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Digest"] = f"sha-256={digest}"
    response.headers["OGC-NumberMatched"] = str(sum(finished_file.rows.get(name, 0) for name in wanted.collections))


def _describe(response: Response, wanted: DownloadRequest | KindsRequest, key: str) -> Response:
    response.set_etag(key)
    response.headers["Content-Disposition"] = f'attachment; filename="{wanted.filename}"'
    response.headers["Content-Location"] = wanted.address
    response.headers["Last-Modified"] = http_date(wanted.committed_at)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers[VERSION_HEADER] = str(wanted.version)
    # without compression, so that its length, ranges and digest are those of the file
    response.headers["Content-Encoding"] = "identity"
    return response
