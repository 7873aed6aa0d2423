"""Pages of condition lists: what they show besides the results, their files, and the forms for one firm and for many."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lodebase.errors import BadQuery, NotFound
from lodebase.operations.formats import ATOM, HTML, JSON, PDF, SIGNED, XLSX, convert_result_to_data
from lodebase.topics.lists import extract_pdf, list_evidence, list_workbook
from lodebase.topics.lists.firm_results import FirmResults
from lodebase.topics.lists.firm_table import MAX_TABLE_ROWS, write_rows
from lodebase.topics.lists.list_overview import (
    ListHistory,
    ListsOverview,
    find_changes,
    find_sites,
    read_names,
)
from lodebase.topics.lists.list_report import ListsReport
from lodebase.topics.lists.operations import CHECK, CHECK_TABLE, HISTORY, OVERVIEW
from lodebase.topics.lists.parameters import MAX_FIRMS_AT_ONCE, TableParameters
from lodedata.messages import msg
from lodeweb.adapter.responses import (
    NamedFile,
    Presentation,
    build_result_response,
    collect_operation_services,
    read_sent_file,
)
from lodeweb.api.features import query_parameters
from lodeweb.api.processes.jobs import accept_job
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import link, quote_query_text
from lodeweb.http.representation.responses import build_page_response
from lodeweb.http.representation.signing import build_signature_claims, sign_json, sign_pdf
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.topics.lists.labels import list_labels
from lodeweb.topics.lists.site_map import draw_map

blueprint = Blueprint("lists_page", __name__, url_prefix="/lists")
MAX_FEED_DAYS = 20
NOTHING: Mapping[str, str] = dict.fromkeys(("who", "province", "date", "list", "project"), "")
"""The fields of the form of one firm."""


@blueprint.get("/check")
def check() -> Response:
    """Return the form for a firm and a day, and the result for each list."""
    values = {name: request.args.get(name, "").strip() for name in NOTHING}
    body, wrong = None, None
    if values["who"] or values["project"]:
        try:
            report = CHECK.run(collect_operation_services(), CHECK.parameters.parse(_name_parameters(values)))
            body = add_reproducing_links(report)
        except (BadQuery, NotFound) as error:
            wrong = error
    return _check_page(values, wrong, body)


@blueprint.post("/check")
@open_to_all("a table of firms, by a job under an address that can't be guessed; counted by client")
def check_table() -> ResponseReturnValue:
    """Take a table of firms, and send the browser to the page of the job that checks it."""
    upload = request.files.get("table")
    try:
        if upload is None or not upload.filename:
            raise BadQuery("table", "", msg("Choose a workbook or a CSV file first."))
        with closing(upload):
            parameters = TableParameters.parse({"table": upload.read()})
    except BadQuery as error:
        return _check_page(NOTHING, error)
    return accept_job("list-checks", {"table": write_rows(parameters.table), "language": get_language()})


@blueprint.get("/batch")
def show_batch() -> Response:
    """Return the form for many firms: a file, or one firm a line."""
    query_parameters.check_general_parameters(request.args)
    return _build_batch_page("", None, None)


@blueprint.post("/batch")
@open_to_all("a table of firms, with one result for each firm; it only reads")
def check_batch() -> ResponseReturnValue:
    """Return one result for each firm as a page or a file; send the browser to a job for more than a few firms."""
    chosen = CHECK_TABLE.format_of(request.form.get("f", ""))
    try:
        parameters = TableParameters.parse({"table": read_sent_file("firms"), "date": request.form.get("date", "")})
        if len(parameters.table) > MAX_FIRMS_AT_ONCE:
            assert CHECK_TABLE.job is not None
            order = CHECK_TABLE.job(collect_operation_services(), parameters, chosen or XLSX)
            assert order is not None
            return accept_job(order.process, {**order.inputs, "language": get_language()})
        firm_results = CHECK_TABLE.run(collect_operation_services(), parameters)
    except BadQuery as error:
        return _build_batch_page(request.form.get("firms", ""), None, error)
    if chosen is not None:
        return build_result_response(CHECK_TABLE, firm_results, chosen, "", PRESENTATIONS[CHECK_TABLE])
    return _build_batch_page(write_rows(parameters.rows), firm_results, None)


@blueprint.get("/template.xlsx")
def send_template() -> Response:
    """Return an empty workbook for lists, batches, entries and events, as the annexes are laid out."""
    response = Response(list_workbook.write_template(get_language()), mimetype=XLSX.media_type)
    response.headers["Content-Disposition"] = 'attachment; filename="lode-condition-lists.xlsx"'
    return response


def _name_parameters(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parameters of a check for the fields of its form: one field takes a code or a name."""
    who = values["who"]
    is_code = len(who) == 18 and who.isascii() and who.isalnum()
    return {("uscc" if is_code else "name") if name == "who" else name: value for name, value in values.items()}


