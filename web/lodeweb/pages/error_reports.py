"""Error reports: anybody can send one from a record's page and follow it on a public page; the desk replies."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.desk_tables import REPORT_STATES
from lodebase.desk import reports
from lodebase.desk.reports import ErrorReport
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError, NotAllowed
from lodebase.query.reading import open_reading
from lodebase.records.record_collections import find_merged_collections
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, needs, open_to_all, require_account
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation import links
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n.language import gettext
from lodeweb.pages import compare
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = DeclaredBlueprint("reports", __name__, primary=True)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 200
REPLY_DAYS = 14
"""Number of days within which the desk intends to reply."""


def register(app: Flask) -> None:
    """Add the labels and due dates of reports to the templates."""
    app.jinja_env.globals.update(report_states=list_report_states, report_clock=describe_report_age)


@blueprint.post("/reports")
@open_to_all("reports an error in a record; counted by client, and shown after a review at the desk")
def report() -> AnyResponse:
    """Save an error report on a record and redirect to the report's page."""
    identity, text = request.form.get("record", ""), request.form.get("text", "").replace("\r\n", "\n").strip()
    # a hidden field that people leave empty: only a program fills it in
    if request.form.get("website"):
        raise NotAllowed(msg("This was not written by a person."))
    with open_reading(get_site().engine) as connection:
        there = find_merged_collections(connection, (identity[: compare.MAX_ID_CHARACTERS],))
    if identity not in there:
        raise BadQuery("record", identity[: compare.MAX_ID_CHARACTERS], msg('"%(value)s" is not a record that is served here.'))
    name = compare.record(there[identity], identity, ()).name
    number = reports.send(get_site().desk, ErrorReport(there[identity], identity, name, text), sessions.hash_subscriber())
    return redirect(f"/reports/{number}?sent", 303)


@blueprint.get("/reports")
def index() -> Response:
    """Return the page of the reports, latest first; ``state`` filters them."""
    chosen = tuple(request.args.get("state", "open,looking").split(","))
    for part in chosen:
        if part not in REPORT_STATES:
            raise BadQuery(
                "state", part, msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(REPORT_STATES))
            )
    with open_reading(get_site().engine) as connection:
        rows, matched = reports.read_public_reports(connection, chosen, PAGE_ROWS), reports.count(connection, chosen)
    body = {"numberMatched": matched, "reports": [_convert_report(row) for row in rows]}
    return build_document_response(
        body, "data/error_reports.html", rows=rows, chosen=chosen, matched=matched, links=build_report_addresses(rows)
    )


@blueprint.get("/reports/<int:number>")
def show_report(number: int) -> Response:
    """Return the page of an error report: its record, date, state and reply, without its sender."""
    with open_reading(get_site().engine) as connection:
        row = reports.read_public_report(connection, number)
    return build_document_response(
        _convert_report(row),
        "data/error_report.html",
        row=row,
        links=build_report_addresses([row]),
        sent="sent" in request.args,
    )


@blueprint.get(f"{ROOT}/reports")
@needs("contributor")
def list_waiting() -> str:
    """Return the page of the reports for the desk, longest waiting first."""
    with open_write_transaction(get_site().desk) as connection:
        rows = reports.read_desk_reports(connection, PAGE_ROWS)
    return render_template("desk/reports.html", rows=rows)


@blueprint.get(f"{ROOT}/reports/<int:number>")
@needs("contributor")
def show_report_at_desk(number: int) -> str:
    """Return the page of an error report with its text and history, and the form to reply."""
    with open_write_transaction(get_site().desk) as connection:
        row, steps = reports.read_whole_report(connection, number)
    return render_template("desk/report.html", row=row, steps=steps, links=build_report_addresses([row]))


@blueprint.post(f"{ROOT}/reports/<int:number>")
@needs("expert")
def save_reply(number: int) -> AnyResponse:
    """Save the next step of a report."""
    reply_text = request.form.get("reply", "").replace("\r\n", "\n").strip()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        state, shows = request.form.get("state", ""), "shows_text" in request.form
        reports.send_reply(connection, number, state, reply_text, shows, require_account().name)
    return redirect(f"{ROOT}/reports/{number}", 303)


def list_report_states() -> dict[str, str]:
    """Return the labels of the states of reports."""
    return {
        "open": gettext("open"),
        "looking": gettext("under review"),
        "corrected": gettext("corrected"),
        "declined": gettext("no correction needed"),
        "duplicate": gettext("already reported"),
    }


def describe_report_age(row: Mapping[str, Any]) -> str:
    """Return how long a report has been open or took, and when the reply is due."""
    at: datetime = row["at"]
    ended = row["state"] in reports.ENDED
    days = ((row["answered_at"] if ended else datetime.now(UTC)) - at).days
    if ended:
        return str(gettext("closed after %(days)s days", days=days))
    due = (at + timedelta(days=REPLY_DAYS)).date().isoformat()
    if days >= REPLY_DAYS:
        return str(gettext("open for %(days)s days, overdue since %(due)s", days=days, due=due))
    return str(gettext("open for %(days)s days, due by %(due)s", days=days, due=due))


def build_report_addresses(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the addresses of the records of reports, by id."""
    return {row["record_id"]: links.record_address(row["record_id"]) for row in rows}


def _convert_report(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
