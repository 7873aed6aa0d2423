"""All imports of the store at the desk: what became of the rows and columns of each."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import import_requests, import_runs
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.query.reading import open_reading
from lodedata.messages import msg
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n.language import localize_field, translate_message
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("import_runs", __name__, url_prefix=f"{ROOT}/runs")
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 50
COUNTED = ("read", "loaded", "updated", "unchanged", "out_of_scope", "quarantined")
STATES = {
    "running": msg("running"),
    "done": msg("completed"),
    "failed": msg("failed; nothing was changed"),
    "interrupted": msg("interrupted; nothing was changed"),
}


@blueprint.get("")
@needs("administrator")
def index() -> str:
    """Return the page of all imports, latest first."""
    with open_reading(get_site().engine) as connection:
        rows = import_runs.read_latest_imports(connection, PAGE_ROWS, request.args.get("before", type=int))
    return render_template(
        "desk/runs.html",
        rows=rows,
        titles={row["id"]: _find_title(row) for row in rows},
        states={state: translate_message(label) for state, label in STATES.items()},
        counted=COUNTED,
        most=PAGE_ROWS,
    )


@blueprint.get("/<int:number>")
@needs("administrator")
def show(number: int) -> str:
    """Return the page of one import with the use of each column."""
    with open_reading(get_site().engine) as connection:
        run = import_runs.read_import_run(connection, number)
    return render_template(
        "desk/run.html",
        run=run,
        title=_find_title(run),
        state=translate_message(STATES[run["state"]]),
        withdrawable=run["state"] == "done" and run["withdraws"] is None and run["withdrawn_by"] is None,
    )


@blueprint.post("/<int:number>/withdraw")
@needs("administrator")
def withdraw(number: int) -> AnyResponse:
    """Order the withdrawal of an import; the background task does it, and its page shows the result."""
    if request.form.get("confirmed") != "yes":
        raise BadQuery("confirmed", "", msg("Tick the box to withdraw this import."))
    with open_reading(get_site().engine) as connection:
        import_runs.read_import_run(connection, number)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        request_number = import_requests.add_withdrawal(connection, require_account().name, number)
    return redirect(f"{ROOT}/imports/{request_number}", 303)


def _find_title(run: dict[str, Any]) -> str:
    """Return the title of the source, or its name if it was never loaded."""
    return localize_field(run, "title") or str(run["source"])
