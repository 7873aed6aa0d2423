"""Rows of sources at the desk, with the columns that are not public."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import source_rows
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.query.reading import open_reading
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("source_rows", __name__, url_prefix=f"{ROOT}/rows")
blueprint.register_error_handler(LodeError, respond_to_form_error)


@blueprint.get("")
@needs("expert")
def index() -> AnyResponse | str:
    """Return the page with fields for a source and the key of a row, or go to the row that they name."""
    name, key = (request.args.get(parameter, "").strip() for parameter in ("source", "key"))
    if name and key:
        with open_write_transaction(get_site().desk, require_account().name) as connection:
            source_rows.read_whole_row(connection, name, key)
        return redirect(url_for(".show", name=name, key=key), 303)
    with open_reading(get_site().engine) as connection:
        names = source_rows.list_stored_sources(connection)
    return render_template("desk/source_rows.html", names=names)


@blueprint.get("/<name>/<path:key>")
@needs("expert")
def show(name: str, key: str) -> str:
    """Return the page of a row as it was received."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        row = source_rows.read_whole_row(connection, name, key)
    return render_template("desk/source_row.html", row=row)
