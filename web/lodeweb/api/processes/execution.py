"""The execution of a process, at once or as a job (OGC API Processes, Part 1, 7.11)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadQuery, NotFound
from lodebase.jobs.processes import Process, ProcessServices, find_process
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.features import query_parameters
from lodeweb.api.processes.jobs import accept_job, respond_with_result
from lodeweb.api.processes.offered import DOWNLOAD, OFFERED, describe_missing, link_download_file
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation.negotiation import JSON

blueprint = DeclaredBlueprint("process_execution", __name__, url_prefix="/api/processes", kind="layout", primary=True)
RIGHT = msg('Send a JSON object such as {"inputs": {}}.')
DATA = "data:"


_EXECUTE = {
    "type": "object",
    "properties": {
        "inputs": {"type": "object", "additionalProperties": {}},
        "outputs": {"type": "object", "additionalProperties": {"type": "object"}},
        "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
    },
}


@dataclass(frozen=True, slots=True)
class ExecutionOrder:
    """The inputs of a process, and the form of the response."""

    inputs: dict[str, Any]
    response: str


@blueprint.post("/<process_id>/execution")
@open_to_all("a check that only reads, or a job under an address that can't be guessed; counted by client")
@describe_as(
    ApiOperation(
        msg("The result of a process, or with the header Prefer: respond-async the job that runs it"),
        {JSON: "object"},
        body=_EXECUTE,
        also={"201": {JSON: "job"}, "204": {}},
    )
)
def execute_process(process_id: str) -> AnyResponse:
    """Run a process, and return its result; with ``Prefer: respond-async`` the job that runs it."""
    query_parameters.check_general_parameters(request.args)
    try:
        process = find_process(process_id, OFFERED)
    except NotFound as error:
        return describe_missing(error, "no-such-process")
    order = _order(process, read_json("body", request.get_data(), RIGHT))
    if process is DOWNLOAD:
        return _respond_with_reference(link_download_file(order.inputs), order)
    assert process.prepare is not None
    prepared = process.prepare(order.inputs, datetime.now(UTC).date())
    if process.takes_long or _wants_job():
        return _accept_order(process, order)
    here = get_site()
    result = prepared(ProcessServices(here.engine, here.figures, here.settings))
    return respond_with_result(process, result, order.response)


def _accept_order(process: Process, order: ExecutionOrder) -> AnyResponse:
    response = accept_job(process.name, order.inputs, order.response, 201)
    response.headers.setdefault("Preference-Applied", "respond-async")
    return response


def _respond_with_reference(file: dict[str, str], order: ExecutionOrder) -> Response:
    if order.response == "document":
        return Response(orjson.dumps({DOWNLOAD.output: file}), content_type=JSON)
    response = Response(status=204)
    response.headers["Link"] = f'<{file["href"]}>; rel="{DOWNLOAD.output}"; type="{file["type"]}"'
    return response


def _wants_job() -> bool:
    """Return whether the client prefers a job; without a preference a process that can runs at once (7.11.2.3)."""
    preferences = [part.partition(";")[0].strip().lower() for part in request.headers.get("Prefer", "").split(",")]
    return "respond-async" in preferences


def _order(process: Process, body: Any) -> ExecutionOrder:
    """Return the order of a request body. Raises BadQuery."""
    if not isinstance(body, Mapping):
        raise BadQuery("body", "", msg("This is not a JSON object. %(advice)s", advice=RIGHT))
    sent_inputs, outputs = body.get("inputs") or {}, body.get("outputs") or {}
    for name, part in (("inputs", sent_inputs), ("outputs", outputs)):
        if not isinstance(part, Mapping):
            raise BadQuery(name, str(part)[:40], msg("%(parameter)s is not a JSON object."))
    response = body.get("response") or "raw"
    if response not in ("raw", "document"):
        raise BadQuery("response", str(response)[:40], msg("%(parameter)s must be raw or document."))
    _require_output(process, outputs)
    inputs = {name: _read_value(process, name, value) for name, value in sent_inputs.items()}
    process.require_known(inputs)
    return ExecutionOrder(inputs, response)


def _require_output(process: Process, outputs: Mapping[str, Any]) -> None:
    mode = "reference" if process is DOWNLOAD else "value"
    for name, wanted in outputs.items():
        if name not in process.outputs:
            choices = list(process.outputs)
            raise BadQuery(name[:40], "", msg("%(parameter)s is not an output here. Use %(choices)s.", choices=choices))
        if isinstance(wanted, Mapping) and wanted.get("transmissionMode", mode) != mode:
            raise BadQuery("transmissionMode", "", msg("%(parameter)s must be %(mode)s here.", mode=mode))


def _read_value(process: Process, name: str, value: Any) -> Any:
    """Return an input that is given as such, qualified as an object with ``value``, or as a link to data."""
    several = name in process.inputs and process.inputs[name].several
    if isinstance(value, list):
        if not several or not all(isinstance(entry, str) for entry in value):
            raise BadQuery(name[:40], "", msg("The input %(parameter)s takes one value."))
        return ",".join(value)
    if isinstance(value, Mapping) and "href" in value:
        return _read_linked(process, name, value["href"])
    return value["value"] if isinstance(value, Mapping) and "value" in value else value


def _read_linked(process: Process, name: str, href: Any) -> Any:
    """Return the content of a data URL; the site requests nothing from other hosts."""
    if not isinstance(href, str) or not href.lower().startswith(DATA):
        raise BadQuery(
            name[:40], str(href)[:40], msg("The site reads no links to other hosts. Send %(parameter)s itself or a data: URL.")
        )
    head, _, text = href[len(DATA) :].partition(",")
    try:
        content = base64.b64decode(text, validate=True) if head.endswith(";base64") else unquote_to_bytes(text)
        plain = content.decode()
    except (binascii.Error, ValueError):
        raise BadQuery(name[:40], href[:40], msg("The data: URL of %(parameter)s can't be read.")) from None
    declared = process.inputs.get(name)
    return plain if declared is None or declared.schema["type"] == "string" else read_json(name, content)
