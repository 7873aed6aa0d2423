"""API keys at the desk: administrators make, list and revoke them."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import MAX_PER_DAY, NewKey
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodedata.messages import msg
from lodeweb.http.access.sessions import ROOT, needs, require_account
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("keys", __name__, url_prefix=f"{ROOT}/keys")
blueprint.register_error_handler(LodeError, respond_to_form_error)


@blueprint.get("")
@needs("administrator")
def index() -> Response:
    """Return the page of the keys, latest first, with the form to make one."""
    return _build_page()


@blueprint.post("")
@needs("administrator")
def add() -> Response:
    """Make a key and show its token, which is shown only once."""
    form = request.form
    new = NewKey(
        form.get("name", "").strip(), form.get("owner", "").strip(), _parse_quota("per_minute"), _parse_quota("per_day")
    )
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        _, token = api_keys.add(connection, new)
    return _build_page(token)


@blueprint.post("/<int:number>/revoke")
@needs("administrator")
def revoke(number: int) -> AnyResponse:
    """Revoke a key permanently."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        api_keys.revoke(connection, number)
    return redirect(f"{ROOT}/keys", 303)


def _build_page(token: str | None = None) -> Response:
    with open_write_transaction(get_site().desk) as connection:
        rows = api_keys.read_api_keys(connection)
    return make_response(render_template("desk/keys.html", rows=rows, token=token))


def _parse_quota(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise BadQuery(
            name,
            text[:20],
            msg('%(parameter)s must be a whole number from 1 to %(most)s or be left empty, not "%(value)s".', most=MAX_PER_DAY),
        )
    return int(text)
