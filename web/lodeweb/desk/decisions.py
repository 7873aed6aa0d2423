"""All decisions of people at the desk: one list, latest first, with who decided, why, and a button that undoes a decision."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.decision_kinds import DECISION_KINDS
from lodebase.desk import serving
from lodebase.desk.decisions import reasons
from lodebase.desk.decisions.decision_rows import MAX_LISTED_DECISIONS, ListedDecision, read_decisions, undo_decision
from lodebase.desk.decisions.reasons import require_reason
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.reading import open_reading
from lodebase.records.record_names import read_names_of
from lodedata.kinds import KINDS
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary
from lodeweb.desk.queue import list_relations, list_verdicts
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import quote_query_text, record_address
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.pages.records import curated_values

blueprint = Blueprint("decisions", __name__, url_prefix=f"{ROOT}/decisions")
blueprint.register_error_handler(LodeError, respond_to_form_error)
TITLES: Mapping[str, Message] = {
    "judgement": msg("Pairs of records"),
    "holder_decision": msg("Bodies and natural persons"),
    "organisation_decision": msg("Names of organisations"),
    "list_entry_project": msg("Projects of list entries"),
    "value": msg("Values"),
    "position": msg("Positions"),
}
"""The title of each kind of decision."""
NAMED = (("list_entry", "entry_id"), ("project", "project_id"), ("organisation", "organisation_id"))
"""The kinds of records that decisions name, each with the member of a subject or detail that has the id."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as the page shows it: texts of its subject and value, with their pages, and whether it is served yet."""

    row: ListedDecision
    title: str
    subject: str
    subject_href: str | None
    value: str
    value_href: str | None
    state: serving.State


@blueprint.get("")
@needs("expert")
def list_decisions() -> str:
    """Return the page of the decisions of a kind, or of all."""
    kind = request.args.get("kind", "")
    skip = min(max(request.args.get("skip", 0, type=int), 0), 1_000_000)
    with open_write_transaction(get_site().desk) as connection:
        rows, total = read_decisions(connection, kind, skip)
        unserved = serving.list_waiting(connection)
    with open_reading(get_site().engine) as connection:
        names = _read_names(connection, rows)
    return render_template(
        "desk/decisions.html",
        lines=[_build_line(row, unserved.state(row.id), names) for row in rows],
        kinds={name: translate_message(title) for name, title in TITLES.items()},
        kind=kind,
        total=total,
        skip=skip,
        page=MAX_LISTED_DECISIONS,
        done=request.args.get("done"),
        reasoned={name for name, kind in DECISION_KINDS.items() if kind.undone_with_reason},
        longest=reasons.MAX_REASON_CHARACTERS,
        shortest=reasons.MIN_REASON_CHARACTERS,
    )


@blueprint.post("/<uuid:identity>/undo")
@needs("expert")
def undo(identity: uuid.UUID) -> AnyResponse:
    """Undo a decision, which a background task applies at once, and show the list again."""
    reason, kind = request.form.get("reason", "").strip(), request.form.get("kind", "")
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        row = undo_decision(connection, identity, require_account().name, reason)
        if reason or DECISION_KINDS[row["kind"]].undone_with_reason:
            require_reason(reason, reason[:20])
    return redirect(f"{ROOT}/decisions?kind={quote_query_text(kind)}&done=1", 303)


def _read_names(connection: Connection, rows: list[ListedDecision]) -> dict[str, str]:
    """Return the names of the records that decisions name, in the language of the page."""
    first, second = ("name_zh", "name_en") if get_language() == "zh" else ("name_en", "name_zh")
    names: dict[str, str] = {}
    ids_of = {
        kind: [identity for row in rows if (identity := row.subject.get(member) or row.detail.get(member))]
        for kind, member in NAMED
    }
    for row in rows:
        if "record_id" in row.subject:
            ids_of.setdefault(COLLECTIONS[row.detail["collection"]].kind.name, []).append(row.subject["record_id"])
    for kind, ids in ids_of.items():
        named = read_names_of(connection, KINDS[kind], ids)
        names |= {row["id"]: row[first] or row[second] or row["id"] for row in named}
    return names


def _build_line(row: ListedDecision, state: serving.State, names: Mapping[str, str]) -> DecisionLine:
    subject, subject_href = _describe_subject(row, names)
    value, value_href = _describe_value(row, names)
    return DecisionLine(row, translate_message(TITLES[row.kind]), subject, subject_href, value, value_href, state)


def _describe_subject(row: ListedDecision, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Return what a decision is on, and its page."""
    subject = row.subject
    if row.kind == "judgement":
        return f"{subject['a_source']} {subject['a_key']} – {subject['b_source']} {subject['b_key']}", None
    if row.kind == "list_entry_project":
        identity = subject["entry_id"]
        return names.get(identity, identity), record_address(identity)
    if "record_id" in subject:
        identity = subject["record_id"]
        field = curated_values.title_value({"collection": row.detail["collection"], "field": subject["field"]})
        return f"{names.get(identity, identity)}{gettext(': ')}{field}", record_address(identity)
    if row.kind == "organisation_decision":
        return " · ".join(filter(None, (subject["comparable"], _name_country(subject["country"])))), None
    return row.detail["name"], None


def _describe_value(row: ListedDecision, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Return what was decided, and its page."""
    if row.kind == "judgement":
        relation = row.detail.get("relation")
        verdict = list_verdicts()[row.decision]
        return (f"{verdict} ({list_relations()[relation]})" if relation else verdict), None
    if row.kind == "holder_decision":
        return load_vocabulary("holder-kind")[row.decision].label(get_language()), None
    if row.kind == "organisation_decision":
        identity = row.detail["organisation_id"]
        return names.get(identity, identity), f"/organisations/{quote_query_text(identity)}"
    if "proposal" in row.detail:
        collection = COLLECTIONS[row.detail["collection"]]
        value = curated_values.format_curated_value(collection, row.subject["field"], row.detail["value"])
        return value, f"{ROOT}/proposals/{row.detail['proposal']}"
    project = row.detail.get("project_id")
    if project is None:
        return gettext("none that is known here"), None
    return names.get(project, project), record_address(project)


def _name_country(code: str) -> str:
    """Return the name of a country, or its code if the vocabulary has none."""
    term = load_vocabulary("country").find(code) if code else None
    return code if term is None else term.label(get_language())
