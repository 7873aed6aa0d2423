"""Pages of condition lists: all lists, one list over time, and the check of a firm on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery, NoSuchThing
from lodebase.lists import list_overview, list_workbook
from lodebase.lists.firm_results import FirmResults, find_firm_results
from lodebase.lists.firm_table import csv_of, firm_rows
from lodebase.lists.list_table import MOST_ROWS
from lodebase.query.parameters.time_parameters import day
from lodedata.messages import msg
from lodeweb.api.features import query_parameters
from lodeweb.api.lists.check import (
    EVIDENCE,
    MOST_AT_ONCE,
    firms_file,
    process_of,
    report_data,
    sent_table,
    table_inputs,
)
from lodeweb.api.lists.labels import labels
from lodeweb.api.processes.jobs import accepted
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.negotiation import ATOM, JSON, XLSX, wants_html
from lodeweb.http.representation.responses import document_response, page_response
from lodeweb.i18n.language import language, translated
from lodeweb.pages.lists import site_map

blueprint = Blueprint("list_pages", __name__, url_prefix="/lists")
MOST_IN_FEED = 20
FIRST = date(2018, 1, 1)


@blueprint.get("")
def lists() -> Response:
    """Return every list with its batches, and stated and known counts."""
    query_parameters.general(request.args)
    body = list_overview.overview(site().engine, site().figures, today())
    drawn = site_map.drawn(list_overview.sites(site().engine, site().figures, today()), labels()) if wants_html() else {}
    data = {**body, "links": own_links()}
    return document_response(data, "lists/lists.html", JSON, version=body["data_version"], **labels(), **drawn)


@blueprint.get("/check")
def check() -> Response:
    """Return the form for a firm and a day, and the result for each list."""
    values = {name: request.args.get(name, "").strip() for name in ("who", "province", "date", "list", "project")}
    body, wrong = None, None
    if values["who"] or values["project"]:
        try:
            body = report_data(_given(values), None)
        except (BadQuery, NoSuchThing) as error:
            wrong = error
    return _check_page(values, wrong, body)


@blueprint.post("/check")
def check_table() -> ResponseReturnValue:
    """Take a table of firms, and send the browser to the page of the job that checks it."""
    upload = request.files.get("table")
    try:
        if upload is None or not upload.filename:
            raise BadQuery("table", "", msg("Choose a workbook or a CSV file first."))
        table = csv_of(firm_rows(upload.read(), {}))
    except BadQuery as error:
        return _check_page({}, error)
    return accepted("list-checks", table_inputs(table))


@blueprint.get("/batch")
def batch() -> Response:
    """Return the form for many firms: a file, or one firm a line."""
    query_parameters.general(request.args)
    return _batch_page("", None, None)


@blueprint.post("/batch")
def check_batch() -> ResponseReturnValue:
    """Return one result for each firm as a page or a file; send the browser to a job for more than a few firms."""
    typed = request.form.get("firms", "")
    try:
        rows = firm_rows(sent_table(), {"date": request.form.get("date", "")})
        if len(rows) > MOST_AT_ONCE:
            return accepted(process_of(request.form.get("f", "xlsx")), table_inputs(csv_of(rows)))
        found = find_firm_results(site().engine, site().figures, rows, today())
    except BadQuery as error:
        return _batch_page(typed, None, error)
    if request.form.get("f") in (*EVIDENCE, "xlsx"):
        return firms_file(found, request.form["f"])
    return _batch_page(csv_of(rows), found, None)


def _batch_page(firms: str, found: FirmResults | None, wrong: BadQuery | None) -> Response:
    html = render_template(
        "lists/batch.html",
        firms=firms,
        found=found,
        wrong=None if wrong is None else translated(wrong),
        date=request.form.get("date") or today().isoformat(),
        last=today().isoformat(),
        at_once=MOST_AT_ONCE,
        most_rows=MOST_ROWS,
        **labels(),
    )
    response = Response(html, 200 if wrong is None else 400, mimetype="text/html")
    return response


@blueprint.get("/template.xlsx")
def template() -> Response:
    """Return an empty workbook for lists, batches, entries and events, as the annexes are laid out."""
    response = Response(list_workbook.write_template(language()), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="lode-condition-lists.xlsx"'
    return response


@blueprint.get("/<code>")
def one(code: str) -> Response:
    """Return a list with its batches, its members over time and the difference between two days."""
    as_feed = request.args.get("f") == "atom"
    given = [(name, text) for name, text in request.args.items(multi=True) if not (as_feed and name == "f")]
    query_parameters.general(MultiDict(given), ("from", "to"))
    days = _day("from", FIRST), _day("to", today())
    body = list_overview.one_list(site().engine, site().figures, code, days)
    if as_feed:
        return _atom(body, code)
    return document_response({**body, "links": own_links()}, "lists/list.html", JSON, version=body["data_version"], **labels())


def _check_page(
    values: Mapping[str, str], wrong: BadQuery | NoSuchThing | None = None, body: Mapping[str, Any] | None = None
) -> Response:
    """Return the page of the check with its forms, and a result or what is wrong."""
    known = list_overview.names(site().engine, site().figures)
    html = render_template(
        "lists/check.html",
        values={**values, "date": values.get("date") or today().isoformat()},
        body=body,
        wrong=None if wrong is None else translated(wrong),
        lists=known["lists"],
        last=today().isoformat(),
        most_rows=MOST_ROWS,
        **labels(),
    )
    response = page_response(html, known["data_version"])
    response.status_code = 200 if wrong is None else 400
    return response


def _atom(body: dict[str, Any], code: str) -> Response:
    """Return the latest days on which members of a list changed as a feed."""
    days = [one["date"] for one in body["timeline"]][-MOST_IN_FEED:]
    changed = list_overview.changes(site().engine, site().figures, code, [date.fromisoformat(day) for day in days])
    xml = render_template("lists/changes.xml", body=body, changed=changed[::-1], root=request.host_url.rstrip("/"), **labels())
    return Response(xml, content_type=f"{ATOM}; charset=utf-8")


def _given(values: dict[str, str]) -> dict[str, str]:
    """Return the parameters of a check: one field takes a code or a name."""
    who = values["who"]
    is_code = len(who) == 18 and who.isascii() and who.isalnum()
    found = {"uscc" if is_code else "name": who, **{name: values[name] for name in ("province", "date", "list", "project")}}
    return {name: value for name, value in found.items() if value}


def _day(name: str, default: date) -> date:
    text = request.args.get(name)
    return day(name, text) if text else default
