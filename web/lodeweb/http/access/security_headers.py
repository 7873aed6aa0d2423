"""Security headers of responses, with a content security policy that holds a nonce for the scripts of a page."""

import secrets
from collections.abc import Mapping

from flask import Flask, Response, g

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:{images}; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

NO_SCRIPTS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of responses that are not pages."""
HARDENED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
}
"""Headers of every response."""


def nonce() -> str:
    """Return the nonce of the scripts of this request's page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def register(app: Flask) -> None:
    """Add the security headers to every response."""

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        page = response.mimetype == "text/html"
        headers.extend(HARDENED)
        headers["Content-Security-Policy"] = POLICY.format(nonce=nonce(), images=g.get("images", "")) if page else NO_SCRIPTS
        if page:
            response.vary.update(("Accept-Language", "Cookie"))
            headers["Cache-Control"] = "no-cache"
        return response
