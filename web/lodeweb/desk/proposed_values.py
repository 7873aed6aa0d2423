"""Values that people propose for a record: an expert's is published at once, a contributor's after an expert accepts it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import serving
from lodebase.desk.decisions import proposals
from lodebase.desk.decisions.doubted_figures import find_doubted_figures
from lodebase.desk.decisions.proposals import Proposal
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError, NotFound
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.reading import open_reading
from lodebase.records.record_collections import find_merged_collections
from lodedata.choice.expert_values import POSITION
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary
from lodeweb.desk.queue import describe_serving
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import compare
from lodeweb.pages.compare import Record
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.pages.records import curated_values

blueprint = Blueprint("edits", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 200


@blueprint.get("/edit")
@needs("contributor")
def show_form() -> str:
    """Return the form to propose a value for a record, with its current values."""
    record = _record(request.args.get("record", ""))
    fields = {POSITION: gettext("Position")} | curated_values.list_curatable_titles(record.collection)
    now = {
        name: curated_values.format_curated_value(record.collection, name, _find_current_value(record, name)) for name in fields
    }
    with open_reading(get_site().engine) as connection:
        doubted = find_doubted_figures(connection, record.identity)
    fields |= {
        doubted_figure.name: curated_values.format_figure_title(doubted_figure.name, doubted_figure.unit)
        for doubted_figure in doubted
    }
    now |= {
        doubted_figure.name: curated_values.describe_figure_state(doubted_figure.why, doubted_figure.judged)
        for doubted_figure in doubted
    }
    chosen = request.args.get("field", "")
    return render_template(
        "desk/edit.html", record=record, fields=fields, now=now, chosen=chosen, verdicts=list_verdict_labels()
    )


def list_verdict_labels() -> list[str]:
    """Return the labels of the judgements of a figure."""
    return [term.label(get_language()) for term in load_vocabulary("figure-judgement")]


@blueprint.post("/edit")
@needs("contributor")
def propose() -> AnyResponse:
    """Save the value in addition to those of the sources; it is published at once if its author is an expert."""
    record = _record(request.form.get("record", ""))
    form = {name: request.form.get(name, "").strip() for name in ("field", "value", "cited", "reason")}
    with open_reading(get_site().engine) as connection:
        row = proposals.find_leading_row(connection, record.identity)
    said = Proposal(
        record.collection.name,
        record.identity,
        record.name,
        row,
        form["field"],
        proposals.read_value(record.collection, form["field"], form["value"]),
        _find_current_value(record, form["field"]),
        form["cited"],
        form["reason"],
    )
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        number = proposals.propose(connection, said, require_account().name, require_account().may("expert"))
    return redirect(f"{ROOT}/proposals/{number}", 303)


@blueprint.get("/proposals")
def index() -> str:
    """Return the page of the proposals, waiting ones first."""
    with open_write_transaction(get_site().desk) as connection:
        rows = proposals.read_proposals(connection, PAGE_ROWS)
    return render_template(
        "desk/proposals.html", rows=rows, states=_list_states(), titles=[curated_values.title_value(row) for row in rows]
    )


@blueprint.get("/proposals/<int:number>")
def show_proposal(number: int) -> str:
    """Return the page of a proposed value, with the values of the sources, and the proposal's source and reason."""
    with open_write_transaction(get_site().desk) as connection:
        row = proposals.read_proposal(connection, number)
        state = _find_serving_state(connection, row)
    collection = COLLECTIONS[row["collection"]]
    return render_template(
        "desk/proposal.html",
        row=row,
        title=curated_values.title_value(row),
        states=_list_states(),
        state=state,
        was=curated_values.format_curated_value(collection, row["field"], row["was"]),
        value=curated_values.format_curated_value(collection, row["field"], row["value"]),
        address=links.record_address(row["record_id"]),
    )


@blueprint.post("/proposals/<int:number>")
@needs("expert")
def decide(number: int) -> AnyResponse:
    """Accept, decline or revert a proposal."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        reason = request.form.get("reason", "").strip()
        proposals.decide(connection, number, request.form.get("state", ""), reason, require_account().name)
    return redirect(f"{ROOT}/proposals/{number}", 303)


@blueprint.get("/proposals/<int:number>/state")
def state(number: int) -> dict[str, str]:
    """Return whether the decision on a proposal is published yet."""
    with open_write_transaction(get_site().desk) as connection:
        serving_state = _find_serving_state(connection, proposals.read_proposal(connection, number))
    return {"state": serving_state, "text": describe_serving(serving_state)}


def _find_serving_state(connection: Connection, row: Mapping[str, Any]) -> serving.State:
    """Return whether the decision on a proposal is served; one without a decision has nothing to serve."""
    return serving.list_waiting(connection).state(row["decision"])


def _record(identity: str) -> Record:
    with open_reading(get_site().engine) as connection:
        there = find_merged_collections(connection, (identity[: compare.MAX_ID_CHARACTERS],))
    if identity not in there:
        raise NotFound(msg("There is no record %(name)r.", name=identity[: compare.MAX_ID_CHARACTERS]))
    return compare.record(there[identity], identity, ())


def _find_current_value(record: Record, name: str) -> Any:
    if name == POSITION:
        return None if record.geometry is None else record.geometry["coordinates"]
    return record.properties.get(name)


def _list_states() -> dict[str, str]:
    return {
        "proposed": gettext("proposed"),
        "accepted": gettext("accepted"),
        "declined": gettext("declined"),
        "withdrawn": gettext("reverted"),
    }
