"""An external identity provider: where users sign in, and whom it identifies (OpenID Connect Core 1.0).

The authorization code flow with PKCE, state and nonce. No request is sent to the provider before somebody signs in.
"""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from lodebase.desk.identity.accounts import SUBJECT_LONGEST
from lodebase.errors import BadSetting, NotAllowed, ProviderAway, ProviderWrong
from lodebase.settings import Settings
from lodedata.messages import Message, msg

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
"""The allowed signature algorithms: only the holder of the private key can sign, and a token cannot choose another kind."""
DISCOVERY = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT_S = 5.0
"""The timeout in seconds to connect, and between two chunks of a response."""
CACHED_S = 3600.0
"""How long, in seconds, the provider's endpoints and keys are cached."""
AT_A_TIME = 2
BUSY_S = 1.0
CLOCKS_S = 60
"""The tolerated difference in seconds between the provider's clock and ours."""
CLAIMS = {"iss": "iss", "aud": "aud", "azp": "aud", "exp": "exp", "nonce": "nonce"}
REASONS: Mapping[str, Message] = {
    "iss": msg("it is of another provider"),
    "aud": msg("it is meant for another site"),
    "exp": msg("it has expired"),
    "nonce": msg("it belongs to another sign-in"),
    "signature": msg("none of the provider's keys signed it"),
    "refused": msg("it refused the code that it had sent"),
    "form": msg("it does not follow the protocol"),
}
"""The reasons for rejecting a response of the provider, by claim."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in in progress: the address to send the browser to, and the state to store until it returns."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person identified by the provider: the subject that identifies the account, and a name to derive the account's from."""

    subject: str
    called: str


@dataclass(frozen=True, slots=True)
class _Known:
    document: Mapping[str, Any]
    keys: KeySet
    until: float


