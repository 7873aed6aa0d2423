"""The cells of a file that can't be read: what is wrong, what to enter, and the corrections that people make in place."""

from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import cell_corrections, import_requests
from lodebase.desk.cell_corrections import MAX_CELL_CHARACTERS
from lodebase.desk.import_requests import ImportRequest
from lodebase.desk.position_problems import add_position_problems, load_country_boundaries, place_columns
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source, Tally
from lodedata.mapping.cell_problems import CellProblem, list_cell_problems
from lodedata.mapping.confined import read_confined
from lodedata.mapping.model import CellCorrection
from lodedata.messages import Message, MessageError
from lodeweb.desk.import_columns import find_unfilled
from lodeweb.desk.import_rights import require_order
from lodeweb.desk.imports import build_corrected_source, open_request_file
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("import_cells", __name__, url_prefix=f"{ROOT}/imports")
blueprint.register_error_handler(LodeError, respond_to_form_error)
blueprint.before_request(require_order)
MAX_LISTED_CELLS = 200
"""Cells on the page; the next follow when these are corrected."""
MAX_EXAMINED_ROWS = 20_000
"""Rows of a file that are examined for the page; the check of an import examines all."""


@dataclass(frozen=True, slots=True)
class FoundProblems:
    """The first problems of a file, whether there are more, and how many of its rows were examined."""

    problems: tuple[CellProblem, ...]
    repeated: int
    more: bool


@blueprint.get("/<int:number>/cells")
@needs("expert")
def show_cells(number: int) -> str:
    """Return the page of the cells that can't be read, each with a field for its correction, and of the corrections."""
    return _render_page(number)


@blueprint.post("/<int:number>/cells")
@needs("expert")
def correct(number: int) -> AnyResponse:
    """Store the changed cells of the form as corrections, and order the check if the form says so.

    A refused form is shown again with all that was typed.
    """
    corrections = tuple(_parse_corrections())
    checks = request.form.get("action") == "check"
    try:
        with open_write_transaction(get_site().desk, require_account().name) as connection:
            import_requests.require_idle(connection, number)
            cell_corrections.add(connection, number, require_account().name, corrections)
            if checks:
                import_requests.order_check(connection, number)
    except BadQuery as error:
        typed = {(correction.row, correction.column): correction.corrected for correction in corrections}
        return make_response(_render_page(number, typed, error.message), 400)
    return redirect(f"{ROOT}/imports/{number}/{'confirm' if checks else 'cells'}", 303)


def find_problems(import_request: ImportRequest, source: Source) -> FoundProblems:
    """Return the first problems of the cells of a request's file. Raises FileRefused and MappingRefused."""
    with open_request_file(import_request.number) as (_, path):
        readings = read_confined(source, path, Tally())
        located = add_position_problems(islice(readings, MAX_EXAMINED_ROWS), _read_boundaries())
        columns = place_columns(source.tables[0]) if source.tables else ()
        shown: list[CellProblem] = []
        repeated = more = 0
        for problem in list_cell_problems(located, _find_key_column(source), columns):
            repeated += problem.rule == "duplicate-key"
            more += len(shown) >= MAX_LISTED_CELLS
            if len(shown) < MAX_LISTED_CELLS:
                shown.append(problem)
        readings.close()  # type: ignore[attr-defined]
    return FoundProblems(tuple(shown), repeated, bool(more))


def _read_boundaries() -> Boundaries:
    settings = get_site().settings
    return load_country_boundaries(settings.boundaries, settings.worldview)


def _find_key_column(source: Source) -> str | None:
    """Return the column of the key of a table that refuses repeated ones, None for another key."""
    table = source.tables[0] if source.tables else None
    if table is None or table.repeated_keys != "refuse" or table.merges:
        return None
    inner = table.key.removeprefix("{").removesuffix("}")
    return inner if table.key == f"{{{inner}}}" and inner != "#" and "{" not in inner else None


def _parse_corrections() -> list[CellCorrection]:
    """Return the cells of the form whose text was changed."""
    form = request.form
    numbers = [name.removeprefix("cell-") for name in form if name.startswith("cell-")]
    corrections = []
    for at in numbers:
        row, column, reported = (form.get(f"{name}-{at}", "") for name in ("row", "column", "reported"))
        text = form[f"cell-{at}"].replace("\r\n", "\n").strip()
        if row.isascii() and row.isdigit() and 0 < int(row[:10]) < 2**31 and column and text != reported.strip():
            corrections.append(CellCorrection(row=int(row), column=column, reported=reported, corrected=text))
    return corrections


def _render_page(number: int, typed: dict[tuple[int, str], str] | None = None, problem: Message | None = None) -> str:
    with open_write_transaction(get_site().desk) as connection:
        import_request = import_requests.read_import_request(connection, number)
        corrections = cell_corrections.read_cell_corrections(connection, number)
    problems = FoundProblems((), 0, False)
    unfilled = find_unfilled(import_request.mapping or "") if import_request.source is None else None
    if unfilled is not None:
        problem = problem or unfilled
    elif import_request.source is None and import_request.withdraws is None:
        try:
            problems = find_problems(import_request, build_corrected_source(import_request))
        except MessageError as error:
            problem = problem or error.message
    return render_template(
        "desk/import_cells.html",
        found=import_request,
        problems=problems,
        corrections=corrections,
        typed=typed or {},
        longest=MAX_CELL_CHARACTERS,
        most_rows=MAX_EXAMINED_ROWS,
        unfilled=unfilled is not None,
        problem=translate_message(problem) if problem is not None else None,
        lang=get_language(),
    )
