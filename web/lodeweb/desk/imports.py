"""Imports at the desk: upload a file, look at it, fix its mapping, check it, import it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.desk_tables import IMPORT_BYTES, PART_BYTES
from lodebase.desk import cell_corrections, import_requests, import_runs
from lodebase.desk.import_requests import ImportRequest, MappingChange, Order
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.process.runtime_folder import build_temporary_prefix
from lodebase.query.reading import open_reading
from lodebase.topics.schedule import ledger_rows
from lodebase.topics.schedule.ledger_edits import LedgerEdits, find_ledger_edits
from lodedata import sources
from lodedata.kinds import KINDS
from lodedata.mapping import Source
from lodedata.mapping.confined import preview_confined
from lodedata.mapping.suggestion import Suggested
from lodedata.mapping.suggestion.field_titles import FIELD_TITLES, KIND_TITLES
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.mapping.templates import TEMPLATES
from lodedata.messages import Message, MessageError, msg, parse_message_data
from lodedata.read.encodings import TEXT_ENCODINGS
from lodedata.read.overview import preview_tables
from lodedata.topics.schedule.ledger import SHEETS
from lodeweb.desk.import_columns import find_unfilled, list_column_rows, open_fields, parse_column_choices, suggest_mapping
from lodeweb.desk.import_rights import are_reviewed, require_order
from lodeweb.desk.record_preview import describe_records
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("imports", __name__, url_prefix=f"{ROOT}/imports")
blueprint.register_error_handler(LodeError, respond_to_form_error)
blueprint.before_request(require_order)
ORDERS: dict[str, Order] = {"check": "dry-run", "import": "import"}
NO_CHOICES: dict[str, Any] = {"fields": {}}
"""The choices of a mapping that is as suggested."""


@blueprint.get("")
@needs("expert")
def index() -> str:
    """Return the page of the imports at the desk, with the form to upload a file."""
    with open_write_transaction(get_site().desk) as connection:
        rows = import_requests.read_import_requests(connection)
    titles = {name: getattr(sources.load_source(name), f"title_{get_language()}") for name in sources.WORKBOOKS}
    return render_template(
        "desk/imports.html",
        rows=rows,
        most=IMPORT_BYTES,
        part=PART_BYTES,
        workbooks=titles,
        templates=TEMPLATES.values(),
    )


@blueprint.post("")
@needs("expert")
def add() -> AnyResponse:
    """Create an import from a small file, or from the name and size of one whose parts follow."""
    upload, source = request.files.get("file"), request.form.get("source") or None
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        if upload is not None and upload.filename:
            content = _read(upload)
            number = import_requests.add(connection, require_account().name, upload.filename, len(content), source)
            import_requests.add_part(connection, number, 0, content)
            return redirect(f"{ROOT}/imports/{number}", 303)
        number = import_requests.add(connection, require_account().name, request.form.get("name", ""), _number("bytes"), source)
    return jsonify({"number": number, "part": PART_BYTES, "href": f"{ROOT}/imports/{number}"})


@blueprint.post("/<int:number>/part")
@needs("expert")
def add_part(number: int) -> AnyResponse:
    """Store one part of a file and return how many bytes have arrived."""
    part = request.files.get("part")
    content = _read(part) if part is not None else b""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        stored = import_requests.add_part(connection, number, _number("position"), content)
    return jsonify({"bytes": stored})


@blueprint.get("/<int:number>")
@needs("expert")
def show(number: int) -> str:
    """Return the page of one import: the tables of its file, its mapping, and the result of the last run."""
    return _render_page(number)


@blueprint.get("/<int:number>/state")
@needs("expert")
def state(number: int) -> AnyResponse:
    """Return the state of an import, for the page that waits for it."""
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
    return jsonify({"state": import_request.state, "waits": import_request.waits})


@blueprint.post("/<int:number>")
@needs("expert")
def change(number: int) -> AnyResponse | str:
    """Suggest a mapping, show its first records, or order its check or its import; the mapping is saved in each case."""
    action = request.form.get("action", "")
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
    if import_request.withdraws is not None:
        order = msg("This is the withdrawal of an import. Order another one at the page of the import.")
        raise BadQuery("action", action[:40], order)
    if import_request.source is not None:
        _save(number, None, ORDERS.get(action))
        return redirect(f"{ROOT}/imports/{number}", 303)
    if action == "suggest":
        with open_request_file(number) as (_, path):
            header = parse_import_hints()
            text = suggest_mapping(path, header).text
        _save(number, text, choices=header)
        return redirect(f"{ROOT}/imports/{number}", 303)
    if request.form.get("by") == "columns":
        return _choose(import_request, action)
    text = fill_open_values(request.form.get("mapping", "").replace("\r\n", "\n"), _parse_values())
    # a mapping that is as the form of the columns made it is still that form's
    choices = import_request.choices if text == import_request.mapping else None
    if action not in ORDERS:
        _save(number, text, choices=choices)
        return _render_page(number, shows_records=action == "preview")
    try:
        import_requests.parse_mapping_text(text)
    except MessageError as error:
        _save(number, text, choices=choices)
        return _render_page(number, problem=error.message)
    _save(number, text, ORDERS[action], choices)
    return redirect(f"{ROOT}/imports/{number}", 303)


def _choose(import_request: ImportRequest, action: str) -> AnyResponse | str:
    """Make the mapping that the fields of the columns and the open values of the form give; preview, check or continue."""
    choices = parse_column_choices(request.form, import_request.choices)
    with open_request_file(import_request.number) as (_, path):
        text = suggest_mapping(path, choices).text
    if action in ("check", "continue"):
        try:
            unfilled = find_unfilled(text)
            if unfilled is None:
                import_requests.parse_mapping_text(text)
        except MessageError as error:
            unfilled = error.message
        if unfilled is not None:
            _save(import_request.number, text, choices=choices)
            return _render_page(import_request.number, problem=unfilled)
    _save(import_request.number, text, "dry-run" if action == "check" else None, choices)
    if action == "preview":
        return _render_page(import_request.number, shows_records=True)
    return redirect(f"{ROOT}/imports/{import_request.number}{'/cells' if action == 'continue' else ''}", 303)


@blueprint.post("/<int:number>/delete")
@needs("expert")
def remove(number: int) -> AnyResponse:
    """Delete an import and its file from the desk; what it imported stays."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        import_requests.remove(connection, number)
    return redirect(f"{ROOT}/imports", 303)


