"""The account page of the signed-in person: the second factor and the open sessions."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import second_factor
from lodebase.desk.identity import sessions as session_store
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, require_account
from lodeweb.http.database import get_site
from lodeweb.i18n.language import gettext
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("account", __name__, url_prefix=f"{ROOT}/account")
blueprint.register_error_handler(LodeError, respond_to_form_error)


@blueprint.get("")
def show_account() -> str:
    """Return the page of one's own account: its second factor and its open sessions."""
    current = sessions.find_current_session()
    assert current is not None, "the guard lets in only who is signed in"
    with open_write_transaction(get_site().desk) as connection:
        rows = session_store.read_open_sessions(connection, require_account().name)
        left = second_factor.count_recovery_codes(connection, require_account().name)
    return render_template(
        "account/account.html",
        rows=rows,
        current=current,
        left=left,
        mode=get_site().settings.totp,
        factors=list_factor_names(),
    )


@blueprint.post("/sessions/<int:number>/end")
def end(number: int) -> AnyResponse:
    """End one of one's own sessions."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        session_store.end(connection, number, require_account().name)
    return redirect(f"{ROOT}/account", 303)


@blueprint.post("/sessions/end-others")
def end_others() -> AnyResponse:
    """End all of one's own sessions except this one."""
    current = sessions.find_current_session()
    assert current is not None, "the guard lets in only who is signed in"
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        session_store.end_all(connection, require_account().name, but=current.number)
    return redirect(f"{ROOT}/account", 303)


def list_factor_names() -> dict[str, str]:
    """Return the labels of the sign-in methods of sessions, in the page's language."""
    return {
        "password": gettext("password"),
        "code": gettext("password and one-time code"),
        "provider": gettext("identity provider"),
    }
