"""The review queue of the desk: pairs that wait for a judgement, and two records side by side."""

import uuid
from collections.abc import Mapping
from itertools import combinations, islice
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.tables import LINK_RELATIONS
from lodebase.desk import reports, serving
from lodebase.desk.decisions import judgements, queue
from lodebase.desk.decisions.judgements import Judgement
from lodebase.desk.decisions.queue import Pair
from lodebase.desk.identity.accounts import ROLE_NAMES
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError, NotFound
from lodebase.query.reading import open_reading
from lodebase.records import source_values
from lodedata.messages import msg
from lodeweb.desk.import_rights import are_offered
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages import chart_data, compare
from lodeweb.pages.compare import Record
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("desk", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PAGE_ROWS = 50
LATEST = 10
SHORT = 40
"""Maximum length in characters of a name in a legend."""


@blueprint.get("")
def index() -> str:
    """Return the page of what waits, and of the last judgements."""
    with open_reading(get_site().engine) as connection:
        pairs, count = queue.list_waiting(connection, *_read_thresholds(), PAGE_ROWS)
        names = _names(connection, pairs)
        open_reports = reports.count(connection, ("open", "looking"))
    with open_write_transaction(get_site().desk) as connection:
        latest = judgements.read_latest_judgements(connection, LATEST)
        unserved, late = serving.list_waiting(connection), serving.count_late(connection)
    return render_template(
        "desk/queue.html",
        pairs=pairs,
        waiting=count,
        names=names,
        open_reports=open_reports,
        latest=latest,
        unserved=unserved,
        late=late,
        verdicts=list_verdicts(),
        relations=list_relations(),
    )


@blueprint.get("/next")
@needs("expert")
def show_next() -> AnyResponse:
    """Redirect to the most valuable pair now, except the one that was just shown."""
    with open_reading(get_site().engine) as connection:
        pairs, _ = queue.list_waiting(connection, *_read_thresholds(), 2)
    skipped = (request.args.get("a"), request.args.get("b"))
    there = [record_pair for record_pair in pairs if (record_pair.a_id, record_pair.b_id) != skipped]
    done = {"done": request.args["done"]} if "done" in request.args else {}
    return redirect(
        _build_address(f"{ROOT}/pair", _describe_sides(there[0]) | done) if there else _build_address(ROOT, done), 303
    )


@blueprint.get("/pair")
@needs("expert")
def show_pair() -> str:
    """Return the page of two records side by side, with the evidence for and against, and the keys to judge them."""
    a_id, b_id = request.args.get("a", ""), request.args.get("b", "")
    with open_reading(get_site().engine) as connection:
        record_pair = queue.read_record_pair(connection, a_id, b_id)
        titles = compare.read_source_titles(connection)
        of_sources = source_values.read_source_values(connection, (record_pair.a_id, record_pair.b_id))
    with open_write_transaction(get_site().desk) as connection:
        before = judgements.read_judgement_history(connection, record_pair.a, record_pair.b)
        unserved = serving.list_waiting(connection)
    records = [
        compare.build_source_record(of_sources[identity], identity, ())
        for identity in (record_pair.a_id, record_pair.b_id)
        if identity in of_sources
    ]
    together = len({record.served_id for record in records}) == 1 and len(records) > 1
    charts = _build_charts(records)
    return render_template(
        "desk/pair.html",
        pair=record_pair,
        records=records,
        together=together,
        rows=compare.build_comparison_rows(records, titles),
        reasons=[reason["zh" if get_language() == "zh" else "en"] for reason in record_pair.reasons],
        before=before,
        unserved=unserved,
        verdicts=list_verdicts(),
        relations=list_relations(),
        charts=charts,
        drawing=chart_data.write_chart_settings(charts),
    )


@blueprint.post("/pair")
@needs("expert")
def judge() -> AnyResponse:
    """Save the judgement and redirect to the next pair."""
    a_id, b_id = request.form.get("a", ""), request.form.get("b", "")
    with open_reading(get_site().engine) as connection:
        record_pair = queue.read_record_pair(connection, a_id, b_id)
    verdict = request.form.get("verdict", "")
    relation = request.form.get("relation") if verdict == "linked" else None
    said = Judgement(record_pair.a, record_pair.b, verdict, relation or None, request.form.get("reason", "").strip() or None)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        judgement_id = judgements.judge(connection, said, require_account().name)
    return redirect(f"{ROOT}/next?a={quote_query_text(a_id)}&b={quote_query_text(b_id)}&done={judgement_id}", 303)


@blueprint.post("/judgements/<uuid:identity>/undo")
@needs("expert")
def undo(identity: uuid.UUID) -> AnyResponse:
    """Revert a judgement and show its pair again, if its rows still exist."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        said = judgements.undo(connection, identity, require_account().name)
    with open_reading(get_site().engine) as connection:
        record_pair = queue.find_pair_of_rows(connection, said.a, said.b)
    undone = {"undone": str(identity)}
    return redirect(
        _build_address(f"{ROOT}/pair", _describe_sides(record_pair) | undone) if record_pair else _build_address(ROOT, undone),
        303,
    )


@blueprint.get("/joined/<identity>")
@needs("expert")
def show_joined_records(identity: str) -> str:
    """Return the page of the source records that are served as one, in pairs, so that they can be split."""
    with open_reading(get_site().engine) as connection:
        ids = queue.find_merged_records(connection, identity)
        pairs = [queue.read_record_pair(connection, a, b) for a, b in islice(combinations(ids, 2), PAGE_ROWS)]
        names = source_values.names(connection, ids, get_language())
    if not pairs:
        raise NotFound(msg("No records are served as one with %(name)r.", name=identity[: compare.MAX_ID_CHARACTERS]))
    likely = sorted(pairs, key=lambda record_pair: (record_pair.relation is not None, record_pair.probability))
    return render_template(
        "desk/joined.html", pairs=likely, names=names, count=len(ids), more=len(ids) * (len(ids) - 1) // 2 - len(pairs)
    )


@blueprint.get("/judgements/<uuid:identity>/state")
@needs("expert")
def state(identity: uuid.UUID) -> dict[str, str]:
    """Return whether a judgement is published yet."""
    with open_write_transaction(get_site().desk) as connection:
        serving_state = serving.list_waiting(connection).state(identity)
    return {"state": serving_state, "text": describe_serving(serving_state)}


def register(app: Flask) -> None:
    """Add the labels of the desk to the templates."""
    app.jinja_env.globals.update(
        machine=describe_model_relation, role_name=_describe_role, serving_message=describe_serving, imports_offered=are_offered
    )


def describe_serving(state: str) -> str:
    """Return the message about whether something is published yet."""
    texts = {
        "served": gettext("Saved and published."),
        "waiting": gettext("Saved. It is published within seconds, or when the running import ends."),
        "refused": gettext("Saved, but not published. Ask the administrator to run `lode resolve apply`."),
    }
    return str(texts[state])


def describe_model_relation(of: Pair) -> str:
    """Return the model's relation of a pair, with its probability."""
    if of.relation is None:
        return str(gettext("judged unlikely by the model"))
    titles = {**list_relations(), "same": gettext("same site"), "different": gettext("different sites")}
    return str(gettext("%(what)s, probability %(score)s", what=titles[of.relation], score=f"{of.probability:.2f}"))


def _describe_role(role: str) -> str:
    return translate_message(ROLE_NAMES[role])


def _read_thresholds() -> tuple[float, float]:
    settings = get_site().settings
    return settings.review_from, settings.review_to


def _describe_sides(of: Pair) -> dict[str, str]:
    return {"a": of.a_id, "b": of.b_id}


def _build_address(path: str, arguments: Mapping[str, str]) -> str:
    return f"{path}?{'&'.join(f'{name}={quote_query_text(value)}' for name, value in arguments.items())}" if arguments else path


def _names(connection: Any, pairs: list[Pair]) -> dict[str, str]:
    """Return the names of the records of pairs, in the page's language."""
    ids = [identity for record_pair in pairs for identity in (record_pair.a_id, record_pair.b_id)]
    return source_values.names(connection, ids, get_language())


def list_verdicts() -> dict[str, str]:
    """Return the labels of the verdicts."""
    return {
        "same": gettext("the same"),
        "different": gettext("different"),
        "linked": gettext("linked"),
        "unsure": gettext("unsure"),
        "withdrawn": gettext("reverted"),
    }


def list_relations() -> dict[str, str]:
    """Return the labels of the relations of the first record to the second."""
    titles = {
        "works": gettext("the first mines the second"),
        "worked_by": gettext("the first is mined by the second"),
        "processes_ore_of": gettext("the first processes ore of the second"),
        "ore_processed_by": gettext("the second processes ore of the first"),
        "became": gettext("the first became the second"),
        "contains": gettext("the first contains the second"),
        "part_of": gettext("the first is part of the second"),
    }
    return {name: titles[name] for name in LINK_RELATIONS}


def _build_charts(records: list[Record]) -> list[dict[str, Any]]:
    """Return a chart of the two positions: the first as the point, the second as a nearby one."""
    located = [record for record in records if record.geometry is not None]
    if not located:
        return []
    first, others = located[0], located[1:]
    return [
        {
            "id": "place",
            "kind": "place",
            "title": gettext("Location of both"),
            **dict(zip(("lon", "lat"), first.geometry["coordinates"], strict=False)),  # type: ignore[index]
            "accuracy_m": first.properties.get("position_accuracy_m"),
            "whole": True,
            "own": gettext("the first: %(name)s", name=first.name[:SHORT]),
            "other": gettext("the second: %(name)s", name=others[0].name[:SHORT]) if others else None,
            "near": [
                {
                    **dict(zip(("lon", "lat"), other.geometry["coordinates"], strict=False)),  # type: ignore[index]
                    "name": other.name,
                    "kind": other.collection.name,
                }
                for other in others
            ],
        }
    ]
