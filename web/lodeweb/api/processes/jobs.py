"""Jobs of processes: their list, state and results, and their dismissal (OGC API Processes, Part 1, 7.12, 7.13, 11 and 13)."""

import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadQuery, NoSuchThing
from lodebase.jobs import job_store
from lodebase.jobs.job_store import STATES, Job, JobFilter
from lodebase.jobs.processes import Inputs, Process, find_process
from lodebase.query.parameters.declarations import Parameter
from lodebase.query.parameters.time_parameters import moment
from lodedata.messages import from_data, msg
from lodeweb.adapter.api_operation import TEXT, ApiOperation, describe_as, of_json
from lodeweb.api.features import query_parameters
from lodeweb.api.processes import waiting
from lodeweb.api.processes.offered import EXCEPTION, missing
from lodeweb.http.access import sessions
from lodeweb.http.access.api_key import current_key
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation.links import link, own_links
from lodeweb.http.representation.negotiation import HTML, JSON, XLSX, wants_html
from lodeweb.http.representation.problem_details import problem
from lodeweb.http.representation.responses import document_response
from lodeweb.http.representation.signing import claims_about, sign_json, sign_pdf
from lodeweb.i18n.language import translated

blueprint = DeclaredBlueprint("process_jobs", __name__, url_prefix="/api/jobs", primary=True)
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
PARAMETERS = ("type", "processID", "status", "datetime", "minDuration", "maxDuration", "limit")
MAX_S = 999_999
SUFFIXES = {XLSX: "xlsx"}
"""Suffixes of files whose media type does not end with it."""
DAY_LENGTH = len("2026-01-31")


_TEXTS = {"type": "array", "items": TEXT}
_SECONDS = {"type": "integer", "minimum": 0, "maximum": 999_999}


@blueprint.errorhandler(NoSuchThing)
def no_such_job(error: NoSuchThing) -> Response:
    """Return the error of a job that does not exist, with the type that the standard gives it."""
    return missing(error, "no-such-job")


@blueprint.get("")
@describe_as(
    ApiOperation(
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
    )
)
def jobs() -> Response:
    """Return the jobs ordered with the request's API key within a day, latest first; none without a key."""
    query_parameters.general(request.args, PARAMETERS)
    limit = query_parameters.limit(request.args.get("limit"))
    types, processes, states = (_listed(name) for name in ("type", "processID", "status"))
    if unknown := [state for state in states if state not in job_store.STATES]:
        choices = list(job_store.STATES)
        raise BadQuery("status", unknown[0][:40], msg('"%(value)s" is not a status. Use %(choices)s.', choices=choices))
    span = _span(request.args.get("datetime"))
    chosen = JobFilter(processes, states, *span, _seconds("minDuration"), _seconds("maxDuration"))
    found, number = ([], 0) if types and "process" not in types else _jobs(chosen, limit)
    body = {"jobs": [status_of(job) for job in found], "numberMatched": number, "links": own_links()}
    return document_response(body, "api/document.html", title=translated(msg("Jobs")))


@blueprint.get("/<job_id>")
@describe_as(ApiOperation(msg("The state of a job"), of_json("job")))
def job(job_id: str) -> Response:
    """Return the state of a job."""
    query_parameters.general(request.args)
    found = job_store.find(site().desk, job_id)
    process = find_process(found.process)
    return document_response(
        status_of(found),
        "api/job.html",
        title=translated(process.title),
        media_type_of_result=process.media_type,
        is_signed=process.signed_as is not None,
    )


@blueprint.delete("/<job_id>")
@open_to_all("deletes a job by its address, which can't be guessed")
@describe_as(ApiOperation(msg("The dismissed job, whose result is deleted"), {JSON: "job"}))
def dismiss(job_id: str) -> Response:
    """Dismiss a job, with its result."""
    query_parameters.general(request.args)
    found = job_store.dismiss(site().desk, job_id)
    return Response(orjson.dumps(status_of(found)), content_type=JSON)


