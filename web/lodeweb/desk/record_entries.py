"""Mining rights and milestones at the desk: an expert enters one in a form, corrects, publishes or withdraws it."""

from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import record_entries
from lodebase.desk.decisions import proposals, reasons
from lodebase.desk.record_entries import FoundProject, RecordEntry
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.query.reading import open_reading
from lodedata.entries.record_forms import DATE_IS, MILESTONES, RIGHTS, FieldProblem, RecordForm, find_problems, find_remarks
from lodedata.kinds import Field
from lodedata.messages import Label, msg
from lodedata.rights.entered_outline import SYSTEMS, EnteredOutline, OutlineUnreadable, read_outline
from lodedata.vocab import load_vocabulary
from lodeweb.desk.import_rights import are_reviewed
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.pages.map import ground

blueprint = Blueprint("record_entries", __name__, url_prefix=f"{ROOT}/<any(rights, milestones):name>")
blueprint.register_error_handler(LodeError, respond_to_form_error)
MAX_SHOWN_LENGTH = 200
"""Characters of a value in the history of corrections."""


@blueprint.get("")
@needs("expert")
def index(name: str) -> str:
    """Return the page of the entries of a form."""
    form = record_entries.find_record_form(name)
    with open_write_transaction(get_site().desk) as connection:
        rows = record_entries.read_record_entries(connection, form)
    return render_template("desk/record_entries.html", form=form, rows=rows, summary=_summarize_entry, reviewed=are_reviewed())


@blueprint.get("/new")
@needs("expert")
def show_form(name: str) -> str:
    """Return the empty form."""
    form_texts = {"status": "granted"} if name == RIGHTS.name else {"project": request.args.get("project", "")[:100]}
    return _render_form(record_entries.find_record_form(name), form_texts)


@blueprint.post("/new")
@needs("expert")
def add(name: str) -> AnyResponse:
    """Store the values of the form; show it again with all that was typed if a value is wrong."""
    form, form_texts = record_entries.find_record_form(name), _parse_form(name)
    values, problems, choices = _check_form(form, form_texts)
    if request.form.get("action") == "check":
        return _show_again(_render_form(form, form_texts, _choose_corner_problems(problems)), ())
    if problems:
        return _show_again(_render_form(form, form_texts, problems, choices), problems)
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        number = record_entries.add(connection, form, values, require_account().name, are_reviewed())
    return redirect(f"{ROOT}/{name}/{number}", 303)


@blueprint.get("/<int:number>")
@needs("expert")
def show(name: str, number: int) -> str:
    """Return the page of an entry: its state, values, remarks and corrections, and what may be done with it."""
    return _render_entry(record_entries.find_record_form(name), number)


@blueprint.get("/<int:number>/state")
@needs("expert")
def state(name: str, number: int) -> AnyResponse:
    """Return the state of an entry, for the page that waits for it."""
    with open_write_transaction(get_site().desk) as connection:
        record_entry = record_entries.read_record_entry(connection, record_entries.find_record_form(name), number)
    return jsonify({"state": record_entry.state, "waits": record_entry.waits})


@blueprint.get("/<int:number>/correct")
@needs("expert")
def show_correction(name: str, number: int) -> AnyResponse | str:
    """Return the form with the values of an entry; one that can't be corrected now leads to its own page."""
    form = record_entries.find_record_form(name)
    with open_write_transaction(get_site().desk) as connection:
        record_entry = record_entries.read_record_entry(connection, form, number)
    if not record_entry.may_be_corrected:
        return redirect(f"{ROOT}/{name}/{number}", 303)
    return _render_form(form, dict(record_entry.fields), number=number)


@blueprint.post("/<int:number>/correct")
@needs("expert")
def correct(name: str, number: int) -> AnyResponse:
    """Store corrected values with the reason; show the form again with all that was typed if a value is wrong."""
    form, form_texts = record_entries.find_record_form(name), _parse_form(name)
    with open_write_transaction(get_site().desk) as connection:
        before = record_entries.read_record_entry(connection, form, number)
    values, problems, choices = _check_form(form, form_texts, before)
    if request.form.get("action") == "check":
        return _show_again(_render_form(form, form_texts, _choose_corner_problems(problems), number=number), ())
    problems += _check_reason(form_texts)
    if problems:
        return _show_again(_render_form(form, form_texts, problems, choices, number), problems)
    try:
        with open_write_transaction(get_site().desk, require_account().name) as connection:
            record_entries.correct(
                connection, form, number, values, form_texts["reason"], require_account().name, are_reviewed()
            )
    except BadQuery as error:
        problems = [FieldProblem("reason", error.message)]
        return _show_again(_render_form(form, form_texts, problems, choices, number), problems)
    return redirect(f"{ROOT}/{name}/{number}", 303)