class Provider:
    """The provider of the settings; few requests use it at a time, so that a slow provider blocks few threads of the site."""

    def __init__(self, issuer: str, client_id: str, settings: Settings) -> None:
        secret = settings.oidc_client_secret
        self.issuer, self.host = issuer, urlsplit(issuer).netloc
        self._client_id, self._secret = client_id, None if secret is None else secret.get_secret_value()
        self._claim = settings.oidc_claim
        self._places = threading.BoundedSemaphore(AT_A_TIME)
        self._known: _Known | None = None

    def begin(self, back: str) -> Begun:
        """Return the start of a sign-in that returns to the address ``back``. Raise ProviderAway or ProviderWrong."""
        with self._open_session() as session:
            document = self._refresh_metadata(session).document
            state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
            address, _ = session.create_authorization_url(
                document["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, redirect_uri=back
            )
        return Begun(address, state, nonce, verifier)

    def person(self, code: str, nonce: str, verifier: str, back: str) -> Person:
        """Return the person of an authorization code. Raise ProviderAway, ProviderWrong, or NotAllowed for unverified mail."""
        with self._open_session() as session:
            metadata = self._refresh_metadata(session)
            offered = metadata.document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            if self._secret is not None and "client_secret_basic" not in offered:
                session.token_endpoint_auth_method = "client_secret_post"
            token = session.fetch_token(
                metadata.document["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=back,
                allow_redirects=False,
            )
            claims = self._verify_token(session, token, nonce)
            if self._claim == "email" and "email" not in claims and "userinfo_endpoint" in metadata.document:
                claims = {**self._request_userinfo(session, metadata, str(claims["sub"])), **claims}
        return Person(self._read_subject(claims), _choose_name(claims))

    @contextmanager
    def _open_session(self) -> Iterator[OAuth2Session]:
        """Yield a session with the provider; its failures are translated to our errors."""
        if not self._places.acquire(timeout=BUSY_S):
            raise ProviderAway(msg("Too many people sign in at once. Try again in a moment."))
        try:
            with OAuth2Session(
                self._client_id,
                self._secret,
                scope="openid profile email",
                code_challenge_method="S256",
                default_timeout=TIMEOUT_S,
                # the access token for the userinfo endpoint is used at once or not at all
                leeway=0,
            ) as session:
                yield session
        except JoseError as error:
            raise _build_error(_describe_error(error)) from error
        except AuthlibBaseError as error:
            raise _build_error("refused") from error
        except requests.HTTPError as error:
            again = error.response.status_code == 429 or error.response.status_code >= 500
            raise (
                ProviderAway(msg("The sign-in provider does not respond. Try again in a moment."))
                if again
                else _build_error("form")
            ) from error
        # before the errors of connections: a response that is not JSON is of both kinds
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _build_error("form") from error
        except requests.RequestException as error:
            raise ProviderAway(msg("The sign-in provider does not respond. Try again in a moment.")) from error
        finally:
            self._places.release()

    def _refresh_metadata(self, session: OAuth2Session, anew: bool = False) -> _Known:
        """Return the provider's endpoints and keys, requested again when they expire or if a token names another key."""
        metadata = self._known
        if metadata is None or anew or metadata.until < time.monotonic():
            document = _request_json_object(session, self.issuer.rstrip("/") + DISCOVERY)
            # OpenID Connect Discovery 1.0, 4.3: another issuer's document must not be used
            if document.get("issuer") != self.issuer:
                raise _build_error("iss")
            secure = "https://" if self.issuer.startswith("https://") else "http"
            if not all(str(document.get(name, "")).startswith(secure) for name in ENDPOINTS):
                raise _build_error("form")
            keys = KeySet.import_key_set(_request_json_object(session, document["jwks_uri"]))  # type: ignore[arg-type]
            self._known = metadata = _Known(document, keys, time.monotonic() + CACHED_S)
        return metadata

    def _verify_token(self, session: OAuth2Session, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """Return the claims of the id token, its signature and claims verified (OpenID Connect Core 1.0, 3.1.3.7)."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            read = jwt.decode(token["id_token"], self._refresh_metadata(session).keys, registry=registry)
        except InvalidKeyIdError:
            read = jwt.decode(token["id_token"], self._refresh_metadata(session, anew=True).keys, registry=registry)
        wanted = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self._client_id}}
        parameters = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, wanted, parameters)
        claims.validate(leeway=CLOCKS_S)
        return dict(claims)

    def _request_userinfo(self, session: OAuth2Session, metadata: _Known, sub: str) -> dict[str, Any]:
        """Return the claims of the userinfo endpoint (OpenID Connect Core 1.0, 5.3.2: the subject must be the same)."""
        claims = _request_json_object(session, metadata.document["userinfo_endpoint"], withhold_token=False)
        if claims.get("sub") != sub:
            raise _build_error("form")
        return claims

    def _read_subject(self, claims: Mapping[str, Any]) -> str:
        subject = claims.get(self._claim)
        # some providers write the boolean as a text
        if self._claim == "email" and (not subject or claims.get("email_verified") not in (True, "true")):
            raise NotAllowed(
                msg("The sign-in provider has no verified mail address of yours, so it can't name an account here.")
            )
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_LONGEST or not subject.isprintable():
            raise _build_error("form")
        return subject


def read_provider_settings(settings: Settings) -> Provider | None:
    """Return the provider if one is set. Raise BadSetting if its settings are incomplete or no sign-in method is left."""
    if settings.oidc_issuer is not None and settings.oidc_client_id is not None:
        return Provider(settings.oidc_issuer, settings.oidc_client_id, settings)
    if settings.oidc_issuer is not None or settings.oidc_client_id is not None:
        raise BadSetting(msg("LODE_OIDC_ISSUER and LODE_OIDC_CLIENT_ID are set together or not at all."))
    if not settings.passwords:
        raise BadSetting(
            msg("LODE_PASSWORDS=false leaves no method to sign in; set LODE_OIDC_ISSUER, or let passwords be taken.")
        )
    return None


def require_no_error(error: str | None) -> None:
    """Raise NotAllowed or ProviderAway for an error that the browser returns instead of a code (RFC 6749, 4.1.2.1)."""
    if error in ("server_error", "temporarily_unavailable"):
        raise ProviderAway(msg("The sign-in provider does not respond. Try again in a moment."))
    if error is not None:
        error_code = error[:40] if error.replace("_", "").isalpha() and error.isascii() else "?"
        raise NotAllowed(msg("The sign-in provider did not sign you in (%(error)s).", error=error_code))


def _request_json_object(session: OAuth2Session, address: str, withhold_token: bool = True) -> dict[str, Any]:
    """Return a JSON object of the provider. Raise an error for any other response."""
    response = session.get(address, withhold_token=withhold_token, allow_redirects=False)
    response.raise_for_status()
    if response.status_code != 200:
        raise ValueError(f"{address} responded with status {response.status_code}")
    read: object = response.json()
    if not isinstance(read, dict):
        raise ValueError(f"{address} did not respond with an object")
    return read


def _describe_error(error: JoseError) -> str:
    if isinstance(error, ClaimError):
        return CLAIMS.get(error.claim, "form")
    return "signature" if isinstance(error, BadSignatureError | InvalidKeyIdError | UnsupportedAlgorithmError) else "form"


def _build_error(why: str) -> ProviderWrong:
    return ProviderWrong(
        msg(
            "The response of the sign-in provider can't be trusted: %(why)s. Nobody was signed in. Sign in "
            "again; if it happens again, inform the operator of this site.",
            why=REASONS[why],
        )
    )


def _choose_name(claims: Mapping[str, Any]) -> str:
    for name in ("preferred_username", "email", "name"):
        name_given = claims.get(name)
        if isinstance(name_given, str) and name_given:
            return name_given.partition("@")[0]
    return ""
