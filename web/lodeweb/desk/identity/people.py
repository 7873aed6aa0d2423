"""Accounts, for administrators: second factors, open sessions, and the export of the audit trail."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import trail
from lodebase.desk.identity import accounts, second_factor
from lodebase.desk.identity import sessions as session_store
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodeweb.desk.identity.account import list_factor_names
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("people", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PEOPLE = f"{ROOT}/people"


@blueprint.get("/people")
@needs("administrator")
def show_people() -> str:
    """Return the page of the accounts and of all open sessions."""
    with open_write_transaction(get_site().desk) as connection:
        people, rows = accounts.read_accounts(connection), session_store.read_open_sessions(connection)
        enrolled = second_factor.read_enrolled_accounts(connection)
    return render_template("account/people.html", people=people, rows=rows, enrolled=enrolled, factors=list_factor_names())


@blueprint.post("/people/sessions/<int:number>/end")
@needs("administrator")
def end(number: int) -> AnyResponse:
    """End a session of any account."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        session_store.end(connection, number)
    return redirect(PEOPLE, 303)


@blueprint.post("/people/<name>/reset-totp")
@needs("administrator")
def reset_totp(name: str) -> AnyResponse:
    """Remove the second factor of an account, for example of a lost phone, and end its sessions."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        second_factor.reset(connection, name)
    return redirect(PEOPLE, 303)


@blueprint.get("/audit.jsonl")
@needs("administrator")
def export() -> Response:
    """Return the audit trail as lines of JSON, from the time ``since`` if it is given."""
    wanted = request.args.get("since", "")
    since = trail.parse_trail_moment(wanted) if wanted else None
    response = Response(trail.export_trail_lines(get_site().desk, since), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = "attachment; filename=lode-audit.jsonl"
    return response
