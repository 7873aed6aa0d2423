"""The layout check as an API: planned plants in, reports out, each with an address that reproduces it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadQuery
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import (
    COLLECTION_ADVICE,
    FIRST_DAY,
    LAST_DAY,
    Candidate,
    parse_candidates,
)
from lodebase.layout.planned.flat import FIELDS, PREFIX, feature
from lodebase.layout.reports.findings_by_date import dates_to_compare, findings_by_date
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS, ReportFormat
from lodebase.layout.reports.report import report
from lodebase.layout.rulebook import rulebook
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg
from lodedata.rules.quantities import DECLARED
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.report_context import REPORT_CONTEXT
from lodeweb.api.processes.jobs import accepted
from lodeweb.http.database import site
from lodeweb.http.representation.links import Link, link, own_links, quoted
from lodeweb.http.representation.negotiation import HTML
from lodeweb.http.representation.responses import VERSION_HEADER, document_response
from lodeweb.i18n.language import language

blueprint = Blueprint("layout_check", __name__, url_prefix="/api/layout")
MOST_DAYS = 20
"""Maximum number of days in one request."""
MOST_AT_ONCE = 3
"""Maximum number of planned plants that are checked while the client waits."""
LONGEST_ADDRESS = 3_500
"""Maximum length of an address; servers accept a line of about four thousand characters."""


@blueprint.get("/check")
def check() -> Response:
    """Return the report on the planned plant in the address; with a version of the data it never changes."""
    report_format = _requested_format(("candidate", "version", *_flat_fields(request.args)))
    at = version(request.args.get("version"))
    return _respond(report_data(read_candidate(site().engine, _sent_plant(request.args), _today(), at), at), report_format)


def _flat_fields(given: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the parameters that describe a planned plant field by field, with the figures of a request."""
    return (*FIELDS, *(name for name in given if name.startswith(PREFIX) and name.removeprefix(PREFIX) in DECLARED))


def _sent_plant(given: MultiDict[str, str]) -> object:
    """Return the planned plant of a request: its GeoJSON feature, or that of its fields. Raises BadQuery."""
    text, fields = given.get("candidate"), [name for name in _flat_fields(given) if given.get(name)]
    if text and fields:
        raise BadQuery(
            "candidate", text[:40], msg("Give either %(parameter)s or the fields of a plant (%(fields)s).", fields=fields)
        )
    if fields:
        return feature(given)
    if not text:
        raise BadQuery(
            "candidate",
            "",
            msg("%(parameter)s is missing. Give place, product and capacity_tpa, or a GeoJSON Feature, or send it by POST."),
        )
    return read_json("candidate", text, COLLECTION_ADVICE)


@blueprint.post("/check")
def post() -> AnyResponse:
    """Return the report on each planned plant in the request body; of more than a few, the job that makes them."""
    report_format = _requested_format(("version",))
    sent = read_json("body", request.get_data(), COLLECTION_ADVICE)
    at = version(request.args.get("version"))
    if isinstance(sent, Mapping) and sent.get("type") == "FeatureCollection":
        if report_format is not None:
            raise BadQuery("f", report_format.name, msg("A file %(value)s holds one planned plant. Send one Feature."))
        candidates = parse_candidates(sent, _today(), partial(read_candidate, site().engine, version=at))
        if len(candidates) > MOST_AT_ONCE:
            return accepted("layout-checks", {"candidates": sent, **({} if at is None else {"version": at})})
        made = [report_data(candidate, at) for candidate in candidates]
        return document_response({"reports": made}, "api/document.html", title=gettext("Layout check"))
    return _respond(report_data(read_candidate(site().engine, sent, _today(), at), at), report_format)


def report_data(candidate: Candidate, at: int | None) -> dict[str, Any]:
    """Return the report as data, with its links."""
    made = report(site().engine, site().figures, candidate, rulebook(site().settings), at).as_data()
    return {**made, "links": links(candidate, made["data_version"])}


@blueprint.get("/by-day")
def of_days() -> Response:
    """Return the findings on a planned plant under the rules of several days; by default of 2006, 2014, 2019 and 2026."""
    query_parameters.general(request.args, extra=("candidate", "version", "on"))
    candidate = read_candidate(
        site().engine, read_json("candidate", request.args.get("candidate", ""), COLLECTION_ADVICE), _today()
    )
    named = request.args.get("on")
    on = dates_to_compare(candidate.on) if not named else tuple(_day(text) for text in named.split(","))
    if len(on) > MOST_DAYS:
        raise BadQuery(
            "on", named[:40] if named else "", msg("%(parameter)s names more than %(most)s days. Name fewer.", most=MOST_DAYS)
        )
    body = report_data(candidate, version(request.args.get("version")))
    document = {
        **findings_on_dates(candidate, body, on),
        "inputs": body["inputs"],
        "data_version": body["data_version"],
        "links": own_links(),
    }
    return document_response(
        document,
        "api/document.html",
        version=body["data_version"],
        title=gettext("The same site under the rules of other dates"),
    )


def findings_on_dates(candidate: Candidate, body: Mapping[str, Any], on: Sequence[date]) -> dict[str, Any]:
    """Return the findings of a report under the rules of each of some days."""
    return findings_by_date(site().engine, candidate, rulebook(site().settings), body, on)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise BadQuery("on", text[:40], msg('"%(value)s" is not a date. Write dates as 2006-12-31,2026-12-31.')) from None
    if not FIRST_DAY <= found < LAST_DAY:
        raise BadQuery("on", text[:40], msg("There are no rules on %(value)s. The first day is %(first)s.", first=FIRST_DAY))
    return found


def _today() -> date:
    return datetime.now(UTC).date()


def links(candidate: Candidate, at: int) -> list[Link]:
    """Return the addresses that reproduce a report, in each format; none if they would be too long."""
    written = orjson.dumps(candidate.feature()).decode()
    address = f"/api/layout/check?candidate={quoted(written)}&version={at}"
    if len(address) > LONGEST_ADDRESS:
        return []
    files = [
        link(f"{address}&f={report_format.name}", "alternate", report_format.media_type)
        for report_format in REPORT_FORMATS.values()
    ]
    return [link(address, "self", "application/json"), link(f"{address}&f=html", "alternate", HTML), *files]


def version(text: str | None) -> int | None:
    """Return a version of the data by its number, None for the last. Raises BadQuery."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadQuery("version", text[:40], msg('"%(value)s" is not a version of the data. See /api/versions.'))
    return int(text)


def file(body: Mapping[str, Any], report_format: ReportFormat) -> Response:
    """Return a report as a file, named after its product, data version and checksum."""
    name = f"lode-layout-{body['summary']['product']}-v{body['data_version']}-{body['checksum'][:8]}{report_format.suffix}"
    written = {**body, "issuing_body": site().settings.issuing_body}
    response = Response(report_format.write(written, language()), mimetype=report_format.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers[VERSION_HEADER] = str(body["data_version"])
    return response


def _respond(body: dict[str, Any], report_format: ReportFormat | None) -> Response:
    if report_format is not None:
        return file(body, report_format)
    return document_response(body, "layout/report.html", version=body["data_version"], **REPORT_CONTEXT)


def _requested_format(own: tuple[str, ...]) -> ReportFormat | None:
    """Return the requested file format, None for JSON or a page. Raises BadQuery."""
    requested = request.args.get("f", "")
    arguments = MultiDict(
        [(name, value) for name, value in request.args.items(multi=True) if (name, value) != ("f", requested)]
    )
    query_parameters.general(arguments if requested in REPORT_FORMATS else request.args, extra=own)
    return REPORT_FORMATS.get(requested)
