"""Jobs of processes: their list, state and results, and their dismissal (OGC API Processes, Part 1, 7.12, 7.13, 11 and 13)."""

import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadQuery, NotFound
from lodebase.jobs import job_store
from lodebase.jobs.job_store import STATES, Job, JobFilter
from lodebase.jobs.processes import Inputs, Process, find_process
from lodebase.query.parameters.parameter import Parameter
from lodebase.query.parameters.time_parameters import parse_utc_moment
from lodedata.messages import msg, parse_message_data
from lodeweb.adapter.api_operation import TEXT, ApiOperation, describe_as, describe_json_responses
from lodeweb.api.features import query_parameters
from lodeweb.api.processes import waiting
from lodeweb.api.processes.offered import EXCEPTION, describe_missing
from lodeweb.http.access import sessions
from lodeweb.http.access.api_key import find_current_key
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation.links import build_own_links, link
from lodeweb.http.representation.negotiation import HTML, JSON, XLSX, wants_html
from lodeweb.http.representation.problem_details import build_problem_response
from lodeweb.http.representation.responses import build_document_response
from lodeweb.http.representation.signing import build_signature_claims, sign_json, sign_pdf
from lodeweb.i18n.language import translate_message

blueprint = DeclaredBlueprint("process_jobs", __name__, url_prefix="/api/jobs", primary=True)
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
PARAMETERS = ("type", "processID", "status", "datetime", "minDuration", "maxDuration", "limit")
MAX_WAIT_S = 999_999
SUFFIXES = {XLSX: "xlsx"}
"""Suffixes of files whose media type does not end with it."""
DAY_LENGTH = len("2026-01-31")


_TEXTS = {"type": "array", "items": TEXT}
_SECONDS = {"type": "integer", "minimum": 0, "maximum": 999_999}


@blueprint.errorhandler(NotFound)
def no_such_job(error: NotFound) -> Response:
    """Return the error of a job that does not exist, with the type that the standard gives it."""
    return describe_missing(error, "no-such-job")


@blueprint.get("")
@describe_as(
    ApiOperation(
        msg("The jobs ordered with the request's API key within a day; none without a key"),
        describe_json_responses("object"),
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
    )
)
def list_jobs() -> Response:
    """Return the jobs ordered with the request's API key within a day, latest first; none without a key."""
    query_parameters.check_general_parameters(request.args, PARAMETERS)
    limit = query_parameters.limit(request.args.get("limit"))
    types, processes, states = (_parse_list(name) for name in ("type", "processID", "status"))
    if unknown := [state for state in states if state not in job_store.STATES]:
        choices = list(job_store.STATES)
        raise BadQuery("status", unknown[0][:40], msg('"%(value)s" is not a status. Use %(choices)s.', choices=choices))
    span = _parse_span(request.args.get("datetime"))
    chosen = JobFilter(processes, states, *span, _parse_seconds("minDuration"), _parse_seconds("maxDuration"))
    matching_jobs, number = ([], 0) if types and "process" not in types else _read_jobs(chosen, limit)
    body = {"jobs": [describe_job_status(job) for job in matching_jobs], "numberMatched": number, "links": build_own_links()}
    return build_document_response(body, "api/document.html", title=translate_message(msg("Jobs")))


@blueprint.get("/<job_id>")
@describe_as(ApiOperation(msg("The state of a job"), describe_json_responses("job")))
def show_job(job_id: str) -> Response:
    """Return the state of a job."""
    query_parameters.check_general_parameters(request.args)
    stored_job = job_store.find(get_site().desk, job_id)
    process = find_process(stored_job.process)
    return build_document_response(
        describe_job_status(stored_job),
        "api/job.html",
        title=translate_message(process.title),
        media_type_of_result=process.media_type,
        is_signed=process.signed_as is not None,
    )


@blueprint.delete("/<job_id>")
@open_to_all("deletes a job by its address, which can't be guessed")
@describe_as(ApiOperation(msg("The dismissed job, whose result is deleted"), {JSON: "job"}))
def dismiss(job_id: str) -> Response:
    """Dismiss a job, with its result."""
    query_parameters.check_general_parameters(request.args)
    dismissed_job = job_store.dismiss(get_site().desk, job_id)
    return Response(orjson.dumps(describe_job_status(dismissed_job)), content_type=JSON)


@blueprint.get("/<job_id>/results")
@describe_as(ApiOperation(msg("The results of a job"), {JSON: "object"}))
def show_results(job_id: str) -> Response:
    """Return the results of a job."""
    query_parameters.check_general_parameters(request.args)
    stored_job = job_store.find(get_site().desk, job_id)
    if stored_job.state in job_store.OPEN:
        return describe_missing(
            NotFound(msg("The results are not ready. Wait until the job is successful.")), "result-not-ready"
        )
    return respond_with_ended_job(stored_job)