@blueprint.get("/<job_id>/results")
@describe_as(ApiOperation(msg("The results of a job"), {JSON: "object"}))
def results(job_id: str) -> Response:
    """Return the results of a job."""
    query_parameters.general(request.args)
    found = job_store.find(site().desk, job_id)
    if found.state in job_store.OPEN:
        return missing(NoSuchThing(msg("The results are not ready. Wait until the job is successful.")), "result-not-ready")
    return finished_response(found)


def finished_response(found: Job) -> Response:
    """Return the results of a job that ended, or why it has none."""
    if found.result is None:
        reason = from_data(found.problem) if found.problem is not None else msg("The job has no results.")
        return problem(400, msg("The job failed"), reason, type=f"{EXCEPTION}job-failed")
    return result_response(find_process(found.process), found.result, found.response)


def status_of(job: Job) -> dict[str, Any]:
    """Return the state of a job as the standard describes it."""
    root = f"/api/jobs/{job.id}"
    times = {"created": job.at, "started": job.started_at, "finished": job.finished_at}
    times["updated"] = job.finished_at or job.started_at or job.at
    made: dict[str, Any] = {"jobID": job.id, "processID": job.process, "type": "process", "status": job.state}
    made |= {name: _time(when) for name, when in times.items() if when is not None}
    if job.progress is not None:
        made["progress"] = job.progress
    if job.problem is not None:
        made["message"] = translated(from_data(job.problem))
    done = [link(f"{root}/results", RESULTS, find_process(job.process).media_type)] if job.state == "successful" else []
    return made | {"links": [link(root, "self", JSON), link(f"{root}?f=html", "alternate", HTML), *done]}


def accepted(process: str, inputs: Inputs, form: str = "raw", status: int = 202) -> AnyResponse:
    """Store a job of this client, and return its state and address; a browser is sent to its page.

    A client that prefers to wait gets the result if it is ready in time.
    """
    job = job_store.accept(site().desk, process, inputs, form, sessions.subscriber_hash())
    if wants_html():
        return redirect(f"/api/jobs/{job.id}?f=html", 303)
    if (finished := waiting.wait_for(job.id)) is not None:
        response = finished_response(finished)
        response.headers["Preference-Applied"] = "wait"
        return response
    response = Response(orjson.dumps(status_of(job)), status, content_type=JSON)
    response.headers["Location"] = f"{request.url_root}api/jobs/{job.id}"
    return response


def result_response(process: Process, result: Any, form: str) -> Response:
    """Return the result of a process: its one output as such, or a document of its outputs by name."""
    if process.signed_as is not None:
        result = _signed(process, result, process.signed_as)
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


def _signed(process: Process, result: Any, subject: str) -> str:
    """Return a result with the signature of the site: the text of JSON, or the base64 of a PDF."""
    if process.media_type == JSON:
        return sign_json(result.encode(), claims_about(subject, orjson.loads(result)["data_version"])).decode()
    signed = sign_pdf(zlib.decompress(b64decode(result["document"])), claims_about(subject, result["data_version"]))
    return b64encode(signed).decode()


def _jobs(chosen: JobFilter, limit: int) -> tuple[list[Job], int]:
    # clients of one address can't be distinguished without a key, and a job may be confidential
    return job_store.listed(site().desk, sessions.subscriber_hash(), chosen, limit) if current_key() is not None else ([], 0)


def _listed(name: str) -> tuple[str, ...]:
    return tuple(part for part in request.args.get(name, "").split(",") if part)


def _seconds(name: str) -> int | None:
    text = request.args.get(name)
    return None if text is None else query_parameters.whole_number(name, text, 0, (0, MAX_S))


def _span(text: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last moment of an instant or an interval; a day as the last moment is included."""
    if not text:
        return None, None
    first, divided, last = text.partition("/")
    ends = (first, last) if divided else (first, first)
    start, end = (None if part in ("", "..") else moment("datetime", part) for part in ends)
    if end is not None and len(ends[1]) == DAY_LENGTH:
        end = end.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return start, end


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
