"""Sign-in and sign-out."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import sign_in as authentication
from lodebase.desk.identity.accounts import Account
from lodebase.desk.identity.provider import Provider
from lodebase.desk.writing import writing
from lodebase.errors import LodeError, NotAllowed, TooManyTries
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, open_to_all, serves_sign_in
from lodeweb.http.database import site
from lodeweb.http.representation import problem_details
from lodeweb.pages.form_errors import refused

blueprint = Blueprint("signing", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, refused)
PROVIDER = "lode-provider"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@open_to_all("the sign-in itself")
@serves_sign_in("begin")
def sign_in() -> AnyResponse:
    """Return the sign-in page; a POST signs in and redirects to the page that was requested first."""
    onward = going(request.values.get("next", ""))
    if request.method != "POST":
        return _page(onward)
    if not site().settings.passwords:
        raise NotAllowed(msg("This site takes no passwords. Sign in through the provider."))
    name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
    try:
        found = authentication.enter(site().desk, name, password, sessions.client_hash(), sessions.passwords())
    except TooManyTries:
        return _page(onward, gettext("Too many attempts. Wait 15 minutes and try again."), 429)
    if found is None:
        return _page(onward, gettext("Wrong user name or password."), 403)
    return opened(found, onward, "password")


@blueprint.post("/sign-out")
@serves_sign_in("code", "enrol")
def sign_out() -> AnyResponse:
    """End the session, in the store too: a copy of its cookie is no longer valid."""
    sessions.close_session()
    return redirect("/", 303)


def opened(account: Account, onward: str, factor: str) -> AnyResponse:
    """Open a session of an account and redirect; if a one-time code is missing, to the page for it."""
    sessions.open_session(account, factor)
    if sessions.current_account() is not None and factor == "password":
        with writing(site().desk) as connection:
            authentication.note_opened(connection, account.name, sessions.client_hash())
    return redirect(onward, 303)


def provider() -> Provider | None:
    """Return the identity provider for sign-in, None if the settings name none."""
    found: Provider | None = current_app.extensions[PROVIDER]
    return found


def _page(onward: str, message: str | None = None, status: int = 200) -> Response:
    ways = {"passwords": site().settings.passwords, "provider": provider()}
    response = make_response(render_template("account/sign_in.html", going=onward, message=message, **ways), status)
    if status in problem_details.AGAIN:
        response.headers["Retry-After"] = str(authentication.WHILE_MIN * 60)
    return response


def going(wanted: str) -> str:
    """Return where to redirect after sign-in: a path of the desk, never another address."""
    own = sessions.beneath(wanted.partition("?")[0]) and not any(mark in wanted for mark in "\\\r\n\t")
    return wanted if own else ROOT