def _check_page(
    values: Mapping[str, str], wrong: BadQuery | NotFound | None = None, body: Mapping[str, Any] | None = None
) -> Response:
    """Return the page of the check with its forms, and a result or what is wrong."""
    names = read_names(get_site().engine, get_site().figures)
    html = render_template(
        "lists/form.html",
        values={**values, "date": values["date"] or today().isoformat()},
        body=body,
        wrong=None if wrong is None else translate_message(wrong),
        lists=names.lists,
        last=today().isoformat(),
        most_rows=MAX_TABLE_ROWS,
        **list_labels(),
    )
    response = build_page_response(html, names.dataset_version)
    response.status_code = 200 if wrong is None else 400
    return response


def _build_batch_page(firms: str, firm_results: FirmResults | None, wrong: BadQuery | None) -> Response:
    html = render_template(
        "lists/batch.html",
        firms=firms,
        found=firm_results,
        wrong=None if wrong is None else translate_message(wrong),
        date=request.form.get("date") or today().isoformat(),
        last=today().isoformat(),
        at_once=MAX_FIRMS_AT_ONCE,
        most_rows=MAX_TABLE_ROWS,
        **list_labels(),
    )
    return Response(html, 200 if wrong is None else 400, mimetype="text/html")


def add_reproducing_links(report: ListsReport) -> dict[str, Any]:
    """Return the data of a result with the addresses that reproduce it, in each format."""
    inputs = report.inputs
    parameters = {"uscc": inputs.uscc, "name": inputs.name, "project": inputs.project, "province": inputs.province}
    parameters |= {"list": ",".join(inputs.lists), "date": report.date.isoformat(), "version": str(report.dataset_version)}
    address = f"{CHECK.path}?" + "&".join(f"{name}={quote_query_text(value)}" for name, value in parameters.items() if value)
    links = [
        link(address, "self", JSON.media_type),
        link(f"{address}&f=html", "alternate", HTML.media_type),
        link(f"{address}&f=pdf", "alternate", PDF.media_type),
        link(f"{address}&f=signed", "related", JSON.media_type),
    ]
    return {**convert_result_to_data(report), "links": links}


def _sign_check(report: ListsReport) -> NamedFile:
    """Return the result as a signed file (JSON)."""
    signed = sign_json(list_evidence.write_check(report), build_signature_claims(list_evidence.CHECK, report.dataset_version))
    return NamedFile(f"{_build_file_name(report)}{SIGNED.suffix}", signed)


def _print_check(report: ListsReport) -> NamedFile:
    """Return the result as a signed PDF that carries the signed file."""
    claims = build_signature_claims(list_evidence.CHECK, report.dataset_version)
    signed = sign_json(list_evidence.write_check(report), claims)
    return NamedFile(
        f"{_build_file_name(report)}.pdf", sign_pdf(extract_pdf.write_check(report, get_language(), signed), claims)
    )


def _build_file_name(report: ListsReport) -> str:
    return f"lode-lists-{report.date}-v{report.dataset_version}-{report.checksum[:8]}"


def _sign_batch(firm_results: FirmResults) -> NamedFile:
    """Return the results for a table of firms as a signed file (JSON)."""
    claims = build_signature_claims(list_evidence.BATCH, firm_results.dataset_version)
    name = f"lode-lists-firms-{claims.signed_at:%Y%m%d}-v{firm_results.dataset_version}{SIGNED.suffix}"
    return NamedFile(name, sign_json(list_evidence.write_batch(firm_results), claims))


def _print_batch(firm_results: FirmResults) -> NamedFile:
    """Return the results for a table of firms as a signed PDF that carries the signed file."""
    claims = build_signature_claims(list_evidence.BATCH, firm_results.dataset_version)
    signed = sign_json(list_evidence.write_batch(firm_results), claims)
    name = f"lode-lists-firms-{claims.signed_at:%Y%m%d}-v{firm_results.dataset_version}.pdf"
    return NamedFile(name, sign_pdf(extract_pdf.write_batch(firm_results, get_language(), signed), claims))


def _draw_sites(_result: ListsOverview) -> Mapping[str, Any]:
    labels = list_labels()
    return {**labels, **draw_map(find_sites(get_site().engine, get_site().figures, today()), labels)}


def _write_feed(list_history: ListHistory) -> str:
    """Return the latest days on which members of a list changed as a feed."""
    days = [list_members.date for list_members in list_history.timeline][-MAX_FEED_DAYS:]
    changed = find_changes(get_site().engine, get_site().figures, list_history.code, days)
    root = request.host_url.rstrip("/")
    return render_template(
        "lists/changes.xml", body=convert_result_to_data(list_history), changed=changed[::-1], root=root, **list_labels()
    )


PRESENTATIONS = {
    CHECK: Presentation(lambda _report: list_labels(), {SIGNED: _sign_check, PDF: _print_check}, add_reproducing_links),
    CHECK_TABLE: Presentation(writers={SIGNED: _sign_batch, PDF: _print_batch}),
    OVERVIEW: Presentation(_draw_sites),
    HISTORY: Presentation(lambda _found: list_labels(), {ATOM: _write_feed}),
}
