"""Monthly reports at the desk: a reporter enters one, a checker accepts or returns it; and the ledger's workbook."""

import json
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import progress_reports
from lodebase.desk.progress_reports import ENTERED, ReportedPhase
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.topics.schedule import ledger_rows
from lodedata.messages import msg
from lodedata.topics.schedule.ledger import SHEETS
from lodedata.vocab import load_vocabulary
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language
from lodeweb.i18n.numbers import number as shown_number
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.topics.schedule.files import build_workbook_response

blueprint = Blueprint("progress", __name__, url_prefix=f"{ROOT}/progress")
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 500


@blueprint.get("")
@needs("reader")
def index() -> str:
    """Return the page of the reports, those that wait for a checker first."""
    with open_write_transaction(get_site().desk) as connection:
        rows = progress_reports.read_progress_reports(connection, require_account(), PAGE_ROWS)
        imported = [values for _, values in ledger_rows.read_ledger_rows(connection, "progress_report")]
    return render_template("desk/progress.html", rows=rows, imported=imported, **_list_texts())


@blueprint.get("/ledger.xlsx")
@needs("reader")
def write_workbook() -> Response:
    """Return the workbook of the ledger with all columns of all its sheets."""
    with open_write_transaction(get_site().desk) as connection:
        rows = {name: ledger_rows.read_ledger_rows(connection, name) for name in SHEETS}
    return build_workbook_response(rows, "lode-ledger.xlsx")


@blueprint.get("/new")
@needs("contributor")
def show_form() -> str:
    """Return the form for the report of a month."""
    with open_write_transaction(get_site().desk) as connection:
        choices = [(_find_code(row), row) for row in progress_reports.read_project_phases(connection)]
    steps = progress_reports.list_report_steps(require_account(), require_account().name, None)
    month = today().isoformat()[:7]
    return render_template("desk/progress_new.html", choices=choices, month=month, steps=steps, **_list_texts())


@blueprint.post("/new")
@needs("contributor")
def add() -> AnyResponse:
    """Store the report of a month as a draft, or submit it."""
    values = progress_reports.parse_report_form(request.form)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        month, state = request.form.get("month", ""), request.form.get("state", "")
        number = progress_reports.add(
            connection, _parse_phase(request.form.get("project", "")), month, values, state, require_account()
        )
    return redirect(f"{ROOT}/progress/{number}", 303)


@blueprint.get("/<int:number>")
@needs("reader")
def show_report(number: int) -> str:
    """Return the page of a report, with the steps that this account may take and those that were taken."""
    with open_write_transaction(get_site().desk) as connection:
        row = progress_reports.read_progress_report(connection, number, require_account())
        history = progress_reports.read_report_steps(connection, number)
    steps = progress_reports.list_report_steps(require_account(), row["account"], row["state"])
    return render_template("desk/progress_report.html", row=row, history=history, steps=steps, **_list_texts())


@blueprint.post("/<int:number>")
@needs("contributor")
def take(number: int) -> AnyResponse:
    """Save, submit, accept or return a report."""
    values = progress_reports.parse_report_form(request.form)
    reason = request.form.get("reason", "").strip()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        progress_reports.take(connection, number, request.form.get("state", ""), values, reason, require_account())
    return redirect(f"{ROOT}/progress/{number}", 303)


def _find_code(row: dict[str, Any]) -> str:
    return json.dumps([row["project_source"], row["project"], row["phase"]], ensure_ascii=False)


def _parse_phase(code: str) -> ReportedPhase:
    """Return the phase of a choice of the form. Raise BadQuery for anything else."""
    try:
        source, project, phase = json.loads(code)
        return ReportedPhase(str(source), str(project), None if phase is None else int(phase))
    except (ValueError, TypeError):
        raise BadQuery("project", code[:40], msg("Choose a project.")) from None


def _list_texts() -> dict[str, Any]:
    lang = get_language()
    return {
        "entered": [(field, labels.title_field(field, lang)) for field in ENTERED],
        "state_names": {term.code: term.label(lang) for term in load_vocabulary("progress-state")},
        "project_name": _format_project_name,
        "figure_or_text": lambda value: shown_number(value) if isinstance(value, int | float) else value,
    }


def _format_project_name(row: dict[str, Any]) -> str:
    """Return the name of a report's project in the page's language, else in the other, else its key; and its phase."""
    order = ("name_zh", "name_en") if get_language() == "zh" else ("name_en", "name_zh")
    name = next((row[field_name] for field_name in order if row.get(field_name)), row["project"])
    return name if row["phase"] is None else f"{name} · {row['phase']}"
