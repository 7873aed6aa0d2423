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
from lodebase.desk import import_requests
from lodebase.desk.import_requests import ImportRequest, Order
from lodebase.desk.writing import writing
from lodebase.errors import BadQuery, LodeError
from lodebase.process.runtime_folder import temporary_prefix
from lodebase.topics.schedule import ledger_rows
from lodebase.topics.schedule.ledger_edits import LedgerEdits, edits
from lodedata import sources
from lodedata.kinds import KINDS
from lodedata.mapping.confined import preview_confined
from lodedata.mapping.suggestion import suggestion
from lodedata.mapping.suggestion.placeholders import filled_in, placeholders
from lodedata.messages import Message, MessageError, from_data, msg
from lodedata.read import Hints
from lodedata.read.encodings import TEXT_ENCODINGS
from lodedata.read.overview import overview
from lodedata.topics.schedule.ledger import SHEETS
from lodeweb.http.access.sessions import ROOT, account, needs
from lodeweb.http.database import site
from lodeweb.i18n import labels
from lodeweb.i18n.language import language, translated
from lodeweb.pages.form_errors import refused

blueprint = Blueprint("imports", __name__, url_prefix=f"{ROOT}/imports")
blueprint.register_error_handler(LodeError, refused)
ORDERS: dict[str, Order] = {"check": "dry-run", "import": "import"}


@blueprint.get("")
@needs("administrator")
def index() -> str:
    """Return the page of the imports at the desk, with the form to upload a file."""
    with writing(site().desk) as connection:
        rows = import_requests.listed(connection)
    titles = {name: getattr(sources.source(name), f"title_{language()}") for name in sources.WORKBOOKS}
    return render_template("desk/imports.html", rows=rows, most=IMPORT_BYTES, part=PART_BYTES, workbooks=titles)


@blueprint.post("")
@needs("administrator")
def add() -> AnyResponse:
    """Create an import from a small file, or from the name and size of one whose parts follow."""
    upload, source = request.files.get("file"), request.form.get("source") or None
    with writing(site().desk, account().name) as connection:
        if upload is not None and upload.filename:
            content = _read(upload)
            number = import_requests.add(connection, account().name, upload.filename, len(content), source)
            import_requests.add_part(connection, number, 0, content)
            return redirect(f"{ROOT}/imports/{number}", 303)
        number = import_requests.add(connection, account().name, request.form.get("name", ""), _number("bytes"), source)
    return jsonify({"number": number, "part": PART_BYTES, "href": f"{ROOT}/imports/{number}"})


@blueprint.post("/<int:number>/part")
@needs("administrator")
def add_part(number: int) -> AnyResponse:
    """Store one part of a file and return how many bytes have arrived."""
    part = request.files.get("part")
    content = _read(part) if part is not None else b""
    with writing(site().desk, account().name) as connection:
        stored = import_requests.add_part(connection, number, _number("position"), content)
    return jsonify({"bytes": stored})


@blueprint.get("/<int:number>")
@needs("administrator")
def show(number: int) -> str:
    """Return the page of one import: the tables of its file, its mapping, and the result of the last run."""
    return _page(number)


@blueprint.get("/<int:number>/state")
@needs("administrator")
def state(number: int) -> AnyResponse:
    """Return the state of an import, for the page that waits for it."""
    with writing(site().desk) as connection:
        found = import_requests.one(connection, number)
    return jsonify({"state": found.state, "waits": found.waits})


@blueprint.post("/<int:number>")
@needs("administrator")
def change(number: int) -> AnyResponse | str:
    """Suggest a mapping, show its first records, or order its check or its import; the mapping is saved in each case."""
    action = request.form.get("action", "")
    with writing(site().desk) as connection:
        found = import_requests.one(connection, number)
    if found.withdraws is not None:
        order = msg("This is the withdrawal of an import. Order another one at the page of the import.")
        raise BadQuery("action", action[:40], order)
    if found.source is not None:
        _save(number, None, ORDERS.get(action))
        return redirect(f"{ROOT}/imports/{number}", 303)
    if action == "suggest":
        with _file(number) as (_, path):
            text = suggestion(path, _hints())
        _save(number, text)
        return redirect(f"{ROOT}/imports/{number}", 303)
    text = filled_in(request.form.get("mapping", "").replace("\r\n", "\n"), _values())
    if action not in ORDERS:
        _save(number, text)
        return _page(number, shows_records=action == "preview")
    try:
        import_requests.mapping_of(text)
    except MessageError as error:
        _save(number, text)
        return _page(number, problem=error.message)
    _save(number, text, ORDERS[action])
    return redirect(f"{ROOT}/imports/{number}", 303)


