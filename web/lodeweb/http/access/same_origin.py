"""Refusal of requests that pages of other sites send, also where there is no session whose token could prove it."""

from urllib.parse import urlsplit

from flask import Flask, request

from lodebase.errors import NotAllowed
from lodedata.messages import msg
from lodeweb.http.access.api_key import find_current_key

SAFE = ("GET", "HEAD", "OPTIONS")


def register(app: Flask) -> None:
    """Refuse every request that a page of another site sends by a method other than GET; programs are not concerned.

    The site's visitors would otherwise do, with their browsers and addresses, costly work for any page that they have open.
    A page that sends an API key of its own, which a browser allows after a preflight only, is counted by that key.
    """

    @app.before_request
    def require_own_page() -> None:
        if request.method not in SAFE and find_current_key() is None and is_sent_by_other_site():
            raise NotAllowed(
                msg("A page of another site may not send this. Open the page of this site, or send it from a program.")
            )


def is_sent_by_other_site() -> bool:
    """Return whether a script or form of another site sent this request; programs send neither header.

    ``Sec-Fetch-Site`` is set by browsers alone (W3C Fetch Metadata); older ones send ``Origin`` with every POST. An origin of
    ``null`` is that of a sandboxed frame or a local file, and never of a page of this site, whose referrer policy sends it.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = (request.host, urlsplit(request.root_url).netloc)
    return site not in (None, "same-origin", "none") or (origin is not None and urlsplit(origin).netloc not in own)
