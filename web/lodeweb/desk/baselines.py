"""Baselines at the desk: an expert enters the next planned date of a milestone, with the reason of the change."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import baselines
from lodebase.desk.decisions import reasons
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.query.reading import open_reading
from lodedata.vocab import load_vocabulary
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n.language import get_language
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("baselines", __name__, url_prefix=f"{ROOT}/baselines")
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 100
FIELDS = ("milestone", "baseline_no", "baseline_date", "baseline_reason", "agreed_by")


@blueprint.get("")
@needs("expert")
def index() -> str:
    """Return the page of the milestones that a text finds, each with its baselines and the form of the next one."""
    q = request.args.get("q", "").strip()[:100]
    with open_reading(get_site().engine) as connection:
        rows = baselines.find_milestones(connection, q, PAGE_ROWS)
    with open_write_transaction(get_site().desk) as connection:
        entered = baselines.read_latest_baselines(connection, PAGE_ROWS)
    return render_template(
        "desk/baselines.html",
        rows=rows,
        entered=entered,
        q=q,
        done=request.args.get("done"),
        types={term.code: term.label(get_language()) for term in load_vocabulary("milestone-type")},
        longest=reasons.MAX_REASON_CHARACTERS,
    )


@blueprint.post("")
@needs("expert")
def enter() -> AnyResponse:
    """Store the next baseline of a milestone, which a background task applies at once."""
    form_texts = {name: request.form.get(name, "").strip() for name in FIELDS}
    with (
        open_reading(get_site().engine) as reader,
        open_write_transaction(get_site().desk, require_account().name) as connection,
    ):
        baselines.enter(reader, connection, form_texts, require_account().name)
    return redirect(f"{ROOT}/baselines?q={quote_query_text(form_texts['milestone'])}&done=1", 303)
