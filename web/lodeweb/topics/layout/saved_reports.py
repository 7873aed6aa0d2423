"""Saved layout reports: grouped under private links, and compared with one another or with the current result.

There is no session here (decision 026), so anyone with the link can read the group; caches must not store the link and
referrers must not contain it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.writing import writing
from lodebase.errors import BadQuery, NotAllowed
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import COLLECTION_ADVICE, Candidate
from lodebase.layout.recheck import recheck
from lodebase.layout.reports import comparison_tables, saved_reports
from lodebase.layout.reports.comparison import compare
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS, ReportFormat
from lodebase.layout.reports.report import report
from lodebase.layout.reports.report_text import product_label
from lodebase.layout.rulebook import rulebook
from lodebase.operations.field_types import parse_version
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg
from lodeweb.api.features import query_parameters
from lodeweb.http.access import sessions
from lodeweb.http.database import site
from lodeweb.http.representation.links import Link, link
from lodeweb.http.representation.negotiation import HTML, JSON
from lodeweb.http.representation.responses import VERSION_HEADER, document_response
from lodeweb.pages.form_errors import refused
from lodeweb.topics.layout.report_context import REPORT_CONTEXT
from lodeweb.topics.layout.report_files import write_report

blueprint = Blueprint("layout_saved_reports", __name__)
blueprint.register_error_handler(NotAllowed, refused)
PAGES = "/layout/reports"
ROOT = f"/api{PAGES}"
NOW = "now"


PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def register(app: Flask) -> None:
    """Add headers that exclude private links from caches, referrers and search engines."""

    @app.after_request
    def add_private_headers(response: Response) -> Response:
        if request.path.startswith((f"{PAGES}/", f"{ROOT}/")):
            response.headers.update(PRIVATE)
        return response


@blueprint.get(PAGES)
def index() -> str:
    """Return the page that explains saved reports, with the groups that this browser knows."""
    return render_template("layout/collections.html")


@blueprint.post(PAGES)
def save() -> AnyResponse:
    """Save the report of a page and redirect to its group."""
    parsed = read_candidate(
        site().engine, read_json("candidate", request.form.get("candidate", ""), COLLECTION_ADVICE), _today()
    )
    collection, _ = _save(parsed, request.form)
    return redirect(f"{PAGES}/{collection}", 303)


@blueprint.post(ROOT)
def save_from_api() -> Response:
    """Save the report on the planned plant that is sent, in a new or a given group, and return its address."""
    query_parameters.general(request.args, extra=("version", "collection", "note"))
    parsed = read_candidate(site().engine, read_json("body", request.get_data(), COLLECTION_ADVICE), _today())
    collection, number = _save(parsed, request.args)
    response = document_response(_of_one(collection, number), "api/document.html", title=gettext("Saved report"))
    response.status_code = 201
    response.headers["Location"] = f"{ROOT}/{collection}/{number}"
    return response


@blueprint.get(f"{PAGES}/<collection>")
@blueprint.get(f"{ROOT}/<collection>", endpoint="collection_data")
def collection_page(collection: str) -> Response:
    """Return the reports of a group, latest first."""
    query_parameters.general(request.args)
    with writing(site().desk) as connection:
        rows = saved_reports.list_reports(connection, collection)
    reports = [{**row, "at": row["at"].isoformat(), **_of_one(collection, row["number"])} for row in rows]
    body = {"collection": collection, "reports": reports, "links": [link(f"{ROOT}/{collection}", "self", JSON)]}
    return document_response(body, "layout/collection.html", rows=rows, collection=collection, product_label=product_label)


@blueprint.get(f"{PAGES}/<collection>/<int:number>")
@blueprint.get(f"{ROOT}/<collection>/<int:number>", endpoint="one_data")
def one(collection: str, number: int) -> Response:
    """Return a saved report, unchanged, in any of its formats."""
    requested = request.args.get("f", "")
    rest = MultiDict([(name, value) for name, value in request.args.items(multi=True) if (name, value) != ("f", requested)])
    query_parameters.general(rest if requested in REPORT_FORMATS else request.args)
    with writing(site().desk) as connection:
        found = saved_reports.read_report(connection, collection, number)
    if requested in REPORT_FORMATS:
        return _file(found.body, REPORT_FORMATS[requested])
    body = {**found.body, "saved_at": found.at.isoformat(), "note": found.note, "links": _links(collection, number)}
    return document_response(body, "layout/report.html", collection=collection, number=number, **REPORT_CONTEXT)


def _file(body: Mapping[str, Any], report_format: ReportFormat) -> Response:
    named = write_report(body, report_format)
    response = Response(named.content, mimetype=report_format.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{named.name}"'
    response.headers[VERSION_HEADER] = str(body["data_version"])
    return response


@blueprint.get(f"{PAGES}/<collection>/<int:number>/compare")
@blueprint.get(f"{ROOT}/<collection>/<int:number>/compare", endpoint="compare_data")
def compared(collection: str, number: int) -> Response:
    """Return the differences between a saved report and another of its group (``with=NUMBER``), or today (``with=now``)."""
    query_parameters.general(request.args, extra=("with",))
    second = request.args.get("with") or NOW
    with writing(site().desk) as connection:
        before = saved_reports.read_report(connection, collection, number)
        after = None if second == NOW else saved_reports.read_report(connection, collection, _number(second))
    if after is None:
        later = recheck(site().engine, site().figures, before.candidate, rulebook(site().settings), _today())
    else:
        later = after.body
    body = {
        "first": {"number": number, "saved_at": before.at.isoformat(), "note": before.note},
        "second": None if after is None else {"number": after.number, "saved_at": after.at.isoformat(), "note": after.note},
        **compare(before.body, later),
        **{name: text for name, text in later["summary"].items() if name.startswith("disclaimer_")},
    }
    return document_response(
        body,
        "layout/comparison.html",
        compared=comparison_tables,
        first=before,
        later=later,
        collection=collection,
    )


def _save(parsed: Candidate, given: MultiDict[str, str]) -> tuple[str, int]:
    at, collection, note = (
        parse_version(given.get("version")),
        given.get("collection") or None,
        (given.get("note") or "").strip() or None,
    )
    saved_reports.require_may_save(site().desk, sessions.subscriber_hash())
    body = report(site().engine, site().figures, parsed, rulebook(site().settings), at).as_data()
    with writing(site().desk) as connection:
        return saved_reports.save(connection, parsed, body, collection, note)


def _today() -> Any:
    return datetime.now(UTC).date()


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery("with", text[:40], msg('"%(value)s" is not the number of a report. Enter a number, or now.'))
    return int(text)


def _of_one(collection: str, number: int) -> dict[str, Any]:
    return {"collection": collection, "number": number, "links": _links(collection, number)}


def _links(collection: str, number: int) -> list[Link]:
    address = f"{ROOT}/{collection}/{number}"
    files = [link(f"{address}?f={form.name}", "alternate", form.media_type) for form in REPORT_FORMATS.values()]
    page = link(f"{PAGES}/{collection}/{number}?f=html", "alternate", HTML)
    return [link(address, "self", JSON), page, *files, link(f"{address}/compare?with={NOW}", "related", JSON)]
