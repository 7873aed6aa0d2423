"""Signing in and out.."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from flask_babel import gettext
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk import sign_in as way_in
from lodebase.errors import LodeError, TooManyTries
from lodeweb import errors, sessions
from lodeweb.database import site
from lodeweb.refusals import refused
from lodeweb.sessions import ROOT, User

blueprint = Blueprint("signing", __name__, url_prefix=ROOT)
blueprint.register_error_handler(LodeError, refused)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """The page to sign in on; sent, it signs in and goes on to where one wanted to go."""
    going = _going(request.values.get("next", ""))
    if request.method == "GET":
        return _page(going)
    name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
    try:
        found = way_in.enter(site().desk, name, password, sessions.client(), sessions.passwords())
    except TooManyTries:
        return _page(going, gettext("Too many tries. Wait a quarter of an hour and try again."), 429)
    if found is None:
        return _page(going, gettext("Name or password is not right."), 403)
    # another session than the one before, whoever began that
    session.clear()
    session.permanent = True
    login_user(User(found))
    return redirect(going, 303)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends the session."""
    logout_user()
    session.clear()
    return redirect("/", 303)


def _page(going: str, message: str | None = None, status: int = 200) -> Response:
    response = make_response(render_template("sign_in.html", going=going, message=message), status)
    if status in errors.AGAIN:
        response.headers["Retry-After"] = str(way_in.WHILE_MIN * 60)
    return response


def _going(wanted: str) -> str:
    """Where to go once signed in: a path of the desk, and nothing of anybody else's."""
    own = sessions.beneath(wanted.partition("?")[0]) and not any(mark in wanted for mark in "\\\r\n\t")
    return wanted if own else ROOT
