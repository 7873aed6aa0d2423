"""Operations of processes and their jobs."""

from collections.abc import Mapping

from lodebase.jobs.job_store import STATES
from lodebase.query.parameters.declarations import Parameter
from lodedata.messages import msg
from lodeweb.adapter.api_operation import TEXT, ApiOperation, of_json
from lodeweb.http.representation.negotiation import JSON

_EXECUTE = {
    "type": "object",
    "properties": {
        "inputs": {"type": "object", "additionalProperties": {}},
        "outputs": {"type": "object", "additionalProperties": {"type": "object"}},
        "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
    },
}
_TEXTS = {"type": "array", "items": TEXT}
_SECONDS = {"type": "integer", "minimum": 0, "maximum": 999_999}
OPERATIONS: Mapping[str, ApiOperation] = {
    "processes.processes": ApiOperation(msg("The processes"), of_json("object"), more=("limit",)),
    "processes.process": ApiOperation(msg("The inputs and outputs of a process"), of_json("object")),
    "process_execution.execute": ApiOperation(
        msg("The result of a process, or with the header Prefer: respond-async the job that runs it"),
        {JSON: "object"},
        body=_EXECUTE,
        also={"201": {JSON: "job"}, "204": {}},
    ),
    "process_jobs.jobs": ApiOperation(
        msg("The jobs ordered with the request's API key within a day; none without a key"),
        of_json("object"),
        more=("limit",),
        own=(
            Parameter("type", "filter", _TEXTS, msg("Types of jobs; all jobs here are of the type process.")),
            Parameter("processID", "filter", _TEXTS, msg("Processes.")),
            Parameter(
                "status", "filter", {"type": "array", "items": {"type": "string", "enum": list(STATES)}}, msg("States of jobs.")
            ),
            Parameter("datetime", "filter", TEXT, msg("The time, or the interval of times, at which jobs were ordered.")),
            Parameter("minDuration", "filter", _SECONDS, msg("The least duration in seconds.")),
            Parameter("maxDuration", "filter", _SECONDS, msg("The greatest duration in seconds.")),
        ),
    ),
    "process_jobs.job": ApiOperation(msg("The state of a job"), of_json("job")),
    "process_jobs.dismiss": ApiOperation(msg("The dismissed job, whose result is deleted"), {JSON: "job"}),
    "process_jobs.results": ApiOperation(msg("The results of a job"), {JSON: "object"}),
}
