"""Sessions and access. Sessions exist only under /desk; readers of the site are given no cookie."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal, TypeVar

from flask import Flask, Request, Response, current_app, g, redirect, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.db.schema.identity_tables import ROLES
from lodebase.desk.identity import sessions as session_store
from lodebase.desk.identity import sign_in
from lodebase.desk.identity.accounts import ROLE_NAMES, Account
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.identity.sessions import HOURS, Session
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError, NotAllowed
from lodedata.messages import Message, msg
from lodeweb.http.access.client_address import find_client_address, list_client_networks
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import quote_query_text

ROOT = "/desk"
COOKIE = "lode-desk"
FORM = "application/x-www-form-urlencoded"
TOKEN = "token"
"""Key in the cookie of the token that identifies the session in the store."""
SAFE = ("GET", "HEAD", "OPTIONS")
SignInStep = Literal["begin", "code", "enrol"]
"""To sign in; to give, or to set up, a one-time code after the right password."""
STEP_PATHS: Mapping[str, str] = {"code": f"{ROOT}/sign-in/code", "enrol": f"{ROOT}/second-factor"}
"""Addresses of the pages for the steps after the password."""
SIGN_IN_STEPS = "sign_in_steps"
"""The attribute of a view that serves people who are not signed in yet, with the steps at which it does."""
OPEN_REASON = "open_reason"
"""The attribute of a view that accepts methods other than GET from anybody, with the reason."""
View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Signed cookies under /desk; on any other path the session is None, and access to it fails."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request, None outside the desk, or if the store can't provide the signing key."""
        if not is_desk_path(request.path):
            return None
        try:
            app.secret_key = app.secret_key or sign_in.read_session_secret(app.extensions["lode"].desk)
        except LodeError:
            return None
        return super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:
        """Return the path for which a browser sends the cookie."""
        return request.script_root + ROOT

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie is for TLS only: if the request came by it, or LODE_URL says that all do."""
        url: str | None = app.extensions["lode"].settings.url
        return request.is_secure or (url or "").startswith("https://")


def register(app: Flask) -> None:
    """Allow people to sign in, and require an account for methods other than GET unless a view is open to all."""
    app.session_interface = Sessions()
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=HOURS),
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
    }
    csrf.init_app(app)
    app.extensions["lode-passwords"] = Passwords()
    app.jinja_env.globals.update(current_account=find_current_account, session_hours=HOURS)

    @app.after_request
    def forbid_storing(response: Response) -> Response:
        if is_desk_path(request.path):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    app.before_request(_guard)


def needs(role: str) -> Callable[[View], View]:
    """Declare the role that a view requires; a view under /desk without a declaration requires any account."""

    def mark(view: View) -> View:
        vars(view)["needs"] = role
        return view

    return mark


def declare_sign_in_steps(*steps: SignInStep) -> Callable[[View], View]:
    """Declare that a view serves people at some steps of the sign-in."""

    def declare(view: View) -> View:
        vars(view)[SIGN_IN_STEPS] = frozenset(steps)
        return view

    return declare


def serves_step(view: object, step: str) -> bool:
    """Return whether a view serves people at a step of the sign-in."""
    return step in getattr(view, SIGN_IN_STEPS, ())


def is_desk_path(path: str) -> bool:
    """Return whether a path belongs to the desk."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def find_current_session() -> Session | None:
    """Return the session of this request, whether or not a one-time code is still missing."""
    if not is_desk_path(request.path):
        return None
    if "lode_session" not in g:
        # if the look-up fails, the error page calls this again and gets None
        g.lode_session = None
        g.lode_session = _find(session.get(TOKEN))
    current: Session | None = g.lode_session
    return current


def find_current_account() -> Account | None:
    """Return the account that is signed in and has completed all steps."""
    current = find_current_session()
    return None if current is None or current.missing(get_site().settings.totp) else current.account


def open_session(of: Account, factor: str) -> None:
    """Open a session of an account for this browser, and end its previous one."""
    agent = request.headers.get("User-Agent", "")
    previous = find_current_session()
    with open_write_transaction(get_site().desk, of.name) as connection:
        if previous is not None:
            session_store.end_all(connection, previous.account.name, only=previous.number)
        token = session_store.begin(connection, of, factor, find_client_address(), agent)
    # a new session, so that one prepared by somebody else is not reused
    session.clear()
    session.permanent = True
    set_token(token)


def set_token(token: str) -> None:
    """Give the browser the token of its session, and clear what this request cached for the previous one."""
    session[TOKEN] = token
    g.pop("lode_session", None)