def respond_with_ended_job(ended_job: Job) -> Response:
    """Return the results of a job that ended, or why it has none."""
    if ended_job.result is None:
        reason = parse_message_data(ended_job.problem) if ended_job.problem is not None else msg("The job has no results.")
        return build_problem_response(400, msg("The job failed"), reason, type=f"{EXCEPTION}job-failed")
    return respond_with_result(find_process(ended_job.process), ended_job.result, ended_job.response)


def describe_job_status(job: Job) -> dict[str, Any]:
    """Return the state of a job as the standard describes it."""
    root = f"/api/jobs/{job.id}"
    times = {"created": job.at, "started": job.started_at, "finished": job.finished_at}
    times["updated"] = job.finished_at or job.started_at or job.at
    status: dict[str, Any] = {"jobID": job.id, "processID": job.process, "type": "process", "status": job.state}
    status |= {name: _format_time(when) for name, when in times.items() if when is not None}
    if job.progress is not None:
        status["progress"] = job.progress
    if job.problem is not None:
        status["message"] = translate_message(parse_message_data(job.problem))
    done = [link(f"{root}/results", RESULTS, find_process(job.process).media_type)] if job.state == "successful" else []
    return status | {"links": [link(root, "self", JSON), link(f"{root}?f=html", "alternate", HTML), *done]}


def accept_job(process: str, inputs: Inputs, form: str = "raw", status: int = 202) -> AnyResponse:
    """Store a job of this client, and return its state and address; a browser is sent to its page.

    A client that prefers to wait gets the result if it is ready in time.
    """
    job = job_store.accept(get_site().desk, process, inputs, form, sessions.hash_subscriber())
    if wants_html():
        return redirect(f"/api/jobs/{job.id}?f=html", 303)
    if (finished := waiting.wait_for(job.id)) is not None:
        response = respond_with_ended_job(finished)
        response.headers["Preference-Applied"] = "wait"
        return response
    response = Response(orjson.dumps(describe_job_status(job)), status, content_type=JSON)
    response.headers["Location"] = f"{request.url_root}api/jobs/{job.id}"
    return response


def respond_with_result(process: Process, result: Any, form: str) -> Response:
    """Return the result of a process: its one output as such, or a document of its outputs by name."""
    if process.signed_as is not None:
        result = _sign_result(process, result, process.signed_as)
    if form == "raw" and (process.media_type != JSON or process.signed_as is not None):
        charset = "" if process.binary or process.media_type == JSON else "; charset=utf-8"
        response = Response(b64decode(result) if process.binary else result, content_type=f"{process.media_type}{charset}")
        suffix = SUFFIXES.get(process.media_type) or process.media_type.rpartition("/")[2]
        name = f"lode-{process.name}.{suffix}" if process.signed_as is None else f"lode-{process.name}-signed.{suffix}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    encoding = {"encoding": "base64"} if process.binary else {}
    body = result if form == "raw" else {process.output: {"mediaType": process.media_type, "value": result, **encoding}}
    return Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), content_type=JSON)


def _sign_result(process: Process, result: Any, subject: str) -> str:
    """Return a result with the signature of the site: the text of JSON, or the base64 of a PDF."""
    if process.media_type == JSON:
        return sign_json(result.encode(), build_signature_claims(subject, orjson.loads(result)["data_version"])).decode()
    signed = sign_pdf(zlib.decompress(b64decode(result["document"])), build_signature_claims(subject, result["data_version"]))
    return b64encode(signed).decode()


def _read_jobs(chosen: JobFilter, limit: int) -> tuple[list[Job], int]:
    # clients of one address can't be distinguished without a key, and a job may be confidential
    return (
        job_store.read_client_jobs(get_site().desk, sessions.hash_subscriber(), chosen, limit)
        if find_current_key() is not None
        else ([], 0)
    )


def _parse_list(name: str) -> tuple[str, ...]:
    return tuple(part for part in request.args.get(name, "").split(",") if part)


def _parse_seconds(name: str) -> int | None:
    text = request.args.get(name)
    return None if text is None else query_parameters.parse_whole_number(name, text, 0, (0, MAX_WAIT_S))


def _parse_span(text: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last moment of an instant or an interval; a day as the last moment is included."""
    if not text:
        return None, None
    first, divided, last = text.partition("/")
    ends = (first, last) if divided else (first, first)
    start, end = (None if part in ("", "..") else parse_utc_moment("datetime", part) for part in ends)
    if end is not None and len(ends[1]) == DAY_LENGTH:
        end = end.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return start, end


def _format_time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