@blueprint.post("/<int:number>/review")
@needs("expert")
def review(name: str, number: int) -> AnyResponse:
    """Publish an entry of somebody else, or send it back with a reason."""
    form, note = record_entries.find_record_form(name), request.form.get("note", "").strip()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        if request.form.get("action") == "publish":
            record_entries.publish(connection, form, number, require_account().name)
        else:
            record_entries.send_back(connection, form, number, require_account().name, note)
    return redirect(f"{ROOT}/{name}/{number}", 303)


@blueprint.post("/<int:number>/withdraw")
@needs("expert")
def withdraw(name: str, number: int) -> AnyResponse:
    """Order that the record of an entry is removed; earlier versions of the data still have it."""
    form, reason = record_entries.find_record_form(name), request.form.get("reason", "").strip()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        record_entries.withdraw(connection, form, number, reason, require_account().name)
    return redirect(f"{ROOT}/{name}/{number}", 303)


def _parse_form(name: str) -> dict[str, str]:
    """Return the values of the request's form, as they were typed without blanks around them."""
    form = record_entries.find_record_form(name)
    names = (*form.fields, "reason", "project_id")
    return {name: text for name in names if (text := request.form.get(name, "").replace("\r\n", "\n").strip())}


def _check_form(
    form: RecordForm, form_texts: Mapping[str, str], before: RecordEntry | None = None
) -> tuple[dict[str, str], list[FieldProblem], Sequence[FoundProject]]:
    """Return the values to store, what is wrong with the form, and the projects to choose from where a name fits several."""
    values = {name: form_texts[name] for name in form.fields if name in form_texts}
    choices: Sequence[FoundProject] = ()
    problems: list[FieldProblem] = []
    if form is MILESTONES and values.get("project"):
        project_values, choices, problems = _find_project(values["project"], form_texts.get("project_id", ""))
        values |= project_values
    others = [
        problem for problem in find_problems(form, values) if problem.field not in {problem.field for problem in problems}
    ]
    if form is MILESTONES and not others and not problems:
        values |= _choose_baseline(values, before)
    order = {name: at for at, name in enumerate(form.fields)}
    return values, sorted((*problems, *others), key=lambda problem: order.get(problem.field, len(order))), choices


def _find_project(text: str, chosen: str) -> tuple[dict[str, str], Sequence[FoundProject], list[FieldProblem]]:
    """Return what a milestone needs of the project that a name or an address finds, else the projects to choose from."""
    q = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2] if "/records/" in text else text
    with open_reading(get_site().engine) as connection:
        projects = record_entries.find_projects(connection, q)
        named = [
            project
            for project in projects
            if q.casefold() in {str(project.name_en).casefold(), str(project.name_zh).casefold(), project.id}
        ]
        picked = [project for project in projects if project.id == chosen] or (named if len(named) == 1 else projects)
        if len(picked) == 1:
            row = proposals.find_leading_row(connection, picked[0].id)
            names = {"name_zh": picked[0].name_zh or "", "name_en": picked[0].name_en or ""}
            return {"project_source": row.source, "project_key": row.key, "project_id": picked[0].id, **names}, (), []
    if projects:
        problem = msg("Several projects have this text in their names. Choose one.")
    else:
        problem = msg("There is no project %(name)r. Enter a part of its name, or the address of its page.", name=text[:80])
    return {}, projects, [FieldProblem("project", problem)]


def _choose_baseline(values: Mapping[str, str], before: RecordEntry | None) -> dict[str, str]:
    """Return the baseline of a milestone: the first plan that is announced for its step; it stays when it is corrected."""
    if before is not None:
        earlier = before.fields.get("baseline_date")
        return {"baseline_date": earlier} if earlier else {}
    if values["date_is"] != "planned":
        return {}
    with open_reading(get_site().engine) as connection:
        return {} if record_entries.has_baseline(connection, values) else {"baseline_date": values["date"]}


def _check_reason(form_texts: Mapping[str, str]) -> list[FieldProblem]:
    if 1 <= len(form_texts.get("reason", "")) <= reasons.MAX_REASON_CHARACTERS:
        return []
    return [
        FieldProblem(
            "reason", msg("Enter why it is corrected, in up to %(most)s characters.", most=reasons.MAX_REASON_CHARACTERS)
        )
    ]


