"""The second factor of the desk: setup, one-time codes at sign-in, and new recovery codes."""

from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import second_factor, sign_in
from lodebase.desk.identity import sessions as session_store
from lodebase.desk.identity.sessions import Session
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError, NotAllowed, TooManyTries
from lodedata.messages import msg
from lodeweb.desk.identity.sign_in import choose_sign_in_target
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, declare_sign_in_steps, require_account
from lodeweb.http.database import get_site
from lodeweb.http.representation import problem_details
from lodeweb.i18n.language import gettext
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("second_factor", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
ACCOUNT = f"{ROOT}/account"
SCALE = 4
"""Pixels per module of the QR code."""


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@declare_sign_in_steps("code")
def ask_code() -> AnyResponse:
    """Request the one-time code after the password, and finish the sign-in with it."""
    begun, onward = _find_session(), choose_sign_in_target(request.values.get("next", ""))
    if begun.missing(get_site().settings.totp) is None:
        return redirect(onward, 303)
    if request.method != "POST":
        return _build_page("account/code.html", going=onward)
    try:
        right = second_factor.check(
            get_site().desk, begun.account.name, request.form.get("code", ""), sessions.hash_client_address()
        )
    except TooManyTries:
        return _build_page("account/code.html", describe_too_many_codes(), 429, going=onward)
    if not right:
        return _build_page("account/code.html", describe_wrong_code(), 403, going=onward)
    _confirm(begun)
    return redirect(onward, 303)


@blueprint.route("/second-factor", methods=["GET", "POST"])
@declare_sign_in_steps("enrol")
def enrol() -> AnyResponse:
    """Show a key as QR code and text; a POST with its first code activates the second factor and shows the recovery codes."""
    begun, onward = _find_session(), choose_sign_in_target(request.values.get("next", ""))
    if get_site().settings.totp == "off" or begun.enrolled:
        return redirect(ACCOUNT, 303)
    if request.method != "POST":
        return _offer(begun, onward)
    try:
        codes = second_factor.enrol(get_site().desk, begun, request.form.get("code", ""), sessions.hash_client_address())
    except TooManyTries:
        return _offer(begun, onward, describe_too_many_codes(), 429)
    if codes is None:
        return _offer(begun, onward, describe_wrong_code(), 403)
    _confirm(begun)
    return _build_page("account/recovery_codes.html", codes=codes, going=onward)


@blueprint.post("/second-factor/recovery-codes")
def renew() -> AnyResponse:
    """Show new recovery codes after a valid code; the previous ones become void."""
    _require_code()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        codes = second_factor.renew_recovery_codes(connection, require_account().name)
    return _build_page("account/recovery_codes.html", codes=codes, going=ACCOUNT)


@blueprint.post("/second-factor/remove")
def remove() -> AnyResponse:
    """Remove the second factor after a valid code, for example before a change of phone; all sessions end."""
    _require_code()
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        second_factor.reset(connection, require_account().name)
    return redirect(f"{ROOT}/sign-in?next={ROOT}/second-factor", 303)


def describe_wrong_code() -> str:
    """Return the message about a wrong code."""
    return str(gettext("The code is wrong or was already used. Wait for the next code and enter it."))


def describe_too_many_codes() -> str:
    """Return the message after too many codes."""
    return str(gettext("Too many attempts. Wait 15 minutes and try again."))


def _find_session() -> Session:
    current_session = sessions.find_current_session()
    assert current_session is not None, "the guard lets in only who has a session"
    return current_session


def _require_code() -> None:
    """Raise NotAllowed unless the form has a valid code of the account, TooManyTries after too many."""
    if not second_factor.check(
        get_site().desk, require_account().name, request.form.get("code", ""), sessions.hash_client_address()
    ):
        raise NotAllowed(msg("The code is wrong, or was used already. Go back and enter the next one."))


def _confirm(begun: Session) -> None:
    """Give the session a new token after a valid code."""
    with open_write_transaction(get_site().desk, begun.account.name) as connection:
        token = session_store.confirm(connection, begun.number)
        sign_in.note_opened(connection, begun.account.name, sessions.hash_client_address())
    sessions.set_token(token)


def _offer(begun: Session, onward: str, message: str | None = None, status: int = 200) -> Response:
    secret = begun.enrolling
    if secret is None:
        secret = second_factor.generate_factor_secret()
        with open_write_transaction(get_site().desk, begun.account.name) as connection:
            session_store.set_enrolling(connection, begun.number, secret)
    host = urlsplit(get_site().settings.url or "").netloc or request.host
    uri = second_factor.write_provisioning_uri(secret, begun.account.name, host)
    drawn = Markup(segno.make(uri, micro=False).svg_inline(scale=SCALE, light="white", title=gettext("QR code of the key")))
    groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    needed = begun.missing(get_site().settings.totp) is not None
    return _build_page("account/second_factor.html", message, status, drawn=drawn, key=groups, going=onward, needed=needed)


def _build_page(template: str, message: str | None = None, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, message=message, **values), status)
    if status in problem_details.AGAIN:
        response.headers["Retry-After"] = str(sign_in.WHILE_MIN * 60)
    return response