@blueprint.post("/<int:number>/delete")
@needs("administrator")
def remove(number: int) -> AnyResponse:
    """Delete an import and its file from the desk; what it imported stays."""
    with writing(site().desk, account().name) as connection:
        import_requests.remove(connection, number)
    return redirect(f"{ROOT}/imports", 303)


def _save(number: int, text: str | None, order: Order | None = None) -> None:
    may_lose_rows = order == "import" and request.form.get("may_lose_rows") == "yes"
    with writing(site().desk, account().name) as connection:
        import_requests.set_mapping(connection, number, text, order, may_lose_rows)


@contextmanager
def _file(number: int) -> Iterator[tuple[ImportRequest, Path]]:
    """Yield a request and its file in a temporary folder; no database connection is held meanwhile."""
    with TemporaryDirectory(prefix=temporary_prefix("desk")) as folder:
        with writing(site().desk) as connection:
            found = import_requests.one(connection, number)
            path = import_requests.write_file(connection, found, Path(folder))
        yield found, path


def _page(number: int, shows_records: bool = False, problem: Message | None = None) -> str:
    tables: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    changed: LedgerEdits | None = None
    with writing(site().desk) as connection:
        found = import_requests.one(connection, number)
    if found.withdraws is not None:
        return render_template("desk/withdrawal.html", found=found, result=found.result or {}, problem=_failure(found))
    mapping = found.mapping
    try:
        with _file(number) as (_, path):
            tables = overview(path)
            if found.source == ledger_rows.SOURCE:
                changed = _ledger_edits(path)
            elif mapping is None and found.source is None:
                mapping = suggestion(path)
                _save(number, mapping)
            if shows_records:
                records = preview_confined(import_requests.mapping_of(mapping or ""), path)
    except MessageError as error:
        problem = problem or error.message
    return render_template(
        "desk/import.html",
        found=found,
        tables=tables,
        mapping=mapping or "",
        placeholders=placeholders(mapping or ""),
        records=records,
        changed=changed,
        field_titles={(name, one.name): labels.title(one, language()) for name in SHEETS for one in KINDS[name].fields},
        result=found.result or {},
        encodings=TEXT_ENCODINGS,
        notes=[translated(_message(note)) for note in (found.result or {}).get("notes", ())],
        problem=translated(problem) if problem is not None else _failure(found),
    )


def _ledger_edits(path: Path) -> LedgerEdits:
    with writing(site().desk) as connection:
        rows = {name: ledger_rows.rows(connection, name) for name in SHEETS}
    return edits(rows, path)


def _failure(found: ImportRequest) -> str | None:
    failed = (found.result or {}).get("failed")
    return translated(_message(failed)) if failed is not None else None


def _message(data: Any) -> Message | str:
    return data if isinstance(data, str) else from_data(data)


def _values() -> dict[int, str]:
    """Return the values of the form for the open values of the mapping."""
    given = ((name.removeprefix("value-"), text) for name, text in request.form.items() if name.startswith("value-"))
    return {int(number): text for number, text in given if number.isascii() and number.isdigit()}


def _hints() -> Hints:
    return Hints(
        request.form.get("sheet", "").strip() or None,
        request.form.get("encoding", "").strip() or None,
        None,
        _number("header_row") or None,
        _number("header_lines") or None,
    )


def _read(upload: FileStorage) -> bytes:
    """Return the content of an uploaded file, and close it: large ones are in temporary files."""
    with closing(upload):
        return bytes(upload.read(PART_BYTES + 1))


def _number(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadQuery(name, text[:20], msg('%(parameter)s must be a whole number, not "%(value)s".'))
    return int(text)