def _choose_corner_problems(problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    """Return the problems of the corner points and their system."""
    return [problem for problem in problems if problem.field in ("crs", "utm_zone", "corners")]


def _show_again(page: str, problems: Sequence[FieldProblem]) -> Response:
    return make_response(page, 400 if problems else 200)


def _render_form(
    form: RecordForm,
    form_texts: Mapping[str, str],
    problems: Sequence[FieldProblem] = (),
    projects: Sequence[FoundProject] = (),
    number: int | None = None,
) -> str:
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.field, problem.sentence(get_language()))
    outline = _parse_outline(form_texts) if form is RIGHTS else None
    return render_template(
        "desk/record_form.html",
        form=form,
        fields=list(form.declared()),
        given=form_texts,
        wrong=wrong,
        first=next(iter(wrong), None),
        projects=[
            (project.id, translate_message(Label(project.name_en, project.name_zh)), project.country) for project in projects
        ],
        number=number,
        choices={field.name: _list_choices(field) for field in form.declared() if _list_choices(field)},
        outline=outline,
        reviewed=are_reviewed(),
        longest=reasons.MAX_REASON_CHARACTERS,
        settings=embed_json({**ground.build_basemap_data(), "texts": _list_texts()}) if form is RIGHTS else "",
    )


def _list_texts() -> dict[str, str]:
    """Return the sentences of the map's script."""
    return {
        "area": gettext("%(area)s km²", area="{area}"),
        "corners": gettext("Corner points: %(count)s", count="{count}"),
        "away": gettext("The outline can't be drawn now. Check the corners with the button."),
    }


def _parse_outline(values: Mapping[str, str]) -> EnteredOutline | None:
    """Return the outline of the values of a form, None if there is none that can be read."""
    try:
        return (
            read_outline(values["corners"], values.get("crs", ""), values.get("utm_zone", ""))
            if values.get("corners")
            else None
        )
    except OutlineUnreadable:
        return None


def _list_choices(field: Field) -> list[tuple[str, str]]:
    """Return the terms from which a field is chosen, none for a field that is typed."""
    lang = get_language()
    if field.name == "crs":
        return [(code, label.in_language(lang)) for code, label in SYSTEMS.items()]
    if field.name == "date_is":
        return [(code, label.in_language(lang)) for code, label in DATE_IS.items()]
    if field.vocabulary is None or field.type == "array" or field.name in ("country", "division"):
        return []
    return [(term.code, term.label(lang)) for term in load_vocabulary(field.vocabulary)]


def _format_value(field: Field, value: str) -> str:
    return dict(_list_choices(field)).get(value, value)


def _summarize_entry(row: RecordEntry) -> str:
    """Return what an entry is in a line: the number or name of a right, or the project and step of a milestone."""
    names = ("name_zh", "name_en") if get_language() == "zh" else ("name_en", "name_zh")
    if row.form == RIGHTS.name:
        return next((row.fields[name] for name in ("right_no", *names) if row.fields.get(name)), "")
    step = load_vocabulary("milestone-type")[row.fields["milestone_type"]].label(get_language())
    project = next((row.fields[name] for name in (*names, "project") if row.fields.get(name)), "")
    return f"{project} · {step} · {row.fields['date']}"


def _list_facts(form: RecordForm, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in form.declared():
        if fields.get(field.name):
            yield translate_message(field.title), _format_value(field, fields[field.name])


def _list_changes(form: RecordForm, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the title of each changed field with the values before and after, both shortened."""
    for field in form.declared():
        pair = before.get(field.name, ""), after.get(field.name, "")
        if pair[0] != pair[1]:
            earlier, later = (_format_value(field, value)[:MAX_SHOWN_LENGTH] for value in pair)
            yield translate_message(field.title), earlier, later


def _render_entry(form: RecordForm, number: int) -> str:
    with open_write_transaction(get_site().desk) as connection:
        record_entry = record_entries.read_record_entry(connection, form, number)
        corrections = record_entries.read_record_corrections(connection, number)
    later = [record_entry.fields, *(record_correction.fields for record_correction in corrections)]
    outline = _parse_outline(record_entry.fields) if form is RIGHTS else None
    accuracy = outline.accuracy if outline is not None else None
    return render_template(
        "desk/record_entry.html",
        form=form,
        found=record_entry,
        summary=_summarize_entry(record_entry),
        facts=list(_list_facts(form, record_entry.fields)),
        remarks=[
            remark.sentence(get_language()) for remark in find_remarks(form, record_entry.fields) if remark.field != "crs"
        ],
        outline=outline,
        accuracy=translate_message(accuracy) if accuracy is not None else None,
        corrections=[
            (record_correction, list(_list_changes(form, record_correction.fields, after)))
            for record_correction, after in zip(corrections, later, strict=False)
        ],
        address=links.record_address(record_entry.record_id) if record_entry.record_id else None,
        publishable=record_entry.may_be_published_by(require_account().name),
        longest=reasons.MAX_REASON_CHARACTERS,
    )
