"""The confirmation of an import with its counts and a sample, its review by a second person, and the link to its withdrawal."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import import_requests
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError, NotAllowed
from lodedata.mapping.confined import preview_confined
from lodedata.messages import Message, MessageError, msg
from lodeweb.desk.import_cells import FoundProblems, find_problems
from lodeweb.desk.import_rights import are_reviewed, may_publish, require_order
from lodeweb.desk.imports import build_corrected_source, is_withdrawn, open_request_file
from lodeweb.desk.record_preview import describe_records
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n.language import translate_message
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("import_confirmation", __name__, url_prefix=f"{ROOT}/imports")
blueprint.register_error_handler(LodeError, respond_to_form_error)
blueprint.before_request(require_order)
SAMPLE = 10
"""Records that the confirmation shows."""


@blueprint.get("/<int:number>/confirm")
@needs("expert")
def confirm(number: int) -> AnyResponse | str:
    """Return the page that confirms an import that was checked, or waits for its check; another leads to its own page."""
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
    if import_request.waits and import_request.withdraws is None:
        return render_template("desk/import_waits.html", found=import_request)
    if import_request.state not in ("checked", "review") or import_request.withdraws is not None:
        return redirect(f"{ROOT}/imports/{number}", 303)
    problem: Message | None = None
    records, problems = [], FoundProblems((), 0, False)
    if import_request.source is None:
        try:
            source = build_corrected_source(import_request)
            with open_request_file(number) as (_, path):
                records = preview_confined(source, path, SAMPLE)
            problems = find_problems(import_request, source)
        except MessageError as error:
            problem = error.message
    return render_template(
        "desk/import_confirm.html",
        found=import_request,
        result=import_request.result or {},
        records=describe_records(records),
        problems=problems,
        problem=translate_message(problem) if problem is not None else None,
        reviewed=are_reviewed(),
        may_publish=may_publish(require_account()) and import_request.may_be_published_by(require_account().name),
    )


@blueprint.post("/<int:number>/confirm")
@needs("expert")
def order(number: int) -> AnyResponse:
    """Order the import, which then waits for a second person if imports are reviewed."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        idle = import_requests.require_idle(connection, number)
        if idle.state != "checked":
            raise BadQuery("state", idle.state, msg("Check the import first; its mapping or a cell was changed."))
        may_lose_rows = request.form.get("may_lose_rows") == "yes"
        import_requests.order_import(connection, number, require_account().name, may_lose_rows, are_reviewed())
    return redirect(f"{ROOT}/imports/{number}", 303)


@blueprint.post("/<int:number>/review")
@needs("expert")
def review(number: int) -> AnyResponse:
    """Publish an import that somebody else ordered, or send it back with a reason; who ordered it may take it back."""
    action = request.form.get("action", "")
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        import_request = import_requests.read_import_request(connection, number)
        if action == "publish":
            if not may_publish(require_account()):
                raise NotAllowed(msg("An administrator who did not order this import publishes it."))
            import_requests.publish(connection, number, require_account().name)
        elif may_publish(require_account()) or import_request.ordered_by == require_account().name:
            import_requests.send_back(connection, number, require_account().name, request.form.get("note", ""))
        else:
            raise NotAllowed(msg("Only an administrator or who ordered this import sends it back."))
    return redirect(f"{ROOT}/imports/{number}", 303)


@blueprint.get("/<int:number>/withdraw")
@needs("administrator")
def show_withdrawal(number: int) -> AnyResponse:
    """Redirect to the withdrawal of what an import changed. Raise BadQuery for one that was not imported."""
    return redirect(f"{ROOT}/runs/{_run_of(number)}#withdraw", 303)


@blueprint.post("/<int:number>/withdraw")
@needs("administrator")
def withdraw(number: int) -> AnyResponse:
    """Order the withdrawal of what an import changed. Raise BadQuery for one that was not imported."""
    run = _run_of(number)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        withdrawal = import_requests.add_withdrawal(connection, require_account().name, run)
    return redirect(f"{ROOT}/imports/{withdrawal}", 303)


def _run_of(number: int) -> int:
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
    run = (import_request.result or {}).get("run")
    if import_request.state != "imported" or import_request.withdraws is not None or run is None:
        raise BadQuery("number", str(number), msg("This import was not published, so there is nothing to withdraw."))
    if is_withdrawn(run):
        raise BadQuery("number", str(number), msg("This import is withdrawn already."))
    return int(run)
