"""Rows of sources at the desk, with the columns that are not public."""

from flask import Blueprint, render_template

from lodebase.desk import source_rows
from lodebase.desk.writing import writing
from lodebase.errors import LodeError
from lodeweb.http.access.sessions import ROOT, account, needs
from lodeweb.http.database import site
from lodeweb.pages.form_errors import refused

blueprint = Blueprint("source_rows", __name__, url_prefix=f"{ROOT}/rows")
blueprint.register_error_handler(LodeError, refused)


@blueprint.get("/<name>/<path:key>")
@needs("expert")
def show(name: str, key: str) -> str:
    """Return the page of a row as it was received."""
    with writing(site().desk, account().name) as connection:
        row = source_rows.whole_row(connection, name, key)
    return render_template("desk/source_row.html", row=row)
