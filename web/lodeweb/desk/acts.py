"""Official acts at the desk: an expert enters an act with its file and the records that it concerns, or withdraws it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from flask import Blueprint, jsonify, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.desk_tables import PART_BYTES
from lodebase.desk import act_entries
from lodebase.desk.act_entries import ActFile, ActPart, NewValues
from lodebase.desk.decisions import reasons
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.query.reading import open_reading
from lodebase.records import acts
from lodedata.acts import attachments, form
from lodedata.kinds import Field
from lodedata.messages import Message, msg
from lodedata.problems import Problem
from lodedata.vocab import load_vocabulary
from lodeweb.desk.import_rights import are_reviewed
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.pages.form_errors import respond_to_form_error, wants_json

blueprint = Blueprint("act_entries", __name__, url_prefix=f"{ROOT}/acts")
blueprint.register_error_handler(LodeError, respond_to_form_error)
SUBJECTS = 5
"""Records that one form takes."""
MAX_SHOWN_LENGTH = 200
"""Characters of a value in the history of corrections."""


@blueprint.get("")
@needs("expert")
def index() -> str:
    """Return the page of the acts that were entered, with the form to enter one."""
    return _render_page({"country": "CHN", "status": "in-force", "record-1": request.args.get("record", "")[:100]})


@blueprint.post("")
@needs("expert")
def add() -> AnyResponse | tuple[str, int]:
    """Store an act with a small file, or with the name and size of one whose parts follow; show what is wrong with it."""
    form_texts = {name: text.strip() for name, text in request.form.items()}
    values, subjects, problems, twin = _check_form(form_texts, None)
    upload = request.files.get("file")
    content = b""
    if upload is not None and upload.filename:
        with closing(upload):
            content = upload.read(PART_BYTES + 1)
        if not problems and attachments.detect_media_type(content) is None:
            problems.append(act_entries.describe_wrong_type(upload.filename))
    if problems:
        return _refuse_form(form_texts, problems, twin)
    name, size = (
        (upload.filename, len(content))
        if content and upload is not None
        else (form_texts.get("name"), _measure_size(form_texts))
    )
    file = ActFile(name, size) if name else None
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        number = act_entries.add(connection, require_account().name, values, subjects, file, are_reviewed())
        if content:
            act_entries.add_part(connection, number, ActPart(0, content), are_reviewed())
    if wants_json():
        return jsonify({"number": number, "part": PART_BYTES, "href": f"{ROOT}/acts/{number}"})
    return redirect(f"{ROOT}/acts/{number}", 303)


@blueprint.post("/<int:number>/part")
@needs("expert")
def add_part(number: int) -> AnyResponse:
    """Store one part of a file and return how many bytes have arrived."""
    part = request.files.get("part")
    content = b""
    if part is not None:
        with closing(part):
            content = part.read(PART_BYTES + 1)
    position = request.form.get("position", "")
    sent = ActPart(int(position) if _is_number(position) else -1, content)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        stored = act_entries.add_part(connection, number, sent, are_reviewed())
    return jsonify({"bytes": stored})


@blueprint.get("/<int:number>")
@needs("expert")
def show(number: int) -> str:
    """Return the page of an entered act: its state, values, file and records, and the form to withdraw it."""
    with open_write_transaction(get_site().desk) as connection:
        act_entry = act_entries.read_act_entry(connection, number)
        corrections = act_entries.read_act_corrections(connection, number)
    roles = load_vocabulary("act-role")
    records = [
        (
            roles[subject["role"]].label(get_language()),
            links.record_address(subject["record"]),
            subject["record"],
        )
        for subject in act_entry.subjects
    ]
    return render_template(
        "desk/act.html",
        found=act_entry,
        facts=[
            (translate_message(field.title), _format_value(field, act_entry.fields[field.name]))
            for field in form.FIELDS
            if field.name in act_entry.fields and field.name != "text"
        ],
        records=records,
        corrections=[
            (act_correction, list(_list_changes(act_correction.fields, after)))
            for act_correction, after in _pair_with_later(act_entry, corrections)
        ],
        address=links.record_address(act_entry.record_id) if act_entry.record_id else None,
        publishable=act_entry.may_be_published_by(require_account().name),
        longest=reasons.MAX_REASON_CHARACTERS,
    )


@blueprint.get("/<int:number>/correct")
@needs("expert")
def show_correction(number: int) -> str:
    """Return the form to correct an entered act."""
    with open_write_transaction(get_site().desk) as connection:
        act_entry = act_entries.read_act_entry(connection, number)
    form_texts = dict(act_entry.fields)
    for place, subject in enumerate(act_entry.subjects, start=1):
        form_texts |= {f"record-{place}": subject["record"], f"role-{place}": subject["role"]}
    return _render_page(form_texts, number=number)


@blueprint.post("/<int:number>/correct")
@needs("expert")
def correct(number: int) -> AnyResponse | tuple[str, int]:
    """Store corrected values of an act with the reason; show what is wrong with them."""
    form_texts = {name: text.strip() for name, text in request.form.items()}
    with open_write_transaction(get_site().desk) as connection:
        own = act_entries.read_act_entry(connection, number).record_id
    values, subjects, problems, twin = _check_form(form_texts, own)
    if problems:
        return _refuse_form(form_texts, problems, twin, number)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        correction = NewValues(values, subjects, form_texts.get("reason", ""))
        act_entries.correct(connection, number, correction, require_account().name, are_reviewed())
    return redirect(f"{ROOT}/acts/{number}", 303)


@blueprint.get("/<int:number>/state")
@needs("expert")
def state(number: int) -> AnyResponse:
    """Return the state of an entered act, for the page that waits for it."""
    with open_write_transaction(get_site().desk) as connection:
        act_entry = act_entries.read_act_entry(connection, number)
    return jsonify({"state": act_entry.state, "waits": act_entry.waits})


@blueprint.post("/<int:number>/review")
@needs("expert")
def review(number: int) -> AnyResponse:
    """Publish an act of somebody else, or send it back with a reason."""
    note = request.form.get("note", "").strip()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        if request.form.get("action") == "publish":
            act_entries.publish(connection, number, require_account().name)
        else:
            act_entries.send_back(connection, number, require_account().name, note)
    return redirect(f"{ROOT}/acts/{number}", 303)


@blueprint.post("/<int:number>/withdraw")
@needs("expert")
def withdraw(number: int) -> AnyResponse:
    """Order that an act and its file are removed; earlier versions of the data still have the act."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        act_entries.withdraw(connection, number, request.form.get("reason", "").strip(), require_account().name)
    return redirect(f"{ROOT}/acts/{number}", 303)


