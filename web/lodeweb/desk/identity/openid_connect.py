"""Sign-in through an external identity provider (OpenID Connect), if the settings name one."""

import hmac
import time
from urllib.parse import urljoin

import structlog
from flask import Blueprint, Flask, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.identity import provider as providers
from lodebase.desk.identity import sign_in as authentication
from lodebase.desk.identity.provider import Person, Provider
from lodebase.errors import BadQuery, LodeError, NotAllowed, NotFound, ProviderAway, ProviderWrong
from lodedata.messages import msg
from lodeweb.desk.identity import sign_in as signing
from lodeweb.http.access import admission, sessions
from lodeweb.http.access.sessions import ROOT, declare_sign_in_steps
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error

blueprint = Blueprint("provider", __name__, url_prefix=f"{ROOT}/sign-in/provider")
blueprint.register_error_handler(LodeError, respond_to_form_error)
BEGUN = "begun"
MAX_SIGN_IN_S = 900
"""Seconds that a sign-in at the provider may take."""

log = structlog.get_logger("lodeweb")


def register(app: Flask) -> None:
    """Give the app the identity provider of its settings; no request is sent to it yet."""
    app.extensions[signing.PROVIDER] = providers.read_provider_settings(app.extensions["lode"].settings)


@blueprint.get("")
@declare_sign_in_steps("begin")
def begin() -> AnyResponse:
    """Redirect to the identity provider; the session stores what identifies its response."""
    going = signing.choose_sign_in_target(request.args.get("next", ""))
    admission.release_slots()
    try:
        begun = _find_provider().begin(_build_return_address())
    except (ProviderAway, ProviderWrong) as error:
        _log(error)
        raise
    session[BEGUN] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "going": going,
        "at": int(time.time()),
    }
    return redirect(begun.address, 302)


@blueprint.get("/back")
@declare_sign_in_steps("begin")
def handle_return() -> AnyResponse:
    """Handle the redirect back from the provider; open the session of the account that the provider identifies."""
    provider = _find_provider()
    # each sign-in can be completed only once
    begun = session.pop(BEGUN, None)
    _require_begun_here(begun)
    providers.require_no_error(request.args.get("error"))
    client = sessions.hash_client_address()
    authentication.try_by_provider(get_site().desk, client)
    # the provider may be slow, and little is read from the store afterwards
    admission.release_slots()
    person = _find_person(provider, begun)
    account = authentication.enter_by_provider(get_site().desk, person, client, get_site().settings.oidc_role)
    if account is None:
        raise NotAllowed(
            msg(
                "No account of this site belongs to %(subject)s. Give this name to an administrator, who can create the "
                "account.",
                subject=person.subject,
            )
        )
    return signing.open_account_session(account, signing.choose_sign_in_target(begun["going"]), "provider")


def _find_person(provider: Provider, begun: dict[str, str]) -> Person:
    try:
        return provider.person(request.args.get("code", ""), begun["nonce"], begun["verifier"], _build_return_address())
    except (ProviderAway, ProviderWrong) as error:
        _log(error)
        raise


def _require_begun_here(begun: dict[str, str | int] | None) -> None:
    """Raise BadQuery for a response to a sign-in that this session did not begin, has ended, or began too long ago."""
    state = request.args.get("state", "").encode()
    if (
        begun is None
        or not hmac.compare_digest(str(begun["state"]).encode(), state)
        or int(begun["at"]) + MAX_SIGN_IN_S < time.time()
    ):
        raise BadQuery("state", "***", msg("This sign-in began in another browser, is over, or took too long. Sign in again."))


def _find_provider() -> Provider:
    provider = signing.load_provider()
    if provider is None:
        raise NotFound(msg("This site has no identity provider. LODE_OIDC_ISSUER sets one."))
    return provider


def _build_return_address() -> str:
    return urljoin(request.root_url, url_for(".handle_return"))


def _log(error: LodeError) -> None:
    """Log the cause for the operator; the person who signs in gets a message with what to do."""
    log.warning("the identity provider failed", reason=str(error), cause=repr(error.__cause__))
