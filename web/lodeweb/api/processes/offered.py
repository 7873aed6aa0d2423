"""The processes that the site offers: those of jobs, and the one whose result is the address of a file."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery, NotFound
from lodebase.jobs.processes import PROCESSES, Inputs, Process, ProcessValue
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodedata.messages import msg
from lodedata.write import FORMATS, list_formats_for
from lodeweb.api.catalogue.downloads import parse_download_request
from lodeweb.http.representation.problem_details import STATUS, build_problem_response

EXCEPTION = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
DOWNLOAD = Process(
    "download",
    msg("Download"),
    msg("The address of a file of all records that match, at the latest version of the data."),
    {
        "collection": ProcessValue(
            msg("The collection."), {"type": "string", "enum": list(COLLECTIONS), "maxLength": 80}, True
        ),
        "format": ProcessValue(
            msg("The format of the file."), {"type": "string", "enum": list(FORMATS), "maxLength": 20}, True
        ),
        "parameters": ProcessValue(
            msg("The filters of the collection, by name, as texts."),
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
    },
    "file",
    {"file": ProcessValue(msg("The file"), {"type": "string", "format": "uri"})},
)
OFFERED: Mapping[str, Process] = MappingProxyType({**PROCESSES, DOWNLOAD.name: DOWNLOAD})


def link_download_file(inputs: Inputs) -> dict[str, str]:
    """Return the link to the file of a download. Raises BadQuery, and NotFound for an unknown collection."""
    collection, form = find_collection(inputs["collection"]), inputs["format"]
    formats = list_formats_for(collection.geometry is not None)
    if form not in formats:
        raise BadQuery("format", form, msg('"%(value)s" is not a format here. Use %(choices)s.', choices=list(formats)))
    parameters = inputs.get("parameters", {})
    if not all(isinstance(value, str) for value in parameters.values()):
        raise BadQuery("parameters", "", msg("The values of %(parameter)s must be texts."))
    wanted = parse_download_request(collection, form, MultiDict(parameters))
    return {"href": wanted.address, "type": wanted.media_type, "title": wanted.filename}


def describe_missing(error: NotFound, name: str) -> Response:
    """Return an error with the type that the standard gives to a process, job or result that is not there."""
    return build_problem_response(*STATUS[NotFound], error.message, type=f"{EXCEPTION}{name}", code=type(error).__name__)
