"""A small OpenID Connect provider on loopback that keeps to the protocol, and can be instructed to respond incorrectly."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

CLIENT, SECRET = "lode", "hush & %2F hush"


@dataclass
class IdentityProvider:
    """What it knows, and what the next responses are to be; ``claims`` go over those that are right, None takes one away."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    outside: dict[str, Any] | None = None
    key: RSAKey | None = None
    error: str | None = None
    status: int = 200
    body: str | None = None
    delay_s: float = 0.0
    requested: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})])

    def right(self) -> None:
        """Responds correctly again, for one person."""
        self.person = {"sub": "person-1", "email": "Li.Ming@Example.org", "email_verified": True}
        self.claims, self.document, self.outside, self.key = {}, {}, None, None
        self.error, self.status, self.body, self.delay_s = None, 200, None, 0.0
        self.requested.clear()

    def token(self, nonce: str) -> str:
        """The id token."""
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        reported = {name: value for name, value in (usual | self.claims).items() if value is not None}
        key = self.key or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, reported, key)

    def app(self) -> Flask:
        """Its pages."""
        flask = Flask("provider")
        self._report_of_itself(flask)
        self._let_in(flask)
        return flask

    def _report_of_itself(self, made: Flask) -> None:

        @made.before_request
        def wrongly() -> Response | None:
            self.requested.append(request.path)
            if request.path == "/authorize":
                return None
            time.sleep(self.delay_s)
            if self.status != 200 or self.body is not None:
                return Response(self.body or "out of order", self.status)
            return None

        @made.get("/.well-known/openid-configuration")
        def discovery() -> Response:
            named = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            ends = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in named.items()}
            return jsonify({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends, **self.document})

        @made.get("/keys")
        def keys() -> Response:
            return jsonify(KeySet([*self.keys]).as_dict(private=False))

    def _let_in(self, made: Flask) -> None:
        @made.get("/authorize")
        def authorize() -> AnyResponse:
            requested = request.args.to_dict()
            if (requested["client_id"], requested["response_type"], requested["code_challenge_method"]) != (
                CLIENT,
                "code",
                "S256",
            ):
                abort(400)
            if "openid" not in requested["scope"].split():
                abort(400)
            if self.error is not None:
                return redirect(f"{requested['redirect_uri']}?error={self.error}&state={requested['state']}")
            code = secrets.token_urlsafe(16)
            self.codes[code] = requested
            return redirect(f"{requested['redirect_uri']}?code={code}&state={requested['state']}")

        @made.post("/token")
        def token() -> AnyResponse | tuple[Response, int]:
            who = request.authorization
            if who is None or (who.username, who.password) != (CLIENT, SECRET):
                return jsonify({"error": "invalid_client"}), 401
            requested = self.codes.pop(request.form["code"], None)
            challenge = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            if (
                requested is None
                or requested["redirect_uri"] != request.form["redirect_uri"]
                or requested["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
            ):
                return jsonify({"error": "invalid_grant"}), 400
            reported = self.token(requested["nonce"])
            return jsonify({"access_token": "opens", "token_type": "Bearer", "expires_in": 60, "id_token": reported})

        @made.get("/userinfo")
        def userinfo() -> Response:
            if request.headers.get("Authorization") != "Bearer opens":
                abort(401)
            return jsonify(self.outside or self.person)


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that listens on loopback."""
    provider = IdentityProvider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    provider.right()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
