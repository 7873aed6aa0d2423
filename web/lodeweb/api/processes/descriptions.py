"""The list of processes and the description of each (OGC API Processes, Part 1, 7.9 and 7.10)."""

from typing import Any

from flask import Blueprint, Response, request

from lodebase.errors import NotFound
from lodebase.jobs.processes import Process, ProcessValue, find_process
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, describe_as, describe_json_responses
from lodeweb.api.features import query_parameters
from lodeweb.api.processes.offered import DOWNLOAD, OFFERED, describe_missing
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import build_own_links, link
from lodeweb.http.representation.negotiation import HTML, JSON
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n.language import translate_message

blueprint = Blueprint("processes", __name__, url_prefix="/api/processes")
VERSION = "1.0.0"
EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"


@blueprint.get("")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The processes"), describe_json_responses("object"), more=("limit",)))
def list_processes() -> Response:
    """Return the processes, each with what it does and how it is run."""
    query_parameters.check_general_parameters(request.args, ("limit",))
    limit = query_parameters.limit(request.args.get("limit"))
    listed = [_summarize_process(process) for process in list(OFFERED.values())[:limit]]
    body = {"processes": listed, "links": build_own_links()}
    return build_document_response(body, "api/document.html", fixed=True, title=translate_message(msg("Processes")))


@blueprint.get("/<process_id>")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The inputs and outputs of a process"), describe_json_responses("object")))
def describe_process(process_id: str) -> Response:
    """Return the description of a process: its inputs and outputs."""
    query_parameters.check_general_parameters(request.args)
    try:
        offered_process = find_process(process_id, OFFERED)
    except NotFound as error:
        return describe_missing(error, "no-such-process")
    body = {
        **_summarize_process(offered_process),
        "inputs": {name: _describe_input(value) for name, value in offered_process.inputs.items()},
        "outputs": {name: _describe_value(value) for name, value in offered_process.outputs.items()},
        "links": [*build_own_links(), link(f"/api/processes/{offered_process.name}/execution", EXECUTE, JSON)],
    }
    return build_document_response(body, "api/document.html", fixed=True, title=translate_message(offered_process.title))


def _summarize_process(process: Process) -> dict[str, Any]:
    return {
        "id": process.name,
        "version": VERSION,
        "title": translate_message(process.title),
        "description": translate_message(process.description),
        "jobControlOptions": _list_job_control(process),
        "outputTransmission": ["reference"] if process is DOWNLOAD else ["value"],
        "links": [
            link(f"/api/processes/{process.name}", "self", JSON),
            link(f"/api/processes/{process.name}?f=html", "alternate", HTML),
        ],
    }


def _list_job_control(process: Process) -> list[str]:
    if process is DOWNLOAD:
        return ["sync-execute"]
    return ["async-execute"] if process.takes_long else ["sync-execute", "async-execute"]


def _describe_input(value: ProcessValue) -> dict[str, Any]:
    return _describe_value(value) | {"minOccurs": int(value.required), "maxOccurs": "unbounded" if value.several else 1}


def _describe_value(value: ProcessValue) -> dict[str, Any]:
    return {"title": translate_message(value.title), "schema": dict(value.schema)}