def _pair_with_later(
    act_entry: act_entries.ActEntry, corrections: Sequence[act_entries.ActCorrection]
) -> Iterator[tuple[act_entries.ActCorrection, Mapping[str, str]]]:
    """Yield each correction, latest first, with the values after it."""
    after = act_entry.fields
    for act_correction in corrections:
        yield act_correction, after
        after = act_correction.fields


def _list_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the title of each changed field with the values before and after, both shortened."""
    for field in form.FIELDS:
        pair = before.get(field.name, ""), after.get(field.name, "")
        if pair[0] != pair[1]:
            earlier, later = (_format_value(field, value)[:MAX_SHOWN_LENGTH] for value in pair)
            yield translate_message(field.title), earlier, later


def _check_form(
    form_texts: dict[str, str], own: str | None
) -> tuple[dict[str, str], list[dict[str, str]], list[Message | Problem], str | None]:
    """Return the values and the records of a form, what is wrong with them, and another act of the same number and title."""
    values = {name: form_texts[name] for name in form.NAMES if form_texts.get(name)}
    with open_reading(get_site().engine) as connection:
        subjects, problems = _find_subjects(connection, form_texts)
        problems += form.find_form_refusals(values, subjects)
        twin = None if problems else acts.find_twin_act(connection, values, own)
    if twin is None:
        return values, subjects, problems, None
    title = values.get("title_zh") or values.get("title_en", "")
    return values, subjects, [*problems, Problem("act-twice", title, None, {"twin": twin["id"]})], twin["id"]


def _render_page(
    form_texts: dict[str, str], problems: Sequence[str] = (), twin: str | None = None, number: int | None = None
) -> str:
    with open_write_transaction(get_site().desk) as connection:
        rows = act_entries.read_latest_acts(connection)
    return render_template(
        "desk/acts.html",
        rows=[] if number is not None else rows,
        number=number,
        given=form_texts,
        problems=problems,
        twin=None if twin is None else links.record_address(twin),
        fields=form.FIELDS,
        longest=form.get_max_length,
        choices={name: _list_choices(name) for name in ("act-type", "act-status", "act-role")},
        subjects=range(1, SUBJECTS + 1),
        reviewed=are_reviewed(),
        most=attachments.MAX_FILE_BYTES,
        part=PART_BYTES,
        types=attachments.NAMES,
        suffixes=",".join(suffix for suffixes in attachments.SUFFIXES.values() for suffix in suffixes),
    )


def _format_value(field: Field, value: str) -> str:
    term = load_vocabulary(field.vocabulary).find(value) if field.vocabulary is not None else None
    return value if term is None else term.label(get_language())


def _list_choices(name: str) -> list[tuple[str, str]]:
    return [(term.code, term.label(get_language())) for term in load_vocabulary(name)]


def _refuse_form(
    form_texts: dict[str, str], problems: Sequence[Message | Problem], twin: str | None, number: int | None = None
) -> AnyResponse | tuple[str, int]:
    sentences = [_describe_problem(problem) for problem in problems]
    if wants_json():
        response = jsonify({"detail": " ".join(sentences)})
        response.status_code = 400
        return response
    return _render_page(form_texts, sentences, twin, number), 400


def _describe_problem(problem: Message | Problem) -> str:
    if isinstance(problem, Message):
        return translate_message(problem)
    field = next((field for field in form.FIELDS if field.name == problem.column), None)
    sentence = problem.sentence(get_language())
    return (
        sentence if field is None else translate_message(msg("%(field)s: %(sentence)s", field=field.title, sentence=sentence))
    )


def _find_subjects(connection: Connection, form_texts: dict[str, str]) -> tuple[list[dict[str, str]], list[Message | Problem]]:
    """Return the records that the act concerns, each by its identifier or the address of its page, and what is wrong."""
    subjects: list[dict[str, str]] = []
    problems: list[Message | Problem] = []
    for place in range(1, SUBJECTS + 1):
        text = form_texts.get(f"record-{place}", "")
        identity = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
        if not identity:
            continue
        collection, role = acts.find_record_collection(connection, identity[:100]), form_texts.get(f"role-{place}", "")
        if collection is None:
            problems.append(msg("There is no record %(name)r. Copy the address of its page.", name=text[:100]))
        elif role not in load_vocabulary("act-role"):
            problems.append(msg("Choose what the act does for the record %(name)r.", name=identity))
        else:
            subjects.append({"collection": collection, "record": identity, "role": role})
    return subjects, problems


def _measure_size(form_texts: dict[str, str]) -> int:
    text = form_texts.get("bytes", "")
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
