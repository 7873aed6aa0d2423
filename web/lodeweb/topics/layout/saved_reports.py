"""The pages of saved layout reports: what they show besides the results, and the form that saves one.

Anyone with the link of a group can read it, so caches must not store the link and referrers must not contain it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import NotAllowed
from lodebase.field_types import parse_version
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import COLLECTION_ADVICE
from lodebase.layout.reports import comparison_tables
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS
from lodebase.layout.reports.report_text import find_product_label
from lodebase.layout.reports.saved_reports import SavedReport
from lodebase.operations.formats import HTML, JSON, convert_result_to_data
from lodebase.query.parameters.nesting import read_json
from lodebase.topics.layout.operations import COLLECTION, COMPARISON, SAVE_REPORT, SAVED_REPORT, SAVED_REPORTS
from lodebase.topics.layout.saved_plants import SavedComparison, SavedPlace, SavedReports, save_candidate
from lodeweb.adapter.responses import AnyOperation, Presentation, collect_visitor_services
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation.links import Link, link
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.topics.layout.report_context import REPORT_CONTEXT
from lodeweb.topics.layout.report_files import REPORT_WRITERS

blueprint = DeclaredBlueprint("layout_saved_reports", __name__, kind="layout")
blueprint.register_error_handler(NotAllowed, respond_to_form_error)
ROOT = SAVE_REPORT.path
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def register(app: Flask) -> None:
    """Add headers that exclude private links from caches, referrers and search engines."""

    @app.after_request
    def add_private_headers(response: Response) -> Response:
        if request.path.startswith((f"{SAVED_REPORTS}/", f"{ROOT}/")):
            response.headers.update(PRIVATE)
        return response


@blueprint.get(SAVED_REPORTS)
def show_collections() -> str:
    """Return the page that explains saved reports, with the groups that this browser knows."""
    return render_template("layout/collections.html")


@blueprint.post(SAVED_REPORTS)
@open_to_all("saves a report under an address that can't be guessed; counted by client")
def save_from_page() -> AnyResponse:
    """Save the report of a page and redirect to its group."""
    services, form = collect_visitor_services(), request.form
    candidate = read_candidate(
        services.engine, read_json("candidate", form.get("candidate", ""), COLLECTION_ADVICE), services.today
    )
    version = parse_version(form.get("version"))
    saved = save_candidate(services, candidate, version, form.get("collection") or None, form.get("note"))
    return redirect(f"{SAVED_REPORTS}/{saved.collection}", 303)


def add_links(saved_place: SavedPlace) -> dict[str, Any]:
    """Return where a report was saved, with its addresses."""
    return {**asdict(saved_place), "links": _list_links(saved_place.collection, saved_place.number)}


def list_with_links(saved_reports: SavedReports) -> dict[str, Any]:
    """Return the reports of a collection, each with its addresses."""
    body: dict[str, Any] = convert_result_to_data(saved_reports)
    for report in body["reports"]:
        report |= {"collection": saved_reports.collection, "links": _list_links(saved_reports.collection, report["number"])}
    return {**body, "links": [link(f"{ROOT}/{saved_reports.collection}", "self", JSON.media_type)]}


def describe_collection(saved_reports: SavedReports) -> Mapping[str, Any]:
    """Return the reports of a collection as its page lists them."""
    return {"rows": saved_reports.reports, "collection": saved_reports.collection, "product_label": find_product_label}


def add_marks(saved_report: SavedReport) -> dict[str, Any]:
    """Return a report as it was saved, with its day, note and addresses."""
    links = _list_links(saved_report.collection, saved_report.number)
    return {**saved_report.body, "saved_at": saved_report.at.isoformat(), "note": saved_report.note, "links": links}


def describe_saved_report(saved_report: SavedReport) -> Mapping[str, Any]:
    """Return the tables, labels and texts of a report, and its addresses."""
    return {**REPORT_CONTEXT, "body": saved_report.report, "links": _list_links(saved_report.collection, saved_report.number)}


def describe_comparison(saved_comparison: SavedComparison) -> Mapping[str, Any]:
    """Return the tables of a comparison."""
    return {"compared": comparison_tables}


def _list_links(collection: str, number: int) -> list[Link]:
    address = f"{ROOT}/{collection}/{number}"
    files = [link(f"{address}?f={form.name}", "alternate", form.media_type) for form in REPORT_FORMATS.values()]
    page = link(f"{SAVED_REPORTS}/{collection}/{number}?f=html", "alternate", HTML.media_type)
    compared = link(f"{address}/compare?with=now", "related", JSON.media_type)
    return [link(address, "self", JSON.media_type), page, *files, compared]


PRESENTATIONS: Mapping[AnyOperation, Presentation] = {
    SAVE_REPORT: Presentation(data=add_links),
    COLLECTION: Presentation(describe_collection, data=list_with_links),
    SAVED_REPORT: Presentation(describe_saved_report, REPORT_WRITERS, add_marks),
    COMPARISON: Presentation(describe_comparison, data=convert_result_to_data),
}
