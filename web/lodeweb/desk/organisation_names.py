"""Names of organisations at the desk: which organisation a name means where the names alone do not decide."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.decisions import organisation_decisions, reasons
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.organisations import METHODS
from lodebase.query.reading import open_reading
from lodedata.vocab import load_vocabulary
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("organisation_names", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 100
FIELDS = ("comparable", "country", "organisation", "reason")


@blueprint.get("/organisations")
@needs("expert")
def show_names() -> str:
    """Return the page of the names that wait for a decision."""
    with open_reading(get_site().engine) as connection:
        open_names = organisation_decisions.open_names(connection, PAGE_ROWS)
    rows = [(open_name, f"/records/{quote_query_text(open_name.record[1])}") for open_name in open_names]
    return render_template(
        "desk/organisations.html",
        rows=rows,
        done=request.args.get("done"),
        countries={term.code: term.label(get_language()) for term in load_vocabulary("country")},
        methods={method: translate_message(label) for method, label in METHODS.items()},
        longest=reasons.MAX_REASON_CHARACTERS,
        shortest=reasons.MIN_REASON_CHARACTERS,
    )


@blueprint.post("/organisations")
@needs("expert")
def decide() -> AnyResponse:
    """Store a decision, which a background task applies at once."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        organisation_decisions.decide(connection, {name: request.form.get(name, "") for name in FIELDS}, require_account().name)
    return redirect(f"{ROOT}/organisations?done=1", 303)
