"""Whether a form was sent from a page of this site, where there is no session whose token could tell."""

from urllib.parse import urlsplit

from flask import request

from lodebase.desk.refusals import Said
from lodebase.errors import NotAllowed


def require_own_page(refusal: Said) -> None:
    """Raises NotAllowed with a sentence in both languages for a form that stands on another site."""
    origin = request.headers.get("Origin")
    own = (request.host, urlsplit(request.root_url).netloc)
    if origin not in (None, "null") and urlsplit(origin).netloc not in own:
        raise NotAllowed(refusal)
