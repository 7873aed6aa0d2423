"""Security headers of responses, with a content security policy that holds a nonce for the scripts of a page."""

import secrets
from collections.abc import Mapping

from flask import Flask, Response, g

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:{images}; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
)

NO_SCRIPTS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of responses that are not pages."""
HARDENED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
}
"""Headers of every response."""


def get_nonce() -> str:
    """Return the nonce of the scripts of this request's page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    page_nonce: str = g.nonce
    return page_nonce


def allow_frames(hosts: str) -> None:
    """Allow pages of some hosts to show this response in a frame: sources of CSP separated by spaces, or ``*`` for all."""
    g.frames = hosts


def register(app: Flask) -> None:
    """Add the security headers to every response."""

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        page = response.mimetype == "text/html"
        headers.extend(HARDENED)
        policy = POLICY.format(nonce=get_nonce(), images=g.get("images", ""), frames=g.get("frames", "'none'"))
        headers["Content-Security-Policy"] = policy if page else NO_SCRIPTS
        if page and "frames" in g:
            # the header knows no list of hosts; browsers that know the directive ignore it
            del headers["X-Frame-Options"]
        if page:
            response.vary.update(("Accept-Language", "Cookie"))
            # a 304 has no type of its own and may be that of data
            headers["Cache-Control"] = headers.get("Cache-Control", "no-cache") if response.status_code == 304 else "no-cache"
        return response
