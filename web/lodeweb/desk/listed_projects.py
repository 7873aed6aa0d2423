"""Entries of condition lists at the desk: which project an entry covers where the list names a firm only."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.decisions import listed_projects
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.query.reading import open_reading
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("listed_projects", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 100


@blueprint.get("/list-entries")
@needs("expert")
def list_entries() -> str:
    """Return the page of the entries that wait for a decision."""
    with open_reading(get_site().engine) as connection:
        open_entries = listed_projects.open_entries(connection, PAGE_ROWS)
    with open_write_transaction(get_site().desk) as connection:
        decided = listed_projects.read_project_decisions(connection, PAGE_ROWS)
    return render_template("desk/list_entries.html", rows=open_entries, decided=decided, done=request.args.get("done"))


@blueprint.post("/list-entries")
@needs("expert")
def decide() -> AnyResponse:
    """Store a decision, which a background task applies at once."""
    form = {name: request.form.get(name, "").strip() for name in ("entry", "project", "other", "reason")}
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        project = form["other"] or form["project"]
        listed_projects.decide(connection, form["entry"], project, form["reason"], require_account().name)
    return redirect(f"{ROOT}/list-entries?done=1", 303)


@blueprint.post("/list-entries/reopen")
@needs("expert")
def reopen() -> AnyResponse:
    """Have a decided entry wait again; a background task takes its project out at once."""
    form = {name: request.form.get(name, "").strip() for name in ("entry", "reason")}
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        listed_projects.reopen_entry(connection, form["entry"], form["reason"], require_account().name)
    return redirect(f"{ROOT}/list-entries?done=1", 303)
