"""Names of holders at the desk: whether a name is that of a body, which is public, or of a natural person."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.decisions import holder_decisions, reasons
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodedata.vocab import load_vocabulary
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n.language import get_language
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("holder_names", __name__, url_prefix=f"{ROOT}/holders")
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 50


@blueprint.get("")
@needs("expert")
def show_names() -> str:
    """Return the page of the withheld names and of the decisions."""
    skip = request.args.get("skip", 0, type=int)
    skip = min(max(skip, 0), 1_000_000)
    with open_write_transaction(get_site().desk) as connection:
        waiting, total = holder_decisions.read_undecided_names(connection, skip, PAGE_ROWS)
        decided = holder_decisions.read_holder_decisions(connection)
    return render_template(
        "desk/holders.html",
        waiting=waiting,
        total=total,
        decided=decided,
        skip=skip,
        page=PAGE_ROWS,
        done=request.args.get("done"),
        kinds={code: load_vocabulary("holder-kind")[code].label(get_language()) for code in holder_decisions.CHOICES},
        longest=reasons.MAX_REASON_CHARACTERS,
        shortest=reasons.MIN_REASON_CHARACTERS,
    )


@blueprint.post("")
@needs("expert")
def decide() -> AnyResponse:
    """Store a decision, which a background task applies at once."""
    form_texts = {name: request.form.get(name, "").strip() for name in ("name", "holder_kind", "reason")}
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        holder_decisions.decide(connection, form_texts, require_account().name)
    return redirect(f"{ROOT}/holders?done=1", 303)


@blueprint.post("/<int:number>/undo")
@needs("expert")
def undo(number: int) -> AnyResponse:
    """Undo a decision, which a background task applies at once."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        holder_decisions.undo(connection, number, require_account().name)
    return redirect(f"{ROOT}/holders?done=1", 303)