def _save(number: int, text: str | None, order: Order | None = None, choices: dict[str, Any] | None = None) -> None:
    may_lose_rows = order == "import" and request.form.get("may_lose_rows") == "yes"
    change = MappingChange(text, require_account().name, order, choices, may_lose_rows, are_reviewed())
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        import_requests.set_mapping(connection, number, change)


@contextmanager
def open_request_file(number: int) -> Iterator[tuple[ImportRequest, Path]]:
    """Yield a request and its file in a temporary folder; no database connection is held meanwhile."""
    with TemporaryDirectory(prefix=build_temporary_prefix("desk")) as folder:
        with open_write_transaction(get_site().desk) as connection:
            import_request = import_requests.read_import_request(connection, number)
            path = import_requests.write_file(connection, import_request, Path(folder))
        yield import_request, path


def _render_page(number: int, shows_records: bool = False, problem: Message | None = None) -> str:
    tables: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    changed: LedgerEdits | None = None
    columns: Suggested | None = None
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
    if import_request.withdraws is not None:
        return render_template(
            "desk/withdrawal.html",
            found=import_request,
            result=import_request.result or {},
            problem=find_import_failure(import_request),
        )
    mapping, is_suggested = import_request.mapping, False
    try:
        with open_request_file(number) as (_, path):
            tables = preview_tables(path)
            if import_request.source == ledger_rows.SOURCE:
                changed = _read_ledger_edits(path)
            elif import_request.source is None:
                columns = suggest_mapping(path, import_request.choices)
                if mapping is None:
                    mapping, is_suggested = columns.text, True
                    _save(number, mapping, choices=import_request.choices or NO_CHOICES)
            if shows_records:
                records = preview_confined(build_corrected_source(import_request, mapping), path)
    except MessageError as error:
        problem = problem or error.message
    run = (import_request.result or {}).get("run") if import_request.state == "imported" else None
    return render_template(
        "desk/import.html",
        found=import_request,
        tables=tables,
        mapping=mapping or "",
        columns=list_column_rows(columns) if columns is not None else (),
        whole=columns is not None and not columns.columns,
        kind=columns.kind if columns is not None else None,
        kinds=KIND_TITLES,
        open_fields=open_fields(mapping or "", import_request.choices),
        by_text=mapping is not None and import_request.choices is None and not is_suggested,
        placeholders=find_open_values(mapping or ""),
        records=describe_records(records),
        changed=changed,
        field_titles={
            (name, field.name): labels.title_field(field, get_language()) for name in SHEETS for field in KINDS[name].fields
        },
        result=import_request.result or {},
        encodings=TEXT_ENCODINGS,
        notes=[translate_message(_read_message(note)) for note in (import_request.result or {}).get("notes", ())],
        problem=translate_message(problem) if problem is not None else find_import_failure(import_request),
        field_title=lambda code: translate_message(FIELD_TITLES[code]),
        run=run,
        withdrawn=run is not None and is_withdrawn(run),
    )


