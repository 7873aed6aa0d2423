"""Checks that a request was sent from a page of this site, where there is no session whose token could prove it."""

from urllib.parse import urlsplit

from flask import request

from lodebase.errors import NotAllowed
from lodedata.messages import Message


def require_own_page(refusal: Message) -> None:
    """Raise NotAllowed with the message for a form on another site."""
    origin = request.headers.get("Origin")
    own = (request.host, urlsplit(request.root_url).netloc)
    if origin not in (None, "null") and urlsplit(origin).netloc not in own:
        raise NotAllowed(refusal)


def require_same_origin(refusal: Message) -> None:
    """Raise NotAllowed for a script or form of another site; programs, which send neither header, are allowed.

    ``Sec-Fetch-Site`` is set by browsers alone (W3C Fetch Metadata); older ones send ``Origin`` with every POST.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or site not in (None, "same-origin", "none"):
        raise NotAllowed(refusal)