def close_session() -> None:
    """End the session on the server and remove the cookie."""
    current = find_current_session()
    if current is not None:
        with open_write_transaction(get_site().desk, current.account.name) as connection:
            session_store.end_all(connection, current.account.name, only=current.number)
    session.clear()
    g.pop("lode_session", None)


def require_account() -> Account:
    """Return the account that is signed in; for views that the guard protects."""
    current = find_current_account()
    assert current is not None
    return current


def get_password_checker() -> Passwords:
    """Return the password checker of this process."""
    checker: Passwords = current_app.extensions["lode-passwords"]
    return checker


def hash_client_address() -> str:
    """Return the client's address as limits store it: hashed with the site's secret. Raises DatabaseAway."""
    return sign_in.hash_client_address(read_secret(), find_client_address())


def hash_subscriber() -> str:
    """Return the client's API key or else its address, of IPv6 the widest network, hashed likewise. Raises DatabaseAway.

    Limits of a day that all clients share use it: a subscriber with many networks must not use them up.
    """
    return sign_in.hash_client_address(read_secret(), list_client_networks()[-1])


def read_secret() -> str:
    """Return the site's secret, read once by each process. Raises DatabaseAway."""
    current_app.secret_key = current_app.secret_key or sign_in.read_session_secret(get_site().desk)
    return str(current_app.secret_key)


def _find(token: str | None) -> Session | None:
    if token is None:
        return None
    with open_write_transaction(get_site().desk) as connection:
        return session_store.find(connection, token)


def open_to_all(reason: str) -> Callable[[View], View]:
    """Declare that a view accepts methods other than GET from anybody, and why."""

    def declare(view: View) -> View:
        vars(view)[OPEN_REASON] = reason
        return view

    return declare


def is_open(view: object) -> bool:
    """Return whether a view accepts methods other than GET from anybody."""
    return hasattr(view, OPEN_REASON)


def _guard() -> AnyResponse | None:
    """Check access to the view. Raises NotAllowed, and BadQuery for text that no column can store."""
    endpoint = request.endpoint
    _require_no_nul()
    view = current_app.view_functions.get(endpoint or "")
    if endpoint is None or serves_step(view, "begin") or is_open(view):
        if serves_step(view, "begin"):
            read_secret()
            _require_own_form()
        return None
    if request.method in SAFE and not is_desk_path(request.path):
        return None
    if is_desk_path(request.path):
        read_secret()
    signed_in = find_current_account()
    if signed_in is None:
        return _lead_to_sign_in(view)
    _require_own_form()
    wanted = getattr(view, "needs", ROLES[0])
    if not signed_in.may(wanted):
        raise NotAllowed(_describe_role_refusal(wanted, signed_in))
    g.account = signed_in.name
    return None


def _lead_to_sign_in(view: object) -> AnyResponse | None:
    """Allow the one-time code page if only the code is missing; redirect everybody else to the step they have to take first."""
    begun = find_current_session()
    missing = None if begun is None else begun.missing(get_site().settings.totp)
    if missing and serves_step(view, missing):
        _require_own_form()
        return None
    if request.method not in SAFE:
        if missing:
            raise NotAllowed(msg("Your account needs a second factor. Finish signing in first."))
        raise NotAllowed(msg("Sign in first. Only signed-in users may write."))
    onward = quote_query_text(request.full_path.rstrip("?"))
    return redirect(f"{STEP_PATHS[missing] if missing else f'{ROOT}/sign-in'}?next={onward}")


def _describe_role_refusal(wanted: str, signed_in: Account) -> Message:
    return msg(
        "This needs the role %(wanted)s; %(name)s has the role %(role)s.",
        name=signed_in.name,
        role=ROLE_NAMES[signed_in.role],
        wanted=ROLE_NAMES[wanted],
    )


def _require_own_form() -> None:
    try:
        csrf.protect()
    except CSRFError:
        raise BadQuery(
            "csrf_token",
            "",
            msg("The form belongs to another session, or its session has ended. Go back, reload the page and send it again."),
        ) from None


def _require_no_nul() -> None:
    if request.method in SAFE and not is_desk_path(request.path):
        return
    if request.mimetype == FORM:
        # a body of another kind that is only called a form, as curl does, stays readable
        request.get_data()
    sent = request.form if request.mimetype == FORM else MultiDict[str, str]()
    for name, value in (*request.args.items(multi=True), *sent.items(multi=True)):
        if "\0" in value:
            raise BadQuery(name, "%00", msg("%(parameter)s contains a NUL character. Remove it."))
