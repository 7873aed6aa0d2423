"""Sign-in and sign-out."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import sign_in as authentication
from lodebase.desk.identity.accounts import Account
from lodebase.desk.identity.provider import Provider
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError, NotAllowed, TooManyTries
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, declare_sign_in_steps, open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.representation import problem_details
from lodeweb.i18n.language import gettext
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("signing", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, respond_to_form_error)
PROVIDER = "lode-provider"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@open_to_all("the sign-in itself")
@declare_sign_in_steps("begin")
def sign_in() -> AnyResponse:
    """Return the sign-in page; a POST signs in and redirects to the page that was requested first."""
    onward = choose_sign_in_target(request.values.get("next", ""))
    if request.method != "POST":
        return _build_page(onward)
    if not get_site().settings.passwords:
        raise NotAllowed(msg("Passwords are switched off on this site. Sign in through the identity provider."))
    name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
    try:
        account = authentication.enter(
            get_site().desk, name, password, sessions.hash_client_address(), sessions.get_password_checker()
        )
    except TooManyTries:
        return _build_page(onward, gettext("Too many attempts. Wait 15 minutes and try again."), 429)
    if account is None:
        return _build_page(onward, gettext("Wrong user name or password."), 403)
    return open_account_session(account, onward, "password")


@blueprint.post("/sign-out")
@declare_sign_in_steps("code", "enrol")
def sign_out() -> AnyResponse:
    """End the session, in the store too: a copy of its cookie is no longer valid."""
    sessions.close_session()
    return redirect("/", 303)


def open_account_session(account: Account, onward: str, factor: str) -> AnyResponse:
    """Open a session of an account and redirect; if a one-time code is missing, to the page for it."""
    sessions.open_session(account, factor)
    if sessions.find_current_account() is not None and factor == "password":
        with open_write_transaction(get_site().desk) as connection:
            authentication.note_opened(connection, account.name, sessions.hash_client_address())
    return redirect(onward, 303)


def load_provider() -> Provider | None:
    """Return the identity provider for sign-in, None if the settings name none."""
    identity_provider: Provider | None = current_app.extensions[PROVIDER]
    return identity_provider


def _build_page(onward: str, message: str | None = None, status: int = 200) -> Response:
    ways = {"passwords": get_site().settings.passwords, "provider": load_provider()}
    response = make_response(render_template("account/sign_in.html", going=onward, message=message, **ways), status)
    if status in problem_details.AGAIN:
        response.headers["Retry-After"] = str(authentication.WHILE_MIN * 60)
    return response


def choose_sign_in_target(wanted: str) -> str:
    """Return where to redirect after sign-in: a path of the desk, never another address."""
    own = sessions.is_desk_path(wanted.partition("?")[0]) and not any(mark in wanted for mark in "\\\r\n\t")
    return wanted if own else ROOT