def build_corrected_source(import_request: ImportRequest, mapping: str | None = None) -> Source:
    """Return the source of a request's mapping with the cells that were corrected. Raises MappingRefused."""
    with open_write_transaction(get_site().desk) as connection:
        entered = cell_corrections.read_cell_corrections(connection, import_request.number)
    source = import_requests.parse_mapping_text((import_request.mapping if mapping is None else mapping) or "")
    return cell_corrections.apply_cell_corrections(source, cell_corrections.choose_valid_corrections(entered))


def is_withdrawn(run: int) -> bool:
    """Return whether an import of the store was withdrawn."""
    with open_reading(get_site().engine) as connection:
        return import_runs.read_import_run(connection, run)["withdrawn_by"] is not None


def _read_ledger_edits(path: Path) -> LedgerEdits:
    with open_write_transaction(get_site().desk) as connection:
        rows = {name: ledger_rows.read_ledger_rows(connection, name) for name in SHEETS}
    return find_ledger_edits(rows, path)


def find_import_failure(import_request: ImportRequest) -> str | None:
    """Return why the last run of a request failed, None if it did not."""
    failed = (import_request.result or {}).get("failed")
    return translate_message(_read_message(failed)) if failed is not None else None


def _read_message(data: Any) -> Message | str:
    return data if isinstance(data, str) else parse_message_data(data)


def _parse_values() -> dict[int, str]:
    """Return the values of the form for the open values of the mapping."""
    numbered_texts = ((name.removeprefix("value-"), text) for name, text in request.form.items() if name.startswith("value-"))
    return {int(number): text for number, text in numbered_texts if number.isascii() and number.isdigit()}


def parse_import_hints() -> dict[str, Any]:
    """Return what a form says of the header, the sheet and the encoding of a file."""
    return {
        "part": request.form.get("sheet", "").strip() or None,
        "encoding": request.form.get("encoding", "").strip() or None,
        "header_row": _number("header_row") or None,
        "header_lines": _number("header_lines") or None,
    }


def _read(upload: FileStorage) -> bytes:
    """Return the content of an uploaded file, and close it: large ones are in temporary files."""
    with closing(upload):
        return bytes(upload.read(PART_BYTES + 1))


def _number(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadQuery(name, text[:20], msg('%(parameter)s must be a whole number, not "%(value)s".'))
    return int(text)
